// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "policy_keys.h"
#include "yaml_edit.h"

struct ynode *ynode_copy(const struct ynode *node, size_t base)
{
	struct ynode *copy = mem_zalloc(1, sizeof(*copy));
	size_t i;

	*copy = *node;
	copy->at.off += base;
	copy->keys = NULL;
	copy->items = NULL;
	copy->subst = NULL;
	copy->room = copy->n;
	if (node->text)
		copy->text = mem_strndup(node->text, node->text_len);
	if (node->kind == YNODE_MAP)
		copy->keys = mem_zalloc(node->n, sizeof(*copy->keys));
	if (node->kind != YNODE_SCALAR)
		copy->items = mem_zalloc(node->n, sizeof(*copy->items));
	for (i = 0; i < node->n; i++) {
		if (node->kind == YNODE_MAP)
			copy->keys[i] = ynode_copy(node->keys[i], base);
		copy->items[i] = ynode_copy(node->items[i], base);
	}
	return copy;
}

struct ynode *ynode_new_map(struct span at)
{
	struct ynode *map = mem_zalloc(1, sizeof(*map));

	map->kind = YNODE_MAP;
	map->at = at;
	return map;
}

struct ynode *ynode_new_text(const char *text, struct span at)
{
	struct ynode *node = mem_zalloc(1, sizeof(*node));

	node->at = at;
	node->plain = true;
	node->text = mem_strndup(text, strlen(text));
	node->text_len = strlen(text);
	return node;
}

void map_put(struct ynode *map, struct ynode *key, struct ynode *item)
{
	size_t room = map->room;

	map->keys = mem_grow(map->keys, &room, map->n + 1, sizeof(*map->keys));
	map->items = mem_grow(map->items, &map->room, map->n + 1,
			      sizeof(*map->items));
	map->keys[map->n] = key;
	map->items[map->n++] = item;
}

size_t map_index(const struct ynode *map, const char *key)
{
	size_t i;

	for (i = 0; i < map->n; i++)
		if (map->keys[i] && !strcmp(map->keys[i]->text, key))
			return i;
	return SIZE_MAX;
}

void map_move(struct ynode *to, struct ynode *from, size_t i)
{
	map_put(to, from->keys[i], from->items[i]);
	from->keys[i] = NULL;
	from->items[i] = NULL;
}

bool map_has(const struct ynode *node, const char *key)
{
	return node->kind == YNODE_MAP && map_find(node, key);
}

void map_drop(struct ynode *map, size_t i)
{
	ynode_free(map->keys[i]);
	ynode_free(map->items[i]);
	map->n--;
	memmove(map->keys + i, map->keys + i + 1, (map->n - i) * sizeof(*map->keys));
	memmove(map->items + i, map->items + i + 1,
		(map->n - i) * sizeof(*map->items));
}
