// SPDX-License-Identifier: GPL-2.0
#include "wfq.h"

void optq_wfq_init(struct optq_wfq *s)
{
	memset(s, 0, sizeof(*s));
}

void optq_wfq_node_init(struct optq_wfq_node *n)
{
	memset(n, 0, sizeof(*n));
	optq_heap_node_init(&n->heap);
	optq_wfq_set_weight(n, 1);
	n->len = 1;
}

void optq_wfq_set_weight(struct optq_wfq_node *n, u32 weight)
{
	n->weight = weight ? weight : 1;
	n->inv = div64_u64(1ULL << OPTQ_WFQ_SHIFT, n->weight);
}

static void wfq_link(struct optq_wfq *s, struct optq_wfq_node *n)
{
	n->ready = !optq_before(s->vtime, n->start);
	if (n->ready)
		optq_heap_insert(&s->ready, &n->heap,
				 n->start + n->len * n->inv);
	else
		optq_heap_insert(&s->waiting, &n->heap, n->start);
}

static void wfq_unlink(struct optq_wfq *s, struct optq_wfq_node *n)
{
	optq_heap_remove(n->ready ? &s->ready : &s->waiting, &n->heap);
}

void optq_wfq_insert(struct optq_wfq *s, struct optq_wfq_node *n)
{
	s64 ahead = (s64)(n->start - s->vtime);

	/* Of another clock, or further ahead than a packet reaches: wrapped. */
	if (n->clock != s || ahead < 0 || (u64)ahead > OPTQ_LEN_MAX * n->inv) {
		n->clock = s;
		n->start = s->vtime;
	}
	s->wsum += n->weight;
	wfq_link(s, n);
}

void optq_wfq_remove(struct optq_wfq *s, struct optq_wfq_node *n)
{
	if (!optq_wfq_linked(n))
		return;
	s->wsum -= n->weight;
	wfq_unlink(s, n);
}

void optq_wfq_set_len(struct optq_wfq *s, struct optq_wfq_node *n, u32 len)
{
	if (n->len == len)
		return;
	n->len = len;
	/* Those who wait are ordered by their start. */
	if (optq_wfq_linked(n) && n->ready) {
		wfq_unlink(s, n);
		wfq_link(s, n);
	}
}

static void wfq_promote(struct optq_wfq *s)
{
	struct optq_heap_node *h;

	while ((h = optq_heap_top(&s->waiting)) &&
	       !optq_before(s->vtime, h->key)) {
		struct optq_wfq_node *n =
			optq_container_of(h, struct optq_wfq_node, heap);

		optq_heap_remove(&s->waiting, h);
		wfq_link(s, n);
	}
}

struct optq_wfq_node *optq_wfq_pick(struct optq_wfq *s)
{
	struct optq_heap_node *h = optq_heap_top(&s->waiting);

	if (!optq_heap_top(&s->ready)) {
		if (!h)
			return NULL;
		if (optq_before(s->vtime, h->key))
			s->vtime = h->key;
	}
	wfq_promote(s);
	h = optq_heap_top(&s->ready);
	return optq_container_of(h, struct optq_wfq_node, heap);
}

void optq_wfq_charge(struct optq_wfq *s, struct optq_wfq_node *n, u32 len)
{
	u64 wsum = s->wsum ? s->wsum : n->weight;
	bool linked = optq_wfq_linked(n);

	if (linked)
		wfq_unlink(s, n);
	s->vtime += div64_u64((u64)len << OPTQ_WFQ_SHIFT, wsum);
	n->start += len * n->inv;
	if (linked)
		wfq_link(s, n);
}
