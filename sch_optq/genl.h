/* SPDX-License-Identifier: GPL-2.0 */
/* The generic-netlink family; docs/netlink/optq.yaml describes it. */
#ifndef OPTQ_GENL_H
#define OPTQ_GENL_H

#include "qdisc.h"

extern struct genl_family optq_genl_family;

/* Multicast groups of the family. */
enum optq_genl_group { OPTQ_GROUP_EVENTS };

int optq_genl_init(void);
void optq_genl_exit(void);

/* The device of an attribute, which may be NULL; ERR_PTR with extack. RTNL held. */
struct net_device *optq_genl_dev(struct net *net, const struct nlattr *ifindex,
				 struct netlink_ext_ack *extack);
/* The optq instance at its root; likewise. */
struct optq_sched *optq_genl_sched(struct net *net, const struct nlattr *ifindex,
				   struct netlink_ext_ack *extack);

int optq_genl_tree_set(struct sk_buff *skb, struct genl_info *info);
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
