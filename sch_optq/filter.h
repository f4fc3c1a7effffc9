/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQ_FILTER_H
#define OPTQ_FILTER_H

#include "qdisc.h"

/* The filters of a class, or of the qdisc itself: NULL when there are none. */
struct tcf_block *optq_class_tcf_block(struct Qdisc *sch, unsigned long arg,
				       struct netlink_ext_ack *extack);

/* The class is to have none any more, or is to go.  RTNL held, may sleep. */
void optq_filter_end(struct optq_sched *q, struct optq_cl *cl);

#endif /* OPTQ_FILTER_H */
