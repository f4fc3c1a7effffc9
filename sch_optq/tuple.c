// SPDX-License-Identifier: GPL-2.0
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/if_vlan.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/flow_dissector.h>
#include <net/ip.h>
#include <net/ipv6.h>
#if IS_ENABLED(CONFIG_NF_CONNTRACK)
#include <net/netfilter/nf_conntrack.h>
#endif

#include "dscp.h"
#include "tuple.h"

static void tuple_set_v4(struct optq_tuple *t, __be32 src, __be32 dst, u8 proto)
{
	t->family = 4;
	t->proto = proto;
	t->src[0] = (__force u32)src;
	t->dst[0] = (__force u32)dst;
}

static void tuple_set_v6(struct optq_tuple *t, const struct in6_addr *src,
			 const struct in6_addr *dst, u8 proto)
{
	t->family = 6;
	t->proto = proto;
	memcpy(t->src, src, sizeof(t->src));
	memcpy(t->dst, dst, sizeof(t->dst));
}

static void tuple_dissect(const struct sk_buff *skb, struct optq_tuple *t)
{
	struct flow_keys keys;

	skb_flow_dissect_flow_keys(skb, &keys, 0);
	switch (keys.control.addr_type) {
	case FLOW_DISSECTOR_KEY_IPV4_ADDRS:
		tuple_set_v4(t, keys.addrs.v4addrs.src, keys.addrs.v4addrs.dst,
			     keys.basic.ip_proto);
		break;
	case FLOW_DISSECTOR_KEY_IPV6_ADDRS:
		tuple_set_v6(t, &keys.addrs.v6addrs.src,
			     &keys.addrs.v6addrs.dst, keys.basic.ip_proto);
		break;
	default:
		t->ports = (__force u32)keys.basic.n_proto;
		return;
	}
	t->inner = keys.control.flags & FLOW_DIS_ENCAPSULATION;
	t->ports = (__force u32)keys.ports.ports;
	if (!t->ports && t->proto == IPPROTO_GRE)
		t->ports = (__force u32)keys.keyid.keyid;
}

/* The ports of the packet that t is about, turned round. */
static void error_ports(const struct sk_buff *skb, int offset,
			struct optq_tuple *t)
{
	int at = proto_ports_offset(t->proto);
	__be16 buf[2], *port;

	if (at < 0)
		return;
	port = skb_header_pointer(skb, offset + at, sizeof(buf), buf);
	if (!port)
		return;
	t->port[0] = port[1];
	t->port[1] = port[0];
}

static bool error_v4(const struct sk_buff *skb, int offset,
		     struct optq_tuple *t)
{
	struct iphdr buf, *ip;

	ip = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!ip || ip->version != 4 || ip->ihl < 5 ||
	    (__force u32)ip->saddr != t->dst[0])
		return false;
	tuple_set_v4(t, ip->daddr, ip->saddr, ip->protocol);
	t->ports = 0;
	if (!(ip->frag_off & htons(IP_MF | IP_OFFSET)))
		error_ports(skb, offset + ip->ihl * 4, t);
	return true;
}

static bool error_v6(const struct sk_buff *skb, int offset,
		     struct optq_tuple *t)
{
	struct ipv6hdr buf, *ip6;
	__be16 frag_off = 0;
	u8 proto;

	ip6 = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!ip6 || ip6->version != 6 ||
	    memcmp(&ip6->saddr, t->dst, sizeof(t->dst)))
		return false;
	proto = ip6->nexthdr;
	offset = ipv6_skip_exthdr(skb, offset + sizeof(*ip6), &proto,
				  &frag_off);
	tuple_set_v6(t, &ip6->daddr, &ip6->saddr, proto);
	t->ports = 0;
	if (offset >= 0 && !frag_off)
		error_ports(skb, offset, t);
	return true;
}

/* An ICMP error that is no fragment: the offset of the packet it is about, or 0. */
static int icmp_error_at(const struct sk_buff *skb)
{
	int offset = skb_network_offset(skb);
	struct iphdr buf, *ip;
	u8 type_buf, *type;

	ip = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!ip || ip->version != 4 || ip->ihl < 5 ||
	    ip->protocol != IPPROTO_ICMP ||
	    (ip->frag_off & htons(IP_MF | IP_OFFSET)))
		return 0;
	offset += ip->ihl * 4;
	type = skb_header_pointer(skb, offset, sizeof(type_buf), &type_buf);
	if (!type || !icmp_is_err(*type))
		return 0;
	return offset + sizeof(struct icmphdr);
}

static int icmpv6_error_at(const struct sk_buff *skb)
{
	int offset = skb_network_offset(skb);
	struct ipv6hdr buf, *ip6;
	u8 type_buf, *type;

	ip6 = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!ip6 || ip6->version != 6 || ip6->nexthdr != IPPROTO_ICMPV6)
		return 0;
	offset += sizeof(*ip6);
	type = skb_header_pointer(skb, offset, sizeof(type_buf), &type_buf);
	if (!type || !icmpv6_is_err(*type))
		return 0;
	return offset + sizeof(struct icmp6hdr);
}

/* An ICMP packet's, where it is an error, becomes that of what it is about. */
static void tuple_of_error(const struct sk_buff *skb, struct optq_tuple *t)
{
	int at;

	memcpy(t->from, t->src, sizeof(t->from));
	switch (skb_protocol(skb, true)) {
	case htons(ETH_P_IP):
		at = icmp_error_at(skb);
		t->error = at && error_v4(skb, at, t);
		break;
	case htons(ETH_P_IPV6):
		at = icmpv6_error_at(skb);
		t->error = at && error_v6(skb, at, t);
		break;
	}
}

bool optq_tuple_has_ports(const struct optq_tuple *t)
{
	switch (t->proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_DCCP:
	case IPPROTO_SCTP:
		/* A fragment has none. */
		return t->ports;
	}
	return false;
}

#if IS_ENABLED(CONFIG_NF_CONNTRACK)
static void tuple_set_end(const struct optq_tuple *t, u32 *addr, __be16 *port,
			  const struct nf_conntrack_tuple *sender)
{
	memcpy(addr, &sender->src.u3, t->family == 4 ? 4 : 16);
	if (optq_tuple_has_ports(t))
		*port = sender->src.u.all;
}

/*
 * Each direction's sender has its own address there: this one's is the source, the
 * other one's the destination.  A packet that has not been to connection
 * tracking has its sender's address still.
 */
static void tuple_undo_nat(const struct sk_buff *skb, struct optq_tuple *t)
{
	u8 l3num = t->family == 4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
	const struct nf_conntrack_tuple *own, *other;
	struct nf_conntrack_tuple found = {};
	enum ip_conntrack_info info;
	const struct nf_conn *ct;

	/* What is in a tunnel is not translated with it. */
	if (!t->family || t->inner)
		return;
	ct = nf_ct_get(skb, &info);
	if (ct && nf_ct_is_template(ct))
		return;
	if (ct) {
		own = &ct->tuplehash[CTINFO2DIR(info)].tuple;
		other = &ct->tuplehash[!CTINFO2DIR(info)].tuple;
		if (own->src.l3num != l3num)
			return;
		tuple_set_end(t, t->src, &t->port[0], own);
		tuple_set_end(t, t->dst, &t->port[1], other);
	} else if (t->family == 4 && !t->error &&
		   nf_ct_get_tuple_skb(&found, skb)) {
		tuple_set_end(t, t->dst, &t->port[1], &found);
	}
}
#else
static void tuple_undo_nat(const struct sk_buff *skb, struct optq_tuple *t)
{
}
#endif

void optq_tuple_read(const struct sk_buff *skb, bool nat, struct optq_tuple *t)
{
	memset(t, 0, sizeof(*t));
	tuple_dissect(skb, t);
	if ((t->proto == IPPROTO_ICMP || t->proto == IPPROTO_ICMPV6) && !t->inner)
		tuple_of_error(skb, t);
	if (nat)
		tuple_undo_nat(skb, t);
}

static void ends_v4(const struct sk_buff *skb, int offset, struct optq_tuple *t)
{
	struct iphdr buf, *ip;

	ip = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (ip && ip->version == 4)
		tuple_set_v4(t, ip->saddr, ip->daddr, ip->protocol);
}

static void ends_v6(const struct sk_buff *skb, int offset, struct optq_tuple *t)
{
	struct ipv6hdr buf, *ip6;

	ip6 = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (ip6 && ip6->version == 6)
		tuple_set_v6(t, &ip6->saddr, &ip6->daddr, ip6->nexthdr);
}

void optq_tuple_read_ends(const struct sk_buff *skb, bool nat,
			  struct optq_tuple *t)
{
	__be16 proto;
	int offset = optq_l3_offset(skb, &proto);

	memset(t, 0, sizeof(*t));
	switch (proto) {
	case htons(ETH_P_IP):
		ends_v4(skb, offset, t);
		break;
	case htons(ETH_P_IPV6):
		ends_v6(skb, offset, t);
		break;
	}
	if (nat)
		tuple_undo_nat(skb, t);
}
