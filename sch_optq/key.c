// SPDX-License-Identifier: GPL-2.0
/* What rules read of a packet. */
#include <linux/cgroup.h>
#include <linux/if_vlan.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/dsfield.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "conn.h"
#include "dscp.h"
#include "key.h"

#define KEY_EXTHDRS	16

#define HAS(f)		(1U << OPTQ_FIELD_##f)
#define HAS_L4		(HAS(SPORT) | HAS(DPORT) | HAS(ICMP_TYPE) | HAS(ICMP6_TYPE))
#define HAS_NAME	(HAS(APP) | HAS(HOST))
#define HAS_IP		(HAS(FAMILY) | HAS(PROTO) | HAS(SRC) | HAS(DST) | \
			 HAS(DSCP) | HAS(ECN) | HAS_L4 | HAS_NAME)
#define HAS_SOCK	(HAS(UID) | HAS(CGROUP))

/* What has been found; has says which of it. */
struct found {
	u32 has;
	u8 family;
	u8 proto;
	u8 dsfield;
	u8 icmp_type;
	u16 sport, dport;
	u16 tci;
	u32 ctmark;
	u32 uid;
	u32 src[4], dst[4];
	const struct cgroup *cgroup;
};

void optq_key_plan_init(struct optq_key_plan *plan,
			const struct optq_match_dim *dims, u32 n)
{
	u32 i;

	memset(plan, 0, sizeof(*plan));
	plan->n = n;
	for (i = 0; i < n; i++) {
		plan->dim[i] = dims[i];
		plan->fields |= 1U << dims[i].field;
	}
}

/* At offset stands what follows the IP headers; the packet goes to end. */
static void find_l4(const struct sk_buff *skb, int offset, int end,
		    struct found *f)
{
	__be16 buf[2], *ports;
	u8 type_buf, *type;

	switch (f->proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		if (end - offset < (int)sizeof(buf))
			return;
		ports = skb_header_pointer(skb, offset, sizeof(buf), buf);
		if (!ports)
			return;
		f->sport = ntohs(ports[0]);
		f->dport = ntohs(ports[1]);
		f->has |= HAS(SPORT) | HAS(DPORT);
		return;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		if (end <= offset)
			return;
		type = skb_header_pointer(skb, offset, sizeof(type_buf),
					  &type_buf);
		if (!type)
			return;
		f->icmp_type = *type;
		if (f->family == 4 && f->proto == IPPROTO_ICMP)
			f->has |= HAS(ICMP_TYPE);
		if (f->family == 6 && f->proto == IPPROTO_ICMPV6)
			f->has |= HAS(ICMP6_TYPE);
	}
}

static void find_ipv4(const struct sk_buff *skb, int offset, struct found *f)
{
	struct iphdr buf, *ip;
	int len, end;

	ip = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!ip || ip->version != 4 || ip->ihl < 5)
		return;
	f->family = 4;
	f->proto = ip->protocol;
	f->dsfield = ip->tos;
	f->src[2] = f->dst[2] = OPTQ_MATCH_V4;
	f->src[3] = ntohl(ip->saddr);
	f->dst[3] = ntohl(ip->daddr);
	f->has |= HAS(PROTO) | HAS(SRC) | HAS(DST) | HAS(DSCP) | HAS(ECN);
	/* Only the first fragment has the rest. */
	if (ip->frag_off & htons(IP_OFFSET))
		return;
	/* What follows the datagram pads the frame; of a large one it is 0. */
	len = ntohs(ip->tot_len);
	end = len ? offset + len : (int)skb->len;
	find_l4(skb, offset + ip->ihl * 4, end, f);
}

/* Bytes of an extension header; 0: it is none of those that are skipped. */
static int exthdr_len(u8 type, const struct ipv6_opt_hdr *h)
{
	switch (type) {
	case NEXTHDR_HOP:
	case NEXTHDR_ROUTING:
	case NEXTHDR_DEST:
		return ipv6_optlen(h);
	case NEXTHDR_AUTH:
		return ipv6_authlen(h);
	case NEXTHDR_FRAGMENT:
		return sizeof(struct frag_hdr);
	default:
		return 0;
	}
}

static bool is_exthdr(u8 type)
{
	static const struct ipv6_opt_hdr h;

	return exthdr_len(type, &h);
}

/*
 * The protocol behind extension headers, from one of type at offset on.  Returns where
 * it begins; 0: not in this fragment; negative: it is not to be found.
 */
static int skip_exthdrs(const struct sk_buff *skb, int offset, u8 *type)
{
	struct ipv6_opt_hdr buf, *h;
	int i;

	for (i = 0; is_exthdr(*type); i++) {
		bool fragment = *type == NEXTHDR_FRAGMENT;
		__be16 off_buf, *off;

		h = skb_header_pointer(skb, offset, sizeof(buf), &buf);
		if (!h || i == KEY_EXTHDRS)
			return -1;
		off = NULL;
		if (fragment) {
			off = skb_header_pointer(skb, offset +
						 offsetof(struct frag_hdr, frag_off),
						 sizeof(off_buf), &off_buf);
			if (!off)
				return -1;
		}
		offset += exthdr_len(*type, h);
		*type = h->nexthdr;
		if (off && *off & htons(IP6_OFFSET))
			return is_exthdr(*type) ? -1 : 0;
	}
	return offset;
}

static void words_of(const struct in6_addr *a, u32 *words)
{
	int i;

	for (i = 0; i < 4; i++)
		words[i] = ntohl(a->s6_addr32[i]);
}

static void find_ipv6(const struct sk_buff *skb, int offset, u32 fields,
		      struct found *f)
{
	struct ipv6hdr buf, *ip6;
	int len, end, l4;

	ip6 = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!ip6 || ip6->version != 6)
		return;
	f->family = 6;
	f->dsfield = ipv6_get_dsfield(ip6);
	words_of(&ip6->saddr, f->src);
	words_of(&ip6->daddr, f->dst);
	f->has |= HAS(SRC) | HAS(DST) | HAS(DSCP) | HAS(ECN);
	if (!(fields & (HAS(PROTO) | HAS_L4 | HAS(APP))))
		return;
	f->proto = ip6->nexthdr;
	len = ntohs(ip6->payload_len);
	offset += sizeof(*ip6);
	end = len ? offset + len : (int)skb->len;
	l4 = skip_exthdrs(skb, offset, &f->proto);
	if (l4 < 0)
		return;
	f->has |= HAS(PROTO);
	if (l4)
		find_l4(skb, l4, end, f);
}

static void find_ip(const struct sk_buff *skb, u32 fields, struct found *f)
{
	__be16 proto;
	int offset = optq_l3_offset(skb, &proto);

	f->has |= HAS(FAMILY);
	switch (proto) {
	case htons(ETH_P_IP):
		find_ipv4(skb, offset, f);
		break;
	case htons(ETH_P_IPV6):
		find_ipv6(skb, offset, fields, f);
		break;
	}
}

/* The outermost tag: the device is to add it, or it stands in the frame already. */
static void find_vlan(const struct sk_buff *skb, struct found *f)
{
	__be16 buf, *tci;
	int at = ETH_HLEN;

	if (skb_vlan_tag_present(skb)) {
		f->tci = skb_vlan_tag_get(skb);
		f->has |= HAS(VLAN) | HAS(PCP);
		return;
	}
	if (!eth_type_vlan(skb->protocol))
		return;
	/* Where __vlan_get_protocol() begins as well. */
	if (skb->mac_len >= VLAN_HLEN)
		at = skb->mac_len - VLAN_HLEN;
	tci = skb_header_pointer(skb, at, sizeof(buf), &buf);
	if (!tci)
		return;
	f->tci = ntohs(*tci);
	f->has |= HAS(VLAN) | HAS(PCP);
}

/* Of a socket that is more than a promise of one. */
static void find_sock(const struct sk_buff *skb, struct found *f)
{
	const struct sock *sk = skb_to_full_sk(skb);
	uid_t uid;

	if (!sk || !sk_fullsock(sk))
		return;
	/* As the owner of the namespace knows it, who made the rules. */
	uid = from_kuid(sock_net(sk)->user_ns, READ_ONCE(sk->sk_uid));
	if (uid != (uid_t)-1) {
		f->uid = uid;
		f->has |= HAS(UID);
	}
#ifdef CONFIG_SOCK_CGROUP_DATA
	f->cgroup = sock_cgroup_ptr((struct sock_cgroup_data *)&sk->sk_cgrp_data);
	f->has |= f->cgroup ? HAS(CGROUP) : 0;
#endif
}

/* v is as long as the field; false: the packet has no such thing. */
static bool put_cgroup(const struct found *f, u32 level, u32 *v)
{
#ifdef CONFIG_SOCK_CGROUP_DATA
	struct cgroup *cgroup = (struct cgroup *)f->cgroup;
	u64 id;

	if (cgroup->level < level)
		return false;
	id = cgroup_id(cgroup_ancestor(cgroup, level));
	v[0] = upper_32_bits(id);
	v[1] = lower_32_bits(id);
	return true;
#else
	return false;
#endif
}

/* The flow as a whole, or one of its ends. */
static bool put_name(const struct found *f, const struct optq_match_dim *d,
		     struct optq_elems *elems, u32 *v)
{
	struct optq_elem_key key = { .field = d->field };

	if (!elems || !(f->has & HAS(SRC)))
		return false;
	if (d->field == OPTQ_FIELD_HOST) {
		memcpy(key.src, d->param ? f->dst : f->src, sizeof(key.src));
		return optq_elem_find(elems, &key, v);
	}
	if (!(f->has & HAS(PROTO)))
		return false;
	key.proto = f->proto;
	key.sport = f->sport;
	key.dport = f->dport;
	memcpy(key.src, f->src, sizeof(key.src));
	memcpy(key.dst, f->dst, sizeof(key.dst));
	return optq_elem_find(elems, &key, v);
}

static bool put_value(const struct sk_buff *skb, const struct found *f,
		      const struct optq_match_dim *d, u32 *v)
{
	switch (d->field) {
	case OPTQ_FIELD_FAMILY:
		v[0] = f->family;
		return true;
	case OPTQ_FIELD_PROTO:
		v[0] = f->proto;
		return true;
	case OPTQ_FIELD_SRC:
		memcpy(v, f->src, sizeof(f->src));
		return true;
	case OPTQ_FIELD_DST:
		memcpy(v, f->dst, sizeof(f->dst));
		return true;
	case OPTQ_FIELD_SPORT:
		v[0] = f->sport;
		return true;
	case OPTQ_FIELD_DPORT:
		v[0] = f->dport;
		return true;
	case OPTQ_FIELD_DSCP:
		v[0] = f->dsfield >> 2;
		return true;
	case OPTQ_FIELD_ECN:
		v[0] = f->dsfield & 3;
		return true;
	case OPTQ_FIELD_VLAN:
		v[0] = f->tci & VLAN_VID_MASK;
		return true;
	case OPTQ_FIELD_PCP:
		v[0] = f->tci >> VLAN_PRIO_SHIFT;
		return true;
	case OPTQ_FIELD_MARK:
		v[0] = skb->mark & d->param;
		return true;
	case OPTQ_FIELD_CTMARK:
		v[0] = f->ctmark & d->param;
		return true;
	case OPTQ_FIELD_IIF:
		v[0] = skb->skb_iif;
		return true;
	case OPTQ_FIELD_UID:
		v[0] = f->uid;
		return true;
	case OPTQ_FIELD_CGROUP:
		return put_cgroup(f, d->param, v);
	case OPTQ_FIELD_ICMP_TYPE:
	case OPTQ_FIELD_ICMP6_TYPE:
		v[0] = f->icmp_type;
		return true;
	default:
		return false;
	}
}

void optq_key_read(const struct optq_key_plan *plan, struct optq_elems *elems,
		   const struct sk_buff *skb, struct optq_match_key *key)
{
	struct found f = { .has = HAS(MARK) };
	u32 i;

	if (plan->fields & HAS_IP)
		find_ip(skb, plan->fields, &f);
	if (plan->fields & (HAS(VLAN) | HAS(PCP)))
		find_vlan(skb, &f);
	if (plan->fields & HAS(CTMARK))
		f.has |= optq_conn_mark(skb, &f.ctmark) ? HAS(CTMARK) : 0;
	if (plan->fields & HAS_SOCK)
		find_sock(skb, &f);
	f.has |= skb->skb_iif ? HAS(IIF) : 0;
	key->present = 0;
	for (i = 0; i < plan->n; i++) {
		const struct optq_match_dim *d = &plan->dim[i];
		u32 bit = 1U << d->field, *v = key->value[i];

		if (bit & HAS_NAME ? put_name(&f, d, elems, v) :
		    (f.has & bit && put_value(skb, &f, d, v)))
			key->present |= 1U << i;
	}
}
