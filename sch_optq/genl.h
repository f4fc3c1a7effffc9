/* SPDX-License-Identifier: GPL-2.0 */
/* The generic-netlink family; docs/netlink/optq.yaml describes it. */
#ifndef OPTQ_GENL_H
#define OPTQ_GENL_H

#include "qdisc.h"

extern struct genl_family optq_genl_family;

int optq_genl_init(void);
void optq_genl_exit(void);

/* The optq instance at the root of a device; ERR_PTR with extack. RTNL held. */
struct optq_sched *optq_genl_sched(struct net *net, struct nlattr **attrs,
				   struct netlink_ext_ack *extack);

/* What a check found, into the reply to it; q NULL: the device has none.  RTNL held. */
void optq_put_checked(struct sk_buff *reply, struct genl_info *info,
		      const struct net_device *dev, const struct optq_sched *q,
		      const struct optq_rules *rules);

/* What came of a change, likewise. */
void optq_put_swapped(struct sk_buff *reply, struct genl_info *info,
		      struct optq_sched *q, u32 dropped);

int optq_genl_tree_get(struct sk_buff *skb, struct genl_info *info);
int optq_genl_class_dump(struct sk_buff *skb, struct netlink_callback *cb);
int optq_genl_rule_dump(struct sk_buff *skb, struct netlink_callback *cb);
int optq_genl_elem_set(struct sk_buff *skb, struct genl_info *info);
int optq_genl_elem_del(struct sk_buff *skb, struct genl_info *info);
int optq_genl_explain_dump(struct sk_buff *skb, struct netlink_callback *cb);
int optq_genl_flow_dump(struct sk_buff *skb, struct netlink_callback *cb);

/*
 * As optq_genl_sched(), for a dump: its reader learns when the tree has changed since the
 * last message, also when none follows.
 */
struct optq_sched *optq_dump_sched(const struct sk_buff *skb,
				   struct netlink_callback *cb);

/* One message of a dump; optq_dump_sched() came before. */
void *optq_dump_begin(struct sk_buff *skb, struct netlink_callback *cb,
		      const struct optq_sched *q, u8 cmd);

#endif /* OPTQ_GENL_H */
