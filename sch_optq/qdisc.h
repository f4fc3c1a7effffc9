/* SPDX-License-Identifier: GPL-2.0 */
/* The qdisc instance and its classes as the kernel sees them. */
#ifndef OPTQ_QDISC_H
#define OPTQ_QDISC_H

#include <linux/ktime.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <linux/skbuff.h>
#include <linux/xarray.h>
#include <net/pkt_sched.h>
#include <linux/optq.h>

#include "compat/compat.h"
#include "clhash.h"
#include "core/class.h"
#include "core/sched.h"
#include "core/tree.h"
#include "elem.h"
#include "rules.h"
#include "tuple.h"

struct optq_police;

struct optq_cl {
	struct Qdisc_class_common common;	/* classid holds the 32-bit id */
	struct list_head link;			/* optq_sched.classes */
	struct optq_class core;
	struct Qdisc *qdisc;			/* grafted; NULL: own queue */
	struct tcf_proto __rcu *filter_list;
	struct tcf_block *block;		/* NULL: no filter yet */
	u32 filter_cnt;				/* tc filters that name it */
	bool stays;				/* in the tree that is to come */
	char *name;				/* NULL: known by its id */
};

/* Of leaves in which hosts have their share. */
struct optq_host_mem {
	struct optq_share *shares;
	struct optq_host *hosts;
	struct optq_host **buckets;
};

/* The link's parameters as asked for. */
struct optq_link_conf {
	u64 rate;
	u32 burst;
	u32 default_id;
	u32 limit;
	u32 direct_limit;
	u32 memory;		/* 0: automatic */
	u32 flows;
	struct optq_wire wire;
	bool oversubscribe;
	bool sysfs;
	u8 dscp;		/* as a class's */
	u8 ack_filter;		/* likewise */
};

struct optq_sched {
	struct optq_tree tree;
	struct Qdisc *sch;
	struct optq_rules *rules;
	struct optq_elems *elems;		/* NULL: never one */
	struct optq_link_conf conf;
	struct optq_clhash clhash;		/* by id */
	struct tcf_proto __rcu *filter_list;
	struct optq_class *fallback;		/* for what nothing knows */
	bool asks;		/* rules or policers have a say about packets */
	u32 n_policers;
	u32 n_police_moves;	/* of those, that move packets */
	u32 police_entries;	/* addresses that they have meters for */
	struct qdisc_watchdog watchdog;
	struct tcf_block *block;
	struct list_head classes;		/* in the order they came */
	struct optq_flow *flow_mem;
	struct optq_flow **bucket_mem;
	struct optq_flow_past *past_mem;
	u16 *sign_mem;
	struct optq_host_mem *hosts;		/* NULL: no class ever asked for it */
	u64 hash_key[2 + OPTQ_TUPLE_WORDS];
	u64 host_key[2][2 + OPTQ_ADDR_WORDS];
	struct optq_drops drops;		/* of the call at work */
	u32 n_classes;
	u32 generation;
	u32 dump_seq;		/* its own, so that no dump goes on in another qdisc */
	bool cut_short;		/* the last dequeue had asked enough leaves */
	bool has_delays;	/* a class has had one */
	bool was_grafted;	/* a leaf has had a qdisc of its own */
	bool announced;		/* listeners were, or could be, told of it */
	bool confined;		/* outside the initial user namespace, see budget.h */
	u32 budget_memory;	/* bytes that packets may take, taken of the budget */
	u64 budget;		/* all that is taken of it */
	u64 dscp_failed;	/* packets that left with theirs */
	u32 n_dirs;		/* of classes, in sysfs */
	struct xarray dirs;	/* by class id; 0: the link's */
};

/* For as much as somebody asks for: that it is refused is told to him, not to the log. */
#define OPTQ_GFP_MANY	(GFP_KERNEL_ACCOUNT | __GFP_NOWARN)

extern struct Qdisc_ops optq_qdisc_ops;
extern const struct Qdisc_class_ops optq_class_ops;

/* The core's part of a packet stands in its control block. */
static inline struct optq_pkt *optq_pkt(struct sk_buff *skb)
{
	return (struct optq_pkt *)qdisc_skb_cb(skb)->data;
}

static inline struct sk_buff *optq_skb(struct optq_pkt *pkt)
{
	void *cb = (char *)pkt - offsetof(struct qdisc_skb_cb, data);

	return container_of(cb, struct sk_buff, cb);
}

/* The device's optq; NULL: its root qdisc is another.  RTNL held. */
static inline struct optq_sched *optq_dev_sched(const struct net_device *dev)
{
	struct Qdisc *sch = rtnl_dereference(dev->qdisc);

	return sch && sch->ops == &optq_qdisc_ops ? qdisc_priv(sch) : NULL;
}

/* Packets in sch's queues; what a driver gave back has left them. */
static inline u32 optq_queued(const struct Qdisc *sch)
{
	return sch->q.qlen - sch->gso_skb.qlen - sch->skb_bad_txq.qlen;
}

static inline struct optq_cl *optq_cl(const struct optq_class *c)
{
	return container_of(c, struct optq_cl, core);
}

static inline struct optq_cl *optq_find(const struct optq_sched *q, u32 id)
{
	struct Qdisc_class_common *c = optq_clhash_find(&q->clhash, id);

	return c ? container_of(c, struct optq_cl, common) : NULL;
}

/* NULL: there is no such class, or it has others below it. */
static inline struct optq_class *optq_find_leaf(const struct optq_sched *q,
						u32 id)
{
	struct optq_cl *cl = optq_find(q, id);

	return cl && optq_class_is_leaf(&cl->core) ? &cl->core : NULL;
}

/* Has a class of its own: neither the link nor the direct queue. */
static inline bool optq_is_cl(const struct optq_sched *q,
			      const struct optq_class *c)
{
	return c != &q->tree.root && c != &q->tree.direct;
}

/* 0: the link, or the direct queue. */
static inline u32 optq_class_id(const struct optq_sched *q,
				const struct optq_class *c)
{
	return optq_is_cl(q, c) ? optq_cl(c)->common.classid : 0;
}

int optq_class_cache_init(void);
void optq_class_cache_exit(void);

/* A class that is in no tree yet; ERR_PTR on failure.  Sleeps; RTNL held. */
struct optq_cl *optq_cl_alloc(struct optq_sched *q, u32 id, const char *name);

/* Readies c, a class or the link, for classes below it.  Sleeps; RTNL held. */
int optq_cl_give_inner(struct optq_class *c);

/* Likewise for a delay of its own or a policer, where it has either. */
int optq_cl_give_urgent(struct optq_class *c, bool needed);

/* Likewise for hosts that have their share first. */
int optq_cl_give_shares(struct optq_sched *q, struct optq_class *c,
			const struct optq_class_conf *conf);

/*
 * Likewise for the histogram of what waits in c, where it is to be on somebody's account:
 * the packet path can charge nobody.
 */
int optq_give_hist(const struct optq_sched *q, struct optq_class *c);

/* Frees a class that is off the tree and the hash, without filters.  RTNL held, may sleep. */
void optq_cl_free(struct optq_cl *cl);

/* Where packets go that have lost their class: a queue that can take them. */
struct optq_class *optq_drain_class(struct optq_sched *q);

/*
 * Fills the packet's control block for the core, and queues it in c.  What had to go
 * for it, or it itself, is added to drops, to be settled before the next one comes.
 */
void optq_queue_pkt(struct optq_sched *q, struct optq_class *c,
		    struct sk_buff *skb, u64 now, struct optq_drops *drops);

/* What it takes of memory, for the core's account. */
u32 optq_pkt_memory(const struct optq_pkt *pkt);

/*
 * After a change: finds the default class, and what may be sent now is looked at
 * now.  Tree lock held.
 */
void optq_changed(struct optq_sched *q, u64 now);

/*
 * Frees what the core gave up outside a dequeue, with the qdisc's own counts
 * and its parents' put right.  The tree lock is held.
 */
void optq_settle(struct Qdisc *sch, struct optq_drops *drops);

/* What a link has when nothing is asked for. */
void optq_link_defaults(const struct net_device *dev,
			struct optq_link_conf *conf);

/* Applies link parameters that were checked.  The tree lock is held. */
void optq_apply_link(struct optq_sched *q, const struct optq_link_conf *conf,
		     u64 now);

#endif /* OPTQ_QDISC_H */
