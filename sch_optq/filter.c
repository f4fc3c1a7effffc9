// SPDX-License-Identifier: GPL-2.0
/* Where tc filters stand. */
#include "access.h"
#include "budget.h"
#include "filter.h"

static void block_get(struct optq_sched *q, struct optq_cl *cl,
		      struct netlink_ext_ack *extack)
{
	ASSERT_RTNL();
	if (optq_budget_block(q, extack))
		return;
	if (tcf_block_get(&cl->block, &cl->filter_list, q->sch, extack)) {
		cl->block = NULL;
		optq_budget_block_gone(q);
	}
}

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
	if (!cl->block && adds)
		block_get(q, cl, extack);
	return cl->block;
}

void optq_filter_end(struct optq_sched *q, struct optq_cl *cl)
{
	if (!cl->block)
		return;
	tcf_block_put(cl->block);
	cl->block = NULL;
	optq_budget_block_gone(q);
}
