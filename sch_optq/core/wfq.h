/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A set of siblings that share one server by weight: WF2Q+ (Bennett and Zhang,
 * "Hierarchical Packet Fair Queueing Algorithms", 1997) in constant time.
 *
 * Members whose packets take about the same virtual time stand in one group, as
 * in QFQ (Checconi, Rizzo, Valente, IEEE/ACM ToN 2013).  Within a group the order
 * of the start times is that of the finish times, to an eighth of a packet, and a member
 * that was served goes to the end.  So a pick looks at the heads of the groups:
 * as many as there are lengths by weight that differ by more than an eighth, never as
 * many as there are members.
 *
 * The start times, which carry the fairness, are exact.  Virtual time is counted
 * in bytes * 2^40 / weight.
 */
#ifndef OPTQ_WFQ_H
#define OPTQ_WFQ_H

#include "list.h"

#define OPTQ_WFQ_SHIFT	40
/* Longest packet that any caller charges, and so a start time's reach. */
#define OPTQ_LEN_MAX	1048576U

struct optq_wfq_group {
	struct optq_wfq_group *next;	/* of the same set */
	struct optq_wfq_node *head;	/* member with the least start */
	u64 start, finish;		/* the head's */
	struct optq_list joined;	/* came when virtual time was their start */
	struct optq_list served;	/* start where their last packet ended */
	u32 code;			/* eighth of an octave of the virtual length */
};

struct optq_wfq_node {
	struct optq_list link;		/* joined or served of its group */
	const struct optq_wfq *clock;	/* whose time start is */
	u64 start;			/* virtual start of the next packet */
	u64 inv;			/* 2^40 / weight */
	u32 weight;
	u32 len;			/* expected of the next packet, bytes */
	u32 code;
	bool owner;			/* its group is kept in the following */
	struct optq_wfq_group own;
};

struct optq_wfq {
	struct optq_wfq_group *groups;
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
void optq_wfq_set_len(struct optq_wfq *s, struct optq_wfq_node *n, u32 len);

static inline bool optq_wfq_linked(const struct optq_wfq_node *n)
{
	return !optq_list_empty(&n->link);
}

static inline bool optq_wfq_empty(const struct optq_wfq *s)
{
	return !s->groups;
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
