/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The queue of a leaf: flows served in turn by deficit round robin with new
 * flows first (DRR++: Hoeiland-Joergensen et al., RFC 8290), CoDel on each.
 */
#ifndef OPTQ_LEAF_H
#define OPTQ_LEAF_H

#include "flow.h"
#include "hist.h"
#include "wire.h"
#include "share.h"
#include "../uapi/linux/optq.h"

struct optq_leaf {
	struct optq_list new_flows;
	struct optq_list old_flows;
	struct optq_flow shared;
	struct optq_flow *fattest;	/* a guess, right when it matters */
	struct optq_codel_params codel;
	u32 salt;			/* spreads leaves over the flow table */
	u32 quantum;
	u32 limit;			/* packets */
	u32 roomy;			/* up to as many nothing has to be decided */
	u32 packets;
	u64 bytes;
	u32 flows;
	u32 flows_old;			/* those that are not fresh */
	u32 ahead;			/* bytes that new flows sent before old ones */
	struct optq_wire wire;		/* in force; layer 0: the device's length */
	u8 dscp;			/* to leave with, and 1; 0: as it came */
	u8 ack_filter;			/* enum optq_ack_filter; 0: none */
	u32 in_order : 1;		/* takes what conforms in order of arrival */
	u32 by_host : 1;		/* hosts have their share first */
	u32 isolate : 3;		/* enum optq_isolate */
	u32 nat : 1;			/* by the addresses before translation */
	u32 ordered : 26;		/* such packets, first in the shared flow */

	/* Of a class with others below it: there. */
	u64 drop_overlimit;
	u64 drop_aqm;
	u64 ecn_marks;
	u64 flows_new;
	struct optq_hist *hist;		/* of sojourn; NULL: no memory yet */
	struct optq_shares *shares;	/* NULL: never had hosts */
};

/* Fibonacci hashing spreads the leaf over a hash that is even. */
static inline u32 optq_flow_key(const struct optq_leaf *l, u32 hash)
{
	return hash ^ (l->salt * 0x9e3779b1U);
}

void optq_leaf_init(struct optq_leaf *l, u32 salt);
void optq_leaf_set_limit(struct optq_leaf *l, u32 limit);

/* What it holds now is all that there is room for, whatever its limit is. */
void optq_leaf_lack_memory(struct optq_leaf *l);

/* Memory for hosts that have their share first; the caller's, zeroed. */
static inline void optq_leaf_give_shares(struct optq_leaf *l,
					 struct optq_shares *shares)
{
	l->shares = shares;
}

/*
 * Tells flows apart in another way from now on: what waits has keys of the old one, and
 * goes first, in order of arrival.  Without memory for them no host has a share.
 */
void optq_leaf_set_isolate(struct optq_flow_table *t, struct optq_leaf *l,
			   u32 isolate, bool nat);

/*
 * Takes pkt into the flow of hash, or, when it is to leave in order of arrival, into
 * the shared one: all that wait must have come so.  Those go before all flows, so
 * that later packets of the same flow never overtake.  Packets that are given up for
 * it, at the leaf's limit or in a full table, are added to drops; and pkt where BLUE
 * says so: then false.  hosts NULL: no host has sent it.
 */
bool optq_leaf_enqueue(struct optq_flow_table *t, struct optq_leaf *l,
		       struct optq_pkt *pkt, u32 hash,
		       const struct optq_hosts *hosts, bool in_order, u64 now,
		       struct optq_drops *drops);

/*
 * Gives up one packet from the longest flow, or of a flood; the flow is returned if it
 * has more.  memory: not packets are too many, but what they take.  The leaf must not
 * be empty.
 */
struct optq_flow *optq_leaf_drop_longest(struct optq_flow_table *t,
					 struct optq_leaf *l, bool memory,
					 struct optq_drops *drops);

/* Likewise, as there is no room for what came: the flow is held to account. */
void optq_leaf_overflow(struct optq_flow_table *t, struct optq_leaf *l,
			bool memory, u64 now, struct optq_drops *drops);

/*
 * The next packet, its verdict in its flags; packets that CoDel gave up are
 * added to drops.  NULL when the leaf is empty, or when the steps that one
 * call may take have been taken and packets are left (leaf->packets tells).
 */
struct optq_pkt *optq_leaf_dequeue(struct optq_flow_table *t,
				   struct optq_leaf *l, u64 now,
				   struct optq_drops *drops);

/*
 * The packet that is next unless CoDel gives it up or others come before; a
 * guess where many flows have to be passed.  NULL when there is none.
 */
const struct optq_pkt *optq_leaf_find_next(const struct optq_leaf *l);

static inline const struct optq_pkt *optq_leaf_next(const struct optq_leaf *l)
{
	const struct optq_list *head = optq_list_empty(&l->new_flows) ?
				       &l->old_flows : &l->new_flows;
	const struct optq_flow *f = optq_list_entry(head->next,
						    struct optq_flow, link);

	if (likely(!(l->ordered || l->by_host) && !optq_list_empty(head) && f->head &&
		   f->deficit > 0))
		return f->head;
	return optq_leaf_find_next(l);
}

/* Moves every packet of src to dst; flows keep their order. */
void optq_leaf_move(struct optq_flow_table *t, struct optq_leaf *dst,
		    struct optq_leaf *src);

/*
 * Takes those packets out for which goes(arg, pkt) is true, and adds them to lifted, a flow
 * of no leaf: flow after flow, each in its order.
 */
void optq_leaf_lift(struct optq_flow_table *t, struct optq_leaf *l,
		    bool (*goes)(void *arg, struct optq_pkt *pkt), void *arg,
		    struct optq_flow *lifted);

/*
 * Adds run, packets of the flow of hash in order of arrival, to that flow of l, and drops
 * none for it.  hosts as in optq_leaf_enqueue(), unsorted as in optq_flow_append().
 */
void optq_leaf_join(struct optq_flow_table *t, struct optq_leaf *l,
		    struct optq_flow *run, u32 hash,
		    const struct optq_hosts *hosts,
		    struct optq_list *unsorted);

/* Empties the leaf into drops and forgets what it learned. */
void optq_leaf_purge(struct optq_flow_table *t, struct optq_leaf *l,
		     struct optq_drops *drops);

#endif /* OPTQ_LEAF_H */
