/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQ_SWAP_H
#define OPTQ_SWAP_H

#include "stage.h"

/*
 * Could the tree of st take q's place?  Returns 0, or an error with the reason
 * in extack.  RTNL held.
 */
int optq_swap_check(struct optq_sched *q, const struct optq_stage *st,
		    struct netlink_ext_ack *extack);

/*
 * Makes the live tree what the stage says: all or nothing.  Classes that live
 * on keep their packets, tokens and counters; packets of those that go drain
 * through the default class.  *dropped: packets that the change lost: a
 * smaller limit had no room for them, or they were in a qdisc that went.  RTNL held.
 */
int optq_swap(struct optq_sched *q, struct optq_stage *st, u32 *dropped,
	      struct netlink_ext_ack *extack);

#endif /* OPTQ_SWAP_H */
