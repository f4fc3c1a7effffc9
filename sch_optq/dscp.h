/* SPDX-License-Identifier: GPL-2.0 */
/* The DSCP of packets (RFC 2474). */
#ifndef OPTQ_DSCP_H
#define OPTQ_DSCP_H

#include <linux/if_vlan.h>

#include "qdisc.h"

/*
 * Where the header behind skb's VLAN tags begins, and its protocol.  With tags in
 * the packet itself the network header may be the first of them.
 */
static inline int optq_l3_offset(const struct sk_buff *skb, __be16 *proto)
{
	int offset = skb_network_offset(skb);

	*proto = skb->protocol;
	if (unlikely(eth_type_vlan(skb->protocol)))
		*proto = __vlan_get_protocol(skb, skb->protocol, &offset);
	return offset;
}

/* Of what is not IP, or cut short, 0. */
u8 optq_dscp_read(const struct sk_buff *skb);

/*
 * Gives skb another DSCP: 1 when it had another, -ENOMEM when its headers cannot be
 * written, else 0.
 */
int optq_dscp_write(struct sk_buff *skb, u8 dscp);

/*
 * Gives skb the DSCP that c, its leaf, has for what leaves, and counts it if it had
 * another.  What is not IP, or cut short, passes as it is.
 */
void optq_dscp_out(struct optq_sched *q, struct optq_class *c,
		   struct sk_buff *skb);

#endif /* OPTQ_DSCP_H */
