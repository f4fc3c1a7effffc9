/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Pairing heap (Fredman, Sedgewick, Sleator, Tarjan 1986), intrusive, with
 * removal from the middle.  Keys are compared as points on a clock that may
 * wrap, so keys alive at one time must span less than 2^63.
 */
#ifndef OPTQ_HEAP_H
#define OPTQ_HEAP_H

#include "env.h"

struct optq_heap_node {
	struct optq_heap_node *child;
	struct optq_heap_node *next;
	/* Left sibling, or parent of a first child; itself when off a heap. */
	struct optq_heap_node *prev;
	u64 key;
};

struct optq_heap {
	struct optq_heap_node *root;
};

static inline void optq_heap_node_init(struct optq_heap_node *n)
{
	n->child = NULL;
	n->next = NULL;
	n->prev = n;
	n->key = 0;
}

static inline bool optq_heap_linked(const struct optq_heap_node *n)
{
	return n->prev != n;
}

static inline struct optq_heap_node *optq_heap_top(const struct optq_heap *h)
{
	return h->root;
}

/* n must be off every heap. O(1). */
void optq_heap_insert(struct optq_heap *h, struct optq_heap_node *n, u64 key);

/* Takes n off h; does nothing when n is on none. O(log n) amortised. */
void optq_heap_remove(struct optq_heap *h, struct optq_heap_node *n);

#endif /* OPTQ_HEAP_H */
