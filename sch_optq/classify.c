// SPDX-License-Identifier: GPL-2.0
#include "classify.h"

/* Inner classes that filters may lead through, one to the next. */
#define CLASSIFY_HOPS	OPTQ_DEPTH_MAX

static struct optq_class *classify_rules(struct optq_sched *q,
					 const struct sk_buff *skb)
{
	struct optq_rule_slot *slot = optq_rules_find(q->rules, q->elems, skb);

	if (!slot)
		return NULL;
	slot->hits++;
	return optq_find_leaf(q, slot->class_id);
}

/* The class that skb->priority or a filter's result names by its handle. */
static struct optq_cl *class_by_handle(struct optq_sched *q, u32 handle)
{
	/* A default qdisc has no handle, and low priorities name nothing. */
	if (!q->sch->handle || TC_H_MAJ(handle ^ q->sch->handle))
		return NULL;
	return optq_find(q, TC_H_MIN(handle));
}

/* The leaf that skb->priority names; NULL: none. */
static struct optq_class *leaf_by_priority(struct optq_sched *q,
					   const struct sk_buff *skb)
{
	struct optq_cl *cl;

	if (!skb->priority)
		return NULL;
	if (skb->priority == q->sch->handle)
		return &q->tree.direct;
	cl = class_by_handle(q, skb->priority);
	return cl && optq_class_is_leaf(&cl->core) ? &cl->core : NULL;
}

bool optq_priority_decides(struct optq_sched *q, const struct sk_buff *skb)
{
	struct optq_cl *cl;

	if (leaf_by_priority(q, skb))
		return true;
	cl = skb->priority ? class_by_handle(q, skb->priority) : NULL;
	return cl && rcu_access_pointer(cl->filter_list);
}

struct optq_class *optq_class_of_waiting(struct optq_sched *q,
					 const struct sk_buff *skb)
{
	struct optq_class *c = leaf_by_priority(q, skb);
	const struct optq_rule_slot *slot;

	if (c)
		return c;
	slot = optq_rules_find(q->rules, q->elems, skb);
	return (slot ? optq_find_leaf(q, slot->class_id) : NULL) ?: q->fallback;
}

/*
 * Follows tc filters from fl.  Returns the leaf; NULL with *done when the
 * packet is not ours any more, NULL without when no filter decided.
 */
static struct optq_class *classify_filters(struct optq_sched *q,
					   struct sk_buff *skb,
					   struct tcf_proto *fl, int *qerr,
					   bool *done)
{
	struct tcf_result res = {};
	int hops, verdict;

	for (hops = 0; fl && hops < CLASSIFY_HOPS; hops++) {
		struct optq_cl *cl;

		verdict = optq_tcf_classify(skb, fl, &res);
		if (verdict < 0)
			return NULL;
		switch (verdict) {
		case TC_ACT_QUEUED:
		case TC_ACT_STOLEN:
		case TC_ACT_TRAP:
			*qerr = NET_XMIT_SUCCESS | __NET_XMIT_STOLEN;
			fallthrough;
		case TC_ACT_SHOT:
			*done = true;
			return NULL;
		case TC_ACT_CONSUMED:
			/* Somebody else's by now: not even ours to free. */
			*qerr = OPTQ_CONSUMED;
			*done = true;
			return NULL;
		}
		if (res.classid && res.classid == q->sch->handle)
			return &q->tree.direct;
		cl = class_by_handle(q, res.classid);
		if (!cl)
			return NULL;
		if (optq_class_is_leaf(&cl->core))
			return &cl->core;
		fl = rcu_dereference_bh(cl->filter_list);
	}
	return NULL;
}

struct optq_class *optq_classify(struct optq_sched *q, struct sk_buff *skb,
				 int *qerr)
{
	struct tcf_proto *fl = rcu_dereference_bh(q->filter_list);
	struct optq_class *c;
	bool done = false;

	*qerr = NET_XMIT_SUCCESS | __NET_XMIT_BYPASS;
	if (skb->priority) {
		struct optq_cl *cl = class_by_handle(q, skb->priority);

		if (skb->priority == q->sch->handle)
			return &q->tree.direct;
		if (cl && optq_class_is_leaf(&cl->core))
			return &cl->core;
		if (cl)
			fl = rcu_dereference_bh(cl->filter_list);
	}
	c = classify_filters(q, skb, fl, qerr, &done);
	if (c || done)
		return c;
	return classify_rules(q, skb) ?: q->fallback;
}
