/* SPDX-License-Identifier: GPL-2.0 */
/* Changes of a tree, told to those who listen to the family's events. */
#ifndef OPTQ_NOTIFY_H
#define OPTQ_NOTIFY_H

#include "qdisc.h"

struct genl_info;

/*
 * Each tells of what is done already, when q is a device's root qdisc and somebody in the
 * device's namespace listens.  RTNL held, outside the tree lock; may sleep.
 */

/* info: the request, or NULL; dropped: packets that a change lost. */
void optq_notify_tree(const struct optq_sched *q, u8 cmd, u32 dropped,
		      const struct genl_info *info);

/* parent: the class's, also where it is detached by now. */
void optq_notify_class(const struct optq_sched *q, u8 cmd,
		       const struct optq_cl *cl,
		       const struct optq_class *parent);

#endif /* OPTQ_NOTIFY_H */
