// SPDX-License-Identifier: GPL-2.0
#include "mtu.h"
#include "qdisc.h"

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
	optq_tree_set_mtu(&q->tree, psched_mtu(dev), now);
	optq_changed(q, now);
	optq_verify(q, "mtu");
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
