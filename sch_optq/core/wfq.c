// SPDX-License-Identifier: GPL-2.0
#include "wfq.h"

/* 2^20 bytes times a reciprocal below 2^43 stay within 63 bits. */
#define WFQ_RECIP_SHIFT	(63 - OPTQ_WFQ_SHIFT)

void optq_wfq_init(struct optq_wfq *s)
{
	memset(s, 0, sizeof(*s));
}

void optq_wfq_node_init(struct optq_wfq_node *n)
{
	memset(n, 0, sizeof(*n));
	optq_tagged_init(&n->tag);
	n->len = 1;
	optq_wfq_set_weight(n, 1);
}

void optq_wfq_set_weight(struct optq_wfq_node *n, u32 weight)
{
	n->weight = weight ? weight : 1;
	n->inv = div64_u64(1ULL << OPTQ_WFQ_SHIFT, n->weight);
	optq_tagset_set_span(NULL, &n->tag, n->len * n->inv, 0);
}

void optq_wfq_insert(struct optq_wfq *s, struct optq_wfq_node *n)
{
	s64 ahead = (s64)(n->tag.start - s->vtime);

	/* Of another clock, or further ahead than a packet reaches: wrapped. */
	if (n->tag.clock != optq_wfq_clock(s) || ahead < 0 ||
	    (u64)ahead > OPTQ_LEN_MAX * n->inv) {
		n->tag.clock = optq_wfq_clock(s);
		n->tag.start = s->vtime;
	}
	s->wsum += n->weight;
	s->recip = 0;
	optq_tagset_add(&s->set, &n->tag, s->vtime);
}

void optq_wfq_remove(struct optq_wfq *s, struct optq_wfq_node *n)
{
	if (!optq_wfq_linked(n))
		return;
	s->wsum -= n->weight;
	s->recip = 0;
	optq_tagset_del(&s->set, &n->tag);
}

struct optq_wfq_node *optq_wfq_pick(struct optq_wfq *s)
{
	struct optq_tagged *tag = optq_tagset_first(&s->set, s->vtime);

	if (!tag)
		return NULL;
	/* Nobody had started: virtual time does not wait. */
	if (optq_before(s->vtime, tag->start))
		s->vtime = tag->start;
	return optq_container_of(tag, struct optq_wfq_node, tag);
}

static void wfq_advance(struct optq_wfq *s, const struct optq_wfq_node *n,
			u32 len)
{
	u64 wsum = s->wsum ? s->wsum : n->weight;

	if (!s->recip || !s->wsum) {
		s->shift = (u8)optq_min_u32((u32)fls64(wsum) + 1,
					    WFQ_RECIP_SHIFT);
		s->recip = div64_u64(1ULL << (OPTQ_WFQ_SHIFT + s->shift), wsum);
	}
	s->vtime += (len * s->recip) >> s->shift;
	if (!s->wsum)
		s->recip = 0;
}

void optq_wfq_charge(struct optq_wfq *s, struct optq_wfq_node *n, u32 len)
{
	bool linked = optq_wfq_linked(n);

	if (linked)
		optq_tagset_del(&s->set, &n->tag);
	wfq_advance(s, n, len);
	n->tag.start += len * n->inv;
	if (linked)
		optq_tagset_add(&s->set, &n->tag, s->vtime);
}
