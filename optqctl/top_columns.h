/* SPDX-License-Identifier: GPL-2.0 */
/* The columns of top: which fit, and what stands in them. */
#ifndef OPTQCTL_TOP_COLUMNS_H
#define OPTQCTL_TOP_COLUMNS_H

#include "sample.h"
#include "units.h"

enum top_column {
	TOP_SENT, TOP_RATE, TOP_CEIL, TOP_QUEUE, TOP_DROPS, TOP_P50, TOP_P99,
	N_TOP_COLUMNS
};

struct top_layout {
	int name;		/* columns of the name */
	bool has[N_TOP_COLUMNS];
	int spark;		/* 0: there is no room for one */
};

/* What fits into a line of so many columns; with a sparkline if there is to be one. */
void top_layout_fit(struct top_layout *l, int columns, bool spark);
const char *top_heading(enum top_column column);
int top_column_width(enum top_column column);	/* without the blank before it */
const char *top_cell(const struct sampler *s, size_t index,
		     enum top_column column, char buf[SHORT_TEXT_MAX]);
/* Per second; what is less than 1 has a digit behind the point. */
const char *per_second_short(double value, char buf[SHORT_TEXT_MAX]);

#endif
