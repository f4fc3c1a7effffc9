// SPDX-License-Identifier: GPL-2.0
/* Classes through tc: one at a time, on the same tree. */
#include <net/sock.h>

#include "access.h"
#include "conf.h"
#include "delay.h"
#include "filter.h"
#include "graft.h"
#include "mtu.h"
#include "notify.h"
#include "police.h"
#include "qdisc.h"
#include "stats.h"
#include "sysfs.h"
#include "verify.h"

/* Sizes of kmalloc are powers of two: a third of the memory would be lost. */
static struct kmem_cache *class_cache;

int __init optq_class_cache_init(void)
{
	/* As many as 17 to four pages: with one less a class takes over 1 KiB. */
	BUILD_BUG_ON(sizeof(struct optq_cl) > 952);
	class_cache = KMEM_CACHE(optq_cl, SLAB_ACCOUNT);
	return class_cache ? 0 : -ENOMEM;
}

void optq_class_cache_exit(void)
{
	kmem_cache_destroy(class_cache);
}

struct optq_cl *optq_cl_alloc(struct optq_sched *q, u32 id, const char *name)
{
	struct optq_cl *cl = kmem_cache_zalloc(class_cache, GFP_KERNEL_ACCOUNT);

	if (!cl)
		return ERR_PTR(-ENOMEM);
	INIT_LIST_HEAD(&cl->link);
	cl->common.classid = id;
	if (name) {
		cl->name = kstrdup(name, GFP_KERNEL_ACCOUNT);
		if (!cl->name) {
			kmem_cache_free(class_cache, cl);
			return ERR_PTR(-ENOMEM);
		}
	}
	optq_class_init(&q->tree, &cl->core);
	if (optq_give_hist(q, &cl->core)) {
		optq_cl_free(cl);
		return ERR_PTR(-ENOMEM);
	}
	return cl;
}

int optq_give_hist(const struct optq_sched *q, struct optq_class *c)
{
	if (!q->confined)
		return 0;
	c->leaf.hist = kzalloc(sizeof(*c->leaf.hist), GFP_KERNEL_ACCOUNT);
	return c->leaf.hist ? 0 : -ENOMEM;
}

int optq_cl_give_inner(struct optq_class *c)
{
	struct optq_inner *inner;

	if (c->inner)
		return 0;
	inner = kzalloc(sizeof(*inner), GFP_KERNEL_ACCOUNT);
	if (!inner)
		return -ENOMEM;
	optq_class_give_inner(c, inner);
	return 0;
}

int optq_cl_give_urgent(struct optq_class *c, bool needed)
{
	struct optq_urgent *urgent;

	if (c->urgent || !needed)
		return 0;
	urgent = kzalloc(sizeof(*urgent), GFP_KERNEL_ACCOUNT);
	if (!urgent)
		return -ENOMEM;
	optq_class_give_urgent(c, urgent);
	return 0;
}

void optq_cl_free(struct optq_cl *cl)
{
	optq_police_free(optq_class_police(&cl->core));
	kfree(cl->core.leaf.shares);
	kfree(cl->core.urgent);
	kfree(cl->core.inner);
	qdisc_put(cl->qdisc);
	kfree(cl->core.leaf.hist);
	kfree(cl->name);
	kmem_cache_free(class_cache, cl);
}

static unsigned long class_find(struct Qdisc *sch, u32 classid)
{
	struct optq_sched *q = qdisc_priv(sch);

	/* tc has no minor beyond fffe, whatever ids generic netlink gave. */
	if (TC_H_MAJ(classid ^ sch->handle) || TC_H_MIN(classid) > 0xfffe)
		return 0;
	return (unsigned long)optq_find(q, TC_H_MIN(classid));
}

static struct optq_class *class_parent(struct optq_sched *q, u32 parentid,
				       struct netlink_ext_ack *extack)
{
	struct optq_cl *cl;

	if (!parentid || parentid == TC_H_ROOT || parentid == q->sch->handle)
		return &q->tree.root;
	if (TC_H_MAJ(parentid ^ q->sch->handle)) {
		NL_SET_ERR_MSG(extack, "parent is of another qdisc");
		return ERR_PTR(-EINVAL);
	}
	cl = optq_find(q, TC_H_MIN(parentid));
	if (!cl) {
		NL_SET_ERR_MSG(extack, "parent class does not exist");
		return ERR_PTR(-ENOENT);
	}
	return &cl->core;
}

static int class_check_place(const struct optq_class *c,
			     const struct optq_class *parent,
			     struct netlink_ext_ack *extack)
{
	enum optq_fault fault = optq_class_may_attach(c, parent);

	if (fault == OPTQ_OK)
		return 0;
	if (extack)
		extack->_msg = optq_fault_text(fault);
	return -EINVAL;
}

/* A path names one class: siblings have different names. */
static bool class_name_taken(const struct optq_sched *q,
			     const struct optq_class *parent, const char *name)
{
	struct optq_cl *cl;

	list_for_each_entry(cl, &q->classes, link) {
		if (cl->core.parent == parent && cl->name &&
		    !strcmp(cl->name, name))
			return true;
	}
	return false;
}

static int class_check_name(const struct optq_sched *q,
			    const struct optq_class *parent,
			    const struct nlattr *attr,
			    struct netlink_ext_ack *extack)
{
	if (!optq_name_len(attr)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "name must be printable, without '/', and not begin with '-' or '.'");
		return -EINVAL;
	}
	if (class_name_taken(q, parent, nla_data(attr))) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "name is used twice under one parent");
		return -EEXIST;
	}
	return 0;
}

static struct optq_cl *class_new(struct optq_sched *q, u32 classid,
				 const struct optq_class *parent,
				 struct nlattr **tb,
				 struct netlink_ext_ack *extack)
{
	const char *name = NULL;
	int err;

	if (TC_H_MAJ(classid ^ q->sch->handle) || !TC_H_MIN(classid) ||
	    TC_H_MIN(classid) == 0xffff) {
		NL_SET_ERR_MSG(extack,
			       "classid must be of this qdisc, minor 1 to fffe");
		return ERR_PTR(-EINVAL);
	}
	if (q->n_classes >= OPTQ_CLASSES_MAX) {
		NL_SET_ERR_MSG(extack, "too many classes");
		return ERR_PTR(-ENOSPC);
	}
	if (tb[OPTQ_CLASS_A_NAME]) {
		err = class_check_name(q, parent, tb[OPTQ_CLASS_A_NAME],
				       extack);
		if (err)
			return ERR_PTR(err);
		name = nla_data(tb[OPTQ_CLASS_A_NAME]);
	}
	return optq_cl_alloc(q, TC_H_MIN(classid), name);
}

/* A tree grows class by class, so what does not fit yet is no error. */
static void class_warn_overflow(const struct optq_sched *q,
				const struct optq_class *c,
				struct netlink_ext_ack *extack)
{
	const struct optq_class *p;

	for (p = c->parent; p; p = p->parent) {
		if (!optq_class_overflow(p) || p->conf.oversubscribe)
			continue;
		if (optq_is_cl(q, p))
			optq_set_err_fmt(extack, "the rates below a class exceed its own: served in proportion",
					 "the rates below class %x:%x exceed its own: served in proportion",
					 TC_H_MAJ(q->sch->handle) >> 16,
					 optq_cl(p)->common.classid);
		else
			NL_SET_ERR_MSG(extack,
				       "the classes' rates exceed the link's: served in proportion");
		return;
	}
}

static int class_add(struct optq_sched *q, u32 classid,
		     struct optq_class *parent, struct nlattr **tb,
		     const struct optq_class_conf *conf,
		     struct optq_police **police, unsigned long *arg,
		     struct netlink_ext_ack *extack)
{
	struct optq_cl *cl = class_new(q, classid, parent, tb, extack);
	struct Qdisc *old;
	int err;
	u64 now;

	if (IS_ERR(cl))
		return PTR_ERR(cl);
	err = class_check_place(&cl->core, parent, extack);
	if (!err)
		err = optq_delay_check_class(q, &cl->core, parent, conf,
					     extack);
	if (!err)
		err = optq_cl_give_inner(parent);
	if (!err)
		err = optq_cl_give_urgent(&cl->core,
					  conf->delay_ns || *police);
	if (!err)
		err = optq_cl_give_shares(q, &cl->core, conf);
	if (err) {
		optq_cl_free(cl);
		return err;
	}
	sch_tree_lock(q->sch);
	now = ktime_get_ns();
	q->has_delays |= !!conf->delay_ns;
	old = optq_ungraft(q, parent, now);
	optq_mtu_grow(q, &conf->wire, now);
	optq_class_configure(&q->tree, &cl->core, conf, now);
	optq_police_swap(q, &cl->core, police, now);
	optq_class_attach(&q->tree, &cl->core, parent, now);
	optq_clhash_insert(&q->clhash, &cl->common);
	list_add_tail(&cl->link, &q->classes);
	q->n_classes++;
	q->generation++;
	optq_changed(q, now);
	optq_verify_change(q, "class add");
	sch_tree_unlock(q->sch);

	qdisc_put(old);
	optq_clhash_fit(q);
	optq_sysfs_class_added(q, cl, extack);
	class_warn_overflow(q, &cl->core, extack);
	optq_notify_class(q, OPTQ_CMD_CLASS_ADD_NTF, cl, parent);
	*arg = (unsigned long)cl;
	return 0;
}

/* police NULL: it stays as it is. */
static int class_modify(struct optq_sched *q, struct optq_cl *cl,
			struct optq_class *parent,
			const struct optq_class_conf *conf,
			struct optq_police **police,
			struct netlink_ext_ack *extack)
{
	bool rewired = !optq_wire_same(&cl->core.conf.wire, &conf->wire);
	struct Qdisc *old = NULL;
	u64 now;
	int err;

	if (parent != cl->core.parent) {
		err = class_check_place(&cl->core, parent, extack);
		if (err)
			return err;
		if (cl->name && class_name_taken(q, parent, cl->name)) {
			NL_SET_ERR_MSG(extack,
				       "name is used twice under one parent");
			return -EEXIST;
		}
		err = optq_cl_give_inner(parent);
		if (err)
			return err;
	}
	err = optq_delay_check_class(q, &cl->core, parent, conf, extack);
	if (!err)
		err = optq_cl_give_urgent(&cl->core, conf->delay_ns ||
					  (police && *police));
	if (!err)
		err = optq_cl_give_shares(q, &cl->core, conf);
	if (err)
		return err;
	sch_tree_lock(q->sch);
	now = ktime_get_ns();
	q->has_delays |= !!conf->delay_ns;
	optq_class_configure(&q->tree, &cl->core, conf, now);
	if (police)
		optq_police_swap(q, &cl->core, police, now);
	if (rewired)
		optq_mtu_update(q, now);
	if (parent != cl->core.parent) {
		old = optq_ungraft(q, parent, now);
		optq_class_detach(&q->tree, &cl->core, now);
		optq_class_attach(&q->tree, &cl->core, parent, now);
	}
	q->generation++;
	optq_changed(q, now);
	optq_verify_change(q, "class change");
	sch_tree_unlock(q->sch);
	qdisc_put(old);
	class_warn_overflow(q, &cl->core, extack);
	optq_notify_class(q, OPTQ_CMD_CLASS_CHANGE_NTF, cl, parent);
	return 0;
}

static int class_change(struct Qdisc *sch, u32 classid, u32 parentid,
			struct nlattr **tca, unsigned long *arg,
			struct netlink_ext_ack *extack)
{
	struct optq_cl *cl = (struct optq_cl *)*arg;
	struct nlattr *tb[OPTQ_CLASS_A_MAX + 1] = {};
	struct optq_sched *q = qdisc_priv(sch);
	struct optq_police *police = NULL;
	struct optq_class_conf conf;
	struct optq_class *parent;
	int err;

	err = optq_may_configure(extack);
	if (err)
		return err;
	if (tca[TCA_RATE]) {
		NL_SET_ERR_MSG(extack, "rate estimators are not supported");
		return -EOPNOTSUPP;
	}
	optq_conf_init(&conf);
	if (cl)
		conf = cl->core.conf;
	if (tca[TCA_OPTIONS] && !(tca[TCA_OPTIONS]->nla_type & NLA_F_NESTED)) {
		NL_SET_ERR_MSG(extack,
			       "these are another qdisc's options: classes here are of kind optq");
		return -EINVAL;
	}
	if (tca[TCA_OPTIONS]) {
		err = optq_parse_class(tca[TCA_OPTIONS], &conf, tb, extack);
		if (err)
			return err;
		if (tb[OPTQ_CLASS_A_ID] || tb[OPTQ_CLASS_A_PARENT]) {
			NL_SET_ERR_MSG(extack,
				       "tc names a class and its parent by handle, not by id");
			return -EINVAL;
		}
	}
	if (cl && !parentid)
		parent = cl->core.parent;
	else
		parent = class_parent(q, parentid, extack);
	if (IS_ERR(parent))
		return PTR_ERR(parent);
	if (cl && tb[OPTQ_CLASS_A_NAME] &&
	    nla_strcmp(tb[OPTQ_CLASS_A_NAME], cl->name ?: "")) {
		NL_SET_ERR_MSG_ATTR(extack, tb[OPTQ_CLASS_A_NAME],
				    "a class keeps the name it was added with");
		return -EINVAL;
	}
	if (tb[OPTQ_CLASS_A_POLICE]) {
		police = optq_police_new(tb[OPTQ_CLASS_A_POLICE], false,
					 optq_police_taken(q, cl ? &cl->core : NULL),
					 extack);
		if (IS_ERR(police))
			return PTR_ERR(police);
	}
	if (!cl)
		err = class_add(q, classid, parent, tb, &conf, &police, arg,
				extack);
	else
		err = class_modify(q, cl, parent, &conf,
				   tb[OPTQ_CLASS_A_POLICE] ? &police : NULL,
				   extack);
	optq_police_free(police);
	return err;
}

static bool class_has_rule(const struct optq_sched *q, u32 id)
{
	u32 i;

	for (i = 0; q->rules && i < q->rules->n; i++) {
		if (q->rules->slot[i].class_id == id)
			return true;
	}
	return false;
}

static int class_may_go(const struct optq_sched *q, const struct optq_cl *cl,
			struct netlink_ext_ack *extack)
{
	if (cl->core.n_children) {
		NL_SET_ERR_MSG(extack, "class has classes below it");
		return -EBUSY;
	}
	if (cl->filter_cnt) {
		NL_SET_ERR_MSG(extack, "a filter points to the class");
		return -EBUSY;
	}
	if (class_has_rule(q, cl->common.classid)) {
		NL_SET_ERR_MSG(extack,
			       "a rule of the policy names the class: take both out with optqctl");
		return -EBUSY;
	}
	if (optq_police_names(q, cl->common.classid)) {
		NL_SET_ERR_MSG(extack,
			       "a policer moves packets to the class: take both out with optqctl");
		return -EBUSY;
	}
	/* Scripts written for HTB do that. */
	if (cl->common.classid == q->conf.default_id)
		NL_SET_ERR_MSG(extack,
			       "this was the default class: what no filter knows goes first now, unshaped");
	return 0;
}

static int class_delete(struct Qdisc *sch, unsigned long arg,
			struct netlink_ext_ack *extack)
{
	struct optq_cl *cl = (struct optq_cl *)arg;
	const struct optq_class *parent = cl->core.parent;
	struct optq_sched *q = qdisc_priv(sch);
	struct Qdisc *old;
	u64 now;
	int err;

	err = optq_may_configure(extack);
	if (err)
		return err;
	err = class_may_go(q, cl, extack);
	if (err)
		return err;
	sch_tree_lock(sch);
	now = ktime_get_ns();
	old = optq_ungraft(q, &cl->core, now);
	optq_clhash_remove(&q->clhash, &cl->common);
	optq_move_queue(&q->tree, optq_drain_class(q), &cl->core, now);
	optq_class_detach(&q->tree, &cl->core, now);
	optq_police_gone(q, &cl->core);
	list_del(&cl->link);
	if (optq_wire_on(&cl->core.conf.wire))
		optq_mtu_update(q, now);
	q->n_classes--;
	q->generation++;
	optq_changed(q, now);
	optq_verify_change(q, "class delete");
	sch_tree_unlock(sch);
	qdisc_put(old);
	optq_clhash_fit(q);
	optq_sysfs_class_gone(q, cl->common.classid);
	optq_notify_class(q, OPTQ_CMD_CLASS_DEL_NTF, cl, parent);
	optq_filter_end(q, cl);
	optq_cl_free(cl);
	return 0;
}

static void class_walk(struct Qdisc *sch, struct qdisc_walker *arg)
{
	struct optq_sched *q = qdisc_priv(sch);
	struct optq_cl *cl;

	if (arg->stop)
		return;
	list_for_each_entry(cl, &q->classes, link) {
		/* tc has no words for the others; generic netlink does. */
		if (cl->common.classid > 0xfffe)
			continue;
		if (!tc_qdisc_stats_dump(sch, (unsigned long)cl, arg))
			return;
	}
}

static unsigned long class_bind_filter(struct Qdisc *sch, unsigned long parent,
				       u32 classid)
{
	struct optq_cl *cl = (struct optq_cl *)class_find(sch, classid);

	if (cl)
		cl->filter_cnt++;
	return (unsigned long)cl;
}

static void class_unbind_filter(struct Qdisc *sch, unsigned long arg)
{
	struct optq_cl *cl = (struct optq_cl *)arg;

	if (cl)
		cl->filter_cnt--;
}

/* Anybody may dump classes; a notification goes to whoever listens. */
static bool class_may_name(const struct sk_buff *skb)
{
	return skb->sk && sk_ns_capable(skb->sk, sock_net(skb->sk)->user_ns,
					CAP_NET_ADMIN);
}

static int class_dump(struct Qdisc *sch, unsigned long arg,
		      struct sk_buff *skb, struct tcmsg *tcm)
{
	struct optq_cl *cl = (struct optq_cl *)arg;
	struct optq_sched *q = qdisc_priv(sch);
	const struct optq_class *p;
	struct nlattr *nest;

	/* The nearest class above that tc has a name for. */
	for (p = cl->core.parent; p != &q->tree.root; p = p->parent) {
		if (optq_cl(p)->common.classid <= 0xfffe)
			break;
	}
	tcm->tcm_parent = p == &q->tree.root ? TC_H_ROOT :
			  TC_H_MAKE(sch->handle, optq_cl(p)->common.classid);
	tcm->tcm_handle = TC_H_MAKE(sch->handle, cl->common.classid);
	if (cl->qdisc)
		tcm->tcm_info = cl->qdisc->handle;

	nest = nla_nest_start(skb, TCA_OPTIONS);
	if (!nest)
		return -EMSGSIZE;
	if (optq_put_class(skb, cl, class_may_name(skb)) ||
	    optq_put_police(skb, OPTQ_CLASS_A_POLICE, q, &cl->core)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	return nla_nest_end(skb, nest);
}

static int class_dump_stats(struct Qdisc *sch, unsigned long arg,
			    struct gnet_dump *d)
{
	struct optq_cl *cl = (struct optq_cl *)arg;
	struct optq_sched *q = qdisc_priv(sch);
	struct gnet_stats_queue qs = {};
	struct gnet_stats_basic_sync b;
	struct optq_hist hist;
	struct optq_stats st;

	optq_get_stats(q, &cl->core, &st, &hist);
	gnet_stats_basic_sync_init(&b);
	u64_stats_set(&b.bytes, st.bytes);
	u64_stats_set(&b.packets, st.packets);
	qs.drops = st.drop_overlimit + st.drop_aqm + st.drop_blue +
		   st.drop_ack + st.drop_other;
	qs.backlog = st.backlog_bytes;
	if (gnet_stats_copy_basic(d, NULL, &b, true) < 0 ||
	    gnet_stats_copy_queue(d, NULL, &qs, st.backlog_packets) < 0)
		return -1;
	return gnet_stats_copy_app(d, &st, sizeof(st));
}

const struct Qdisc_class_ops optq_class_ops = {
	.graft		= optq_class_graft,
	.leaf		= optq_class_leaf,
	.qlen_notify	= optq_class_qlen_notify,
	.find		= class_find,
	.change		= class_change,
	.delete		= class_delete,
	.walk		= class_walk,
	.tcf_block	= optq_class_tcf_block,
	.bind_tcf	= class_bind_filter,
	.unbind_tcf	= class_unbind_filter,
	.dump		= class_dump,
	.dump_stats	= class_dump_stats,
};
