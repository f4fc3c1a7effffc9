// SPDX-License-Identifier: GPL-2.0
/*
 * "preset: NAME" becomes the preset's classes before the policy is read, so that all
 * that is known of classes holds for them.  Of a class that stands on both sides
 * the policy's keys win.
 */
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "policy_keys.h"
#include "preset.h"

/* Each use has all the classes of a preset in memory. */
#define USES_MAX	4096

/* What the parts of a class that is divided do not have from it. */
static const char *const leaf_keys[] = {
	"match", "delay", "burst", "quantum", "limit", "target", "interval", "ecn",
	"l4s", "step_thresh", "isolate", "nat"
};

static struct ynode *clone(const struct ynode *node, size_t base)
{
	struct ynode *copy = mem_zalloc(1, sizeof(*copy));
	size_t i;

	*copy = *node;
	copy->at.off += base;
	copy->keys = NULL;
	copy->items = NULL;
	copy->room = copy->n;
	if (node->text)
		copy->text = mem_strndup(node->text, node->text_len);
	if (node->kind == YNODE_MAP)
		copy->keys = mem_zalloc(node->n, sizeof(*copy->keys));
	if (node->kind != YNODE_SCALAR)
		copy->items = mem_zalloc(node->n, sizeof(*copy->items));
	for (i = 0; i < node->n; i++) {
		if (node->kind == YNODE_MAP)
			copy->keys[i] = clone(node->keys[i], base);
		copy->items[i] = clone(node->items[i], base);
	}
	return copy;
}

static struct ynode *new_map(struct span at)
{
	struct ynode *map = mem_zalloc(1, sizeof(*map));

	map->kind = YNODE_MAP;
	map->at = at;
	return map;
}

static struct ynode *new_text(const char *text, struct span at)
{
	struct ynode *node = mem_zalloc(1, sizeof(*node));

	node->at = at;
	node->plain = true;
	node->text = mem_strndup(text, strlen(text));
	node->text_len = strlen(text);
	return node;
}

static void put(struct ynode *map, struct ynode *key, struct ynode *item)
{
	size_t room = map->room;

	map->keys = mem_grow(map->keys, &room, map->n + 1, sizeof(*map->keys));
	map->items = mem_grow(map->items, &map->room, map->n + 1,
			      sizeof(*map->items));
	map->keys[map->n] = key;
	map->items[map->n++] = item;
}

/* SIZE_MAX: there is none. */
static size_t find(const struct ynode *map, const char *key)
{
	size_t i;

	for (i = 0; i < map->n; i++)
		if (map->keys[i] && !strcmp(map->keys[i]->text, key))
			return i;
	return SIZE_MAX;
}

/* An item that goes to another map; a key that stood there twice stays behind. */
static void move(struct ynode *to, struct ynode *from, size_t i)
{
	put(to, from->keys[i], from->items[i]);
	from->keys[i] = NULL;
	from->items[i] = NULL;
}

static bool has(const struct ynode *node, const char *key)
{
	return node->kind == YNODE_MAP && map_find(node, key);
}

static void drop(struct ynode *map, size_t i)
{
	ynode_free(map->keys[i]);
	ynode_free(map->items[i]);
	map->n--;
	memmove(map->keys + i, map->keys + i + 1, (map->n - i) * sizeof(*map->keys));
	memmove(map->items + i, map->items + i + 1,
		(map->n - i) * sizeof(*map->items));
}

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
		if (!has(classes->items[i], "match"))
			return i;
	return SIZE_MAX;
}

/* The preset's class took this by its match: it goes on to the rest of @classes. */
static void give_match(struct ynode *classes, const struct ynode *key,
		       const struct ynode *match, struct diags *d)
{
	size_t rest = classes->kind == YNODE_MAP ? rest_of(classes) : SIZE_MAX;
	struct ynode *body;

	if (classes->kind != YNODE_MAP || !classes->n)
		return;		/* an error by itself */
	if (rest == SIZE_MAX) {
		diag_error(d, classes->at, "classes: each has a match: leave it out of one, which takes what the preset's class took and the others do not");
		return;
	}
	body = classes->items[rest];
	if (ynode_is_null(body)) {
		classes->items[rest] = new_map(body->at);
		ynode_free(body);
		body = classes->items[rest];
	}
	if (has(body, "classes"))
		give_match(body->items[find(body, "classes")], key, match, d);
	else if (body->kind == YNODE_MAP)
		put(body, clone(key, 0), clone(match, 0));
}

static struct ynode *merge_classes(struct ynode *own, struct ynode *preset,
				   struct diags *d);

/* What one key of the preset's class becomes in the policy's, which has it or not. */
static void merge_key(struct ynode *own, struct ynode *key, struct ynode *item,
		      struct diags *d)
{
	size_t i = find(own, key->text);
	bool divided = has(own, "classes");
	struct ynode *classes;

	if (i != SIZE_MAX && !strcmp(key->text, "classes") &&
	    own->items[i]->kind == YNODE_MAP) {
		own->items[i] = merge_classes(own->items[i], item, d);
	} else if (i == SIZE_MAX && divided && is_leaf_key(key->text)) {
		classes = own->items[find(own, "classes")];
		if (!strcmp(key->text, "match"))
			give_match(classes, key, item, d);
		ynode_free(item);
	} else if (i == SIZE_MAX) {
		put(own, key, item);
		return;
	} else {
		ynode_free(item);
	}
	ynode_free(key);
}

/* @own without a value says nothing, and what is no map is an error by itself. */
static struct ynode *merge_class(struct ynode *own, struct ynode *preset,
				 struct diags *d)
{
	size_t i;

	if (ynode_is_null(own)) {
		ynode_free(own);
		return preset;
	}
	if (own->kind != YNODE_MAP || preset->kind != YNODE_MAP) {
		ynode_free(preset);
		return own;
	}
	for (i = 0; i < preset->n; i++)
		merge_key(own, preset->keys[i], preset->items[i], d);
	preset->n = 0;
	ynode_free(preset);
	return own;
}

/* The policy's own classes come first: what is special stands before what is general. */
static struct ynode *merge_classes(struct ynode *own, struct ynode *preset,
				   struct diags *d)
{
	struct ynode *all = new_map(own->at);
	size_t i, at;

	for (i = 0; i < own->n; i++)
		if (find(preset, own->keys[i]->text) == SIZE_MAX)
			move(all, own, i);
	for (i = 0; i < preset->n; i++) {
		at = find(own, preset->keys[i]->text);
		if (at == SIZE_MAX) {
			move(all, preset, i);
			continue;
		}
		own->items[at] = merge_class(own->items[at], preset->items[i], d);
		preset->items[i] = NULL;
		move(all, own, at);
	}
	ynode_free(own);
	ynode_free(preset);
	return all;
}

/* The preset's default, or where a class that was divided sends the rest. */
static void put_default(struct ynode *egress, const struct ynode *path,
			size_t base)
{
	const struct ynode *classes = map_find(egress, "classes"), *body;
	char *text = mem_strndup(path->text, path->text_len), *longer;
	struct span at = { path->at.off + base, path->at.len };
	size_t i = classes->kind == YNODE_MAP ? find(classes, text) : SIZE_MAX;

	while (i != SIZE_MAX && has(classes->items[i], "classes")) {
		body = classes->items[i];
		classes = map_find(body, "classes");
		i = classes->kind == YNODE_MAP ? rest_of(classes) : SIZE_MAX;
		if (i == SIZE_MAX)
			break;
		longer = mem_printf("%s/%s", text, classes->keys[i]->text);
		free(text);
		text = longer;
	}
	put(egress, new_text("default", at), new_text(text, at));
	free(text);
}

/* The egress of preset @p, number @index; it is read once. */
static const struct ynode *preset_egress(struct preset_uses *uses,
					 const struct preset *p, size_t index)
{
	struct diags none = { 0 };
	struct source src;
	size_t n = 0;

	if (!uses->roots) {
		while (preset_at(n)->name)
			n++;
		uses->roots = mem_zalloc(n, sizeof(*uses->roots));
	}
	if (!uses->roots[index]) {
		source_from_text(&src, p->name, p->text, strlen(p->text));
		uses->roots[index] = yaml_parse(&src, &none);
		source_free(&src);
		diags_free(&none);
	}
	return map_find(map_find(uses->roots[index], "links")->items[0], "egress");
}

static const struct preset_use *add_use(struct preset_uses *uses,
					const struct preset *p,
					const struct ynode *egress,
					struct span at)
{
	struct preset_use *use;
	size_t base = SOURCE_MAX + 1;

	if (uses->n)
		base = uses->list[uses->n - 1].base +
		       uses->list[uses->n - 1].len + 1;
	uses->list = mem_grow(uses->list, &uses->room, uses->n + 1,
			      sizeof(*uses->list));
	use = &uses->list[uses->n++];
	use->name = p->name;
	use->classes = map_find(egress, "classes");
	use->base = base;
	use->len = strlen(p->text);
	use->at = at;
	return use;
}

/* NULL with an error when the value of the key is not to be had. */
static const struct preset *asked_for(struct preset_uses *uses,
				      const struct ynode *map, size_t key,
				      const char *whose, size_t *index,
				      struct diags *d)
{
	const struct ynode *value = map->items[key];
	const struct preset *p;
	const char *name;
	char *why;

	name = scalar_text(value, "preset", "a name such as diffserv4", d);
	if (!name)
		return NULL;
	p = preset_find(name, index, &why);
	if (!p) {
		diag_error(d, value->at, "preset: %s", why);
		free(why);
		return NULL;
	}
	if (!has(map, "rate")) {
		diag_error(d, value->at, "preset: the rates of its classes are shares: %s needs the key \"rate\"",
			   whose);
		return NULL;
	}
	if (uses->n == USES_MAX) {
		diag_error(d, value->at, "preset: used more than %d times in one policy",
			   USES_MAX);
		return NULL;
	}
	return p;
}

/* @map, of a link's tree or, @whose NULL, of a class, has the key @key. */
static void expand(struct ynode *map, size_t key, const char *whose,
		   struct preset_uses *uses, struct diags *d)
{
	const struct ynode *egress;
	const struct preset_use *use;
	const struct preset *p;
	struct ynode *classes;
	size_t index, i;

	p = asked_for(uses, map, key, whose ? whose : "the class", &index, d);
	if (!p)
		return;
	egress = preset_egress(uses, p, index);
	use = add_use(uses, p, egress, map->items[key]->at);
	classes = clone(use->classes, use->base);
	i = find(map, "classes");
	if (i == SIZE_MAX)
		put(map, new_text("classes", use->at), classes);
	else if (map->items[i]->kind == YNODE_MAP)
		map->items[i] = merge_classes(map->items[i], classes, d);
	else
		ynode_free(classes);
	if (whose && !has(map, "default"))
		put_default(map, map_find(egress, "default"), use->base);
	drop(map, find(map, "preset"));
}

/* What is below first: a preset may stand in a class that another has, too. */
static void expand_below(struct ynode *map, const char *whose,
			 struct preset_uses *uses, struct diags *d)
{
	struct ynode *classes = NULL;
	size_t i;

	if (map->kind != YNODE_MAP)
		return;
	i = find(map, "classes");
	if (i != SIZE_MAX)
		classes = map->items[i];
	for (i = 0; classes && classes->kind == YNODE_MAP && i < classes->n; i++)
		expand_below(classes->items[i], NULL, uses, d);
	i = find(map, "preset");
	if (i != SIZE_MAX)
		expand(map, i, whose, uses, d);
}

void presets_expand(struct ynode *root, struct preset_uses *uses,
		    struct diags *d)
{
	static const char *const trees[] = { "egress", "ingress" };
	const struct ynode *links;
	struct ynode *link;
	size_t i, j, tree;

	memset(uses, 0, sizeof(*uses));
	links = root->kind == YNODE_MAP ? map_find(root, "links") : NULL;
	for (i = 0; links && links->kind == YNODE_MAP && i < links->n; i++) {
		link = links->items[i];
		for (j = 0; link->kind == YNODE_MAP && j < 2; j++) {
			tree = find(link, trees[j]);
			if (tree != SIZE_MAX)
				expand_below(link->items[tree], trees[j], uses, d);
		}
	}
}

void preset_uses_free(struct preset_uses *uses)
{
	size_t i;

	for (i = 0; uses->roots && preset_at(i)->name; i++)
		ynode_free(uses->roots[i]);
	free(uses->roots);
	free(uses->list);
}
