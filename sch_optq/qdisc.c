// SPDX-License-Identifier: GPL-2.0
/* The qdisc: an instance's life. */
#include <linux/random.h>

#include "access.h"
#include "ack.h"
#include "budget.h"
#include "conf.h"
#include "delay.h"
#include "filter.h"
#include "graft.h"
#include "mtu.h"
#include "hosts.h"
#include "notify.h"
#include "packet.h"
#include "police.h"
#include "stats.h"
#include "sysfs.h"
#include "verify.h"

#define QDISC_FLOWS	4096U

static struct optq_class *default_leaf(struct optq_sched *q)
{
	return optq_find_leaf(q, q->conf.default_id) ?: &q->tree.direct;
}

void optq_changed(struct optq_sched *q, u64 now)
{
	q->fallback = default_leaf(q);
	q->asks = (q->rules && q->rules->n) || q->n_policers;
	if (q->sch->q.qlen)
		qdisc_watchdog_schedule_ns(&q->watchdog, now);
}

struct optq_class *optq_drain_class(struct optq_sched *q)
{
	struct optq_cl *cl = optq_find(q, q->conf.default_id);

	if (cl && cl->core.attached && !cl->qdisc &&
	    optq_class_is_leaf(&cl->core))
		return &cl->core;
	return &q->tree.direct;
}

void optq_link_defaults(const struct net_device *dev,
			struct optq_link_conf *conf)
{
	*conf = (struct optq_link_conf) {
		.limit		= OPTQ_LIMIT,
		.flows		= QDISC_FLOWS,
		.direct_limit	= clamp_t(u32, dev->tx_queue_len, 2,
					  OPTQ_LIMIT_MAX),
	};
}

void optq_apply_link(struct optq_sched *q, const struct optq_link_conf *conf,
		     u64 now)
{
	struct optq_class_conf direct;

	optq_conf_init(&direct);
	direct.limit = conf->direct_limit;
	q->conf = *conf;
	q->tree.limit = conf->limit;
	WRITE_ONCE(q->sch->limit, conf->limit);
	optq_memory_set_limit(&q->tree.memory, optq_budget_memory(q, conf));
	optq_tree_set_wire(&q->tree, &conf->wire);
	optq_tree_set_link(&q->tree, conf->rate, conf->burst, now);
	optq_tree_set_dscp(&q->tree, conf->dscp);
	optq_tree_set_ack_filter(&q->tree, conf->ack_filter);
	optq_class_configure(&q->tree, &q->tree.direct, &direct, now);
	optq_mtu_update(q, now);
}

static void optq_reset(struct Qdisc *sch)
{
	struct optq_sched *q = qdisc_priv(sch);
	struct optq_drops drops = {};
	u64 now = ktime_get_ns();
	struct optq_pkt *pkt;
	struct optq_cl *cl;

	if (!q->flow_mem)
		return;
	sch->qstats.drops += optq_queued(sch);
	list_for_each_entry(cl, &q->classes, link) {
		if (cl->qdisc) {
			qdisc_reset(cl->qdisc);
			optq_count_grafted(q, cl);
			optq_foreign_qlen(&q->tree, &cl->core, 0, now);
		}
		optq_purge(&q->tree, &cl->core, now, &drops);
		optq_class_reset(&q->tree, &cl->core, now);
	}
	optq_purge(&q->tree, &q->tree.direct, now, &drops);
	optq_class_reset(&q->tree, &q->tree.root, now);
	q->cut_short = false;
	optq_unblock(&q->tree, now);
	while ((pkt = drops.head)) {
		struct sk_buff *skb = optq_skb(pkt);

		drops.head = pkt->next;
		optq_memory_uncharge(&q->tree.memory, skb->truesize);
		rtnl_kfree_skbs(skb, skb);
	}
	qdisc_watchdog_cancel(&q->watchdog);
	optq_qlen_add(sch, -(int)sch->q.qlen, -(int)sch->qstats.backlog);
	optq_verify_reset(q);
}

static void optq_destroy(struct Qdisc *sch)
{
	struct optq_sched *q = qdisc_priv(sch);
	struct optq_cl *cl, *tmp;

	qdisc_watchdog_cancel(&q->watchdog);
	optq_sysfs_end(q);
	/* A store that ran out of memory has left what it had made of its way. */
	xa_destroy(&q->dirs);
	/* All blocks first: a filter of one class may name another. */
	tcf_block_put(q->block);
	q->block = NULL;
	list_for_each_entry(cl, &q->classes, link) {
		optq_filter_end(q, cl);
		cond_resched();
	}
	list_for_each_entry_safe(cl, tmp, &q->classes, link) {
		list_del(&cl->link);
		optq_cl_free(cl);
		cond_resched();
	}
	optq_clhash_free(&q->clhash);
	optq_police_free(optq_class_police(&q->tree.root));
	kfree(q->tree.root.urgent);
	kfree(q->tree.direct.leaf.hist);
	optq_rules_free(q->rules);
	optq_elems_free(q->elems);
	kvfree(q->flow_mem);
	kvfree(q->bucket_mem);
	kvfree(q->past_mem);
	kvfree(q->sign_mem);
	optq_host_mem_free(q->hosts);
	/* One whose init() failed never was. */
	if (q->announced)
		optq_notify_tree(q, OPTQ_CMD_TREE_DEL_NTF, 0, NULL);
	optq_budget_end(q);
}

static int alloc_flows(struct optq_sched *q, u32 flows)
{
	u32 buckets = roundup_pow_of_two(flows);

	q->bucket_mem = kvcalloc(buckets, sizeof(*q->bucket_mem),
				 OPTQ_GFP_MANY);
	q->past_mem = kvcalloc(buckets, sizeof(*q->past_mem),
			       OPTQ_GFP_MANY);
	q->sign_mem = kvcalloc(OPTQ_FLOW_SIGNS, sizeof(*q->sign_mem),
			       OPTQ_GFP_MANY);
	if (!q->bucket_mem || !q->past_mem || !q->sign_mem)
		return -ENOMEM;
	/* Last: a reset goes by it, of one whose init() failed too. */
	q->flow_mem = kvcalloc(flows, sizeof(*q->flow_mem), OPTQ_GFP_MANY);
	if (!q->flow_mem)
		return -ENOMEM;
	optq_flow_table_init(&q->tree.flows, q->flow_mem, flows, q->bucket_mem,
			     buckets);
	optq_flow_table_give_past(&q->tree.flows, q->past_mem);
	optq_flow_table_give_signs(&q->tree.flows, q->sign_mem);
	/* Nobody is to know which packets BLUE and L4S will choose. */
	q->tree.flows.random = get_random_u32();
	return 0;
}

/* *police: the link's that is to be, for the caller; nest NULL: none is asked for. */
static int link_police(struct optq_sched *q, struct nlattr *nest,
		       struct optq_police **police,
		       struct netlink_ext_ack *extack)
{
	struct optq_police *p;
	int err;

	if (!nest)
		return 0;
	p = optq_police_new(nest, false, optq_police_taken(q, &q->tree.root),
			    extack);
	if (IS_ERR(p))
		return PTR_ERR(p);
	err = optq_cl_give_urgent(&q->tree.root, p);
	if (err)
		optq_police_free(p);
	else
		*police = p;
	return err;
}

static int optq_init(struct Qdisc *sch, struct nlattr *opt,
		     struct netlink_ext_ack *extack)
{
	struct optq_sched *q = qdisc_priv(sch);
	struct optq_police *police = NULL;
	struct nlattr *nest = NULL;
	struct optq_link_conf conf;
	int err;

	optq_link_defaults(qdisc_dev(sch), &conf);
	/* destroy() follows a failure anywhere below. */
	q->sch = sch;
	INIT_LIST_HEAD(&q->classes);
	xa_init_flags(&q->dirs, XA_FLAGS_ACCOUNT);
	qdisc_watchdog_init(&q->watchdog, sch);
	q->dump_seq = get_random_u32();
	get_random_bytes(q->hash_key, sizeof(q->hash_key));
	get_random_bytes(q->host_key, sizeof(q->host_key));
	optq_tree_init(&q->tree, conf.limit, conf.direct_limit,
		       psched_mtu(qdisc_dev(sch)), get_random_u32());
	q->tree.read_ack = optq_ack_read;
	q->tree.memory.of = optq_pkt_memory;
	q->tree.has_parent = sch->parent != TC_H_ROOT;
#ifdef TCQ_F_DEQUEUE_DROPS
	sch->flags |= TCQ_F_DEQUEUE_DROPS;
#endif

	err = optq_may_configure(extack) ?: optq_budget_begin(q, extack);
	if (err)
		return err;
	if (opt) {
		err = optq_parse_link(opt, &conf, true, &nest, extack) ?:
		      optq_sysfs_check(q, &conf, extack);
		if (err)
			return err;
	}
	err = optq_budget_fit(q, &conf, extack) ?:
	      tcf_block_get(&q->block, &q->filter_list, sch, extack);
	if (err)
		return err;
	err = optq_clhash_init(&q->clhash) ?: optq_give_hist(q, &q->tree.direct) ?:
	      alloc_flows(q, conf.flows);
	if (!err)
		err = link_police(q, nest, &police, extack);
	if (err)
		return err;
	optq_apply_link(q, &conf, ktime_get_ns());
	optq_police_swap(q, &q->tree.root, &police, ktime_get_ns());
	optq_changed(q, ktime_get_ns());
	optq_sysfs_begin(q, extack);
	q->announced = true;
	optq_notify_tree(q, OPTQ_CMD_TREE_ADD_NTF, 0, NULL);
	return 0;
}

static int optq_change(struct Qdisc *sch, struct nlattr *opt,
		       struct netlink_ext_ack *extack)
{
	struct optq_sched *q = qdisc_priv(sch);
	struct optq_link_conf conf = q->conf;
	struct optq_police *police = NULL;
	struct optq_drops drops = {};
	struct nlattr *nest = NULL;
	u32 dropped;
	u64 now;
	int err;

	err = optq_may_configure(extack);
	if (err)
		return err;
	if (!opt)
		return 0;
	err = optq_parse_link(opt, &conf, false, &nest, extack) ?:
	      optq_sysfs_check(q, &conf, extack) ?:
	      optq_delay_check_link(q, &conf, extack) ?:
	      optq_budget_fit(q, &conf, extack) ?:
	      link_police(q, nest, &police, extack);
	if (err) {
		optq_budget_settle(q);
		return err;
	}
	sch_tree_lock(sch);
	dropped = sch->q.qlen;
	now = ktime_get_ns();
	optq_apply_link(q, &conf, now);
	if (nest)
		optq_police_swap(q, &q->tree.root, &police, now);
	optq_tree_trim(&q->tree, now, &drops);
	optq_settle(sch, &drops);
	dropped -= sch->q.qlen;
	q->generation++;
	optq_changed(q, now);
	optq_verify_change(q, "change");
	sch_tree_unlock(sch);
	optq_budget_settle(q);
	optq_police_free(police);
	optq_sysfs_update(q, extack);
	optq_notify_tree(q, OPTQ_CMD_TREE_CHANGE_NTF, dropped, NULL);
	return 0;
}

static int optq_dump(struct Qdisc *sch, struct sk_buff *skb)
{
	struct optq_sched *q = qdisc_priv(sch);
	struct nlattr *nest;

	nest = nla_nest_start(skb, TCA_OPTIONS);
	if (!nest)
		return -EMSGSIZE;
	if (optq_put_link(skb, &q->conf) ||
	    optq_put_police(skb, OPTQ_LINK_A_POLICE, q, &q->tree.root) ||
	    nla_put_u32(skb, OPTQ_LINK_A_CLASSES, q->n_classes)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	return nla_nest_end(skb, nest);
}

static int optq_dump_stats(struct Qdisc *sch, struct gnet_dump *d)
{
	struct optq_sched *q = qdisc_priv(sch);
	struct optq_stats st;

	optq_get_stats(q, &q->tree.root, &st, NULL);
	return gnet_stats_copy_app(d, &st, sizeof(st));
}

struct Qdisc_ops optq_qdisc_ops __read_mostly = {
	.cl_ops		= &optq_class_ops,
	.id		= "optq",
	.priv_size	= sizeof(struct optq_sched),
	.enqueue	= optq_enqueue_skb,
	.dequeue	= optq_dequeue_skb,
	.peek		= qdisc_peek_dequeued,
	.init		= optq_init,
	.reset		= optq_reset,
	.destroy	= optq_destroy,
	.change		= optq_change,
	.dump		= optq_dump,
	.dump_stats	= optq_dump_stats,
	.owner		= THIS_MODULE,
};
