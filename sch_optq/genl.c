// SPDX-License-Identifier: GPL-2.0
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

#include "access.h"
#include "delay.h"
#include "genl.h"
#include "mtu.h"
#include "swap.h"

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

static struct net_device *genl_dev(struct net *net, struct nlattr **attrs,
				   struct netlink_ext_ack *extack)
{
	struct net_device *dev;

	if (!attrs[OPTQ_A_IFINDEX]) {
		NL_SET_ERR_MSG(extack, "ifindex is missing");
		return ERR_PTR(-EINVAL);
	}
	dev = __dev_get_by_index(net, nla_get_u32(attrs[OPTQ_A_IFINDEX]));
	if (!dev) {
		NL_SET_ERR_MSG_ATTR(extack, attrs[OPTQ_A_IFINDEX],
				    "no such device");
		return ERR_PTR(-ENODEV);
	}
	return dev;
}

struct optq_sched *optq_genl_sched(struct net *net, struct nlattr **attrs,
				   struct netlink_ext_ack *extack)
{
	struct net_device *dev = genl_dev(net, attrs, extack);
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

static int stage_read(struct optq_stage *st, struct genl_info *info,
		      const struct net_device *dev, bool create)
{
	int err = optq_stage_parse(st, info->nlhdr, create, info->extack);

	return err ?: optq_delay_check_stage(st, optq_mtu_of_stage(dev, st),
					     info->extack);
}

static int tree_check_only(struct genl_info *info, struct optq_stage *st,
			   struct sk_buff *reply)
{
	struct net_device *dev = genl_dev(genl_info_net(info), info->attrs,
					  info->extack);
	struct optq_sched *q;
	int err;

	if (IS_ERR(dev))
		return PTR_ERR(dev);
	q = optq_dev_sched(dev);
	optq_link_defaults(dev, &st->link);
	if (q)
		st->link.flows = q->conf.flows;
	err = stage_read(st, info, dev, !q);
	if (!err && q)
		err = optq_swap_check(q, st, info->extack);
	if (!err && reply)
		optq_put_checked(reply, info, dev, q, st->rules);
	return err;
}

static int tree_replace(struct optq_sched *q, struct genl_info *info,
			struct optq_stage *st, u32 *dropped)
{
	struct nlattr *gen = info->attrs[OPTQ_A_GENERATION];
	int err;

	if (gen && nla_get_u32(gen) != q->generation) {
		NL_SET_ERR_MSG_ATTR(info->extack, gen,
				    "the tree has been changed meanwhile");
		return -EBUSY;
	}
	/* The whole tree is in the message: what it leaves out is not kept. */
	optq_link_defaults(qdisc_dev(q->sch), &st->link);
	st->link.flows = q->conf.flows;
	err = stage_read(st, info, qdisc_dev(q->sch), false);
	return err ?: optq_swap(q, st, dropped, info->extack);
}

static int tree_set_locked(struct genl_info *info, struct optq_stage *st,
			   struct sk_buff *reply)
{
	struct optq_sched *q;
	u32 dropped;
	int err;

	q = optq_genl_sched(genl_info_net(info), info->attrs, info->extack);
	if (IS_ERR(q))
		return PTR_ERR(q);
	err = tree_replace(q, info, st, &dropped);
	if (!err && reply)
		optq_put_swapped(reply, info, q, dropped);
	return err;
}

static int genl_tree_set(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply = NULL;
	struct optq_stage st = {};
	u32 flags = 0;
	int err;

	err = optq_sender_may_configure(skb, info->extack);
	if (err)
		return err;
	if (info->attrs[OPTQ_A_FLAGS])
		flags = nla_get_u32(info->attrs[OPTQ_A_FLAGS]);
	/* Before the change: after it nothing may fail. */
	if (info->nlhdr->nlmsg_flags & NLM_F_ECHO) {
		reply = nlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL);
		if (!reply)
			return -ENOMEM;
	}
	err = optq_stage_compile(&st, info->nlhdr, info->extack);
	rtnl_lock();
	if (!err)
		err = flags & OPTQ_F_CHECK ? tree_check_only(info, &st, reply) :
					     tree_set_locked(info, &st, reply);
	optq_stage_free(&st);
	rtnl_unlock();
	if (!reply)
		return err;
	if (err)
		nlmsg_free(reply);
	else
		genlmsg_reply(reply, info);
	return err;
}

static const struct genl_ops optq_genl_ops[] = {
	{
		.cmd	= OPTQ_CMD_TREE_SET,
		.flags	= GENL_UNS_ADMIN_PERM,
		.doit	= genl_tree_set,
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

struct genl_family optq_genl_family __ro_after_init = {
	.name		= OPTQ_GENL_NAME,
	.version	= OPTQ_GENL_VERSION,
	.maxattr	= OPTQ_A_MAX,
	.policy		= optq_genl_policy,
	.netnsok	= true,
	.parallel_ops	= true,	/* RTNL is the lock */
	.ops		= optq_genl_ops,
	.n_ops		= ARRAY_SIZE(optq_genl_ops),
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
