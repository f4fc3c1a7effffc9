/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A set of siblings that share one server by weight: WF2Q+ (Bennett and Zhang,
 * "Hierarchical Packet Fair Queueing Algorithms", 1997).
 *
 * A member is ordered by the finish time of the packet that it is expected to
 * send next, and charged what it really sent: CoDel may drop the one expected.
 * The start times, which carry the fairness, are exact.  Virtual time is counted in bytes * 2^40 / weight.
 */
#ifndef OPTQ_WFQ_H
#define OPTQ_WFQ_H

#include "heap.h"

#define OPTQ_WFQ_SHIFT	40
/* Longest packet that any caller charges, and so a start time's reach. */
#define OPTQ_LEN_MAX	1048576U

struct optq_wfq_node {
	struct optq_heap_node heap;
	const struct optq_wfq *clock;	/* whose time start is */
	u64 start;		/* virtual start of the next packet */
	u64 inv;		/* 2^40 / weight */
	u32 weight;
	u32 len;		/* expected of the next packet, bytes */
	bool ready;		/* on the ready heap rather than the waiting */
};

struct optq_wfq {
	struct optq_heap ready;		/* start reached; by finish */
	struct optq_heap waiting;	/* start ahead of vtime; by start */
	u64 vtime;
	u64 wsum;			/* weights of the members */
};

void optq_wfq_init(struct optq_wfq *s);
void optq_wfq_node_init(struct optq_wfq_node *n);

/* weight from 1; n must be off every set. */
void optq_wfq_set_weight(struct optq_wfq_node *n, u32 weight);

static inline bool optq_wfq_linked(const struct optq_wfq_node *n)
{
	return optq_heap_linked(&n->heap);
}

static inline bool optq_wfq_empty(const struct optq_wfq *s)
{
	return !optq_heap_top(&s->ready) && !optq_heap_top(&s->waiting);
}

/* len: of the next packet, 1 to OPTQ_LEN_MAX; a member is ordered anew. */
void optq_wfq_set_len(struct optq_wfq *s, struct optq_wfq_node *n, u32 len);

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
