// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "top_columns.h"

#define NAME_MIN	12
#define NAME_MAX	60
#define SPARK_MIN	6

static const struct {
	const char *heading;
	int width;
} columns_of[N_TOP_COLUMNS] = {
	[TOP_SENT] = { "SENT", 9 },
	[TOP_RATE] = { "RATE", 9 },
	[TOP_CEIL] = { "CEIL", 9 },
	[TOP_QUEUE] = { "QUEUE", 5 },
	[TOP_DROPS] = { "DROPS", 5 },
	[TOP_P50] = { "P50", 6 },
	[TOP_P99] = { "P99", 6 },
};

/* The last are the first to go where a line is short. */
static const enum top_column by_weight[N_TOP_COLUMNS] = {
	TOP_SENT, TOP_QUEUE, TOP_P99, TOP_DROPS, TOP_CEIL, TOP_RATE, TOP_P50
};

const char *top_heading(enum top_column column)
{
	return columns_of[column].heading;
}

int top_column_width(enum top_column column)
{
	return columns_of[column].width;
}

void top_layout_fit(struct top_layout *l, int columns, bool spark)
{
	int left = columns - NAME_MIN, i, width;

	memset(l, 0, sizeof(*l));
	for (i = 0; i < N_TOP_COLUMNS; i++) {
		width = columns_of[by_weight[i]].width + 1;
		if (width > left)
			break;
		l->has[by_weight[i]] = true;
		left -= width;
	}
	/* What the sparkline does not take is the name's. */
	if (spark && i == N_TOP_COLUMNS && left > SPARK_MIN) {
		l->spark = left * 2 / 3 > SPARK_MIN ? left * 2 / 3 : SPARK_MIN;
		if (l->spark > HISTORY_SLOTS)
			l->spark = HISTORY_SLOTS;
		left -= l->spark + 1;
	}
	l->name = NAME_MIN + (left > 0 ? left : 0);
	if (l->name > NAME_MAX)
		l->name = NAME_MAX;
	if (l->name > columns)
		l->name = columns;
}

const char *per_second_short(double value, char buf[SHORT_TEXT_MAX])
{
	if (value > 0 && value < 0.95)
		snprintf(buf, SHORT_TEXT_MAX, "%.1f", value < 0.05 ? 0.1 : value);
	else
		count_short(rounded(value), buf);
	return buf;
}

static const char *rate_cell(double rate, char buf[SHORT_TEXT_MAX])
{
	return rate > 0 ? rate_short(rounded(rate), buf) : "-";
}

static const char *wait_cell(uint64_t ns, char buf[SHORT_TEXT_MAX])
{
	return ns ? time_short(ns, buf) : "-";
}

const char *top_cell(const struct sampler *s, size_t index,
		     enum top_column column, char buf[SHORT_TEXT_MAX])
{
	const struct live_class *class = &s->tree.classes[index];
	const struct rates *r = &s->rates[index];

	switch (column) {
	case TOP_SENT:
		return r->known ? rate_short(rounded(r->sent), buf) : "-";
	case TOP_RATE:
		return rate_cell((double)class->rate, buf);
	case TOP_CEIL:
		return rate_cell((double)s->ceil[index], buf);
	case TOP_QUEUE:
		return count_short(class->stats.backlog_bytes, buf);
	case TOP_DROPS:
		return r->known ? per_second_short(r->drops, buf) : "-";
	case TOP_P50:
		return wait_cell(r->p50_ns, buf);
	default:
		return wait_cell(r->p99_ns, buf);
	}
}
