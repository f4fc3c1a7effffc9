// SPDX-License-Identifier: GPL-2.0
#include <linux/optq.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "for_each.h"
#include "mem.h"
#include "policy_keys.h"
#include "suggest.h"
#include "yaml_edit.h"

static const char words[] = "for each";

bool is_for_each(const struct ynode *key)
{
	size_t len = sizeof(words) - 1;

	return !strncmp(key->text, words, len) &&
	       (!key->text[len] || key->text[len] == ' ');
}

bool means_for_each(const struct ynode *key)
{
	static const char *const forms[] = { "foreach ", "for-each ", "for_each ", "for each " };
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(*forms); i++)
		if (!strncasecmp(key->text, forms[i], strlen(forms[i])))
			return !is_for_each(key);
	return false;
}

/* What a name in the classes of a table means: a column, or a variable. */
struct row_scope {
	const struct for_each *fe;
	struct vars *vars;
	const struct var_value *cells;	/* NULL: of no row in particular */
	bool column;			/* a column was asked for */
};

static bool row_value(void *arg, const char *name, size_t len,
		      struct var_value *value)
{
	static const struct var_value none = { "", 0, { 0, 0 } };
	struct row_scope *s = arg;
	struct var_scope vars = vars_scope(s->vars);
	size_t i = table_column(s->fe->table, name, len);

	if (i == SIZE_MAX)
		return vars.value(vars.arg, name, len, value);
	s->column = true;
	*value = s->cells ? s->cells[i] : none;
	return true;
}

static char *row_unknown(void *arg, const char *name)
{
	const struct row_scope *s = arg;
	const struct table *t = s->fe->table;
	char *list = mem_strndup("", 0), *longer;
	struct suggestion near;
	size_t i;

	suggest_begin(&near, name);
	for (i = 0; i < s->vars->n; i++)
		suggest_offer(&near, s->vars->v[i].name);
	for (i = 0; i < t->n_columns; i++) {
		suggest_offer(&near, t->columns[i]);
		longer = mem_printf("%s %s", list, t->columns[i]);
		free(list);
		list = longer;
	}
	longer = suggest_end(&near) ?
		mem_printf("did you mean \"${%s}\"?", suggest_end(&near)) :
		mem_printf("the columns are%s; what is no column stands under \"let:\"",
			   list);
	free(list);
	return longer;
}

static struct var_scope scope_of(struct row_scope *s)
{
	return (struct var_scope){ row_value, row_unknown, s };
}

struct for_each *for_each_find(const struct for_eaches *all,
			       const struct ynode *key)
{
	size_t i;

	for (i = 0; i < all->n; i++)
		if (all->v[i].key == key)
			return &all->v[i];
	return NULL;
}

struct for_each *for_each_at(const struct for_eaches *all, size_t off,
			     size_t *row, size_t *in_source)
{
	struct for_each *fe;
	size_t i;

	for (i = 0; i < all->n; i++) {
		fe = &all->v[i];
		if (off < fe->base ||
		    (off - fe->base) / fe->stride >= fe->table->n_rows)
			continue;
		*row = (off - fe->base) / fe->stride;
		*in_source = fe->from + (off - fe->base) % fe->stride;
		return fe;
	}
	return NULL;
}

struct copier {
	const struct source *src;
	struct var_scope scope;
	size_t shift;
	struct diags *d;
};

/*
 * Whether a value in the text is empty: what is nothing but that is left out, and more is
 * an error; then it is left out too, for there is no sense in the rest.
 */
static bool has_empty(const struct copier *c, const struct ynode *node)
{
	struct var_value value;
	struct var_ref ref;
	struct span at;
	size_t from;

	for (from = 0; node->kind == YNODE_SCALAR &&
	     var_ref_next(node->text, node->text_len, from, &ref);
	     from = ref.off + ref.len) {
		if (ref.escape ||
		    !c->scope.value(c->scope.arg, ref.name, ref.name_len, &value) ||
		    value.len)
			continue;
		at.off = ynode_source_offset(c->src, node, ref.off) + c->shift;
		at.len = ref.len;
		if (ref.len != node->text_len)
			diag_error(c->d, at, "\"%s\" has no value here: an empty cell leaves out a key whose value is nothing else",
				   node->text);
		return true;
	}
	return false;
}

static struct ynode *copy_scalar(const struct copier *c, const struct ynode *node)
{
	struct ynode *copy = ynode_copy(node, c->shift);

	copy->shift = c->shift;
	subst_scalar(c->src, copy, &c->scope, c->d);
	return copy;
}

static struct ynode *copy_node(const struct copier *c, const struct ynode *node)
{
	struct ynode *copy;
	size_t i;

	if (node->kind == YNODE_SCALAR)
		return copy_scalar(c, node);
	copy = ynode_new_map((struct span){ node->at.off + c->shift, node->at.len });
	copy->kind = node->kind;
	copy->shift = c->shift;
	copy->items = mem_zalloc(node->n, sizeof(*copy->items));
	if (node->kind == YNODE_MAP)
		copy->keys = mem_zalloc(node->n, sizeof(*copy->keys));
	copy->room = node->n;
	for (i = 0; i < node->n; i++) {
		if (has_empty(c, node->items[i]))
			continue;
		if (node->kind == YNODE_MAP) {
			/* A name that is nothing but empty is refused as a name. */
			has_empty(c, node->keys[i]);
			copy->keys[copy->n] = copy_scalar(c, node->keys[i]);
		}
		copy->items[copy->n++] = copy_node(c, node->items[i]);
	}
	return copy;
}

struct ynode *for_each_row(const struct for_eaches *all, struct for_each *fe,
			   size_t row, struct diags *d)
{
	struct row_scope scope = {
		.fe = fe, .vars = all->vars, .cells = table_row(fe->table, row)
	};
	struct copier c = {
		.src = all->src, .scope = scope_of(&scope), .d = d,
		.shift = fe->base + row * fe->stride - fe->from,
	};

	return copy_node(&c, fe->classes);
}

void for_eaches_free(struct for_eaches *all)
{
	size_t i;

	for (i = 0; i < all->n_tables; i++) {
		table_free(all->tables[i]);
		free(all->tables[i]);
		free(all->paths[i]);
	}
	free(all->tables);
	free(all->paths);
	free(all->v);
}

/* What is wrong with the classes of a table whatever is in its rows. */
struct checker {
	const struct source *src;
	struct row_scope row;
	struct diags *d;
	size_t classes;		/* that a row gives */
	size_t from, to;	/* places */
};

static void check_classes(struct checker *c, const struct ynode *classes);

static void check_scalar(struct checker *c, const struct ynode *node)
{
	struct var_scope scope = scope_of(&c->row);

	subst_check(c->src, node, &scope, c->d);
}

static void check_node(struct checker *c, const struct ynode *node)
{
	size_t i;

	if (node->at.off < c->from)
		c->from = node->at.off;
	if (node->at.off + node->at.len > c->to)
		c->to = node->at.off + node->at.len;
	if (node->kind == YNODE_SCALAR)
		check_scalar(c, node);
	for (i = 0; i < node->n; i++) {
		if (node->kind == YNODE_MAP)
			check_node(c, node->keys[i]);
		check_node(c, node->items[i]);
	}
}

static void check_class(struct checker *c, const struct ynode *class)
{
	size_t i;

	c->classes++;
	for (i = 0; class->kind == YNODE_MAP && i < class->n; i++) {
		if (!strcmp(class->keys[i]->text, "preset"))
			diag_error(c->d, class->keys[i]->at, "preset: its classes match in the whole link, so those of the first row would take all: write classes out that match what is of the row");
		else if (!strcmp(class->keys[i]->text, "classes"))
			check_classes(c, class->items[i]);
	}
}

static void check_classes(struct checker *c, const struct ynode *classes)
{
	size_t i;

	for (i = 0; classes->kind == YNODE_MAP && i < classes->n; i++) {
		if (is_for_each(classes->keys[i]))
			diag_error(c->d, classes->keys[i]->at, "for each: inside another: one table gives the rows of a class");
		else
			check_class(c, classes->items[i]);
	}
}

static void check_names(struct checker *c, const struct ynode *classes)
{
	struct var_scope scope = scope_of(&c->row);
	struct diags none = { 0 };
	size_t i;

	for (i = 0; i < classes->n; i++) {
		c->row.column = false;
		if (subst_check(c->src, classes->keys[i], &scope, &none) &&
		    !c->row.column)
			diag_error(c->d, classes->keys[i]->at, "for each: the class \"%s\" has this name in every row: a column goes into it, such as \"${%s}\"",
				   classes->keys[i]->text,
				   c->row.fe->table->columns[0]);
	}
	diags_free(&none);
}

static void check_count(struct checker *c, const struct for_each *fe)
{
	size_t rows = fe->table->n_rows;

	if (rows > OPTQ_CLASSES_MAX / c->classes)
		diag_error(c->d, fe->key->at, "for each: %zu rows of %zu class%s each: a link has at most %d classes",
			   rows, c->classes, c->classes == 1 ? "" : "es",
			   OPTQ_CLASSES_MAX);
}

/* The file's name, from the key. */
static const char *path_of(const struct ynode *key)
{
	const char *path = key->text + sizeof(words) - 1;

	while (*path == ' ')
		path++;
	return path;
}

/* NULL with an error, the first time that it is asked for, when it cannot be read. */
static struct table *table_of(struct for_eaches *all, const struct ynode *key,
			      struct diags *d)
{
	char *path = source_path(all->src, key->at.off, path_of(key));
	struct table *t;
	size_t i;

	for (i = 0; i < all->n_tables; i++) {
		if (strcmp(all->paths[i], path))
			continue;
		free(path);
		return all->tables[i]->good ? all->tables[i] : NULL;
	}
	t = mem_zalloc(1, sizeof(*t));
	all->tables = mem_grow(all->tables, &all->tables_room, all->n_tables + 1,
			       sizeof(*all->tables));
	all->paths = mem_grow(all->paths, &all->paths_room, all->n_tables + 1,
			      sizeof(*all->paths));
	all->paths[all->n_tables] = path;
	all->tables[all->n_tables++] = t;
	t->good = table_load(t, all->src, path_of(key), key->at, d);
	return t->good ? t : NULL;
}

static void add(struct for_eaches *all, const struct ynode *key,
		const struct ynode *classes, struct diags *d)
{
	struct for_each fe = { .key = key, .classes = classes };
	size_t errors = d->errors;
	struct checker c = {
		.src = all->src, .row = { .fe = &fe, .vars = all->vars },
		.d = d, .from = SIZE_MAX,
	};

	if (!*path_of(key)) {
		diag_error(d, key->at, "for each: the name of a table is missing, such as \"for each subscribers.csv:\"");
		return;
	}
	if (!is_map(classes, "for each: its classes", d))
		return;
	fe.table = table_of(all, key, d);
	if (!fe.table)
		return;
	if (!classes->n) {
		diag_error(d, classes->at, "for each: no class is given: name one by a column, such as \"${%s}\"",
			   fe.table->columns[0]);
		return;
	}
	check_node(&c, classes);
	check_classes(&c, classes);
	check_names(&c, classes);
	if (c.classes)
		check_count(&c, &fe);
	if (d->errors != errors)
		return;
	fe.from = c.from;
	fe.stride = c.to - c.from + 1;
	all->v = mem_grow(all->v, &all->room, all->n + 1, sizeof(*all->v));
	all->v[all->n++] = fe;
}

static void find_in(struct for_eaches *all, const struct ynode *node,
		    struct diags *d)
{
	const struct ynode *classes = node->kind == YNODE_MAP ?
		map_find(node, "classes") : NULL;
	size_t i;

	for (i = 0; classes && classes->kind == YNODE_MAP && i < classes->n; i++) {
		if (is_for_each(classes->keys[i]))
			add(all, classes->keys[i], classes->items[i], d);
		else
			find_in(all, classes->items[i], d);
	}
}

/* Places begin behind all texts, so these must have been read. */
static void give_places(struct for_eaches *all, struct diags *d)
{
	struct for_each *fe;
	size_t i;

	all->base = all->src->len + 1;
	all->end = all->base;
	for (i = 0; i < all->n; i++) {
		fe = &all->v[i];
		fe->base = all->end;
		if (fe->table->n_rows > (SIZE_MAX / 2 - all->end) / fe->stride) {
			diag_error(d, fe->key->at, "for each: %zu rows of %zu bytes of policy each are too much for this machine",
				   fe->table->n_rows, fe->stride);
			all->n = i;
			return;
		}
		all->end += fe->table->n_rows * fe->stride;
	}
}

void for_eaches_load(struct for_eaches *all, struct source *src,
		     struct vars *vars, const struct ynode *root,
		     struct diags *d)
{
	static const char *const trees[] = { "egress", "ingress" };
	const struct ynode *links, *tree;
	size_t i, j;

	all->src = src;
	all->vars = vars;
	links = root->kind == YNODE_MAP ? map_find(root, "links") : NULL;
	for (i = 0; links && links->kind == YNODE_MAP && i < links->n; i++) {
		for (j = 0; links->items[i]->kind == YNODE_MAP && j < 2; j++) {
			tree = map_find(links->items[i], trees[j]);
			if (tree)
				find_in(all, tree, d);
		}
	}
	give_places(all, d);
}
