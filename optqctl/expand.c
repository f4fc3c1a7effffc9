// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "expand.h"
#include "include.h"
#include "mem.h"
#include "policy_keys.h"
#include "yaml_edit.h"

struct walk {
	const struct source *src;
	struct var_scope scope;
	struct diags *d;
};

/* Two names that were different may have become one. */
static void check_key(const struct walk *w, const struct ynode *map, size_t key)
{
	size_t i;

	for (i = 0; i < map->n; i++) {
		if (i == key || strcmp(map->keys[i]->text, map->keys[key]->text))
			continue;
		yaml_given_twice(w->src, map->keys[key], map->keys[i], w->d);
		return;
	}
}

/* What stands below a table's name waits for its rows. */
static void put_values(const struct walk *w, struct ynode *node)
{
	size_t i;

	if (node->kind == YNODE_SCALAR)
		subst_scalar(w->src, node, &w->scope, w->d);
	for (i = 0; node->kind == YNODE_MAP && i < node->n; i++)
		subst_scalar(w->src, node->keys[i], &w->scope, w->d);
	for (i = 0; node->kind == YNODE_MAP && i < node->n; i++)
		if (node->keys[i]->subst)
			check_key(w, node, i);
	for (i = 0; i < node->n; i++) {
		if (node->kind == YNODE_LIST)
			put_values(w, node->items[i]);
		else if (means_for_each(node->keys[i]))
			diag_error(w->d, node->keys[i]->at, "\"%s\": classes for each row of a table stand below \"for each subscribers.csv:\"",
				   node->keys[i]->text);
		else if (!is_for_each(node->keys[i]))
			put_values(w, node->items[i]);
	}
}

static void put_all_values(struct expansion *ex, struct ynode *root,
			   struct diags *d)
{
	struct walk w = { ex->src, vars_scope(&ex->vars), d };
	size_t i;

	for (i = 0; i < root->n; i++)
		if (strcmp(root->keys[i]->text, "let") &&
		    strcmp(root->keys[i]->text, "include"))
			put_values(&w, root->items[i]);
}

bool expand_policy(struct expansion *ex, struct source *src, struct ynode *root,
		   struct diags *d)
{
	size_t errors = d->errors;

	memset(ex, 0, sizeof(*ex));
	ex->src = src;
	ex->end = src->len + 1;
	if (!include_files(src, root, d) || root->kind != YNODE_MAP)
		return d->errors == errors;
	vars_read(&ex->vars, src, map_find(root, "let"), d);
	put_all_values(ex, root, d);
	for_eaches_load(&ex->each, src, &ex->vars, root, d);
	ex->end = ex->each.end;
	/* What was not read may use more. */
	if (d->errors == errors)
		vars_check_used(&ex->vars, src, d);
	return d->errors == errors;
}

void expansion_free(struct expansion *ex)
{
	for_eaches_free(&ex->each);
	vars_free(&ex->vars);
}

/* Where a thing at @at comes from, and where that is used: len 0, it stands there itself. */
static struct span origin(const struct expansion *ex, struct span at,
			  struct span *used)
{
	struct span real = at;
	struct for_each *fe;
	struct var_ref ref;
	const struct var *var;
	size_t row = 0, i;
	bool named;

	*used = (struct span){ 0, 0 };
	fe = for_each_at(&ex->each, at.off, &row, &real.off);
	if (!fe && at.off > ex->src->len)
		return at;
	named = subst_in_source(ex->src, real, &ref);
	if (!fe && !named)
		return at;
	i = fe && named ? table_column(fe->table, ref.name, ref.name_len) : SIZE_MAX;
	var = named ? vars_find(&ex->vars, ref.name, ref.name_len) : NULL;
	if (!fe && !var)
		return at;
	*used = named ? (struct span){ ref.off, ref.len } : real;
	if (i != SIZE_MAX)
		return table_row(fe->table, row)[i].at;
	if (var)
		return var->at;
	return table_row(fe->table, row)[0].at;
}

/* Keys of one map were compared when it was read: one of the two is of a row. */
static void check_pair(const struct expansion *ex, const struct class *first,
		       const struct class *class, struct diags *d)
{
	struct span used, at;
	char *line;

	if (class->name_at.off < ex->each.base && first->name_at.off < ex->each.base)
		return;
	at = origin(ex, class->name_at, &used);
	line = source_line_label(ex->src, origin(ex, first->name_at, &used).off,
				 at.off);
	diag_error(d, class->name_at, "\"%s\" is given twice, first in %s: a class's name is its own",
		   class->name, line);
	free(line);
}

void expand_check_names(const struct expansion *ex, const struct policy *policy,
			struct diags *d)
{
	const struct class *class;
	const struct link *link;
	uint32_t c, first;
	size_t l;

	for (l = 0; ex->each.n && l < policy->n_links; l++) {
		link = &policy->links[l];
		for (c = 0; c < link->n_classes; c++) {
			class = &link->classes[c];
			first = link_find_child(link, class->parent, class->name,
						strlen(class->name));
			if (first != c)
				check_pair(ex, &link->classes[first], class, d);
		}
	}
}

void expand_place(const struct expansion *ex, struct policy *policy,
		  struct diags *d, size_t first)
{
	struct link *link;
	struct span used;
	size_t i;
	uint32_t c;

	for (i = first; i < d->n; i++)
		if (d->list[i].at.off != DIAG_NOWHERE)
			d->list[i].at = origin(ex, d->list[i].at, &d->list[i].used);
	for (link = policy->links; ex->each.n && link < policy->links + policy->n_links;
	     link++) {
		for (c = 0; c < link->n_classes; c++)
			link->classes[c].name_at = origin(ex, link->classes[c].name_at, &used);
		for (i = 0; i < link->n_rules; i++)
			link->rules[i].at = origin(ex, link->rules[i].at, &used);
	}
}
