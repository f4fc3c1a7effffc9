// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "class_merge.h"
#include "for_each.h"
#include "mem.h"
#include "policy_keys.h"
#include "yaml_edit.h"

/* What the parts of a class that is divided do not have from it. */
static const char *const leaf_keys[] = {
	"match", "delay", "burst", "quantum", "limit", "target", "interval", "ecn",
	"l4s", "step_thresh", "isolate", "nat"
};

static bool is_leaf_key(const char *key)
{
	size_t i;

	for (i = 0; i < sizeof(leaf_keys) / sizeof(*leaf_keys); i++)
		if (!strcmp(leaf_keys[i], key))
			return true;
	return false;
}

/* Of the classes of a class that is divided, the one for all that no other takes. */
static size_t rest_of(const struct ynode *classes)
{
	size_t i;

	for (i = classes->n; i-- > 0; )
		if (!is_for_each(classes->keys[i]) &&
		    !map_has(classes->items[i], "match"))
			return i;
	return SIZE_MAX;
}

/* The class took this by its match: it goes on to the rest of @classes, its parts. */
static void give_match(struct ynode *classes, const struct ynode *key,
		       const struct ynode *match, struct diags *d)
{
	size_t rest = classes->kind == YNODE_MAP ? rest_of(classes) : SIZE_MAX;
	struct ynode *body;

	if (classes->kind != YNODE_MAP || !classes->n)
		return;		/* an error by itself */
	if (rest == SIZE_MAX) {
		diag_error(d, classes->at, "classes: each has a match: leave it out of one, which takes what the class took before and the others do not");
		return;
	}
	body = classes->items[rest];
	if (ynode_is_null(body)) {
		classes->items[rest] = ynode_new_map(body->at);
		ynode_free(body);
		body = classes->items[rest];
	}
	if (map_has(body, "classes"))
		give_match(body->items[map_index(body, "classes")], key, match, d);
	else if (body->kind == YNODE_MAP)
		map_put(body, ynode_copy(key, 0), ynode_copy(match, 0));
}

/* What one key of the class below becomes in the own, which has it or not. */
static void merge_key(struct ynode *own, struct ynode *key, struct ynode *item,
		      struct diags *d)
{
	size_t i = map_index(own, key->text);
	bool divided = map_has(own, "classes");
	struct ynode *classes;

	if (i != SIZE_MAX && !strcmp(key->text, "classes") &&
	    own->items[i]->kind == YNODE_MAP) {
		own->items[i] = merge_classes(own->items[i], item, d);
	} else if (i == SIZE_MAX && divided && is_leaf_key(key->text)) {
		classes = own->items[map_index(own, "classes")];
		if (!strcmp(key->text, "match"))
			give_match(classes, key, item, d);
		ynode_free(item);
	} else if (i == SIZE_MAX) {
		map_put(own, key, item);
		return;
	} else {
		ynode_free(item);
	}
	ynode_free(key);
}

/* @own without a value says nothing, and what is no map is an error by itself. */
static struct ynode *merge_class(struct ynode *own, struct ynode *below,
				 struct diags *d)
{
	size_t i;

	if (ynode_is_null(own)) {
		ynode_free(own);
		return below;
	}
	if (own->kind != YNODE_MAP || below->kind != YNODE_MAP) {
		ynode_free(below);
		return own;
	}
	for (i = 0; i < below->n; i++)
		merge_key(own, below->keys[i], below->items[i], d);
	below->n = 0;
	ynode_free(below);
	return own;
}

/* What stands under one name on both sides: a class, or the classes of a table's rows. */
static struct ynode *merge_same(const struct ynode *name, struct ynode *own,
				struct ynode *below, struct diags *d)
{
	if (is_for_each(name) && own->kind == YNODE_MAP &&
	    below->kind == YNODE_MAP)
		return merge_classes(own, below, d);
	return merge_class(own, below, d);
}

/* The own classes come first: what is special stands before what is general. */
struct ynode *merge_classes(struct ynode *own, struct ynode *below,
			    struct diags *d)
{
	struct ynode *all = ynode_new_map(own->at);
	size_t i, at;

	for (i = 0; i < own->n; i++)
		if (map_index(below, own->keys[i]->text) == SIZE_MAX)
			map_move(all, own, i);
	for (i = 0; i < below->n; i++) {
		at = map_index(own, below->keys[i]->text);
		if (at == SIZE_MAX) {
			map_move(all, below, i);
			continue;
		}
		own->items[at] = merge_same(own->keys[at], own->items[at],
					    below->items[i], d);
		below->items[i] = NULL;
		map_move(all, own, at);
	}
	ynode_free(own);
	ynode_free(below);
	return all;
}

/* NULL: there is none, or it is no map. */
static const struct ynode *classes_of(const struct ynode *node)
{
	const struct ynode *classes = node->kind == YNODE_MAP ?
		map_find(node, "classes") : NULL;

	return classes && classes->kind == YNODE_MAP ? classes : NULL;
}

/* The class of that path below @tree. */
static const struct ynode *class_at_path(const struct ynode *tree, const char *path)
{
	char *words = mem_strndup(path, strlen(path)), *rest = words, *word;
	const struct ynode *classes;

	while (tree && (word = strsep(&rest, "/"))) {
		classes = classes_of(tree);
		tree = classes ? map_find(classes, word) : NULL;
	}
	free(words);
	return tree;
}

char *merged_default(const struct ynode *tree, const char *path)
{
	const struct ynode *class = class_at_path(tree, path), *classes;
	char *text = mem_strndup(path, strlen(path)), *longer;
	size_t i;

	while (class && (classes = classes_of(class))) {
		i = rest_of(classes);
		if (i == SIZE_MAX)
			break;
		longer = mem_printf("%s/%s", text, classes->keys[i]->text);
		free(text);
		text = longer;
		class = classes->items[i];
	}
	return text;
}
