// SPDX-License-Identifier: GPL-2.0
/*
 * A device that stops taking packets for a while, as a NIC does whose ring is
 * full, so that a queue builds in whatever qdisc it has.  Then it takes all that
 * wait, in one run of the queue.  Not for use outside the benchmark.
 *
 *	insmod optq_hold.ko
 *	sysctl net.core.dev_weight=100000	a run of the queue is that long
 *	cd /sys/module/optq_hold/parameters
 *	echo 4000 >hold_us	the next packet is the last for 4 ms
 *	cat queued sent sent_ns		after that: how many waited in the qdisc
 *				when the time was over, how many it sent of them,
 *				and how long that took
 */
#include <linux/etherdevice.h>
#include <linux/hrtimer.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <net/sch_generic.h>

#define HOLD_MTU	1500
#define HOLD_QUEUE	10000	/* the limit that pfifo and leaf fifos take */

static struct net_device *hold;
static struct hrtimer timer;
static uint hold_us;
static uint queued;
static uint sent;
static ulong sent_ns;
static u64 released;

static netdev_tx_t hold_xmit(struct sk_buff *skb, struct net_device *dev)
{
	sent_ns = ktime_get_ns() - released;
	sent++;
	if (hold_us) {
		netif_stop_queue(dev);
		hrtimer_start(&timer, ns_to_ktime(hold_us * NSEC_PER_USEC),
			      HRTIMER_MODE_REL);
		hold_us = 0;
	}
	dev_consume_skb_any(skb);
	return NETDEV_TX_OK;
}

/* The queue runs in the softirq that follows, before anything else does. */
static enum hrtimer_restart let_go(struct hrtimer *t)
{
	struct Qdisc *q = rcu_dereference(netdev_get_tx_queue(hold, 0)->qdisc);

	queued = qdisc_qlen(q);
	sent = 0;
	released = ktime_get_ns();
	netif_wake_queue(hold);
	return HRTIMER_NORESTART;
}

module_param(hold_us, uint, 0644);
MODULE_PARM_DESC(hold_us, "take nothing for so long after the next packet");
module_param(queued, uint, 0444);
MODULE_PARM_DESC(queued, "packets that waited in the end");
module_param(sent, uint, 0444);
MODULE_PARM_DESC(sent, "packets sent since then");
module_param(sent_ns, ulong, 0444);
MODULE_PARM_DESC(sent_ns, "nanoseconds from then to the last of them");

static const struct net_device_ops hold_ops = {
	.ndo_start_xmit		= hold_xmit,
	.ndo_set_mac_address	= eth_mac_addr,
	.ndo_validate_addr	= eth_validate_addr,
};

static int __init hold_init(void)
{
	int err;

	hold = alloc_netdev(0, "hold%d", NET_NAME_ENUM, ether_setup);
	if (!hold)
		return -ENOMEM;
	eth_hw_addr_random(hold);
	hold->netdev_ops = &hold_ops;
	hold->mtu = HOLD_MTU;
	hold->tx_queue_len = HOLD_QUEUE;
	hold->flags |= IFF_NOARP;
	/* noqueue unless told otherwise, as a dummy has. */
	hold->priv_flags |= IFF_NO_QUEUE;
	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	timer.function = let_go;
	err = register_netdev(hold);
	if (err)
		free_netdev(hold);
	return err;
}

static void __exit hold_exit(void)
{
	unregister_netdev(hold);
	hrtimer_cancel(&timer);
	free_netdev(hold);
}

module_init(hold_init);
module_exit(hold_exit);
MODULE_DESCRIPTION("A device that can be held, for benchmarks");
MODULE_LICENSE("GPL");
