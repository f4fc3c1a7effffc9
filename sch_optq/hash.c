// SPDX-License-Identifier: GPL-2.0
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ip.h>

#include "core/words.h"
#include "hash.h"
#include "tuple.h"

/*
 * Who puts packets into others, and enciphers them, leaves the hash of what is inside:
 * it tells flows apart that look alike here.  What came from elsewhere may have
 * one that was made of the same headers, by a key that is not ours.
 */
static bool has_inner_hash(const struct sk_buff *skb, u8 proto)
{
	return proto != IPPROTO_TCP && !skb->skb_iif &&
	       (skb->l4_hash || skb->sw_hash);
}

static u32 hash_inner(const struct optq_sched *q, const struct sk_buff *skb,
		      u32 hash)
{
	u32 word[2] = { hash, skb->hash };

	return optq_hash_words(q->hash_key, word, 2, 0);
}

static u32 hash_tuple(const struct optq_sched *q, const struct sk_buff *skb,
		      const struct optq_tuple *t)
{
	u32 v4[3] = { t->src[0], t->dst[0], t->ports }, hash;

	BUILD_BUG_ON(offsetof(struct optq_tuple, ports) + 4 !=
		     OPTQ_TUPLE_WORDS * 4);
	if (t->family == 6)
		hash = optq_hash_words(q->hash_key, (const u32 *)t,
				  OPTQ_TUPLE_WORDS, t->proto);
	else
		hash = optq_hash_words(q->hash_key, v4, 3, t->proto);
	return !t->error && has_inner_hash(skb, t->proto) ?
	       hash_inner(q, skb, hash) : hash;
}

/* 64 bits, for a host's account is no place for a mistake. */
static u64 hash_host(const struct optq_sched *q, const struct optq_tuple *t,
		     const u32 *addr)
{
	u32 n = t->family == 4 ? 1 : 4;

	return (u64)optq_hash_words(q->host_key[0], addr, n, t->family) << 32 |
	       optq_hash_words(q->host_key[1], addr, n, t->family);
}

/* Anybody can write what an error quotes: who sent it pays for it. */
static const u32 *paying_source(const struct optq_tuple *t)
{
	return t->error ? t->from : t->src;
}

u32 optq_isolate_hash(const struct optq_sched *q, const struct optq_leaf *l,
		      const struct sk_buff *skb, struct optq_hosts *hosts)
{
	struct optq_tuple t;

	optq_tuple_read(skb, l->nat, &t);
	switch (l->isolate) {
	case OPTQ_ISOLATE_SRC_HOST:
		return (u32)hash_host(q, &t, paying_source(&t));
	case OPTQ_ISOLATE_DST_HOST:
		return (u32)hash_host(q, &t, t.dst);
	default:
		break;
	}
	if (l->by_host) {
		hosts->src = hash_host(q, &t, paying_source(&t));
		hosts->dst = hash_host(q, &t, t.dst);
	}
	return hash_tuple(q, skb, &t);
}

static bool has_plain_ports(u8 proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP;
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
	*hash = optq_hash_words(q->hash_key, (const u32 *)h + 3, 3, ip->protocol);
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
		     OPTQ_TUPLE_WORDS * 4 != sizeof(*h));
	*hash = optq_hash_words(q->hash_key, (const u32 *)h + 2, OPTQ_TUPLE_WORDS,
			   h->ip.nexthdr);
	return true;
}

/* What is less plain, or lies in pieces. */
static noinline u32 hash_otherwise(const struct optq_sched *q,
				   const struct sk_buff *skb)
{
	struct optq_tuple t;

	optq_tuple_read(skb, false, &t);
	return hash_tuple(q, skb, &t);
}

static noinline u32 hash_with_inner(const struct optq_sched *q,
				    const struct sk_buff *skb, u32 hash)
{
	int offset = skb_network_offset(skb);
	const u8 *h = skb->data + offset;
	u8 proto = skb->protocol == htons(ETH_P_IP) ?
		   ((const struct iphdr *)h)->protocol :
		   ((const struct ipv6hdr *)h)->nexthdr;

	return has_inner_hash(skb, proto) ? hash_inner(q, skb, hash) : hash;
}

u32 optq_flow_hash(const struct optq_sched *q, const struct sk_buff *skb)
{
	u32 offset = skb_network_offset(skb), hash;
	const void *h = skb->data + offset;
	bool plain = false;

	if (skb->protocol == htons(ETH_P_IP))
		plain = skb_headlen(skb) >= offset + sizeof(struct ipv4_head) &&
			hash_ipv4(q, h, &hash);
	else if (skb->protocol == htons(ETH_P_IPV6))
		plain = skb_headlen(skb) >= offset + sizeof(struct ipv6_head) &&
			hash_ipv6(q, h, &hash);
	if (unlikely(!plain))
		return hash_otherwise(q, skb);
	return unlikely(skb->l4_hash || skb->sw_hash) ?
	       hash_with_inner(q, skb, hash) : hash;
}
