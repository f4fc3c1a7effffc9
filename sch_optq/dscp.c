// SPDX-License-Identifier: GPL-2.0
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/checksum.h>
#include <net/dsfield.h>
#include <net/inet_ecn.h>

#include "dscp.h"

static int dscp_ipv4(struct sk_buff *skb, int offset, u8 dsfield)
{
	struct iphdr buf, *ip;

	ip = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!ip || ip->version != 4 || ip->ihl < 5 ||
	    !((ip->tos ^ dsfield) & ~INET_ECN_MASK))
		return 0;
	if (skb_ensure_writable(skb, offset + sizeof(*ip)))
		return -ENOMEM;
	ip = (struct iphdr *)(skb->data + offset);
	ipv4_change_dsfield(ip, INET_ECN_MASK, dsfield);
	return 1;
}

static int dscp_ipv6(struct sk_buff *skb, int offset, u8 dsfield)
{
	struct ipv6hdr buf, *ip6;
	__be32 from, to;

	ip6 = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!ip6 || ip6->version != 6 ||
	    !((ipv6_get_dsfield(ip6) ^ dsfield) & ~INET_ECN_MASK))
		return 0;
	if (skb_ensure_writable(skb, offset + sizeof(*ip6)))
		return -ENOMEM;
	ip6 = (struct ipv6hdr *)(skb->data + offset);
	memcpy(&from, ip6, sizeof(from));
	ipv6_change_dsfield(ip6, INET_ECN_MASK, dsfield);
	memcpy(&to, ip6, sizeof(to));
	/* No checksum of its own makes good for it in a sum of the whole packet. */
	if (skb->ip_summed == CHECKSUM_COMPLETE)
		skb->csum = csum_add(csum_sub(skb->csum, (__force __wsum)from),
				     (__force __wsum)to);
	return 1;
}

u8 optq_dscp_read(const struct sk_buff *skb)
{
	__be16 proto;
	int offset = optq_l3_offset(skb, &proto);
	u8 buf[2], *h;

	/* Both versions have it in their first two bytes. */
	h = skb_header_pointer(skb, offset, sizeof(buf), buf);
	if (!h)
		return 0;
	switch (proto) {
	case htons(ETH_P_IP):
		return h[1] >> 2;
	case htons(ETH_P_IPV6):
		return (h[0] & 0xf) << 2 | h[1] >> 6;
	default:
		return 0;
	}
}

int optq_dscp_write(struct sk_buff *skb, u8 dscp)
{
	__be16 proto;
	int offset = optq_l3_offset(skb, &proto);

	switch (proto) {
	case htons(ETH_P_IP):
		return dscp_ipv4(skb, offset, dscp << 2);
	case htons(ETH_P_IPV6):
		return dscp_ipv6(skb, offset, dscp << 2);
	default:
		return 0;
	}
}

void optq_dscp_out(struct optq_sched *q, struct optq_class *c,
		   struct sk_buff *skb)
{
	int changed = optq_dscp_write(skb, optq_dscp_to_uapi(c->leaf.dscp));

	if (changed > 0)
		optq_count_dscp(c);
	else if (changed < 0)
		q->dscp_failed++;
}
