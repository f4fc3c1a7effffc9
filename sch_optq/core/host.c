// SPDX-License-Identifier: GPL-2.0
#include "host.h"

static struct optq_host **host_bucket(const struct optq_host_table *t, u32 leaf,
				      enum optq_side side, u64 key)
{
	/* Fibonacci hashing spreads the leaf over a key that is even. */
	u32 at = (u32)key ^ (leaf + (u32)side) * 0x9e3779b1U;

	return &t->buckets[at & t->mask];
}

void optq_host_table_init(struct optq_host_table *t, struct optq_host *hosts,
			  u32 size, struct optq_host **buckets, u32 n_buckets)
{
	u32 i;

	memset(t, 0, sizeof(*t));
	memset(buckets, 0, n_buckets * sizeof(*buckets));
	t->buckets = buckets;
	t->mask = n_buckets - 1;
	for (i = size; i--; ) {
		hosts[i].next = t->free;
		t->free = &hosts[i];
	}
}

struct optq_host *optq_host_get(struct optq_host_table *t, u32 leaf,
				enum optq_side side, u64 key)
{
	struct optq_host **b = host_bucket(t, leaf, side, key), *h;

	for (h = *b; h; h = h->next) {
		if (h->key == key && h->leaf == leaf && h->side == side) {
			h->flows++;
			return h;
		}
	}
	h = t->free;
	if (!h)
		return NULL;
	t->free = h->next;
	t->used++;
	h->key = key;
	h->paid = 0;
	h->leaf = leaf;
	h->side = side;
	h->flows = 1;
	h->next = *b;
	*b = h;
	return h;
}

bool optq_host_put(struct optq_host_table *t, struct optq_host *h)
{
	struct optq_host **b;

	if (--h->flows)
		return false;
	b = host_bucket(t, h->leaf, h->side, h->key);
	while (*b != h)
		b = &(*b)->next;
	*b = h->next;
	h->next = t->free;
	t->free = h;
	t->used--;
	return true;
}
