// SPDX-License-Identifier: GPL-2.0
#include "mtu.h"
#include "verify.h"

/* The longest packet of the device as w counts it. */
static u32 wire_mtu(const struct net_device *dev, const struct optq_wire *w)
{
	u32 len = optq_wire_raw(w) ? psched_mtu(dev) : dev->mtu;

	return optq_clamp_mtu(optq_wire_len(w, min(len, OPTQ_LEN_MAX)));
}

u32 optq_mtu_of_stage(const struct net_device *dev, const struct optq_stage *st)
{
	u32 i, mtu = wire_mtu(dev, &st->link.wire);

	for (i = 0; i < st->n; i++) {
		if (optq_wire_on(&st->class[i].conf.wire))
			mtu = max(mtu, wire_mtu(dev, &st->class[i].conf.wire));
	}
	return mtu;
}

u32 optq_mtu_with(const struct optq_sched *q, const struct optq_wire *link,
		  const struct optq_class *c, const struct optq_wire *wire)
{
	const struct net_device *dev = qdisc_dev(q->sch);
	u32 mtu = wire_mtu(dev, link);
	const struct optq_cl *cl;

	if (c && optq_wire_on(wire))
		mtu = max(mtu, wire_mtu(dev, wire));
	list_for_each_entry(cl, &q->classes, link) {
		if (&cl->core != c && optq_wire_on(&cl->core.conf.wire))
			mtu = max(mtu, wire_mtu(dev, &cl->core.conf.wire));
	}
	return mtu;
}

void optq_mtu_grow(struct optq_sched *q, const struct optq_wire *w, u64 now)
{
	u32 mtu;

	if (!optq_wire_on(w))
		return;
	mtu = wire_mtu(qdisc_dev(q->sch), w);
	if (mtu > q->tree.mtu)
		optq_tree_set_mtu(&q->tree, mtu, now);
}

void optq_mtu_update(struct optq_sched *q, u64 now)
{
	u32 mtu = optq_mtu_with(q, &q->conf.wire, NULL, NULL);

	if (mtu != q->tree.mtu)
		optq_tree_set_mtu(&q->tree, mtu, now);
}

/* An optq below another qdisc keeps the MTU that it was made with. */
static int mtu_event(struct notifier_block *nb, unsigned long event, void *ptr)
{
	struct net_device *dev = netdev_notifier_info_to_dev(ptr);
	struct optq_sched *q = optq_dev_sched(dev);
	u64 now;

	if (event != NETDEV_CHANGEMTU || !q)
		return NOTIFY_DONE;
	sch_tree_lock(q->sch);
	now = ktime_get_ns();
	optq_mtu_update(q, now);
	optq_changed(q, now);
	optq_verify_change(q, "mtu");
	sch_tree_unlock(q->sch);
	return NOTIFY_DONE;
}

static struct notifier_block mtu_notifier = {
	.notifier_call	= mtu_event,
};

int __init optq_mtu_init(void)
{
	return register_netdevice_notifier(&mtu_notifier);
}

void optq_mtu_exit(void)
{
	unregister_netdevice_notifier(&mtu_notifier);
}
