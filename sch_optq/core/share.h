/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Flows of a leaf in which hosts have their share first.
 *
 * A flow weighs one part in as many as its host has flows; where both hosts
 * count, that with more flows decides (as CAKE's triple isolation: Hoeiland-Joergensen,
 * Taht, Morton, "Piece of CAKE", 2018).  CAKE cuts the quantum and passes a flow by
 * until it has enough of them; here flows stand by virtual time (start-time fair
 * queueing: Goyal, Vin, Cheng, 1996), so that a packet's work does not grow with
 * the flows of a host.  Virtual time is bytes that each host has had.
 *
 * A host's account goes on from one flow to the next, so who opens a flow for each
 * packet gets no more than who has one.
 */
#ifndef OPTQ_SHARE_H
#define OPTQ_SHARE_H

#include "host.h"
#include "tagset.h"

struct optq_flow;
struct optq_flow_table;
struct optq_leaf;

/* What a flow has besides, in such a leaf. */
struct optq_share {
	struct optq_tagged tag;		/* start: when it is its turn */
	struct optq_flow *flow;
	struct optq_host *host[2];	/* by side; NULL: does not count */
	u32 prepaid;			/* bytes, by the hosts when it began */
};

/* What such a leaf has besides. */
struct optq_shares {
	struct optq_tagset set;		/* of its old flows */
	u64 vtime;
	u32 hosts;			/* on the side that counts, or on both */
	struct optq_share shared;	/* the shared flow's */
};

/* Flows of the host that has more of them. */
u32 optq_share_load(const struct optq_share *s);

/* f's; the leaf has such shares. */
struct optq_share *optq_share_of(const struct optq_flow_table *t,
				 const struct optq_leaf *l,
				 const struct optq_flow *f);

/*
 * f, on no list, begins with its first packet; hosts NULL: nobody's.  Returns whether it may go first: not
 * when its host has had more than its share lately.
 */
bool optq_share_begin(struct optq_flow_table *t, struct optq_leaf *l,
		      struct optq_flow *f, const struct optq_hosts *hosts);

/* Takes its place among the old flows, by its start. */
void optq_share_line_up(struct optq_flow_table *t, struct optq_leaf *l,
			struct optq_flow *f);

/* f has sent len bytes. */
void optq_share_charge(struct optq_flow_table *t, struct optq_leaf *l,
		       struct optq_flow *f, u32 len);

void optq_share_end(struct optq_flow_table *t, struct optq_leaf *l,
		    struct optq_flow *f);

/* The old flow whose turn it is; NULL when there is none. */
struct optq_flow *optq_share_first(const struct optq_leaf *l);

/* It is f's turn. */
void optq_share_turn(struct optq_flow_table *t, struct optq_leaf *l,
		     struct optq_flow *f);

#endif /* OPTQ_SHARE_H */
