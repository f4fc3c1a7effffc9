/* SPDX-License-Identifier: GPL-2.0 */
/* Changes to a tree that was read from YAML, before it is taken for a policy. */
#ifndef OPTQCTL_YAML_EDIT_H
#define OPTQCTL_YAML_EDIT_H

#include "yaml.h"

/* A copy of all below @node, its places moved on by @base. */
struct ynode *ynode_copy(const struct ynode *node, size_t base);
struct ynode *ynode_new_map(struct span at);
struct ynode *ynode_new_text(const char *text, struct span at);

/* SIZE_MAX: there is none. */
size_t map_index(const struct ynode *map, const char *key);
/* False for what is no map. */
bool map_has(const struct ynode *node, const char *key);
void map_put(struct ynode *map, struct ynode *key, struct ynode *item);
/* An item that goes to another map; a key that stood there twice stays behind. */
void map_move(struct ynode *to, struct ynode *from, size_t i);
void map_drop(struct ynode *map, size_t i);

#endif
