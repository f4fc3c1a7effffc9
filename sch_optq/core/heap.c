// SPDX-License-Identifier: GPL-2.0
#include "heap.h"

/* Either may be NULL.  The loser becomes the winner's first child. */
static struct optq_heap_node *heap_meld(struct optq_heap_node *a,
					struct optq_heap_node *b)
{
	struct optq_heap_node *t;

	if (!a)
		return b;
	if (!b)
		return a;
	if (optq_before(b->key, a->key)) {
		t = a;
		a = b;
		b = t;
	}
	b->next = a->child;
	if (b->next)
		b->next->prev = b;
	b->prev = a;
	a->child = b;
	a->next = NULL;
	a->prev = NULL;
	return a;
}

/* Melds a list of siblings in the two passes that give the heap its bound. */
static struct optq_heap_node *heap_meld_siblings(struct optq_heap_node *first)
{
	struct optq_heap_node *pairs = NULL, *root = NULL;

	while (first) {
		struct optq_heap_node *a = first, *b = a->next;

		first = b ? b->next : NULL;
		a->next = NULL;
		if (b)
			b->next = NULL;
		a = heap_meld(a, b);
		a->next = pairs;
		pairs = a;
	}
	while (pairs) {
		struct optq_heap_node *a = pairs;

		pairs = a->next;
		a->next = NULL;
		root = heap_meld(root, a);
	}
	if (root) {
		root->prev = NULL;
		root->next = NULL;
	}
	return root;
}

void optq_heap_insert(struct optq_heap *h, struct optq_heap_node *n, u64 key)
{
	n->key = key;
	n->child = NULL;
	n->next = NULL;
	n->prev = NULL;
	h->root = heap_meld(h->root, n);
}

void optq_heap_remove(struct optq_heap *h, struct optq_heap_node *n)
{
	struct optq_heap_node *sub;

	if (!optq_heap_linked(n))
		return;
	sub = heap_meld_siblings(n->child);
	if (h->root == n) {
		h->root = sub;
	} else {
		if (n->prev->child == n)
			n->prev->child = n->next;
		else
			n->prev->next = n->next;
		if (n->next)
			n->next->prev = n->prev;
		h->root = heap_meld(h->root, sub);
	}
	optq_heap_node_init(n);
}
