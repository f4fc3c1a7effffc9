// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "live.h"
#include "mem.h"

#define TC_MINOR_MAX	0xfffe

char *live_class_id(const struct live_tree *tree, uint32_t id)
{
	if (id > TC_MINOR_MAX)
		return mem_printf("%u", id);
	return mem_printf("%x:%x", tree->handle >> 16, id);
}

size_t live_find(const struct live_tree *tree, uint32_t id)
{
	size_t i;

	for (i = 0; i < tree->n; i++)
		if (tree->classes[i].id == id)
			return i;
	return SIZE_MAX;
}

char *live_path(const struct live_tree *tree, size_t index)
{
	char *path = NULL, *longer, *own;
	const struct live_class *class;
	uint32_t steps = 0;

	/* The depth is the kernel's to keep; a loop is not followed for ever. */
	while (index != SIZE_MAX && steps++ < OPTQ_DEPTH_MAX) {
		class = &tree->classes[index];
		own = class->name ? mem_strndup(class->name, strlen(class->name)) :
		      live_class_id(tree, class->id);
		longer = path ? mem_printf("%s/%s", own, path) :
			 mem_printf("%s", own);
		free(own);
		free(path);
		path = longer;
		index = class->parent_index;
	}
	return path;
}

char *live_path_by_id(const struct live_tree *tree, uint32_t id)
{
	size_t at = live_find(tree, id);

	if (!id)
		return mem_printf("direct");
	return at == SIZE_MAX ? live_class_id(tree, id) : live_path(tree, at);
}
