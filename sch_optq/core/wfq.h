/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A set of siblings that share one server by weight: WF2Q+ (Bennett and Zhang,
 * "Hierarchical Packet Fair Queueing Algorithms", 1997) in constant time.
 *
 * The start tags, which carry the fairness, are exact.  Virtual time is counted
 * in bytes * 2^40 / weight.
 */
#ifndef OPTQ_WFQ_H
#define OPTQ_WFQ_H

#include "pkt.h"
#include "tagset.h"

#define OPTQ_WFQ_SHIFT	40

struct optq_wfq_node {
	struct optq_tagged tag;
	u64 inv;			/* 2^40 / weight */
	u32 weight;
	u32 len;			/* expected of the next packet, bytes */
};

struct optq_wfq {
	struct optq_tagset set;
	u64 vtime;
	u64 wsum;			/* weights of the members */
	u64 recip;			/* 2^(40 + shift) / wsum; 0: not known */
	u8 shift;
};

void optq_wfq_init(struct optq_wfq *s);
void optq_wfq_node_init(struct optq_wfq_node *n);

/* weight from 1; n must be off every set. */
void optq_wfq_set_weight(struct optq_wfq_node *n, u32 weight);

/* len: of the next packet, 1 to OPTQ_LEN_MAX; a member is ordered anew. */
static inline void optq_wfq_set_len(struct optq_wfq *s,
				    struct optq_wfq_node *n, u32 len)
{
	if (n->len == len)
		return;
	n->len = len;
	optq_tagset_set_span(&s->set, &n->tag, len * n->inv, s->vtime);
}

/*
 * Tells s from others, nearly always: a start tag that is taken for one of s must
 * not be further ahead than a packet either, so that one mistaken costs no more.
 */
static inline u32 optq_wfq_clock(const struct optq_wfq *s)
{
	return (u32)((unsigned long)s >> 3);
}

static inline bool optq_wfq_linked(const struct optq_wfq_node *n)
{
	return optq_tagged_linked(&n->tag);
}

static inline bool optq_wfq_empty(const struct optq_wfq *s)
{
	return optq_tagset_empty(&s->set);
}

/* A node that comes back keeps what it owes, and brings no credit. */
void optq_wfq_insert(struct optq_wfq *s, struct optq_wfq_node *n);
void optq_wfq_remove(struct optq_wfq *s, struct optq_wfq_node *n);

/* The member to serve next; NULL when the set is empty. */
struct optq_wfq_node *optq_wfq_pick(struct optq_wfq *s);

/*
 * n, picked from s, has sent len bytes (at most OPTQ_LEN_MAX).  It may have
 * left the set since; what it sent counts all the same.
 */
void optq_wfq_charge(struct optq_wfq *s, struct optq_wfq_node *n, u32 len);

#endif /* OPTQ_WFQ_H */
