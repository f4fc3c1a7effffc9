// SPDX-License-Identifier: GPL-2.0
/* What names stand for, told by whoever knows. */
#include <linux/rtnetlink.h>
#include <net/genetlink.h>
#include <net/ipv6.h>

#include "access.h"
#include "conf.h"
#include "elem.h"
#include "genl.h"

static const struct nla_policy elem_policy[OPTQ_ELEM_A_MAX + 1] = {
	[OPTQ_ELEM_A_FIELD]	= { .type = NLA_U8 },
	[OPTQ_ELEM_A_ID]	= NLA_POLICY_MIN(NLA_U32, 1),
	[OPTQ_ELEM_A_SRC]	= NLA_POLICY_EXACT_LEN(16),
	[OPTQ_ELEM_A_DST]	= NLA_POLICY_EXACT_LEN(16),
	[OPTQ_ELEM_A_PROTO]	= { .type = NLA_U8 },
	[OPTQ_ELEM_A_SPORT]	= { .type = NLA_U16 },
	[OPTQ_ELEM_A_DPORT]	= { .type = NLA_U16 },
	[OPTQ_ELEM_A_TIMEOUT]	= { .type = NLA_U32 },
};

struct elem_request {
	struct optq_elem_key key;
	u32 id;
	u32 timeout;
};

static void read_address(const struct nlattr *attr, u32 *words)
{
	const __be32 *from = nla_data(attr);
	int i;

	for (i = 0; i < 4; i++)
		words[i] = ntohl(from[i]);
}

static bool is_ipv4(const struct nlattr *attr)
{
	return ipv6_addr_v4mapped(nla_data(attr));
}

/* Half of a flow would be another. */
static const char *flow_fault(struct nlattr **tb)
{
	if (!tb[OPTQ_ELEM_A_DST] || !tb[OPTQ_ELEM_A_PROTO] ||
	    !tb[OPTQ_ELEM_A_SPORT] != !tb[OPTQ_ELEM_A_DPORT])
		return "an element of app is a flow: source, destination, protocol, and both ports or none";
	if (is_ipv4(tb[OPTQ_ELEM_A_SRC]) != is_ipv4(tb[OPTQ_ELEM_A_DST]))
		return "source and destination of an element must be of one family";
	return NULL;
}

static const char *host_fault(struct nlattr **tb)
{
	if (tb[OPTQ_ELEM_A_DST] || tb[OPTQ_ELEM_A_PROTO] ||
	    tb[OPTQ_ELEM_A_SPORT] || tb[OPTQ_ELEM_A_DPORT])
		return "an element of host is an address alone";
	return NULL;
}

static const char *elem_fault(struct nlattr **tb, bool set)
{
	u8 field = 0;

	if (tb[OPTQ_ELEM_A_FIELD])
		field = nla_get_u8(tb[OPTQ_ELEM_A_FIELD]);
	if (field != OPTQ_FIELD_APP && field != OPTQ_FIELD_HOST)
		return "an element's field is app or host";
	if (set && !tb[OPTQ_ELEM_A_ID])
		return "an element must have the id of a name";
	if (!tb[OPTQ_ELEM_A_SRC])
		return "an element must have a source, of host its address";
	/* nla_policy has no room for such a bound. */
	if (tb[OPTQ_ELEM_A_TIMEOUT] &&
	    nla_get_u32(tb[OPTQ_ELEM_A_TIMEOUT]) > OPTQ_ELEM_TIMEOUT_MAX)
		return "an element's timeout is at most " __stringify(OPTQ_ELEM_TIMEOUT_MAX) " ms";
	return field == OPTQ_FIELD_APP ? flow_fault(tb) : host_fault(tb);
}

static int check_elem(struct nlattr *nest, struct nlattr **tb, bool set,
		      struct netlink_ext_ack *extack)
{
	const char *fault = elem_fault(tb, set);

	return fault ? optq_refuse(extack, nest, fault, -EINVAL) : 0;
}

static int read_elem(struct nlattr *nest, bool set, struct elem_request *r,
		     struct netlink_ext_ack *extack)
{
	struct nlattr *tb[OPTQ_ELEM_A_MAX + 1];
	int err;

	err = nla_parse_nested(tb, OPTQ_ELEM_A_MAX, nest, elem_policy, extack);
	if (!err)
		err = check_elem(nest, tb, set, extack);
	if (err)
		return err;
	memset(r, 0, sizeof(*r));
	r->key.field = nla_get_u8(tb[OPTQ_ELEM_A_FIELD]);
	read_address(tb[OPTQ_ELEM_A_SRC], r->key.src);
	if (tb[OPTQ_ELEM_A_DST])
		read_address(tb[OPTQ_ELEM_A_DST], r->key.dst);
	if (tb[OPTQ_ELEM_A_PROTO])
		r->key.proto = nla_get_u8(tb[OPTQ_ELEM_A_PROTO]);
	if (tb[OPTQ_ELEM_A_SPORT]) {
		r->key.sport = nla_get_u16(tb[OPTQ_ELEM_A_SPORT]);
		r->key.dport = nla_get_u16(tb[OPTQ_ELEM_A_DPORT]);
	}
	if (tb[OPTQ_ELEM_A_ID])
		r->id = nla_get_u32(tb[OPTQ_ELEM_A_ID]);
	if (tb[OPTQ_ELEM_A_TIMEOUT])
		r->timeout = nla_get_u32(tb[OPTQ_ELEM_A_TIMEOUT]);
	return 0;
}

/* All are read before any is taken. */
static int check_all(struct genl_info *info, bool set)
{
	struct optq_part part = optq_part_whole(info->nlhdr);
	struct elem_request r;
	struct nlattr *attr;
	int rem, err, n = 0;

	optq_for_each_top(attr, &part, rem, OPTQ_A_ELEM) {
		err = read_elem(attr, set, &r, info->extack);
		if (err)
			return err;
		n++;
		cond_resched();
	}
	if (n)
		return 0;
	NL_SET_ERR_MSG(info->extack, "there is no element in the message");
	return -EINVAL;
}

/* They come with the first element. */
static int give_elems(struct optq_sched *q)
{
	struct optq_elems *e;

	if (q->elems)
		return 0;
	e = optq_elems_make();
	if (IS_ERR(e))
		return PTR_ERR(e);
	sch_tree_lock(q->sch);
	q->elems = e;
	sch_tree_unlock(q->sch);
	return 0;
}

static const char *change_fault(int err)
{
	switch (err) {
	case -ENOSPC:
		return "a qdisc has at most " __stringify(OPTQ_ELEMS_MAX) " elements";
	case -ENOENT:
		return "there is no such element";
	default:
		return NULL;
	}
}

static int change_one(struct optq_sched *q, struct nlattr *attr, bool set,
		      struct netlink_ext_ack *extack)
{
	struct elem_request r;
	int err = read_elem(attr, set, &r, extack);

	if (err)
		return err;
	if (set)
		err = optq_elem_set(q->elems, &r.key, r.id, r.timeout);
	else
		err = q->elems ? optq_elem_del(q->elems, &r.key, r.id) : -ENOENT;
	if (err)
		optq_refuse(extack, attr, change_fault(err), err);
	return err;
}

static int change_locked(struct genl_info *info, bool set)
{
	struct optq_part part = optq_part_whole(info->nlhdr);
	struct optq_sched *q = optq_genl_sched(genl_info_net(info),
					       info->attrs[OPTQ_A_IFINDEX],
					       info->extack);
	struct nlattr *attr;
	int rem, err = 0;

	if (IS_ERR(q))
		return PTR_ERR(q);
	if (set)
		err = give_elems(q);
	if (err)
		return err;
	optq_for_each_top(attr, &part, rem, OPTQ_A_ELEM) {
		err = change_one(q, attr, set, info->extack);
		if (err)
			return err;
		cond_resched();
	}
	return 0;
}

static int change(struct sk_buff *skb, struct genl_info *info, bool set)
{
	int err = optq_sender_may_configure(skb, info->extack) ?:
		  check_all(info, set);

	if (err)
		return err;
	rtnl_lock();
	err = change_locked(info, set);
	rtnl_unlock();
	return err;
}

int optq_genl_elem_set(struct sk_buff *skb, struct genl_info *info)
{
	return change(skb, info, true);
}

int optq_genl_elem_del(struct sk_buff *skb, struct genl_info *info)
{
	return change(skb, info, false);
}
