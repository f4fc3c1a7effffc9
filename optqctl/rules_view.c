// SPDX-License-Identifier: GPL-2.0
/* Rules of the live tree with what they took: lines of 80 columns, and JSON. */
#include <stdlib.h>
#include <string.h>

#include "json_add.h"
#include "mem.h"
#include "show_view.h"
#include "term.h"
#include "units.h"

#define COLUMNS		80
#define HITS		7	/* columns of packets, and before a match's text */
#define CLASS_MAX	24	/* columns that a path is padded to, at most */

static int text_width(const char *text)
{
	return (int)term_width(text, strlen(text));
}

/* The widest path that gets a column; longer ones push what follows. */
static int path_column(const struct live_tree *tree,
		       const struct live_rules *rules)
{
	int width = 5, w;
	char *path;
	size_t i;

	for (i = 0; i < rules->n; i++) {
		path = live_path_by_id(tree, rules->list[i].class_id);
		w = text_width(path);
		if (w > width)
			width = w < CLASS_MAX ? w : CLASS_MAX;
		free(path);
	}
	return width;
}

static void print_hits(FILE *out, uint64_t hits, bool color)
{
	char buf[SHORT_TEXT_MAX];

	if (hits) {
		fprintf(out, "%*s ", HITS, count_short(hits, buf));
		return;
	}
	term_color(out, color, TERM_YELLOW);
	fprintf(out, "%*s", HITS, "never");
	term_color_end(out, color);
	putc(' ', out);
}

/* What stands behind the packets and the class, if a line has room for all of it. */
static char *rest_of_line(const char *path, int column, const char *text,
			  const char *where)
{
	int pad = text_width(path) < column && *text ? column - text_width(path) : 0;
	char *rest = mem_printf("%s%*s%s%s%s%s", path, pad, "", *text ? " " : "",
				text, *where ? " " : "", where);

	if (HITS + 1 + text_width(rest) <= COLUMNS)
		return rest;
	free(rest);
	return NULL;
}

/* The match and where it stands; what has no room behind the class gets lines. */
static void print_rule(FILE *out, const struct live_tree *tree,
		       const struct live_rule *rule, int column, bool color)
{
	char *path = live_path_by_id(tree, rule->class_id), *line;
	const char *text = rule->text ? rule->text : "";
	const char *where = rule->where ? rule->where : "";

	print_hits(out, rule->hits, color);
	line = rest_of_line(path, column, text, where);
	if (line)
		text = "";
	else
		line = mem_printf("%s%s%s", path, *where ? " " : "", where);
	term_wrap(out, HITS + 1, HITS + 1, COLUMNS, line);
	if (*text) {
		fprintf(out, "%*s", HITS + 1, "");
		term_wrap(out, HITS + 1, HITS + 1, COLUMNS, text);
	}
	free(line);
	free(path);
}

void rules_print(FILE *out, const struct live_tree *tree,
		 const struct live_rules *rules)
{
	bool color = term_wants_color(out);
	int column = path_column(tree, rules);
	size_t never = 0, i;

	for (i = 0; i < rules->n; i++)
		never += !rules->list[i].hits;
	live_print_title(out, tree);
	fprintf(out, ": optq %x: %zu rule%s", tree->handle >> 16, rules->n,
		rules->n == 1 ? "" : "s");
	if (never)
		fprintf(out, ", %zu never matched", never);
	putc('\n', out);
	if (!rules->n)
		return;
	term_color(out, color, TERM_BOLD);
	fprintf(out, "%*s %-*s %s", HITS, "PACKETS", column, "CLASS", "MATCH");
	term_color_end(out, color);
	putc('\n', out);
	for (i = 0; i < rules->n; i++)
		print_rule(out, tree, &rules->list[i], column, color);
}

static struct json_object *rule_json(const struct live_tree *tree,
				     const struct live_rule *rule)
{
	struct json_object *o = json_object_new_object();

	add_own_text(o, "path", live_path_by_id(tree, rule->class_id));
	add_number(o, "class", rule->class_id);
	add_text(o, "match", rule->text);
	add_text(o, "where", rule->where);
	add_number(o, "packets", rule->hits);
	return o;
}

struct json_object *rules_json(const struct live_tree *tree,
			       const struct live_rules *rules)
{
	struct json_object *list = json_object_new_array();
	size_t i;

	for (i = 0; i < rules->n; i++)
		json_object_array_add(list, rule_json(tree, &rules->list[i]));
	return list;
}
