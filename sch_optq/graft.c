// SPDX-License-Identifier: GPL-2.0
#include "access.h"
#include "graft.h"
#include "verify.h"

/*
 * The child gave the packets out one by one, so its own counts are settled;
 * in ours they stay, being ours still.
 */
static void graft_drain(struct optq_sched *q, struct optq_cl *cl, u64 now)
{
	struct Qdisc *child = cl->qdisc;
	struct optq_drops drops = {};
	u32 most = child->q.qlen;
	struct sk_buff *skb;

	while (most-- && (skb = child->dequeue(child))) {
		skb->next = NULL;
		optq_queue_pkt(q, &cl->core, skb, now, &drops);
		/* It had been counted in when the child took it. */
		cl->core.count.enqueued--;
		optq_settle(q->sch, &drops);
	}
}

void optq_count_grafted(struct optq_sched *q, struct optq_cl *cl)
{
	struct optq_class *c = &cl->core;
	u64 known;

	optq_sole_settle(&q->tree);
	known = c->count.packets + optq_class_drops(c) + c->leaf.packets +
		    cl->qdisc->q.qlen;

	if (known < c->count.enqueued)
		optq_count_drop_other(c, c->count.enqueued - known);
	else
		c->count.enqueued = known;
}

struct Qdisc *optq_ungraft(struct optq_sched *q, struct optq_class *c, u64 now)
{
	struct optq_cl *cl = optq_cl(c);
	struct Qdisc *old;

	if (!optq_is_cl(q, c) || !cl->qdisc)
		return NULL;
	old = cl->qdisc;
	graft_drain(q, cl, now);
	qdisc_purge_queue(old);
	optq_count_grafted(q, cl);
	cl->qdisc = NULL;
	optq_foreign_qlen(&q->tree, c, 0, now);
	return old;
}

struct Qdisc *optq_class_leaf(struct Qdisc *sch, unsigned long arg)
{
	return ((struct optq_cl *)arg)->qdisc;
}

int optq_class_graft(struct Qdisc *sch, unsigned long arg, struct Qdisc *new,
		     struct Qdisc **old, struct netlink_ext_ack *extack)
{
	struct optq_cl *cl = (struct optq_cl *)arg;
	struct optq_sched *q = qdisc_priv(sch);
	u64 now;
	int err;

	err = optq_may_configure(extack);
	if (err)
		return err;
	if (!optq_class_is_leaf(&cl->core)) {
		NL_SET_ERR_MSG(extack, "a qdisc can only be put under a leaf");
		return -EINVAL;
	}
	sch_tree_lock(sch);
	now = ktime_get_ns();
	/* The leaf's own queue is served before the new qdisc's: in order. */
	*old = optq_ungraft(q, &cl->core, now);
	cl->qdisc = new;
	q->was_grafted = true;
	optq_foreign_qlen(&q->tree, &cl->core, new ? new->q.qlen : 0, now);
	optq_changed(q, now);
	optq_verify_change(q, "graft");
	sch_tree_unlock(sch);
	return 0;
}

/* May come twice, and from inside the leaf's own dequeue. */
void optq_class_qlen_notify(struct Qdisc *sch, unsigned long arg)
{
	struct optq_cl *cl = (struct optq_cl *)arg;
	struct optq_sched *q = qdisc_priv(sch);

	if (cl)
		optq_foreign_qlen(&q->tree, &cl->core, 0, ktime_get_ns());
}
