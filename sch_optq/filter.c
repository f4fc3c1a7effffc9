// SPDX-License-Identifier: GPL-2.0
/* Where tc filters stand. */
#include "access.h"
#include "filter.h"

/*
 * A block costs more than all else of a class, and binding one takes the longer
 * the more there are: a class gets its own with its first filter.  Who dumps brings no
 * extack; who asks for one filter brings it as who adds one does, and may be anybody.
 */
struct tcf_block *optq_class_tcf_block(struct Qdisc *sch, unsigned long arg,
				       struct netlink_ext_ack *extack)
{
	struct optq_cl *cl = (struct optq_cl *)arg;
	struct optq_sched *q = qdisc_priv(sch);
	bool adds = extack && ns_capable(dev_net(qdisc_dev(sch))->user_ns,
					 CAP_NET_ADMIN);

	if (adds && optq_may_configure(extack))
		return NULL;
	if (!cl)
		return q->block;
	if (!cl->block && adds) {
		ASSERT_RTNL();
		if (tcf_block_get(&cl->block, &cl->filter_list, sch, extack))
			cl->block = NULL;
	}
	return cl->block;
}
