/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The figures as files, for scrapers: /sys/class/net/DEV/optq of a root qdisc that
 * asks for it, with a directory for each class.  All here sleeps, with RTNL held
 * and without the tree lock.
 */
#ifndef OPTQ_SYSFS_H
#define OPTQ_SYSFS_H

#include "qdisc.h"

/* May n classes be shown?  -E2BIG with extack. */
int optq_sysfs_fits(u32 n, struct netlink_ext_ack *extack);

/*
 * May q, at work or being made, go over to conf?  What is on already may stay,
 * however many classes there are by now.
 */
int optq_sysfs_check(const struct optq_sched *q,
		     const struct optq_link_conf *conf,
		     struct netlink_ext_ack *extack);

/* q is new, and takes the device over from what is there.  Its last step. */
void optq_sysfs_begin(struct optq_sched *q, struct netlink_ext_ack *extack);

/* q goes, or never came to work.  Before its classes go. */
void optq_sysfs_end(struct optq_sched *q);

/*
 * Makes the directories what conf and the classes are by now.  What cannot be made is
 * left out, and extack says so.
 */
void optq_sysfs_update(struct optq_sched *q, struct netlink_ext_ack *extack);

/* The same after a single change: a class has come; the one of this id has gone. */
void optq_sysfs_class_added(struct optq_sched *q, const struct optq_cl *cl,
			    struct netlink_ext_ack *extack);
void optq_sysfs_class_gone(struct optq_sched *q, u32 id);

#endif /* OPTQ_SYSFS_H */
