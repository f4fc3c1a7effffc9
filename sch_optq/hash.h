/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQ_HASH_H
#define OPTQ_HASH_H

#include "qdisc.h"

/* As below, of a leaf that tells apart more or less than flows. */
u32 optq_isolate_hash(const struct optq_sched *q, const struct optq_leaf *l,
		      const struct sk_buff *skb, struct optq_hosts *hosts);

/* As below, by flow. */
u32 optq_flow_hash(const struct optq_sched *q, const struct sk_buff *skb);

/*
 * What tells a packet's queue in l from others, under the qdisc's secret; hosts are
 * set where l->by_host.
 */
static inline u32 optq_hash(const struct optq_sched *q,
			    const struct optq_leaf *l,
			    const struct sk_buff *skb, struct optq_hosts *hosts)
{
	if (unlikely(l->isolate || l->nat))
		return optq_isolate_hash(q, l, skb, hosts);
	return optq_flow_hash(q, skb);
}

#endif /* OPTQ_HASH_H */
