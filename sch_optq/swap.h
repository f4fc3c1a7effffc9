/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQ_SWAP_H
#define OPTQ_SWAP_H

#include "stage.h"

/*
 * Makes the live tree what the stage says: all or nothing.  Classes that live
 * on keep their packets, tokens and counters; packets of those that go drain
 * through the default class.  RTNL held.
 */
int optq_swap(struct optq_sched *q, struct optq_stage *st,
	      struct netlink_ext_ack *extack);

#endif /* OPTQ_SWAP_H */
