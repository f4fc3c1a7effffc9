/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQ_SWAP_H
#define OPTQ_SWAP_H

#include "clhash.h"
#include "stage.h"

/*
 * Could the tree of st take q's place?  Returns 0, or an error with the reason
 * in extack.  RTNL held.
 */
int optq_swap_check(struct optq_sched *q, const struct optq_stage *st,
		    struct netlink_ext_ack *extack);

/* What a change needs, and what it leaves over. */
struct optq_swap {
	struct optq_sched *q;
	char **names;
	struct Qdisc **put;
	struct optq_clhash_room room;	/* where the classes are found from then on */
	struct list_head gone;
	u32 dropped;	/* packets that the change lost: a smaller limit had no room for
			 * them, or they were in a qdisc that went
			 */
};

/*
 * All that can fail before the live tree is what the stage says.  Returns 0, or an error
 * with the reason in extack; optq_swap_end() follows either way.  RTNL held, from
 * here to there.
 */
int optq_swap_prepare(struct optq_swap *s, struct optq_sched *q,
		      struct optq_stage *st, struct netlink_ext_ack *extack);

/*
 * Makes it so.  Classes that live on keep their packets, tokens and counters; packets of
 * those that go drain through the default class.  Takes the tree's lock.
 */
void optq_swap_commit(struct optq_swap *s, struct optq_sched *q,
		      struct optq_stage *st, struct netlink_ext_ack *extack);

void optq_swap_end(struct optq_swap *s, struct optq_stage *st);

#endif /* OPTQ_SWAP_H */
