// SPDX-License-Identifier: GPL-2.0
#include "budget.h"
#include "filter.h"
#include "graft.h"
#include "police.h"
#include "reclass.h"
#include "swap.h"
#include "sysfs.h"
#include "verify.h"

int optq_swap_check(struct optq_sched *q, const struct optq_stage *st,
		    struct netlink_ext_ack *extack)
{
	struct optq_cl *cl;

	list_for_each_entry(cl, &q->classes, link) {
		if (!cl->filter_cnt ||
		    optq_stage_find(st, cl->common.classid) != OPTQ_NONE)
			continue;
		optq_set_err_fmt(extack, "a tc filter points to a class that would go: delete the filter first",
				 "a tc filter points to class %x:%x, which would go: delete it first",
				 TC_H_MAJ(q->sch->handle) >> 16,
				 cl->common.classid);
		return -EBUSY;
	}
	return 0;
}

/* Everything that can fail, before anything is touched. */
static int swap_classes(struct optq_sched *q, struct optq_stage *st,
			struct netlink_ext_ack *extack)
{
	struct optq_cl *cl;
	u32 i;
	int err;

	err = optq_swap_check(q, st, extack);
	if (err)
		return err;
	list_for_each_entry(cl, &q->classes, link) {
		u32 at = optq_stage_find(st, cl->common.classid);

		cl->stays = at != OPTQ_NONE;
		if (cl->stays)
			st->class[at].cl = cl;
	}
	err = optq_cl_give_urgent(&q->tree.root, st->police);
	if (err)
		return err;
	for (i = 0; i < st->n; i++) {
		struct optq_stage_class *c = &st->class[i];

		if (!c->cl) {
			cl = optq_cl_alloc(q, c->id, c->name);
			if (IS_ERR(cl))
				return PTR_ERR(cl);
			c->cl = cl;
			c->fresh = true;
		}
		err = c->n_children ? optq_cl_give_inner(&c->cl->core) : 0;
		if (!err)
			err = optq_cl_give_urgent(&c->cl->core, c->police ||
						  (!c->n_children && c->conf.delay_ns));
		if (!err)
			err = optq_cl_give_shares(q, &c->cl->core, &c->conf);
		if (err)
			return err;
		cond_resched();
	}
	return 0;
}

/* A class that lives on may have got another name. */
static int swap_names(struct optq_stage *st, char **names)
{
	u32 i;

	for (i = 0; i < st->n; i++) {
		struct optq_stage_class *c = &st->class[i];

		if (c->fresh || !c->name ||
		    (c->cl->name && !strcmp(c->name, c->cl->name)))
			continue;
		names[i] = kstrdup(c->name, GFP_KERNEL_ACCOUNT);
		if (!names[i])
			return -ENOMEM;
	}
	return 0;
}

/* Takes the tree apart; grafted qdiscs that cannot stay go to be put. */
static void swap_dismantle(struct optq_sched *q, struct optq_stage *st,
			   struct Qdisc **put, struct list_head *gone, u64 now)
{
	struct optq_cl *cl, *tmp;
	u32 i;

	/*
	 * Only leaves have a qdisc of their own.  What is lost with one counts
	 * in the classes above, as long as they are above.
	 */
	for (i = 0; i < st->n; i++) {
		if (st->class[i].n_children)
			put[i] = optq_ungraft(q, &st->class[i].cl->core, now);
	}
	list_for_each_entry(cl, &q->classes, link) {
		/* Put with its class, when the lock is gone. */
		if (!cl->stays)
			cl->qdisc = optq_ungraft(q, &cl->core, now);
	}
	list_for_each_entry_safe(cl, tmp, &q->classes, link) {
		optq_class_unhook(&q->tree, &cl->core, now);
		if (!cl->stays)
			list_move_tail(&cl->link, gone);
	}
	list_for_each_entry(cl, gone, link) {
		optq_clhash_remove(&q->clhash, &cl->common);
		optq_police_gone(q, &cl->core);
	}
}

static void swap_build(struct optq_sched *q, struct optq_stage *st,
		       char **names, u64 now)
{
	u32 i;

	INIT_LIST_HEAD(&q->classes);
	q->has_delays = false;
	for (i = 0; i < st->n; i++) {
		struct optq_stage_class *c = &st->class[i];
		struct optq_class *parent = c->parent == OPTQ_NONE ?
			&q->tree.root : &st->class[c->parent].cl->core;

		if (names[i] || !c->name)
			swap(names[i], c->cl->name);
		optq_class_configure(&q->tree, &c->cl->core, &c->conf, now);
		optq_police_swap(q, &c->cl->core, &c->police, now);
		optq_class_attach(&q->tree, &c->cl->core, parent, now);
		list_add_tail(&c->cl->link, &q->classes);
		if (c->fresh)
			optq_clhash_insert(&q->clhash, &c->cl->common);
		c->fresh = false;
		q->has_delays |= !!c->conf.delay_ns;
	}
	q->n_classes = st->n;
}

/*
 * What waits in the classes that go goes to the one where such packets drain: in
 * pairs first, for queues that are merged by arrival are walked as a whole.
 */
static void swap_drain(struct optq_sched *q, struct list_head *gone, u64 now)
{
	LIST_HEAD(empty);
	struct optq_cl *a, *b;

	while (!list_empty(gone)) {
		b = list_first_entry(gone, struct optq_cl, link);
		list_move_tail(&b->link, &empty);
		if (list_empty(gone)) {
			optq_move_queue(&q->tree, optq_drain_class(q), &b->core,
					now);
		} else {
			a = list_first_entry(gone, struct optq_cl, link);
			optq_move_queue(&q->tree, &a->core, &b->core, now);
			list_move_tail(&a->link, gone);
		}
		optq_class_unlink(&q->tree, &b->core, now);
	}
	list_splice(&empty, gone);
}

static void swap_locked(struct optq_swap *s, struct optq_sched *q,
			struct optq_stage *st)
{
	struct optq_drops drops = {};
	u64 now = ktime_get_ns();
	struct optq_flow lifted;

	optq_reclass_lift(q, st, now, &lifted);
	swap_dismantle(q, st, s->put, &s->gone, now);
	swap_build(q, st, s->names, now);
	optq_apply_link(q, &st->link, now);
	optq_police_swap(q, &q->tree.root, &st->police, now);
	swap(q->rules, st->rules);
	swap_drain(q, &s->gone, now);
	optq_changed(q, now);
	optq_reclass_join(q, now, &lifted);
	optq_tree_trim(&q->tree, now, &drops);
	optq_settle(q->sch, &drops);
	q->generation++;
	optq_verify_change(q, "swap");
}

int optq_swap_prepare(struct optq_swap *s, struct optq_sched *q,
		      struct optq_stage *st, struct netlink_ext_ack *extack)
{
	int err;

	INIT_LIST_HEAD(&s->gone);
	s->dropped = 0;
	s->q = q;
	err = optq_budget_fit(q, &st->link, extack);
	if (err)
		return err;
	s->names = kvcalloc(st->n + 1, sizeof(*s->names), OPTQ_GFP_MANY);
	s->put = kvcalloc(st->n + 1, sizeof(*s->put), OPTQ_GFP_MANY);
	if (!s->names || !s->put)
		return -ENOMEM;
	return optq_clhash_reserve(q, max(q->n_classes, st->n), &s->room) ?:
	       swap_classes(q, st, extack) ?: swap_names(st, s->names);
}

void optq_swap_commit(struct optq_swap *s, struct optq_sched *q,
		      struct optq_stage *st, struct netlink_ext_ack *extack)
{
	optq_clhash_use(q, &s->room);
	sch_tree_lock(q->sch);
	s->dropped = q->sch->q.qlen;
	swap_locked(s, q, st);
	s->dropped -= q->sch->q.qlen;
	sch_tree_unlock(q->sch);
	optq_clhash_fit(q);
	optq_sysfs_update(q, extack);
}

void optq_swap_end(struct optq_swap *s, struct optq_stage *st)
{
	struct optq_cl *cl, *tmp;
	u32 i;

	optq_budget_settle(s->q);
	list_for_each_entry_safe(cl, tmp, &s->gone, link) {
		list_del(&cl->link);
		optq_filter_end(s->q, cl);
		optq_cl_free(cl);
		cond_resched();
	}
	for (i = 0; i < st->n; i++) {
		if (s->names)
			kfree(s->names[i]);
		if (s->put)
			qdisc_put(s->put[i]);
	}
	optq_clhash_room_free(&s->room);
	kvfree(s->names);
	kvfree(s->put);
}
