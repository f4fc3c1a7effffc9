/* SPDX-License-Identifier: GPL-2.0 */
/* What waits follows a change of the rules. */
#ifndef OPTQ_RECLASS_H
#define OPTQ_RECLASS_H

#include "stage.h"

/*
 * Before a swap: takes those packets out of their queues which the live rules put where
 * they are, and those of st put elsewhere.  What tc filters, skb->priority, a policer or a
 * grafted qdisc have decided stays.  The tree lock is held.
 */
void optq_reclass_lift(struct optq_sched *q, const struct optq_stage *st,
		       u64 now, struct optq_flow *lifted);

/* After it: queues them where the rules, now live, put them; none is dropped for it. */
void optq_reclass_join(struct optq_sched *q, u64 now, struct optq_flow *lifted);

#endif /* OPTQ_RECLASS_H */
