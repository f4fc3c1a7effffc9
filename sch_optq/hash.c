// SPDX-License-Identifier: GPL-2.0
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jhash.h>
#include <net/ip.h>

#include "hash.h"

static bool has_plain_ports(u8 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP;
}

static bool hash_ipv4(const struct sk_buff *skb, u32 secret, u32 *hash)
{
	int offset = skb_network_offset(skb);
	const __be32 *ports;
	struct {
		struct iphdr ip;
		__be32 ports;
	} buf;
	const struct iphdr *ip;

	ip = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!ip || ip->version != 4 || ip->ihl != 5 ||
	    !has_plain_ports(ip->protocol) ||
	    (ip->frag_off & htons(IP_MF | IP_OFFSET)))
		return false;
	ports = (const __be32 *)(ip + 1);
	*hash = jhash_3words((__force u32)ip->saddr, (__force u32)ip->daddr,
			     (__force u32)*ports, secret ^ ip->protocol);
	return true;
}

static bool hash_ipv6(const struct sk_buff *skb, u32 secret, u32 *hash)
{
	int offset = skb_network_offset(skb);
	struct {
		struct ipv6hdr ip;
		__be32 ports;
	} buf;
	const struct ipv6hdr *ip;

	ip = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!ip || ip->version != 6 || !has_plain_ports(ip->nexthdr))
		return false;
	/* Source and destination stand side by side, the ports behind them. */
	*hash = jhash2((const u32 *)&ip->saddr,
		       (2 * sizeof(struct in6_addr) + sizeof(buf.ports)) / 4,
		       secret ^ ip->nexthdr);
	return true;
}

u32 optq_flow_hash(const struct optq_sched *q, struct sk_buff *skb)
{
	u32 secret = q->tree.secret, hash;

	if (skb->l4_hash || skb->sw_hash)
		return skb->hash;
	if (skb->encapsulation)
		return skb_get_hash(skb);
	switch (skb_protocol(skb, true)) {
	case htons(ETH_P_IP):
		if (hash_ipv4(skb, secret, &hash))
			return hash;
		break;
	case htons(ETH_P_IPV6):
		if (hash_ipv6(skb, secret, &hash))
			return hash;
		break;
	}
	return skb_get_hash(skb);
}
