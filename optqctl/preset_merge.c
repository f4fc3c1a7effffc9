// SPDX-License-Identifier: GPL-2.0
/*
 * "preset: NAME" becomes the preset's classes before the policy is read, so that all
 * that is known of classes holds for them.  Of a class that stands on both sides
 * the policy's keys win.
 */
#include <stdlib.h>
#include <string.h>

#include "class_merge.h"
#include "for_each.h"
#include "mem.h"
#include "policy_keys.h"
#include "preset.h"
#include "yaml_edit.h"

/* Each use has all the classes of a preset in memory. */
#define USES_MAX	4096

/* The preset's default, or where a class that was divided sends the rest. */
static void put_default(struct ynode *egress, const struct ynode *path,
			size_t base)
{
	struct span at = { path->at.off + base, path->at.len };
	char *text = merged_default(egress, path->text);

	map_put(egress, ynode_new_text("default", at), ynode_new_text(text, at));
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
	size_t base = uses->base;

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
	if (!map_has(map, "rate")) {
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
	classes = ynode_copy(use->classes, use->base);
	i = map_index(map, "classes");
	if (i == SIZE_MAX)
		map_put(map, ynode_new_text("classes", use->at), classes);
	else if (map->items[i]->kind == YNODE_MAP)
		map->items[i] = merge_classes(map->items[i], classes, d);
	else
		ynode_free(classes);
	if (whose && !map_has(map, "default"))
		put_default(map, map_find(egress, "default"), use->base);
	map_drop(map, map_index(map, "preset"));
}

/* What is below first: a preset may stand in a class that another has, too. */
static void expand_below(struct ynode *map, const char *whose,
			 struct preset_uses *uses, struct diags *d)
{
	struct ynode *classes = NULL;
	size_t i;

	if (map->kind != YNODE_MAP)
		return;
	i = map_index(map, "classes");
	if (i != SIZE_MAX)
		classes = map->items[i];
	for (i = 0; classes && classes->kind == YNODE_MAP && i < classes->n; i++)
		if (!is_for_each(classes->keys[i]))
			expand_below(classes->items[i], NULL, uses, d);
	i = map_index(map, "preset");
	if (i != SIZE_MAX)
		expand(map, i, whose, uses, d);
}

void presets_expand(struct ynode *root, struct preset_uses *uses, size_t base,
		    struct diags *d)
{
	static const char *const trees[] = { "egress", "ingress" };
	const struct ynode *links;
	struct ynode *link;
	size_t i, j, tree;

	memset(uses, 0, sizeof(*uses));
	uses->base = base;
	links = root->kind == YNODE_MAP ? map_find(root, "links") : NULL;
	for (i = 0; links && links->kind == YNODE_MAP && i < links->n; i++) {
		link = links->items[i];
		for (j = 0; link->kind == YNODE_MAP && j < 2; j++) {
			tree = map_index(link, trees[j]);
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
