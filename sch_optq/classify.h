/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQ_CLASSIFY_H
#define OPTQ_CLASSIFY_H

#include "qdisc.h"

/* *qerr when a filter kept the packet: it must not be touched again. */
#define OPTQ_CONSUMED	(-1)

/*
 * The leaf of a packet: skb->priority when it names a class, then tc filters,
 * then the policy's rules, then the default class, then the direct queue.
 * NULL when a filter took the packet or said to drop it; *qerr says which.
 */
struct optq_class *optq_classify(struct optq_sched *q, struct sk_buff *skb,
				 int *qerr);

#endif /* OPTQ_CLASSIFY_H */
