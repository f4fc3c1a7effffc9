/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Memory that no cgroup is ever charged with: packets that wait, which the kernel lets
 * anybody fill queues with, the qdisc itself, its directories in sysfs, the blocks of tc
 * filters.  The qdiscs of all network namespaces outside the initial user namespace share
 * one bounded budget for it (net.optq.userns_memory); what a qdisc may take is taken when
 * it is configured, so that the packet path has nothing to ask.  Elsewhere there is no such
 * bound.  RTNL held.
 */
#ifndef OPTQ_BUDGET_H
#define OPTQ_BUDGET_H

#include "qdisc.h"

/* The administrator's bound, bytes. */
extern unsigned int optq_userns_memory;

/* What packets may take with these parameters, bytes. */
u32 optq_budget_memory(const struct optq_sched *q,
		       const struct optq_link_conf *conf);

/* A new qdisc, before anything else of it; -ENOSPC with the reason. */
int optq_budget_begin(struct optq_sched *q, struct netlink_ext_ack *extack);
void optq_budget_end(struct optq_sched *q);

/* Takes what conf needs more than q has; optq_budget_settle() is to follow. */
int optq_budget_fit(struct optq_sched *q, const struct optq_link_conf *conf,
		    struct netlink_ext_ack *extack);
/* Whatever became of the change: q has what it needs as it is now. */
void optq_budget_settle(struct optq_sched *q);

/* What the filters of one class stand in; -ENOSPC with the reason. */
int optq_budget_block(struct optq_sched *q, struct netlink_ext_ack *extack);
void optq_budget_block_gone(struct optq_sched *q);

/* One directory in sysfs, with its files. */
int optq_budget_dir(struct optq_sched *q);
void optq_budget_dir_gone(struct optq_sched *q);

#endif /* OPTQ_BUDGET_H */
