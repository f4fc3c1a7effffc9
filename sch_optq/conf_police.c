// SPDX-License-Identifier: GPL-2.0
/* Policers as attributes. */
#include "core/burst.h"
#include "conf.h"
#include "police.h"

static const struct nla_policy act_policy[OPTQ_ACT_A_MAX + 1] = {
	[OPTQ_ACT_A_DROP]	= { .type = NLA_FLAG },
	[OPTQ_ACT_A_DSCP]	= NLA_POLICY_MAX(NLA_U8, 63),
	[OPTQ_ACT_A_PCP]	= NLA_POLICY_MAX(NLA_U8, 7),
	[OPTQ_ACT_A_CLASS]	= NLA_POLICY_MIN(NLA_U32, 1),
};

static const struct nla_policy police_policy[OPTQ_POLICE_A_MAX + 1] = {
	[OPTQ_POLICE_A_CIR]	= { .type = NLA_U64 },
	[OPTQ_POLICE_A_CBS]	= { .type = NLA_U32 },
	[OPTQ_POLICE_A_EIR]	= { .type = NLA_U64 },
	[OPTQ_POLICE_A_EBS]	= { .type = NLA_U32 },
	[OPTQ_POLICE_A_PIR]	= { .type = NLA_U64 },
	[OPTQ_POLICE_A_PBS]	= { .type = NLA_U32 },
	[OPTQ_POLICE_A_COLOUR]	= NLA_POLICY_MAX(NLA_U8, OPTQ_POLICE_COLOUR_MAX),
	[OPTQ_POLICE_A_CONFORM]	= { .type = NLA_NESTED },
	[OPTQ_POLICE_A_EXCEED]	= { .type = NLA_NESTED },
	[OPTQ_POLICE_A_VIOLATE]	= { .type = NLA_NESTED },
	[OPTQ_POLICE_A_EACH]	= NLA_POLICY_MAX(NLA_U8, OPTQ_POLICE_EACH_MAX),
	[OPTQ_POLICE_A_PREFIX4]	= NLA_POLICY_MAX(NLA_U8, 32),
	[OPTQ_POLICE_A_PREFIX6]	= NLA_POLICY_MAX(NLA_U8, 128),
	[OPTQ_POLICE_A_ENTRIES]	= NLA_POLICY_MIN(NLA_U32, 1),
};

/* Attributes that say what is done with each colour. */
static const u8 act_attr[OPTQ_COLOURS] = {
	OPTQ_POLICE_A_CONFORM, OPTQ_POLICE_A_EXCEED, OPTQ_POLICE_A_VIOLATE,
};

static int parse_act(struct nlattr *nest, struct optq_police_act *act,
		     bool may_move, struct netlink_ext_ack *extack)
{
	struct nlattr *tb[OPTQ_ACT_A_MAX + 1];
	int err;

	err = nla_parse_nested(tb, OPTQ_ACT_A_MAX, nest, act_policy, extack);
	if (err)
		return err;
	memset(act, 0, sizeof(*act));
	act->drop = nla_get_flag(tb[OPTQ_ACT_A_DROP]);
	if (tb[OPTQ_ACT_A_DSCP])
		act->dscp = 1 + nla_get_u8(tb[OPTQ_ACT_A_DSCP]);
	if (tb[OPTQ_ACT_A_PCP])
		act->pcp = 1 + nla_get_u8(tb[OPTQ_ACT_A_PCP]);
	if (tb[OPTQ_ACT_A_CLASS])
		act->class_id = nla_get_u32(tb[OPTQ_ACT_A_CLASS]);
	if (act->drop && (act->dscp || act->pcp || act->class_id))
		return optq_refuse(extack, nest,
				   "police: what is dropped is neither marked nor moved",
				   -EINVAL);
	if (tb[OPTQ_ACT_A_CLASS] && !may_move)
		return optq_refuse(extack, tb[OPTQ_ACT_A_CLASS],
				   "police: only a policy moves packets to another class",
				   -EINVAL);
	return 0;
}

static void get_rate(const struct nlattr *rate_attr,
		     const struct nlattr *burst_attr, u64 *rate, u32 *burst)
{
	*rate = rate_attr ? nla_get_u64(rate_attr) : 0;
	*burst = burst_attr ? nla_get_u32(burst_attr) :
		 *rate ? optq_police_burst(*rate) : 0;
}

static int parse_meter(struct nlattr *nest, struct nlattr **tb,
		       struct optq_meter_conf *m, struct netlink_ext_ack *extack)
{
	struct nlattr *xir = tb[OPTQ_POLICE_A_EIR], *xbs = tb[OPTQ_POLICE_A_EBS];

	m->kind = xir ? OPTQ_METER_4115 : OPTQ_METER_2697;
	if (tb[OPTQ_POLICE_A_PIR]) {
		if (xir || xbs)
			return optq_refuse(extack, xir ?: xbs,
					   "police: pir goes with cir, cbs and pbs, not with eir and ebs",
					   -EINVAL);
		m->kind = OPTQ_METER_2698;
		xir = tb[OPTQ_POLICE_A_PIR];
		xbs = tb[OPTQ_POLICE_A_PBS];
	} else if (tb[OPTQ_POLICE_A_PBS]) {
		return optq_refuse(extack, tb[OPTQ_POLICE_A_PBS],
				   "police: pbs needs a pir",
				   -EINVAL);
	}
	get_rate(tb[OPTQ_POLICE_A_CIR], tb[OPTQ_POLICE_A_CBS], &m->cir, &m->cbs);
	get_rate(xir, xbs, &m->xir, &m->xbs);
	if (!m->cir && m->kind != OPTQ_METER_4115)
		return optq_refuse(extack, tb[OPTQ_POLICE_A_CIR] ?: nest,
				   "police: cir must be 8bit to 1tbit",
				   -EINVAL);
	switch (optq_meter_check(m)) {
	case OPTQ_METER_OK:
		return 0;
	case OPTQ_METER_CIR:
		return optq_refuse(extack, tb[OPTQ_POLICE_A_CIR] ?: nest,
				   "police: cir must be 8bit to 1tbit",
				   -EINVAL);
	case OPTQ_METER_XIR:
		return optq_refuse(extack, xir ?: nest,
				   m->kind == OPTQ_METER_2698 ?
				   "police: pir must be cir to 1tbit" :
				   "police: eir must be 8bit to 1tbit",
				   -EINVAL);
	case OPTQ_METER_BURST:
		break;
	}
	return optq_refuse(extack, tb[OPTQ_POLICE_A_CBS] ?: xbs ?: nest,
			   "police: a burst must be 1 to 4294967295 bytes, and one without its rate 0",
			   -EINVAL);
}

static int parse_each(struct nlattr **tb, struct optq_police_conf *conf,
		      struct netlink_ext_ack *extack)
{
	const struct nlattr *of_each = tb[OPTQ_POLICE_A_PREFIX4] ?:
				       tb[OPTQ_POLICE_A_PREFIX6] ?:
				       tb[OPTQ_POLICE_A_ENTRIES];

	if (tb[OPTQ_POLICE_A_EACH])
		conf->each = nla_get_u8(tb[OPTQ_POLICE_A_EACH]);
	if (!conf->each)
		return of_each ? optq_refuse(extack, of_each,
					     "police: prefixes and entries are of each src-host or dst-host",
					     -EINVAL) : 0;
	conf->prefix4 = tb[OPTQ_POLICE_A_PREFIX4] ?
			nla_get_u8(tb[OPTQ_POLICE_A_PREFIX4]) : 32;
	conf->prefix6 = tb[OPTQ_POLICE_A_PREFIX6] ?
			nla_get_u8(tb[OPTQ_POLICE_A_PREFIX6]) : 64;
	conf->entries = tb[OPTQ_POLICE_A_ENTRIES] ?
			nla_get_u32(tb[OPTQ_POLICE_A_ENTRIES]) : OPTQ_POLICE_ENTRIES;
	if (conf->entries > OPTQ_POLICE_ENTRIES_MAX)
		return optq_refuse(extack, tb[OPTQ_POLICE_A_ENTRIES],
				   "police: entries must be 1 to 1048576",
				   -EINVAL);
	return 0;
}

int optq_parse_police(struct nlattr *nest, struct optq_police_conf *conf,
		      bool may_move, struct netlink_ext_ack *extack)
{
	struct nlattr *tb[OPTQ_POLICE_A_MAX + 1];
	int err, i;

	memset(conf, 0, sizeof(*conf));
	err = nla_parse_nested(tb, OPTQ_POLICE_A_MAX, nest, police_policy,
			       extack);
	if (err)
		return err;
	conf->act[OPTQ_RED].drop = true;
	for (i = 0; i < OPTQ_COLOURS; i++) {
		if (!tb[act_attr[i]])
			continue;
		err = parse_act(tb[act_attr[i]], &conf->act[i], may_move, extack);
		if (err)
			return err;
	}
	if (tb[OPTQ_POLICE_A_COLOUR])
		conf->mode = nla_get_u8(tb[OPTQ_POLICE_A_COLOUR]);
	err = parse_meter(nest, tb, &conf->meter, extack);
	return err ?: parse_each(tb, conf, extack);
}

static int put_act(struct sk_buff *skb, int attr, const struct optq_police_act *act)
{
	struct nlattr *nest = nla_nest_start(skb, attr);

	if (!nest ||
	    (act->drop && nla_put_flag(skb, OPTQ_ACT_A_DROP)) ||
	    (act->dscp && nla_put_u8(skb, OPTQ_ACT_A_DSCP, act->dscp - 1)) ||
	    (act->pcp && nla_put_u8(skb, OPTQ_ACT_A_PCP, act->pcp - 1)) ||
	    (act->class_id &&
	     nla_put_u32(skb, OPTQ_ACT_A_CLASS, act->class_id)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_meter(struct sk_buff *skb, const struct optq_meter_conf *m)
{
	bool peak = m->kind == OPTQ_METER_2698;

	if (nla_put_u64_64bit(skb, OPTQ_POLICE_A_CIR, m->cir, OPTQ_POLICE_A_PAD) ||
	    nla_put_u32(skb, OPTQ_POLICE_A_CBS, m->cbs) ||
	    (m->kind != OPTQ_METER_2697 &&
	     nla_put_u64_64bit(skb, peak ? OPTQ_POLICE_A_PIR : OPTQ_POLICE_A_EIR,
			       m->xir, OPTQ_POLICE_A_PAD)))
		return -EMSGSIZE;
	return nla_put_u32(skb, peak ? OPTQ_POLICE_A_PBS : OPTQ_POLICE_A_EBS,
			   m->xbs);
}

static int put_each(struct sk_buff *skb, const struct optq_police_conf *conf)
{
	if (!conf->each)
		return 0;
	return nla_put_u8(skb, OPTQ_POLICE_A_EACH, conf->each) ||
	       nla_put_u8(skb, OPTQ_POLICE_A_PREFIX4, conf->prefix4) ||
	       nla_put_u8(skb, OPTQ_POLICE_A_PREFIX6, conf->prefix6) ||
	       nla_put_u32(skb, OPTQ_POLICE_A_ENTRIES, conf->entries);
}

int optq_put_police_conf(struct sk_buff *skb, const struct optq_police_conf *conf)
{
	int i;

	for (i = 0; i < OPTQ_COLOURS; i++) {
		if (put_act(skb, act_attr[i], &conf->act[i]))
			return -EMSGSIZE;
	}
	return put_meter(skb, &conf->meter) || put_each(skb, conf) ||
	       nla_put_u8(skb, OPTQ_POLICE_A_COLOUR, conf->mode) ? -EMSGSIZE : 0;
}
