/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQ_HASH_H
#define OPTQ_HASH_H

#include "qdisc.h"

/*
 * What tells a packet's flow from others: addresses, protocol and ports, under
 * the tree's secret.  Whole TCP and UDP packets are read here; what is less
 * plain (fragments, tunnels, extension headers) goes to the flow dissector.
 */
u32 optq_flow_hash(const struct optq_sched *q, struct sk_buff *skb);

#endif /* OPTQ_HASH_H */
