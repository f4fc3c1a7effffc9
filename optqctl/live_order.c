// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "live.h"
#include "mem.h"

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

uint64_t *live_ceilings(const struct live_tree *tree, const size_t *order)
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
