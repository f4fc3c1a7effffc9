// SPDX-License-Identifier: GPL-2.0
#include "classify.h"
#include "hash.h"
#include "packet.h"
#include "reclass.h"

/* Where packets of one leaf are looked for by the rules before and after. */
struct reclass {
	struct optq_sched *q;
	const struct optq_stage *st;
	u32 home;		/* id of the leaf; 0: the direct queue */
	u32 fallback;		/* likewise, before */
	u32 fallback_after;
};

static u32 home_by(struct optq_sched *q, struct optq_rules *rules,
		   const struct sk_buff *skb, u32 fallback)
{
	const struct optq_rule_slot *slot = optq_rules_find(rules, q->elems, skb);

	return slot ? slot->class_id : fallback;
}

static bool goes(void *arg, struct optq_pkt *pkt)
{
	const struct sk_buff *skb = optq_skb(pkt);
	const struct reclass *r = arg;

	return !optq_priority_decides(r->q, skb) &&
	       home_by(r->q, r->st->rules, skb, r->fallback_after) != r->home &&
	       home_by(r->q, r->q->rules, skb, r->fallback) == r->home;
}

/* Most policies are laid again for another reason: a walk is for nothing then. */
static bool same_homes(const struct reclass *r)
{
	return r->fallback == r->fallback_after &&
	       optq_rules_same(r->q->rules, r->st->rules);
}

void optq_reclass_lift(struct optq_sched *q, const struct optq_stage *st,
		       u64 now, struct optq_flow *lifted)
{
	struct reclass r = {
		.q = q,
		.st = st,
		.fallback = optq_class_id(q, q->fallback),
		.fallback_after = st->link.default_id,
	};
	struct optq_cl *cl;

	optq_flow_init_shared(lifted, NULL);
	if (!q->tree.own_qlen || rcu_access_pointer(q->filter_list) ||
	    same_homes(&r))
		return;
	optq_lift(&q->tree, &q->tree.direct, goes, &r, now, lifted);
	list_for_each_entry(cl, &q->classes, link) {
		if (!cl->core.leaf.packets)
			continue;
		r.home = cl->common.classid;
		optq_lift(&q->tree, &cl->core, goes, &r, now, lifted);
	}
}

/* Where a packet is to wait. */
struct place {
	struct optq_class *leaf;
	struct optq_hosts hosts;
	u32 hash;
};

static void place_of(struct optq_sched *q, const struct sk_buff *skb,
		     struct place *p)
{
	p->leaf = optq_class_of_waiting(q, skb);
	p->hash = optq_hash(q, &p->leaf->leaf, skb, &p->hosts);
}

/*
 * Packets of one flow stand together, mostly: a run is found once.  They were lifted queue
 * by queue, so where time goes back another one begins.  However short the runs are, each
 * queue that they come to is put in order once.
 */
void optq_reclass_join(struct optq_sched *q, u64 now, struct optq_flow *lifted)
{
	struct optq_pkt *pkt = optq_flow_pop(&q->tree.flows, lifted);
	struct optq_list unsorted;
	struct place at, next;
	struct optq_flow run;

	if (!pkt)
		return;
	optq_list_init(&unsorted);
	place_of(q, optq_skb(pkt), &at);
	while (pkt) {
		optq_flow_init_shared(&run, NULL);
		do {
			optq_pkt_prepare(optq_skb(pkt), at.leaf);
			optq_flow_push(&run, pkt);
			pkt = optq_flow_pop(&q->tree.flows, lifted);
			if (!pkt)
				break;
			place_of(q, optq_skb(pkt), &next);
		} while (next.leaf == at.leaf && next.hash == at.hash &&
			 !optq_before(pkt->enqueue_ns, run.tail->enqueue_ns));
		optq_join(&q->tree, at.leaf, &run, at.hash, &at.hosts, now,
			  &unsorted);
		at = next;
	}
	optq_join_end(&q->tree, now, &unsorted);
}
