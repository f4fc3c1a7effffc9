/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQ_CLASSIFY_H
#define OPTQ_CLASSIFY_H

#include "qdisc.h"

/* *qerr when a filter kept the packet: it must not be touched again. */
#define OPTQ_CONSUMED	(-1)

/* Is there anything to ask?  Else the packet is for q->fallback. */
static inline bool optq_must_classify(const struct optq_sched *q,
				      const struct sk_buff *skb)
{
	return skb->priority || rcu_access_pointer(q->filter_list) || q->asks;
}

/*
 * The leaf of a packet: skb->priority when it names a class, then tc filters,
 * then the policy's rules, then the default class, then the direct queue.
 * NULL when a filter took the packet or said to drop it; *qerr says which.
 */
struct optq_class *optq_classify(struct optq_sched *q, struct sk_buff *skb,
				 int *qerr);

/* The leaf of a packet that has come already, where no filter has a say: no hit is counted. */
struct optq_class *optq_class_of_waiting(struct optq_sched *q,
					 const struct sk_buff *skb);

/* skb->priority names the packet's class, or one whose filters do: rules are not asked. */
bool optq_priority_decides(struct optq_sched *q, const struct sk_buff *skb);

#endif /* OPTQ_CLASSIFY_H */
