// SPDX-License-Identifier: GPL-2.0
/* The live tree as a table of 80 columns. */
#include <stdlib.h>
#include <string.h>

#include "ack_text.h"
#include "dscp_text.h"
#include "isolate_text.h"
#include "mem.h"
#include "police_view.h"
#include "show_view.h"
#include "term.h"
#include "units.h"
#include "wire_text.h"

#define NAME_COLUMNS	15
#define INDENT		2
#define COLUMNS		80
#define INDENT_MAX	(COLUMNS - 16)

struct row {
	const char *name;
	uint32_t level;
	uint64_t rate, ceil;
	int prio;		/* negative: the link has none */
	const struct rates *rates;
	const struct optq_stats *stats;
};

/* However deep the class, its text begins where some of it has room. */
static int indent_of(uint32_t level)
{
	return (int)(level < INDENT_MAX / INDENT ? level * INDENT : INDENT_MAX);
}

/* The text as far as the line goes, without its middle if need be. */
static void print_line(FILE *out, int indent, const char *text)
{
	char *fits = term_shorten(text, (size_t)(COLUMNS - indent));

	fprintf(out, "%*s%s\n", indent, "", fits);
	free(fits);
}

static void print_name(FILE *out, const char *name, uint32_t level)
{
	int indent = indent_of(level), width = (int)term_width(name, strlen(name));

	/* A long name gets a line, its figures the next one. */
	if (indent + width >= NAME_COLUMNS) {
		print_line(out, indent, name);
		indent = NAME_COLUMNS;
		width = 0;
	} else {
		fprintf(out, "%*s", indent, "");
		term_print(out, name, strlen(name));
		indent = NAME_COLUMNS - width - indent;
	}
	fprintf(out, "%*s", indent, "");
}

static const char *rate_or_dash(uint64_t rate, char buf[SHORT_TEXT_MAX])
{
	return rate ? rate_short(rate, buf) : "-";
}

/* Only leaves have queues to wait in. */
static const char *wait_or_dash(uint64_t ns, char buf[SHORT_TEXT_MAX])
{
	return ns ? time_short(ns, buf) : "-";
}

static void print_sent(FILE *out, bool color, const struct row *row)
{
	static const char *const codes[] = {
		[RATE_OVER] = TERM_GREEN, [RATE_AT_CEIL] = TERM_YELLOW,
	};
	const struct rates *r = row->rates;
	char buf[SHORT_TEXT_MAX];
	enum rate_state state = rate_state(r, row->rate, row->ceil);

	color = color && state != RATE_WITHIN;
	term_color(out, color, codes[state]);
	fprintf(out, "%9s", r->known ? rate_short(rounded(r->sent), buf) : "-");
	term_color_end(out, color);
}

static void print_drops(FILE *out, bool color, const struct row *row)
{
	char buf[SHORT_TEXT_MAX];

	color = color && row->rates->drops > 0;
	term_color(out, color, TERM_RED);
	fprintf(out, " %5s", count_short(stats_drops(row->stats), buf));
	term_color_end(out, color);
}

static void print_row(FILE *out, bool color, const struct row *row)
{
	char rate[SHORT_TEXT_MAX], ceil[SHORT_TEXT_MAX], bytes[SHORT_TEXT_MAX];
	char queued[SHORT_TEXT_MAX], p50[SHORT_TEXT_MAX], p99[SHORT_TEXT_MAX];

	print_name(out, row->name, row->level);
	print_sent(out, color, row);
	fprintf(out, " %9s %9s", rate_or_dash(row->rate, rate),
		rate_or_dash(row->ceil, ceil));
	if (row->prio < 0)
		fputs("  ", out);
	else
		fprintf(out, " %d", row->prio);
	fprintf(out, " %5s", count_short(row->stats->bytes, bytes));
	print_drops(out, color, row);
	fprintf(out, " %5s %6s %6s\n",
		count_short(row->stats->backlog_bytes, queued),
		wait_or_dash(row->stats->sojourn_p50_ns, p50),
		wait_or_dash(row->stats->sojourn_p99_ns, p99));
}

/* Deep down, the text moves left rather than out of the window. */
static void print_detail(FILE *out, uint32_t level, const char *text)
{
	int indent = indent_of(level + 1);
	size_t width = term_width(text, strlen(text));
	int most = width < COLUMNS ? COLUMNS - (int)width : 0;

	print_line(out, indent < most ? indent : most, text);
}

static char *wire_detail(const struct optq_wire *wire)
{
	char *text, *detail;

	if (!wire->layer)
		return NULL;
	text = wire_text(wire);
	detail = mem_printf("wire %s", text);
	free(text);
	return detail;
}

/* What a class was promised beyond its rate, and when that was broken. */
static char *promise_detail(const struct live_class *class)
{
	uint64_t missed = class->stats.guarantee_missed_ns;
	uint64_t delay = class->leaf ? class->delay_ns : 0;
	char buf[SHORT_TEXT_MAX], ago[SHORT_TEXT_MAX];

	if (!delay && !missed)
		return NULL;
	return mem_printf("%s%s%s%s%s%s", delay ? "delay " : "",
			  delay ? time_short(delay, buf) : "",
			  delay && missed ? ", " : "", missed ? "missed " : "",
			  missed ? age_short(missed, ago) : "",
			  missed ? " ago" : "");
}

/* What few classes have: one line for all of it. */
static void print_details(FILE *out, const struct live_class *class)
{
	char *wire = wire_detail(&class->wire);
	char *promise = promise_detail(class);
	char *text = mem_printf("%s%s%s", wire ? wire : "",
				wire && promise ? ", " : "",
				promise ? promise : "");

	if (*text)
		print_detail(out, class->level, text);
	free(wire);
	free(promise);
	free(text);
}

/* "dscp ef", where it was set: below, it is inherited. */
static void print_setting(FILE *out, uint32_t level, const char *key, const char *value)
{
	char *text;

	if (!value)
		return;
	text = mem_printf("%s %s", key, value);
	print_detail(out, level, text);
	free(text);
}

/* Where it was asked for, or once half of it was in use. */
static void print_memory(FILE *out, const struct live_tree *tree)
{
	const struct optq_stats *s = &tree->stats;
	char used[SHORT_TEXT_MAX], most[SHORT_TEXT_MAX], limit[SHORT_TEXT_MAX];

	if (!tree->memory && s->memory_max_bytes <= s->memory_limit_bytes / 2)
		return;
	fprintf(out, "%*smemory %s of %s, most %s\n", INDENT, "",
		count_short(s->memory_bytes, used),
		count_short(s->memory_limit_bytes, limit),
		count_short(s->memory_max_bytes, most));
}

static void print_police(FILE *out, const struct live_tree *tree,
			 uint32_t level, const struct live_police *p)
{
	size_t indent = (size_t)indent_of(level + 1);
	char *text;

	if (!p)
		return;
	text = police_text(tree, p);
	/* A class's path may be in it. */
	fprintf(out, "%*s", (int)indent, "");
	term_wrap(out, indent, indent + INDENT, COLUMNS, text);
	free(text);
	text = police_figures(p);
	print_detail(out, level + 1, text);
	free(text);
}

static void print_link(FILE *out, bool color, const struct sampler *s)
{
	const struct live_tree *tree = &s->tree;
	struct row row = {
		.name = "link", .ceil = tree->rate, .prio = -1,
		.rates = &s->link, .stats = &tree->stats,
	};
	char *wire = wire_detail(&tree->wire);

	print_row(out, color, &row);
	if (wire)
		print_detail(out, 0, wire);
	free(wire);
	print_setting(out, 0, "dscp", tree->dscp ? dscp_text(tree->dscp) : NULL);
	print_setting(out, 0, "ack-filter", ack_filter_text(tree->ack_filter));
	print_memory(out, tree);
	print_police(out, tree, 0, tree->police);
}

/* What the leaf shares among, if not flows alone. */
static void print_isolate(FILE *out, const struct live_class *class)
{
	const char *mode = isolate_text(class->isolate);
	uint64_t hosts = class->stats.hosts;
	char *text;

	if (!class->leaf || (!class->isolate && !class->nat))
		return;
	text = mem_printf("isolate %s%s", mode ? mode : "?",
			  class->nat ? ", nat" : "");
	if (hosts) {
		char *all = mem_printf("%s, %llu host%s", text,
				       (unsigned long long)hosts,
				       hosts == 1 ? "" : "s");

		free(text);
		text = all;
	}
	print_detail(out, class->level, text);
	free(text);
}

static void print_class(FILE *out, bool color, const struct sampler *s,
			size_t index)
{
	const struct live_tree *tree = &s->tree;
	const struct live_class *class = &tree->classes[index];
	char *id = live_class_id(tree, class->id);
	struct row row = {
		.name = class->name ? class->name : id, .level = class->level,
		.rate = class->rate, .ceil = s->ceil[index],
		.prio = (int)class->prio,
		.rates = &s->rates[index], .stats = &class->stats,
	};

	print_row(out, color, &row);
	print_details(out, class);
	print_isolate(out, class);
	print_setting(out, class->level, "dscp",
		      class->dscp ? dscp_text(class->dscp) : NULL);
	print_setting(out, class->level, "ack-filter",
		      ack_filter_text(class->ack_filter));
	print_police(out, tree, class->level, class->police);
	/* The figures above it are the class's, the packets are in there. */
	print_setting(out, class->level, "qdisc", class->qdisc);
	free(id);
}

char *live_title(const struct live_tree *tree)
{
	if (*tree->ingress_of)
		return mem_printf("%s ingress (%s)", tree->ingress_of, tree->device);
	return mem_printf("%s", tree->device);
}

void live_print_title(FILE *out, const struct live_tree *tree)
{
	char *title = live_title(tree);

	term_print(out, title, strlen(title));
	free(title);
}

static void print_heading(FILE *out, const struct live_tree *tree)
{
	size_t at = live_find(tree, tree->default_id);
	char *title = live_title(tree), *path, *text;

	path = at == SIZE_MAX ? mem_strndup("none (direct)", 13) :
	       live_path(tree, at);
	text = mem_printf("%s: optq %x: generation %u, %zu class%s, %u rule%s, default %s%s",
			  title, tree->handle >> 16, tree->generation, tree->n,
			  tree->n == 1 ? "" : "es", tree->rules,
			  tree->rules == 1 ? "" : "s", path,
			  tree->sysfs ? ", sysfs" : "");
	term_wrap(out, 0, INDENT, COLUMNS, text);
	free(title);
	free(path);
	free(text);
}

void live_print(FILE *out, const struct sampler *s)
{
	bool color = term_wants_color(out);
	size_t i;

	print_heading(out, &s->tree);
	term_color(out, color, TERM_BOLD);
	fprintf(out, "%-*s%9s %9s %9s P %5s %5s %5s %6s %6s", NAME_COLUMNS,
		"CLASS", "SENT", "RATE", "CEIL", "BYTES", "DROPS", "QUEUE",
		"P50", "P99");
	term_color_end(out, color);
	putc('\n', out);
	print_link(out, color, s);
	for (i = 0; i < s->tree.n; i++)
		if (s->order[i] != SIZE_MAX)
			print_class(out, color, s, s->order[i]);
}
