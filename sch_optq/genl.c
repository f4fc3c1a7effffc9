// SPDX-License-Identifier: GPL-2.0
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

#include "genl.h"

static const struct nla_policy optq_genl_policy[OPTQ_A_MAX + 1] = {
	[OPTQ_A_IFINDEX]	= NLA_POLICY_MIN(NLA_U32, 1),
	[OPTQ_A_FLAGS]		= NLA_POLICY_MASK(NLA_U32, OPTQ_F_ALL),
	[OPTQ_A_LINK]		= { .type = NLA_NESTED },
	[OPTQ_A_CLASS]		= { .type = NLA_NESTED },
	[OPTQ_A_RULE]		= { .type = NLA_NESTED },
	[OPTQ_A_GENERATION]	= { .type = NLA_U32 },
	[OPTQ_A_DIM]		= { .type = NLA_NESTED },
	[OPTQ_A_SET]		= { .type = NLA_NESTED },
	[OPTQ_A_ELEM]		= { .type = NLA_NESTED },
};

struct net_device *optq_genl_dev(struct net *net, const struct nlattr *ifindex,
				 struct netlink_ext_ack *extack)
{
	struct net_device *dev;

	if (!ifindex) {
		NL_SET_ERR_MSG(extack, "ifindex is missing");
		return ERR_PTR(-EINVAL);
	}
	dev = __dev_get_by_index(net, nla_get_u32(ifindex));
	if (!dev) {
		NL_SET_ERR_MSG_ATTR(extack, ifindex, "no such device");
		return ERR_PTR(-ENODEV);
	}
	return dev;
}

struct optq_sched *optq_genl_sched(struct net *net, const struct nlattr *ifindex,
				   struct netlink_ext_ack *extack)
{
	struct net_device *dev = optq_genl_dev(net, ifindex, extack);
	struct optq_sched *q;

	if (IS_ERR(dev))
		return ERR_CAST(dev);
	q = optq_dev_sched(dev);
	if (!q) {
		NL_SET_ERR_MSG(extack, "the device's root qdisc is not optq");
		return ERR_PTR(-ENOENT);
	}
	return q;
}

static const struct genl_ops optq_genl_ops[] = {
	{
		.cmd	= OPTQ_CMD_TREE_SET,
		.flags	= GENL_UNS_ADMIN_PERM,
		.doit	= optq_genl_tree_set,
	},
	{
		.cmd	= OPTQ_CMD_TREE_GET,
		/* Names of classes tell who the customers are. */
		.flags	= GENL_UNS_ADMIN_PERM,
		.doit	= optq_genl_tree_get,
	},
	{
		.cmd	= OPTQ_CMD_CLASS_GET,
		.flags	= GENL_UNS_ADMIN_PERM,
		.dumpit	= optq_genl_class_dump,
	},
	{
		.cmd	= OPTQ_CMD_RULE_GET,
		.flags	= GENL_UNS_ADMIN_PERM,
		.dumpit	= optq_genl_rule_dump,
	},
	{
		.cmd	= OPTQ_CMD_FLOW_GET,
		.flags	= GENL_UNS_ADMIN_PERM,
		.dumpit	= optq_genl_flow_dump,
	},
	{
		.cmd	= OPTQ_CMD_ELEM_SET,
		.flags	= GENL_UNS_ADMIN_PERM,
		.doit	= optq_genl_elem_set,
	},
	{
		.cmd	= OPTQ_CMD_ELEM_DEL,
		.flags	= GENL_UNS_ADMIN_PERM,
		.doit	= optq_genl_elem_del,
	},
	{
		.cmd	= OPTQ_CMD_EXPLAIN,
		.flags	= GENL_UNS_ADMIN_PERM,
		.dumpit	= optq_genl_explain_dump,
	},
};

static const struct genl_multicast_group optq_genl_groups[] = {
	/* Names of classes are in what is told. */
	[OPTQ_GROUP_EVENTS] = {
		.name	= OPTQ_MCGRP_EVENTS,
		.flags	= GENL_MCAST_CAP_NET_ADMIN,
	},
};

struct genl_family optq_genl_family __ro_after_init = {
	.name		= OPTQ_GENL_NAME,
	.version	= OPTQ_GENL_VERSION,
	.maxattr	= OPTQ_A_MAX,
	.policy		= optq_genl_policy,
	.netnsok	= true,
	.parallel_ops	= true,	/* RTNL is the lock */
	.ops		= optq_genl_ops,
	.n_ops		= ARRAY_SIZE(optq_genl_ops),
	.mcgrps		= optq_genl_groups,
	.n_mcgrps	= ARRAY_SIZE(optq_genl_groups),
	.resv_start_op	= OPTQ_CMD_UNSPEC + 1,
	.module		= THIS_MODULE,
};

int __init optq_genl_init(void)
{
	return genl_register_family(&optq_genl_family);
}

void optq_genl_exit(void)
{
	genl_unregister_family(&optq_genl_family);
}
