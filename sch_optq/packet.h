/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQ_PACKET_H
#define OPTQ_PACKET_H

#include "qdisc.h"

/* The qdisc's enqueue and dequeue: root lock held, bottom halves off. */
int optq_enqueue_skb(struct sk_buff *skb, struct Qdisc *sch,
		     struct sk_buff **to_free);
struct sk_buff *optq_dequeue_skb(struct Qdisc *sch);

/* Fills the packet's control block for the core, for a queue of c. */
void optq_pkt_prepare(struct sk_buff *skb, const struct optq_class *c);

#endif /* OPTQ_PACKET_H */
