// SPDX-License-Identifier: GPL-2.0
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ip.h>

#include "hash.h"

/*
 * A sum of products with random keys, its upper half: no two inputs are more
 * likely to collide than 2^-32, whoever chooses them (Lemire and Kaser, "Strongly
 * universal string hashing is fast", 2014).
 */
static u32 hash_words(const struct optq_sched *q, const u32 *word, u32 n,
		      u8 proto)
{
	const u64 *key = q->hash_key;
	u64 sum = key[0] + key[1] * proto;
	u32 i;

	for (i = 0; i < n; i++)
		sum += key[2 + i] * word[i];
	return (u32)(sum >> 32);
}

static bool has_plain_ports(u8 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP;
}

/* The address of len bytes at offset; NULL: they lie in pieces, or are not there. */
static const void *header_at(const struct sk_buff *skb, int offset, u32 len)
{
	if (likely(skb_headlen(skb) >= offset + len))
		return skb->data + offset;
	return NULL;
}

struct ipv4_head {
	struct iphdr ip;
	__be32 ports;
};

static bool hash_ipv4(const struct optq_sched *q, const struct ipv4_head *h,
		      u32 *hash)
{
	const struct iphdr *ip = &h->ip;

	if (ip->version != 4 || ip->ihl != 5 ||
	    !has_plain_ports(ip->protocol) ||
	    (ip->frag_off & htons(IP_MF | IP_OFFSET)))
		return false;
	/* Source, destination and ports stand side by side. */
	BUILD_BUG_ON(offsetof(struct ipv4_head, ip.saddr) + 3 * 4 != sizeof(*h));
	*hash = hash_words(q, (const u32 *)h + 3, 3, ip->protocol);
	return true;
}

struct ipv6_head {
	struct ipv6hdr ip;
	__be32 ports;
};

static bool hash_ipv6(const struct optq_sched *q, const struct ipv6_head *h,
		      u32 *hash)
{
	if (h->ip.version != 6 || !has_plain_ports(h->ip.nexthdr))
		return false;
	BUILD_BUG_ON(offsetof(struct ipv6_head, ip.saddr) +
		     OPTQ_HASH_WORDS * 4 != sizeof(*h));
	*hash = hash_words(q, (const u32 *)h + 2, OPTQ_HASH_WORDS,
			   h->ip.nexthdr);
	return true;
}

/* The same, of headers that must be gathered first. */
static noinline bool hash_pieces(const struct optq_sched *q,
				 const struct sk_buff *skb, u32 *hash)
{
	union {
		struct ipv4_head v4;
		struct ipv6_head v6;
	} buf;
	int offset = skb_network_offset(skb);

	switch (skb_protocol(skb, true)) {
	case htons(ETH_P_IP):
		return !skb_copy_bits(skb, offset, &buf.v4, sizeof(buf.v4)) &&
		       hash_ipv4(q, &buf.v4, hash);
	case htons(ETH_P_IPV6):
		return !skb_copy_bits(skb, offset, &buf.v6, sizeof(buf.v6)) &&
		       hash_ipv6(q, &buf.v6, hash);
	}
	return false;
}

static noinline u32 hash_otherwise(const struct optq_sched *q,
				   struct sk_buff *skb)
{
	u32 hash;

	if (!skb->encapsulation && hash_pieces(q, skb, &hash))
		return hash;
	return skb_get_hash(skb);
}

u32 optq_flow_hash(const struct optq_sched *q, struct sk_buff *skb)
{
	int offset = skb_network_offset(skb);
	const void *h;
	u32 hash;

	if (skb->l4_hash || skb->sw_hash)
		return skb->hash;
	if (skb->protocol == htons(ETH_P_IP) && !skb->encapsulation) {
		h = header_at(skb, offset, sizeof(struct ipv4_head));
		if (h && hash_ipv4(q, h, &hash))
			return hash;
	} else if (skb->protocol == htons(ETH_P_IPV6) && !skb->encapsulation) {
		h = header_at(skb, offset, sizeof(struct ipv6_head));
		if (h && hash_ipv6(q, h, &hash))
			return hash;
	}
	return hash_otherwise(q, skb);
}
