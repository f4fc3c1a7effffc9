// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "match.h"
#include "match_never.h"
#include "mem.h"
#include "policy_keys.h"
#include "policy_match.h"

/* Where a part of an expression stands in the file. */
static struct span place_in(const struct match_reader *r,
			    const struct ynode *expr, struct span part)
{
	size_t off, end;

	/* A preset's text is not at hand. */
	if (expr->at.off - expr->shift >= r->src->len)
		return expr->at;
	off = ynode_source_offset(r->src, expr, part.off);
	end = ynode_source_offset(r->src, expr, part.off + part.len);
	return (struct span){ off, end > off ? end - off : 1 };
}

/* False: the rules would look at more than the kernel can. */
static bool note_dims(struct link *link, const struct conjuncts *any)
{
	size_t i, j, at;

	for (i = 0; i < any->n; i++) {
		for (j = 0; j < any->v[i].n; j++) {
			struct dim dim = any->v[i].v[j].dim;

			for (at = 0; at < link->n_dims &&
			     dim_compare(link->dims[at], dim) < 0; at++)
				;
			if (at < link->n_dims && dim_same(link->dims[at], dim))
				continue;
			if (link->n_dims == OPTQ_DIMS_MAX)
				return false;
			memmove(&link->dims[at + 1], &link->dims[at],
				(link->n_dims++ - at) * sizeof(dim));
			link->dims[at] = dim;
		}
	}
	return true;
}

/* In one line, however it was written. */
static char *one_line(const char *text)
{
	char *line = mem_strndup(text, strlen(text));
	size_t n = 0, i;

	for (i = 0; text[i]; i++) {
		if (!strchr(" \t\r\n", text[i]))
			line[n++] = text[i];
		else if (n && line[n - 1] != ' ')
			line[n++] = ' ';
	}
	n -= n && line[n - 1] == ' ';
	line[n] = '\0';
	return line;
}

/* Takes @any over. */
static void add_rule(struct match_reader *r, struct conjuncts *any,
		     const struct ynode *expr, uint32_t index)
{
	struct link *link = r->link;
	struct rule *rule;

	if (link->n_rules == OPTQ_RULES_MAX) {
		diag_error(r->d, expr->at, "match: link \"%s\" has more than %d matches: a set { a, b } or a named set takes many values in one",
			   link->name, OPTQ_RULES_MAX);
		conjuncts_free(any);
		return;
	}
	if (!note_dims(link, any))
		diag_error(r->d, expr->at, "match: the matches of link \"%s\" look at more than %d fields: each mask of a mark and each level of a cgroup counts as one",
			   link->name, OPTQ_DIMS_MAX);
	link->rules = mem_grow(link->rules, &link->rules_room, link->n_rules + 1,
			       sizeof(*link->rules));
	rule = &link->rules[link->n_rules++];
	rule->class_index = index;
	rule->any = *any;
	rule->at = expr->at;
	rule->text = one_line(expr->text);
}

static void warn(struct match_reader *r, const struct match *m,
		 const struct ynode *expr)
{
	const struct match_node *node;
	size_t from = 0;
	char *why;

	if (m->twice_at.len)
		diag_warning(r->d, place_in(r, expr, m->twice_at),
			     "match: is in the set already: once suffices");
	while ((node = match_never(m->root, &from, &r->policy->names, &why))) {
		diag_warning(r->d, place_in(r, expr, node->at),
			     "match: no packet can match: %s", why);
		free(why);
	}
}

static void read_match(struct match_reader *r, const struct ynode *expr,
		       uint32_t index)
{
	struct conjuncts any;
	struct match_error err;
	const char *text;
	struct match m;
	bool good;

	text = scalar_text(expr, "match", "an expression such as \"dscp ef\"",
			   r->d);
	if (!text)
		return;
	good = match_parse(text, &r->policy->names, &r->policy->sets, &m, &err);
	if (good) {
		warn(r, &m, expr);
		good = match_lower(m.root, &any, &err);
		if (good)
			add_rule(r, &any, expr, index);
		else
			conjuncts_free(&any);
	}
	if (!good && err.text)
		diag_error(r->d, place_in(r, expr, err.at), "match: %s", err.text);
	if (!good)
		free(err.text);
	match_free(&m);
}

void policy_read_matches(struct match_reader *r, const struct ynode *value,
			 uint32_t index)
{
	struct class *class = &r->link->classes[index];
	size_t i;

	class->match_at = value->at;
	if (value->kind != YNODE_LIST) {
		class->alternatives = 1;
		read_match(r, value, index);
		return;
	}
	class->alternatives = (uint32_t)value->n;
	if (!value->n)
		diag_error(r->d, value->at, "match: an empty list matches nothing: give an expression or leave the key out");
	for (i = 0; i < value->n; i++)
		read_match(r, value->items[i], index);
}

static char *read_text(struct policy *policy, struct link *link,
		       const char *text, struct conjuncts *any)
{
	struct match_error err = { 0 };
	struct match m;
	bool good;

	memset(any, 0, sizeof(*any));
	good = match_parse(text, &policy->names, &policy->sets, &m, &err) &&
	       match_lower(m.root, any, &err);
	match_free(&m);
	if (good && note_dims(link, any))
		return NULL;
	conjuncts_free(any);
	if (good)
		return mem_printf("the matches of a link look at %d fields at most",
				  OPTQ_DIMS_MAX);
	return err.text ? err.text : mem_printf("a set has a wrong value");
}

char *policy_add_match(struct policy *policy, struct link *link, uint32_t index,
		       const char *text)
{
	struct conjuncts any;
	struct rule *rule;
	char *why;

	if (link->n_rules == OPTQ_RULES_MAX)
		return mem_printf("a link has at most %d matches", OPTQ_RULES_MAX);
	why = read_text(policy, link, text, &any);
	if (why)
		return why;
	link->rules = mem_grow(link->rules, &link->rules_room, link->n_rules + 1,
			       sizeof(*link->rules));
	rule = &link->rules[link->n_rules++];
	memset(rule, 0, sizeof(*rule));
	rule->class_index = index;
	rule->any = any;
	rule->text = one_line(text);
	link->classes[index].alternatives++;
	return NULL;
}

char *policy_change_match(struct policy *policy, struct link *link,
			  struct rule *rule, const char *text)
{
	struct conjuncts any;
	char *why = read_text(policy, link, text, &any);

	if (why)
		return why;
	conjuncts_free(&rule->any);
	rule->any = any;
	free(rule->text);
	rule->text = one_line(text);
	return NULL;
}

void policy_place_rules(struct policy *policy, const struct source *src)
{
	struct rule *rule;
	size_t l, i;

	for (l = 0; l < policy->n_links; l++) {
		for (i = 0; i < policy->links[l].n_rules; i++) {
			rule = &policy->links[l].rules[i];
			rule->where = mem_printf("%s:%zu",
						 source_part_at(src, rule->at.off).name,
						 source_position(src, rule->at.off).line);
		}
	}
}
