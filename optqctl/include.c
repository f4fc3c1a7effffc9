// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "class_merge.h"
#include "include.h"
#include "mem.h"
#include "policy_keys.h"
#include "subst.h"
#include "yaml_edit.h"

struct includer {
	struct source *src;
	struct diags *d;
	const struct ynode *chain[INCLUDE_DEPTH_MAX];	/* the names on the way here */
	size_t depth, files;
	bool failed;
};

static bool same_file(struct file_id a, struct file_id b)
{
	return a.ino && a.ino == b.ino && a.dev == b.dev;
}

/* "a.yaml:1 names b.yaml, b.yaml:3 names a.yaml", from step @from on, to be freed. */
static char *chain_text(const struct includer *in, size_t from)
{
	char *text = mem_strndup("", 0), *longer;
	const struct ynode *name;

	for (; from < in->depth; from++) {
		name = in->chain[from];
		longer = mem_printf("%s%s%s:%zu names %s", text, *text ? ", " : "",
				    source_part_at(in->src, name->at.off).name,
				    source_position(in->src, name->at.off).line,
				    name->text);
		free(text);
		text = longer;
	}
	return text;
}

/* Whether the file of the last step is one that an earlier step stands in. */
static bool is_cycle(const struct includer *in, size_t base)
{
	struct file_id id = source_part_at(in->src, base).id;
	const struct ynode *last = in->chain[in->depth - 1];
	char *chain;
	size_t i;

	for (i = 0; i < in->depth; i++) {
		if (!same_file(id, source_part_at(in->src, in->chain[i]->at.off).id))
			continue;
		chain = chain_text(in, i);
		diag_error(in->d, last->at, "include: a file includes itself: %s",
			   chain);
		free(chain);
		return true;
	}
	return false;
}

static bool has_room(struct includer *in, const struct ynode *name)
{
	char *chain;

	if (in->depth == INCLUDE_DEPTH_MAX) {
		chain = chain_text(in, 0);
		diag_error(in->d, name->at, "include: more than %d files deep: %s",
			   INCLUDE_DEPTH_MAX, chain);
		free(chain);
		return false;
	}
	if (in->files++ < INCLUDE_FILES_MAX)
		return true;
	diag_error(in->d, name->at, "include: more than %d files in all",
		   INCLUDE_FILES_MAX);
	return false;
}

static void include_into(struct includer *in, struct ynode *root);

/* NULL with an error when there is no such policy. */
static struct ynode *load(struct includer *in, const struct ynode *name)
{
	struct ynode *root = NULL;
	struct var_ref ref;
	const char *path;
	size_t base;
	char *why;

	path = scalar_text(name, "include", "the name of a file such as base.yaml",
			   in->d);
	if (!path || !has_room(in, name))
		return NULL;
	if (!*path) {
		diag_error(in->d, name->at, "include: the name of a file is empty");
		return NULL;
	}
	if (var_ref_next(path, name->text_len, 0, &ref)) {
		diag_error(in->d, name->at, "include: no variable is possible here: what they are is known when all files are read");
		return NULL;
	}
	why = source_add_file(in->src, name->at.off, path, "an included file",
			      SOURCE_MAX, &base);
	if (why) {
		diag_error(in->d, name->at, "include: %s", why);
		free(why);
		return NULL;
	}
	in->chain[in->depth++] = name;
	if (!is_cycle(in, base))
		root = yaml_parse_at(in->src, base, in->d);
	if (root && !is_map(root, "an included file", in->d)) {
		ynode_free(root);
		root = NULL;
	}
	if (root)
		include_into(in, root);
	in->depth--;
	return root;
}

typedef struct ynode *merge_values(struct ynode *own, struct ynode *below,
				   struct diags *d);

static struct ynode *keep_own(struct ynode *own, struct ynode *below,
			      struct diags *d)
{
	(void)d;
	ynode_free(below);
	return own;
}

/*
 * Key by key; what stands on both sides is left to @same.  "key:" without a value says
 * nothing, and what is no map is an error by itself.
 */
static struct ynode *merge_maps(struct ynode *own, struct ynode *below,
				struct diags *d,
				merge_values *(*same)(const char *key))
{
	merge_values *merge;
	size_t i, at;

	if (ynode_is_null(own)) {
		ynode_free(own);
		return below;
	}
	for (i = 0; own->kind == YNODE_MAP && below->kind == YNODE_MAP &&
	     i < below->n; i++) {
		at = map_index(own, below->keys[i]->text);
		if (at == SIZE_MAX) {
			map_move(own, below, i);
			continue;
		}
		merge = same ? same(below->keys[i]->text) : keep_own;
		own->items[at] = merge(own->items[at], below->items[i], d);
		below->items[i] = NULL;
	}
	ynode_free(below);
	return own;
}

static struct ynode *merge_flat(struct ynode *own, struct ynode *below,
				struct diags *d)
{
	return merge_maps(own, below, d, NULL);
}

static struct ynode *merge_class_maps(struct ynode *own, struct ynode *below,
				      struct diags *d)
{
	if (own->kind == YNODE_MAP && below->kind == YNODE_MAP)
		return merge_classes(own, below, d);
	return merge_flat(own, below, d);
}

static merge_values *of_tree(const char *key)
{
	return strcmp(key, "classes") ? keep_own : merge_class_maps;
}

/* A default that is not its own goes on to a part of its class, if that was divided. */
static struct ynode *merge_trees(struct ynode *own, struct ynode *below,
				 struct diags *d)
{
	bool inherited = own->kind == YNODE_MAP && !map_has(own, "default");
	struct ynode *all = merge_maps(own, below, d, of_tree), *path;
	size_t i;

	if (!inherited || !map_has(all, "default"))
		return all;
	i = map_index(all, "default");
	path = all->items[i];
	if (path->kind == YNODE_SCALAR) {
		char *text = merged_default(all, path->text);

		free(path->text);
		path->text = text;
		path->text_len = strlen(text);
	}
	return all;
}

static merge_values *of_link(const char *key)
{
	return strcmp(key, "egress") && strcmp(key, "ingress") ? keep_own :
	       merge_trees;
}

static struct ynode *merge_link(struct ynode *own, struct ynode *below,
				struct diags *d)
{
	return merge_maps(own, below, d, of_link);
}

static merge_values *of_links(const char *name)
{
	(void)name;
	return merge_link;
}

static struct ynode *merge_links(struct ynode *own, struct ynode *below,
				 struct diags *d)
{
	return merge_maps(own, below, d, of_links);
}

static merge_values *of_policy(const char *key)
{
	if (!strcmp(key, "links"))
		return merge_links;
	return strcmp(key, "let") && strcmp(key, "sets") ? keep_own : merge_flat;
}

/* Of several files a later one counts before an earlier one. */
static void include_into(struct includer *in, struct ynode *root)
{
	const struct ynode *names = map_find(root, "include");
	struct ynode **list;
	size_t n, i;

	if (!names)
		return;
	n = names->kind == YNODE_LIST ? names->n : 1;
	list = mem_zalloc(n, sizeof(*list));
	if (names->kind != YNODE_LIST)
		list[0] = load(in, names);
	for (i = 0; names->kind == YNODE_LIST && i < n; i++)
		list[i] = load(in, names->items[i]);
	for (i = n; i-- > 0; ) {
		if (list[i])
			merge_maps(root, list[i], in->d, of_policy);
		else
			in->failed = true;
	}
	free(list);
}

bool include_files(struct source *src, struct ynode *root, struct diags *d)
{
	struct includer in = { .src = src, .d = d };

	if (root->kind == YNODE_MAP)
		include_into(&in, root);
	return !in.failed;
}
