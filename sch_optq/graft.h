/* SPDX-License-Identifier: GPL-2.0 */
/* Qdiscs under leaves. */
#ifndef OPTQ_GRAFT_H
#define OPTQ_GRAFT_H

#include "qdisc.h"

/*
 * Takes the qdisc off a leaf and returns it, for qdisc_put() after the tree
 * lock, which is held.  Its packets go to the leaf's own queue; what it does
 * not give out now, being one that delays, is lost and counted.  NULL when c
 * has none.
 */
struct Qdisc *optq_ungraft(struct optq_sched *q, struct optq_class *c, u64 now);

/*
 * What a grafted qdisc drops or doubles after it has taken a packet it tells
 * nobody: brings the counts of its leaf in line with what it holds.  The tree
 * lock is held.
 */
void optq_count_grafted(struct optq_sched *q, struct optq_cl *cl);

struct Qdisc *optq_class_leaf(struct Qdisc *sch, unsigned long arg);
int optq_class_graft(struct Qdisc *sch, unsigned long arg, struct Qdisc *new,
		     struct Qdisc **old, struct netlink_ext_ack *extack);
void optq_class_qlen_notify(struct Qdisc *sch, unsigned long arg);

#endif /* OPTQ_GRAFT_H */
