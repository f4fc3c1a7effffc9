/* SPDX-License-Identifier: GPL-2.0 */
/* Live trees that tests make, and what is printed of them. */
#ifndef CTL_TREE_H
#define CTL_TREE_H

#include <stdio.h>

#include "ctl_random.h"
#include "sample.h"

struct json_object;

/* @name NULL: made through tc; @parent is an index, SIZE_MAX the link. For live_free(). */
struct live_class *add_class(struct live_tree *tree, uint32_t id, const char *name,
			     size_t parent);
/* Packets of @bytes each that left, and waited so long: in counters and histogram. */
void add_sent(struct live_class *class, uint64_t packets, uint64_t bytes, uint64_t wait_ns);
struct live_tree copy_tree(const struct live_tree *tree);

/*
 * Any names, figures and settings; @deep of 10 classes have their parent in the one just
 * before.
 */
struct live_tree random_tree(struct random_source *r, size_t n, uint32_t deep);

/* What show has of a tree without rates. */
void print_tree(FILE *out, const struct live_tree *tree);
struct json_object *tree_json(const struct live_tree *tree);
/* Likewise as text, to be freed; @tree is. */
char *shown(struct live_tree *tree);
void assert_80_columns(const char *text);

#endif
