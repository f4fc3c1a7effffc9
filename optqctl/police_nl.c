// SPDX-License-Identifier: GPL-2.0
#include <netlink/msg.h>

#include "mem.h"
#include "nl_attr.h"
#include "police_nl.h"

static const int act_attr[POLICE_COLOURS] = {
	OPTQ_POLICE_A_CONFORM, OPTQ_POLICE_A_EXCEED, OPTQ_POLICE_A_VIOLATE,
};

static int put_act(struct nl_msg *msg, int attr, const struct link *link,
		   const struct police_act *act)
{
	struct nlattr *nest = nla_nest_start(msg, attr);
	int err = 0;

	if (!nest)
		return -NLE_MSGSIZE;
	if (act->drop)
		err |= nla_put_flag(msg, OPTQ_ACT_A_DROP);
	if (act->dscp)
		err |= nla_put_u8(msg, OPTQ_ACT_A_DSCP, (uint8_t)(act->dscp - 1));
	if (act->pcp)
		err |= nla_put_u8(msg, OPTQ_ACT_A_PCP, (uint8_t)(act->pcp - 1));
	if (act->class_index != NO_CLASS)
		err |= nla_put_u32(msg, OPTQ_ACT_A_CLASS,
				   link->classes[act->class_index].id);
	/* "pass" says nothing, and is said all the same. */
	nla_nest_end_keep_empty(msg, nest);
	return err;
}

int police_put(struct nl_msg *msg, int attr, const struct link *link,
	       const struct police *p)
{
	struct nlattr *nest;
	int err = 0, i;

	if (!p)
		return 0;
	nest = nla_nest_start(msg, attr);
	if (!nest)
		return -NLE_MSGSIZE;
	err |= put_u64(msg, OPTQ_POLICE_A_CIR, p->cir);
	err |= put_u64(msg, OPTQ_POLICE_A_EIR, p->eir);
	err |= put_u64(msg, OPTQ_POLICE_A_PIR, p->pir);
	err |= put_u32(msg, OPTQ_POLICE_A_CBS, p->cbs);
	err |= put_u32(msg, OPTQ_POLICE_A_EBS, p->ebs);
	err |= put_u32(msg, OPTQ_POLICE_A_PBS, p->pbs);
	if (p->colour)
		err |= nla_put_u8(msg, OPTQ_POLICE_A_COLOUR, p->colour);
	for (i = 0; i < POLICE_COLOURS; i++)
		err |= put_act(msg, act_attr[i], link, &p->act[i]);
	if (p->each) {
		err |= nla_put_u8(msg, OPTQ_POLICE_A_EACH, p->each);
		err |= nla_put_u8(msg, OPTQ_POLICE_A_PREFIX4, (uint8_t)p->prefix4);
		err |= nla_put_u8(msg, OPTQ_POLICE_A_PREFIX6, (uint8_t)p->prefix6);
		err |= put_u32(msg, OPTQ_POLICE_A_ENTRIES, p->entries);
	}
	nla_nest_end(msg, nest);
	return err;
}

static void get_act(struct nlattr *nest, struct live_act *act)
{
	struct nlattr *tb[OPTQ_ACT_A_MAX + 1];

	if (!nest || nla_parse_nested(tb, OPTQ_ACT_A_MAX, nest, NULL))
		return;
	act->drop = tb[OPTQ_ACT_A_DROP];
	if (tb[OPTQ_ACT_A_DSCP])
		act->dscp = (uint8_t)(get_u8(tb[OPTQ_ACT_A_DSCP]) + 1);
	if (tb[OPTQ_ACT_A_PCP])
		act->pcp = (uint8_t)(get_u8(tb[OPTQ_ACT_A_PCP]) + 1);
	act->class_id = get_u32(tb[OPTQ_ACT_A_CLASS]);
}

struct live_police *police_get(struct nlattr *nest)
{
	struct nlattr *tb[OPTQ_POLICE_A_MAX + 1];
	struct live_police *p;
	int i;

	if (!nest || nla_parse_nested(tb, OPTQ_POLICE_A_MAX, nest, NULL))
		return NULL;
	p = mem_zalloc(1, sizeof(*p));
	p->cir = get_u64(tb[OPTQ_POLICE_A_CIR]);
	p->eir = get_u64(tb[OPTQ_POLICE_A_EIR]);
	p->pir = get_u64(tb[OPTQ_POLICE_A_PIR]);
	p->cbs = get_u32(tb[OPTQ_POLICE_A_CBS]);
	p->ebs = get_u32(tb[OPTQ_POLICE_A_EBS]);
	p->pbs = get_u32(tb[OPTQ_POLICE_A_PBS]);
	p->colour = get_u8(tb[OPTQ_POLICE_A_COLOUR]);
	p->each = get_u8(tb[OPTQ_POLICE_A_EACH]);
	p->prefix4 = get_u8(tb[OPTQ_POLICE_A_PREFIX4]);
	p->prefix6 = get_u8(tb[OPTQ_POLICE_A_PREFIX6]);
	p->entries = get_u32(tb[OPTQ_POLICE_A_ENTRIES]);
	for (i = 0; i < POLICE_COLOURS; i++)
		get_act(tb[act_attr[i]], &p->act[i]);
	get_struct(tb[OPTQ_POLICE_A_STATS], &p->stats, sizeof(p->stats));
	return p;
}
