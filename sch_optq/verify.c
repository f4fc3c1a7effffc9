// SPDX-License-Identifier: GPL-2.0
/* The kernel's side; the core's own is in core/verify*.c. */
#include "core/verify.h"
#include "police.h"
#include "verify.h"

/* Packets that c has sent and does not count yet. */
static u64 noted(const struct optq_sched *q, const struct optq_class *c)
{
	return q->tree.sole.leaf == c ? q->tree.sole.packets : 0;
}

/* A grafted qdisc drops what it took without a word. */
static const char *verify_counts(const struct optq_sched *q)
{
	struct optq_cl *cl;

	list_for_each_entry(cl, &q->classes, link) {
		const struct optq_class *c = &cl->core;

		if (!cl->qdisc && optq_class_is_leaf(c) &&
		    c->count.enqueued != c->count.packets + noted(q, c) +
					 optq_class_drops(c) + c->own_qlen)
			return "a class sent, dropped and holds other than came";
	}
	return NULL;
}

static const char *verify_policer(const struct optq_police *p)
{
	const struct optq_meter *m = &p->meter, *rest = &p->each.rest;
	const struct optq_meter_rates *r = &p->rates;

	if (m->c > r->c_cap || m->x > r->x_cap)
		return "a policer has more tokens than its bursts";
	if (!p->conf.each)
		return NULL;
	if (rest->c > r->c_cap || rest->x > r->x_cap)
		return "a policer has more tokens for many than its bursts";
	return p->each.used > p->each.size ?
	       "a policer has more addresses than entries" : NULL;
}

static const char *verify_policers(const struct optq_sched *q)
{
	const struct optq_police *p = optq_class_police(&q->tree.root);
	const char *why = p ? verify_policer(p) : NULL;
	u32 n = !!p, entries = p ? p->conf.entries : 0;
	struct optq_cl *cl;

	list_for_each_entry(cl, &q->classes, link) {
		p = optq_class_police(&cl->core);
		if (!p)
			continue;
		why = why ?: verify_policer(p);
		n++;
		entries += p->conf.entries;
	}
	if (why)
		return why;
	return n == q->n_policers && entries == q->police_entries &&
	       q->asks == ((q->rules && q->rules->n) || n) ? NULL :
	       "policers are counted wrong, or packets not shown to them";
}

/* Of a list of flows, as the kernel counts them. */
static u32 list_bytes(const struct optq_list *head)
{
	const struct optq_list *pos;
	u32 bytes = 0;

	optq_list_for_each(pos, head) {
		struct optq_flow *f = optq_list_entry(pos, struct optq_flow, link);
		struct optq_pkt *pkt;

		for (pkt = f->head; pkt; pkt = pkt->next)
			bytes += qdisc_pkt_len(optq_skb(pkt));
	}
	return bytes;
}

static u32 class_bytes(const struct optq_class *c)
{
	return list_bytes(&c->leaf.new_flows) + list_bytes(&c->leaf.old_flows);
}

static u32 given_back_bytes(struct sk_buff_head *list)
{
	struct sk_buff *skb;
	u32 bytes = 0;

	skb_queue_walk(list, skb)
		bytes += qdisc_pkt_len(skb);
	return bytes;
}

/*
 * What a grafted qdisc holds is known of the last look at it, so the qdisc and the tree
 * are compared where there never was one.
 */
static const char *verify_queued(struct optq_sched *q)
{
	u32 qlen = q->tree.direct.qlen, bytes = class_bytes(&q->tree.direct);
	struct Qdisc *sch = q->sch;
	struct optq_cl *cl;

	list_for_each_entry(cl, &q->classes, link) {
		qlen += cl->core.qlen;
		bytes += class_bytes(&cl->core);
	}
	if (qlen != q->tree.qlen)
		return "qlen of the tree and of its classes differ";
	if (q->was_grafted)
		return NULL;
	if (optq_queued(sch) != q->tree.qlen)
		return "qlen of the qdisc and of the tree differ";
	bytes += given_back_bytes(&sch->gso_skb) +
		 given_back_bytes(&sch->skb_bad_txq);
	return bytes == sch->qstats.backlog ? NULL :
	       "backlog of the qdisc and its packets differ";
}

/* The list, the table and the tree have the same classes. */
static const char *verify_classes(const struct optq_sched *q)
{
	u32 n = 0, below = q->tree.root.n_children;
	struct optq_cl *cl;

	list_for_each_entry(cl, &q->classes, link) {
		n++;
		below += cl->core.n_children;
		if (!cl->core.attached)
			return "a class is listed and not in the tree";
		if (optq_find(q, cl->common.classid) != cl)
			return "a class is listed and not found by its id";
		if (cl->qdisc && !optq_class_is_leaf(&cl->core))
			return "a class with others below it has a qdisc";
	}
	return n == q->n_classes && n == q->clhash.n && n == below ?
	       NULL : "classes are counted wrong";
}

/* Who names a class names one that is there. */
static const char *verify_names(const struct optq_sched *q)
{
	u32 i;

	for (i = 0; q->rules && i < q->rules->n; i++) {
		u32 id = q->rules->slot[i].class_id;

		if (id && !optq_find(q, id))
			return "a rule names a class that is not there";
	}
	return NULL;
}

static s64 set_to(struct optq_sched *q)
{
	return ktime_to_ns(hrtimer_get_softexpires(&q->watchdog.timer));
}

/* The lock of its tree keeps it. */
static const struct Qdisc *root_of(const struct optq_sched *q)
{
	return rcu_dereference_raw(q->sch->dev_queue->qdisc_sleeping);
}

/* A device that is down looks at nothing. */
static bool is_down(const struct optq_sched *q)
{
	return test_bit(__QDISC_STATE_DEACTIVATED, &root_of(q)->state);
}

/* What may be sent now is looked at now; one that is not set any more has fired. */
static const char *verify_woken(struct optq_sched *q)
{
	return q->sch->q.qlen && !is_down(q) &&
	       hrtimer_is_queued(&q->watchdog.timer) &&
	       set_to(q) > (s64)ktime_get_ns() ?
	       "packets wait after a change, and are looked at later" : NULL;
}

static const char *verify_own(const struct optq_sched *q)
{
	return optq_tree_verify(&q->tree) ?: verify_counts(q) ?: verify_policers(q);
}

const char *optq_verify_why(struct optq_sched *q, bool changed)
{
	const char *why = verify_own(q) ?: verify_queued(q);

	if (!why && q->drops.head)
		why = "packets were given up and not freed";
	if (!why && changed)
		why = verify_classes(q) ?: verify_names(q);
	if (!why && q->fallback != (optq_find_leaf(q, q->conf.default_id) ?:
				    &q->tree.direct))
		why = "the default class is another by now";
	return why || !changed ? why : verify_woken(q);
}

/* The first time at which a ceiling lets packets go that wait. */
static u64 first_event(const struct optq_sched *q)
{
	u64 first = q->tree.root.red ? q->tree.root.timer.when_ns : U64_MAX;
	struct optq_cl *cl;

	list_for_each_entry(cl, &q->classes, link) {
		if (cl->core.red)
			first = min(first, cl->core.timer.when_ns);
	}
	return first;
}

/* Who has a packet that nothing holds. */
static bool may_send(const struct optq_sched *q)
{
	const struct optq_class *p;
	struct optq_cl *cl;

	if (q->tree.root.red)
		return false;
	list_for_each_entry(cl, &q->classes, link) {
		if (!cl->core.own_qlen || cl->core.blocked)
			continue;
		for (p = &cl->core; p && !p->red; p = p->parent)
			;
		if (!p)
			return true;
	}
	return q->tree.direct.own_qlen && !q->tree.direct.blocked;
}

const char *optq_idle_why(struct optq_sched *q, u64 next)
{
	if (!q->cut_short && may_send(q))
		return "a packet waits that nothing holds";
	if (!next)
		return q->tree.own_qlen ? "packets wait for no event" : NULL;
	/* The wheel counts in ticks. */
	if (next > first_event(q) + (2U << OPTQ_TICK_NS_SHIFT))
		return "the next look is after the first event";
	if (is_down(q))
		return NULL;
	/* One that has fired meanwhile has asked for another look. */
	if (!hrtimer_active(&q->watchdog.timer))
		return optq_is_scheduled(root_of(q)) ? NULL :
		       "packets wait, and nothing wakes the qdisc";
	return set_to(q) > (s64)next ? "the timer is set to a later time" : NULL;
}

static void warn(const char *why, const char *where)
{
	WARN_ONCE(why, "optq: after %s: %s\n", where, why);
}

void optq_verify(struct optq_sched *q, const char *where)
{
	warn(optq_verify_why(q, false), where);
}

void optq_verify_change(struct optq_sched *q, const char *where)
{
	warn(optq_verify_why(q, true), where);
}

void optq_verify_idle(struct optq_sched *q, u64 next)
{
	warn(optq_idle_why(q, next), "a dequeue in vain");
}

void optq_verify_reset(struct optq_sched *q)
{
	const char *why;

	/* One whose init() failed is reset before it is destroyed. */
	if (!q->announced)
		return;
	/* What was given back goes after us. */
	why = verify_own(q);
	if (!why && (q->tree.qlen || q->sch->q.qlen || q->sch->qstats.backlog))
		why = "something is left";
	if (!why && hrtimer_active(&q->watchdog.timer))
		why = "a timer without packets";
	warn(why, "reset");
}
