// SPDX-License-Identifier: GPL-2.0
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/dsfield.h>
#include <net/ip.h>
#include <net/ipv6.h>

#include "classify.h"
#include "dscp.h"

/* Inner classes that filters may lead through, one to the next. */
#define CLASSIFY_HOPS	OPTQ_DEPTH_MAX

static void key_ports(const struct sk_buff *skb, int offset,
		      struct optq_key *key)
{
	__be16 buf[2], *ports;

	switch (key->proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		break;
	default:
		return;
	}
	ports = skb_header_pointer(skb, offset, sizeof(buf), buf);
	if (!ports)
		return;
	key->sport = ntohs(ports[0]);
	key->dport = ntohs(ports[1]);
	key->has_ports = true;
}

static void key_ipv4(const struct sk_buff *skb, int offset, struct optq_key *key)
{
	struct iphdr buf, *ip;

	ip = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!ip || ip->version != 4 || ip->ihl < 5)
		return;
	key->family = 4;
	key->proto = ip->protocol;
	key->dscp = ip->tos >> 2;
	memcpy(key->src, &ip->saddr, 4);
	memcpy(key->dst, &ip->daddr, 4);
	/* Only the first fragment has ports. */
	if (!(ip->frag_off & htons(IP_OFFSET)))
		key_ports(skb, offset + ip->ihl * 4, key);
}

static void key_ipv6(const struct sk_buff *skb, int offset, struct optq_key *key)
{
	struct ipv6hdr buf, *ip6;
	__be16 frag_off = 0;
	u8 proto;

	ip6 = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!ip6 || ip6->version != 6)
		return;
	key->family = 6;
	key->dscp = ipv6_get_dsfield(ip6) >> 2;
	memcpy(key->src, &ip6->saddr, 16);
	memcpy(key->dst, &ip6->daddr, 16);
	proto = ip6->nexthdr;
	offset = ipv6_skip_exthdr(skb, offset + sizeof(*ip6), &proto, &frag_off);
	key->proto = proto;
	if (offset >= 0 && !(frag_off & htons(IP6_OFFSET)))
		key_ports(skb, offset, key);
}

static void key_extract(const struct sk_buff *skb, struct optq_key *key)
{
	__be16 proto;
	int offset;

	memset(key, 0, sizeof(*key));
	key->mark = skb->mark;
	offset = optq_l3_offset(skb, &proto);
	switch (proto) {
	case htons(ETH_P_IP):
		key_ipv4(skb, offset, key);
		break;
	case htons(ETH_P_IPV6):
		key_ipv6(skb, offset, key);
		break;
	}
}

static struct optq_class *classify_rules(struct optq_sched *q,
					 const struct sk_buff *skb)
{
	struct optq_rules *rules = q->rules;
	struct optq_key key;
	u32 i;

	if (!rules || !rules->n)
		return NULL;
	key_extract(skb, &key);
	for (i = 0; i < rules->n; i++) {
		struct optq_rule_slot *slot = &rules->slot[i];

		if (optq_rule_matches(&slot->rule, &key)) {
			slot->hits++;
			return optq_find_leaf(q, slot->rule.class_id);
		}
	}
	return NULL;
}

/* The class that skb->priority or a filter's result names by its handle. */
static struct optq_cl *class_by_handle(struct optq_sched *q, u32 handle)
{
	/* A default qdisc has no handle, and low priorities name nothing. */
	if (!q->sch->handle || TC_H_MAJ(handle ^ q->sch->handle))
		return NULL;
	return optq_find(q, TC_H_MIN(handle));
}

/*
 * Follows tc filters from fl.  Returns the leaf; NULL with *done when the
 * packet is not ours any more, NULL without when no filter decided.
 */
static struct optq_class *classify_filters(struct optq_sched *q,
					   struct sk_buff *skb,
					   struct tcf_proto *fl, int *qerr,
					   bool *done)
{
	struct tcf_result res = {};
	int hops, verdict;

	for (hops = 0; fl && hops < CLASSIFY_HOPS; hops++) {
		struct optq_cl *cl;

		verdict = optq_tcf_classify(skb, fl, &res);
		if (verdict < 0)
			return NULL;
		switch (verdict) {
		case TC_ACT_QUEUED:
		case TC_ACT_STOLEN:
		case TC_ACT_TRAP:
			*qerr = NET_XMIT_SUCCESS | __NET_XMIT_STOLEN;
			fallthrough;
		case TC_ACT_SHOT:
			*done = true;
			return NULL;
		case TC_ACT_CONSUMED:
			/* Somebody else's by now: not even ours to free. */
			*qerr = OPTQ_CONSUMED;
			*done = true;
			return NULL;
		}
		if (res.classid && res.classid == q->sch->handle)
			return &q->tree.direct;
		cl = class_by_handle(q, res.classid);
		if (!cl)
			return NULL;
		if (optq_class_is_leaf(&cl->core))
			return &cl->core;
		fl = rcu_dereference_bh(cl->filter_list);
	}
	return NULL;
}

struct optq_class *optq_classify(struct optq_sched *q, struct sk_buff *skb,
				 int *qerr)
{
	struct tcf_proto *fl = rcu_dereference_bh(q->filter_list);
	struct optq_class *c;
	bool done = false;

	*qerr = NET_XMIT_SUCCESS | __NET_XMIT_BYPASS;
	if (skb->priority) {
		struct optq_cl *cl = class_by_handle(q, skb->priority);

		if (skb->priority == q->sch->handle)
			return &q->tree.direct;
		if (cl && optq_class_is_leaf(&cl->core))
			return &cl->core;
		if (cl)
			fl = rcu_dereference_bh(cl->filter_list);
	}
	c = classify_filters(q, skb, fl, qerr, &done);
	if (c || done)
		return c;
	return classify_rules(q, skb) ?: q->fallback;
}
