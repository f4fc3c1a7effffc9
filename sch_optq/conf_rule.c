// SPDX-License-Identifier: GPL-2.0
#include "conf.h"

static const struct nla_policy optq_rule_policy[OPTQ_RULE_A_MAX + 1] = {
	[OPTQ_RULE_A_CLASS]	= { .type = NLA_U32 },
	[OPTQ_RULE_A_FAMILY]	= { .type = NLA_U8 },
	[OPTQ_RULE_A_PROTO]	= { .type = NLA_U8 },
	[OPTQ_RULE_A_SRC]	= { .type = NLA_BINARY, .len = 16 },
	[OPTQ_RULE_A_SRC_LEN]	= NLA_POLICY_MAX(NLA_U8, 128),
	[OPTQ_RULE_A_DST]	= { .type = NLA_BINARY, .len = 16 },
	[OPTQ_RULE_A_DST_LEN]	= NLA_POLICY_MAX(NLA_U8, 128),
	[OPTQ_RULE_A_SPORT_MIN]	= { .type = NLA_U16 },
	[OPTQ_RULE_A_SPORT_MAX]	= { .type = NLA_U16 },
	[OPTQ_RULE_A_DPORT_MIN]	= { .type = NLA_U16 },
	[OPTQ_RULE_A_DPORT_MAX]	= { .type = NLA_U16 },
	[OPTQ_RULE_A_DSCP]	= NLA_POLICY_MAX(NLA_U8, 63),
	[OPTQ_RULE_A_MARK]	= { .type = NLA_U32 },
	[OPTQ_RULE_A_MARK_MASK]	= { .type = NLA_U32 },
};

static int parse_address(struct nlattr *addr, struct nlattr *len, u8 *bytes,
			 u8 *bits, struct optq_rule *r,
			 struct netlink_ext_ack *extack)
{
	u8 family = nla_len(addr) == 4 ? 4 : 6;
	u32 max = nla_len(addr) * 8, i;

	if (nla_len(addr) != 4 && nla_len(addr) != 16) {
		NL_SET_ERR_MSG_ATTR(extack, addr,
				    "an address has 4 or 16 bytes");
		return -EINVAL;
	}
	if ((r->fields & OPTQ_RULE_FAMILY) && r->family != family) {
		NL_SET_ERR_MSG_ATTR(extack, addr,
				    "addresses and family of a rule must agree");
		return -EINVAL;
	}
	r->fields |= OPTQ_RULE_FAMILY;
	r->family = family;
	*bits = len ? nla_get_u8(len) : max;
	if (*bits > max) {
		NL_SET_ERR_MSG_ATTR(extack, len,
				    "prefix length is at most 32 for IPv4, 128 for IPv6");
		return -EINVAL;
	}
	memcpy(bytes, nla_data(addr), nla_len(addr));
	for (i = *bits; i < max; i++) {
		if (bytes[i / 8] & (0x80 >> (i % 8))) {
			NL_SET_ERR_MSG_ATTR(extack, addr,
					    "address has bits beyond its prefix length");
			return -EINVAL;
		}
	}
	return 0;
}

static int parse_ports(struct nlattr *min, struct nlattr *max, u16 *lo, u16 *hi,
		       struct netlink_ext_ack *extack)
{
	if (!min) {
		NL_SET_ERR_MSG_ATTR(extack, max,
				    "a port range needs its lower end");
		return -EINVAL;
	}
	*lo = nla_get_u16(min);
	*hi = max ? nla_get_u16(max) : *lo;
	if (*lo > *hi) {
		NL_SET_ERR_MSG_ATTR(extack, min,
				    "a port range must begin at its lower end");
		return -EINVAL;
	}
	return 0;
}

static int parse_rule_ports(struct nlattr **tb, struct optq_rule *r,
			    struct netlink_ext_ack *extack)
{
	int err = 0;

	if (tb[OPTQ_RULE_A_SPORT_MIN] || tb[OPTQ_RULE_A_SPORT_MAX]) {
		r->fields |= OPTQ_RULE_SPORT;
		err = parse_ports(tb[OPTQ_RULE_A_SPORT_MIN],
				  tb[OPTQ_RULE_A_SPORT_MAX], &r->sport_min,
				  &r->sport_max, extack);
	}
	if (!err && (tb[OPTQ_RULE_A_DPORT_MIN] || tb[OPTQ_RULE_A_DPORT_MAX])) {
		r->fields |= OPTQ_RULE_DPORT;
		err = parse_ports(tb[OPTQ_RULE_A_DPORT_MIN],
				  tb[OPTQ_RULE_A_DPORT_MAX], &r->dport_min,
				  &r->dport_max, extack);
	}
	return err;
}

static int parse_rule_addresses(struct nlattr **tb, struct optq_rule *r,
				struct netlink_ext_ack *extack)
{
	int err = 0;

	if (tb[OPTQ_RULE_A_SRC]) {
		r->fields |= OPTQ_RULE_SRC;
		err = parse_address(tb[OPTQ_RULE_A_SRC],
				    tb[OPTQ_RULE_A_SRC_LEN], r->src,
				    &r->src_len, r, extack);
	}
	if (!err && tb[OPTQ_RULE_A_DST]) {
		r->fields |= OPTQ_RULE_DST;
		err = parse_address(tb[OPTQ_RULE_A_DST],
				    tb[OPTQ_RULE_A_DST_LEN], r->dst,
				    &r->dst_len, r, extack);
	}
	return err;
}

static int parse_rule_fields(struct nlattr *nest, struct nlattr **tb,
			     struct optq_rule *r,
			     struct netlink_ext_ack *extack)
{
	if (tb[OPTQ_RULE_A_FAMILY]) {
		r->fields |= OPTQ_RULE_FAMILY;
		r->family = nla_get_u8(tb[OPTQ_RULE_A_FAMILY]);
		if (r->family != 4 && r->family != 6) {
			NL_SET_ERR_MSG_ATTR(extack, tb[OPTQ_RULE_A_FAMILY],
					    "family must be 4 or 6");
			return -EINVAL;
		}
	}
	if (tb[OPTQ_RULE_A_PROTO]) {
		r->fields |= OPTQ_RULE_PROTO;
		r->proto = nla_get_u8(tb[OPTQ_RULE_A_PROTO]);
	}
	if (tb[OPTQ_RULE_A_DSCP]) {
		r->fields |= OPTQ_RULE_DSCP;
		r->dscp = nla_get_u8(tb[OPTQ_RULE_A_DSCP]);
	}
	if (tb[OPTQ_RULE_A_MARK]) {
		r->fields |= OPTQ_RULE_MARK;
		r->mark_mask = ~0U;
		if (tb[OPTQ_RULE_A_MARK_MASK])
			r->mark_mask = nla_get_u32(tb[OPTQ_RULE_A_MARK_MASK]);
		r->mark = nla_get_u32(tb[OPTQ_RULE_A_MARK]);
		if (r->mark & ~r->mark_mask) {
			NL_SET_ERR_MSG_ATTR(extack, tb[OPTQ_RULE_A_MARK],
					    "mark has bits outside its mask: it could never match");
			return -EINVAL;
		}
	}
	return 0;
}

/* Half of a condition would match more than was meant. */
static int check_rule_shape(struct nlattr **tb, struct netlink_ext_ack *extack)
{
	static const struct {
		u8 part, whole;
	} need[] = {
		{ OPTQ_RULE_A_SRC_LEN, OPTQ_RULE_A_SRC },
		{ OPTQ_RULE_A_DST_LEN, OPTQ_RULE_A_DST },
		{ OPTQ_RULE_A_MARK_MASK, OPTQ_RULE_A_MARK },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(need); i++) {
		if (tb[need[i].part] && !tb[need[i].whole]) {
			NL_SET_ERR_MSG_ATTR(extack, tb[need[i].part],
					    "a prefix length or mask without the value that it belongs to");
			return -EINVAL;
		}
	}
	return 0;
}

int optq_parse_rule(struct nlattr *nest, struct optq_rule *r,
		    struct netlink_ext_ack *extack)
{
	struct nlattr *tb[OPTQ_RULE_A_MAX + 1];
	int err;

	err = nla_parse_nested(tb, OPTQ_RULE_A_MAX, nest, optq_rule_policy,
			       extack);
	if (err)
		return err;
	memset(r, 0, sizeof(*r));
	if (!tb[OPTQ_RULE_A_CLASS]) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "a rule must name its class");
		return -EINVAL;
	}
	r->class_id = nla_get_u32(tb[OPTQ_RULE_A_CLASS]);
	err = check_rule_shape(tb, extack);
	if (err)
		return err;
	err = parse_rule_fields(nest, tb, r, extack);
	if (!err)
		err = parse_rule_addresses(tb, r, extack);
	if (!err)
		err = parse_rule_ports(tb, r, extack);
	return err;
}

static int put_ports(struct sk_buff *skb, int min, u16 lo, int max, u16 hi)
{
	return nla_put_u16(skb, min, lo) || nla_put_u16(skb, max, hi);
}

int optq_put_rule(struct sk_buff *skb, const struct optq_rule *r, u64 hits)
{
	int alen = r->family == 4 ? 4 : 16;

	if (nla_put_u32(skb, OPTQ_RULE_A_CLASS, r->class_id) ||
	    nla_put_u64_64bit(skb, OPTQ_RULE_A_HITS, hits,
			      OPTQ_RULE_A_PAD) ||
	    ((r->fields & OPTQ_RULE_FAMILY) &&
	     nla_put_u8(skb, OPTQ_RULE_A_FAMILY, r->family)) ||
	    ((r->fields & OPTQ_RULE_PROTO) &&
	     nla_put_u8(skb, OPTQ_RULE_A_PROTO, r->proto)) ||
	    ((r->fields & OPTQ_RULE_SRC) &&
	     (nla_put(skb, OPTQ_RULE_A_SRC, alen, r->src) ||
	      nla_put_u8(skb, OPTQ_RULE_A_SRC_LEN, r->src_len))) ||
	    ((r->fields & OPTQ_RULE_DST) &&
	     (nla_put(skb, OPTQ_RULE_A_DST, alen, r->dst) ||
	      nla_put_u8(skb, OPTQ_RULE_A_DST_LEN, r->dst_len))) ||
	    ((r->fields & OPTQ_RULE_SPORT) &&
	     put_ports(skb, OPTQ_RULE_A_SPORT_MIN, r->sport_min,
		       OPTQ_RULE_A_SPORT_MAX, r->sport_max)) ||
	    ((r->fields & OPTQ_RULE_DPORT) &&
	     put_ports(skb, OPTQ_RULE_A_DPORT_MIN, r->dport_min,
		       OPTQ_RULE_A_DPORT_MAX, r->dport_max)) ||
	    ((r->fields & OPTQ_RULE_DSCP) &&
	     nla_put_u8(skb, OPTQ_RULE_A_DSCP, r->dscp)) ||
	    ((r->fields & OPTQ_RULE_MARK) &&
	     (nla_put_u32(skb, OPTQ_RULE_A_MARK, r->mark) ||
	      nla_put_u32(skb, OPTQ_RULE_A_MARK_MASK, r->mark_mask))))
		return -EMSGSIZE;
	return 0;
}
