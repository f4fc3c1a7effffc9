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

#define NAME_COLUMNS	20
#define INDENT		2
#define COLUMNS		80

struct order {
	const struct live_tree *tree;
	size_t *first_child;	/* chains of indices, SIZE_MAX ends */
	size_t *next_sibling;
};

static void chain_children(struct order *o, size_t *first_root)
{
	size_t i, *head;

	*first_root = SIZE_MAX;
	for (i = 0; i < o->tree->n; i++)
		o->first_child[i] = SIZE_MAX;
	/* Backwards, so that each chain begins with its first. */
	for (i = o->tree->n; i-- > 0; ) {
		size_t parent = o->tree->classes[i].parent_index;

		head = parent == SIZE_MAX || parent == i ? first_root :
		       &o->first_child[parent];
		o->next_sibling[i] = *head;
		*head = i;
	}
}

size_t *live_order(const struct live_tree *tree)
{
	size_t *list = mem_zalloc(tree->n, sizeof(*list)), n = 0, at;
	struct order o = {
		.tree = tree,
		.first_child = mem_zalloc(tree->n, sizeof(size_t)),
		.next_sibling = mem_zalloc(tree->n, sizeof(size_t)),
	};

	chain_children(&o, &at);
	while (at != SIZE_MAX && n < tree->n) {
		list[n++] = at;
		if (o.first_child[at] != SIZE_MAX) {
			at = o.first_child[at];
			continue;
		}
		while (at != SIZE_MAX && o.next_sibling[at] == SIZE_MAX)
			at = tree->classes[at].parent_index;
		if (at != SIZE_MAX)
			at = o.next_sibling[at];
	}
	free(o.first_child);
	free(o.next_sibling);
	/* A parent that is missing from the dump loses no class to the view. */
	while (n < tree->n)
		list[n++] = SIZE_MAX;
	return list;
}

static void print_name(FILE *out, const char *name, uint32_t level)
{
	size_t indent = level * INDENT, width = indent + term_width(name, strlen(name));

	fprintf(out, "%*s", (int)indent, "");
	term_print(out, name, strlen(name));
	/* A long name gets a line, its figures the next one. */
	if (width >= NAME_COLUMNS) {
		putc('\n', out);
		width = 0;
	}
	fprintf(out, "%*s", (int)(NAME_COLUMNS - width), "");
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

static void print_figures(FILE *out, const struct optq_stats *s)
{
	char bytes[SHORT_TEXT_MAX], packets[SHORT_TEXT_MAX], drops[SHORT_TEXT_MAX];
	char queued[SHORT_TEXT_MAX], p50[SHORT_TEXT_MAX], p99[SHORT_TEXT_MAX];

	fprintf(out, " %5s %5s %5s %5s %6s %6s\n",
		count_short(s->bytes, bytes), count_short(s->packets, packets),
		count_short(s->drop_overlimit + s->drop_aqm + s->drop_blue +
			    s->drop_ack + s->drop_other, drops),
		count_short(s->backlog_bytes, queued),
		wait_or_dash(s->sojourn_p50_ns, p50),
		wait_or_dash(s->sojourn_p99_ns, p99));
}

static void print_row(FILE *out, const char *name, uint32_t level,
		      uint64_t rate, uint64_t ceil, int prio)
{
	char rate_buf[SHORT_TEXT_MAX], ceil_buf[SHORT_TEXT_MAX];

	print_name(out, name, level);
	fprintf(out, "%9s %9s", rate_or_dash(rate, rate_buf),
		rate_or_dash(ceil, ceil_buf));
	if (prio < 0)
		fputs("  ", out);
	else
		fprintf(out, " %d", prio);
}

/* The figures above it are the class's, the packets are in there. */
static void print_qdisc(FILE *out, const struct live_class *class)
{
	fprintf(out, "%*s", (int)((class->level + 1) * INDENT), "");
	fputs("qdisc ", out);
	term_print(out, class->qdisc, strlen(class->qdisc));
	putc('\n', out);
}

/* Deep down, the text moves left rather than out of the window. */
static void print_detail(FILE *out, uint32_t level, const char *text)
{
	size_t indent = (level + 1) * INDENT, most = COLUMNS - strlen(text);

	fprintf(out, "%*s%s\n", (int)(indent < most ? indent : most), "", text);
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

/* Where it was set: below, it is inherited. */
static void print_dscp(FILE *out, uint32_t level, uint8_t dscp)
{
	if (dscp)
		fprintf(out, "%*sdscp %s\n", (int)((level + 1) * INDENT), "",
			dscp_text(dscp));
}

static void print_ack_filter(FILE *out, uint32_t level, uint8_t filter)
{
	if (ack_filter_text(filter))
		fprintf(out, "%*sack-filter %s\n", (int)((level + 1) * INDENT), "",
			ack_filter_text(filter));
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
	char *text;

	if (!p)
		return;
	text = police_text(tree, p);
	/* A class's name may be in it, and longer than the line. */
	fprintf(out, "%*s", (int)((level + 1) * INDENT), "");
	term_print(out, text, strlen(text));
	putc('\n', out);
	free(text);
	text = police_figures(p);
	print_detail(out, level + 1, text);
	free(text);
}

static void print_link(FILE *out, const struct live_tree *tree)
{
	char *wire = wire_detail(&tree->wire);

	print_row(out, "link", 0, 0, tree->rate, -1);
	print_figures(out, &tree->stats);
	if (wire)
		print_detail(out, 0, wire);
	free(wire);
	print_dscp(out, 0, tree->dscp);
	print_ack_filter(out, 0, tree->ack_filter);
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

static void print_class(FILE *out, const struct live_tree *tree, size_t index,
			const uint64_t *ceil)
{
	const struct live_class *class = &tree->classes[index];
	char *id = live_class_id(tree, class->id);

	print_row(out, class->name ? class->name : id, class->level,
		  class->rate, ceil[index], (int)class->prio);
	print_figures(out, &class->stats);
	print_details(out, class);
	print_isolate(out, class);
	print_dscp(out, class->level, class->dscp);
	print_ack_filter(out, class->level, class->ack_filter);
	print_police(out, tree, class->level, class->police);
	if (class->qdisc)
		print_qdisc(out, class);
	free(id);
}

/* An unset ceiling is the parent's. */
static uint64_t *effective_ceilings(const struct live_tree *tree,
				    const size_t *order)
{
	uint64_t *ceil = mem_zalloc(tree->n, sizeof(*ceil)), above;
	const struct live_class *class;
	size_t i, at;

	for (i = 0; i < tree->n; i++) {
		at = order[i];
		if (at == SIZE_MAX)
			continue;
		class = &tree->classes[at];
		above = class->parent_index == SIZE_MAX ? tree->rate :
			ceil[class->parent_index];
		ceil[at] = class->ceil && (!above || class->ceil < above) ?
			   class->ceil : above;
	}
	return ceil;
}

void live_print_title(FILE *out, const struct live_tree *tree)
{
	if (*tree->ingress_of) {
		term_print(out, tree->ingress_of, strlen(tree->ingress_of));
		fputs(" ingress (", out);
	}
	term_print(out, tree->device, strlen(tree->device));
	if (*tree->ingress_of)
		putc(')', out);
}

static void print_heading(FILE *out, const struct live_tree *tree)
{
	size_t at = live_find(tree, tree->default_id);
	char *path;

	live_print_title(out, tree);
	fprintf(out, ": optq %x: generation %u, %zu class%s, %u rule%s, default ",
		tree->handle >> 16, tree->generation, tree->n,
		tree->n == 1 ? "" : "es", tree->rules,
		tree->rules == 1 ? "" : "s");
	path = at == SIZE_MAX ? mem_strndup("none (direct)", 13) :
	       live_path(tree, at);
	term_print(out, path, strlen(path));
	fputs(tree->sysfs ? ", sysfs\n" : "\n", out);
	free(path);
}

void live_print(FILE *out, const struct live_tree *tree)
{
	size_t *order = live_order(tree), i;
	uint64_t *ceil = effective_ceilings(tree, order);
	bool color = term_wants_color(out);

	print_heading(out, tree);
	term_color(out, color, TERM_BOLD);
	fprintf(out, "%-*s%9s %9s P %5s %5s %5s %5s %6s %6s", NAME_COLUMNS,
		"CLASS", "RATE", "CEIL", "BYTES", "PKTS", "DROPS", "QUEUE",
		"P50", "P99");
	term_color_end(out, color);
	putc('\n', out);
	print_link(out, tree);
	for (i = 0; i < tree->n; i++)
		if (order[i] != SIZE_MAX)
			print_class(out, tree, order[i], ceil);
	free(ceil);
	free(order);
}
