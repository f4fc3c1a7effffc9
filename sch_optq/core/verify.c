// SPDX-License-Identifier: GPL-2.0
#include "tree.h"
#include "ahead.h"
#include "verify.h"
#include "../uapi/linux/optq.h"

/* The debt that a leaf lets a flow have, in quanta, and one packet more. */
#define VERIFY_TURNS		64

/* What the walk has met, against what the tree says it has. */
struct tally {
	u64 packets;
	u64 own_packets;	/* in leaves' own queues */
	u64 memory;		/* that those take */
	u32 flows;		/* with an entry of the table */
	u32 host_refs;
	u32 red;
	u32 waiting;
	u32 blocked;
};

/* One slot's ring of timers. */
static const char *slot_verify(const struct optq_wheel *w, u32 place,
			       u32 *timers)
{
	const struct optq_timer *first = w->slot[place], *t = first;
	u32 level = place / OPTQ_WHEEL_SLOTS;
	bool marked = w->map[level] >> (place % OPTQ_WHEEL_SLOTS) & 1;

	if (marked != !!first)
		return "wheel: bitmap and slot differ";
	if (!first)
		return NULL;
	do {
		const struct optq_timer *next =
			optq_list_entry(t->link.next, struct optq_timer, link);

		if (next->link.prev != &t->link)
			return "wheel: ring of timers broken";
		if (t->slot != place)
			return "wheel: timer does not know its slot";
		if ((t->when_ns + (1U << OPTQ_TICK_NS_SHIFT) - 1) >>
		    OPTQ_TICK_NS_SHIFT < w->early)
			return "wheel: timer before the earliest";
		(*timers)++;
		t = next;
	} while (t != first);
	return NULL;
}

/* Checks a wheel's shape and counts its timers. */
static const char *wheel_verify(const struct optq_wheel *w, u32 *timers)
{
	u32 level, place;

	*timers = 0;
	for (level = 0; level < OPTQ_WHEEL_LEVELS; level++) {
		if (!!w->map[level] != (w->levels >> level & 1))
			return "wheel: levels and their bitmaps differ";
	}
	for (place = 0; place < OPTQ_WHEEL_LEVELS * OPTQ_WHEEL_SLOTS; place++) {
		const char *why = slot_verify(w, place, timers);

		if (why)
			return why;
	}
	return NULL;
}

static const char *bucket_verify(const struct optq_bucket *b, s64 most)
{
	if (!optq_bucket_on(b))
		return NULL;
	if (b->cap < 0)
		return "bucket: negative capacity";
	if (b->tokens > most)
		return "bucket: more tokens than it can hold";
	return NULL;
}

static const char *chain_verify(const struct optq_tree *t,
				const struct optq_flow *f, struct tally *tally)
{
	const struct optq_pkt *p, *last = NULL;
	u32 packets = 0;
	u64 bytes = 0;

	for (p = f->head; p; last = p, p = p->next) {
		if (!p->len || p->len > OPTQ_LEN_MAX)
			return "packet: length out of range";
		if (last && optq_before(p->enqueue_ns, last->enqueue_ns))
			return "flow: packets out of order";
		packets++;
		bytes += p->len;
		if (packets > f->packets)
			break;
		if (t->memory.of)
			tally->memory += t->memory.of(p);
	}
	if (f->tail != last || packets != f->packets || bytes != f->bytes)
		return "flow: counts differ from the packets";
	return NULL;
}

static const char *flow_verify(const struct optq_tree *t,
			       const struct optq_leaf *l,
			       const struct optq_flow *f, struct tally *tally)
{
	if (f->leaf != l)
		return "flow: on the list of another leaf";
	if (f->hashed ? optq_flow_find(&t->flows, l, f->hash) != f :
			f != &l->shared)
		return "flow: not what the table finds";
	if (f->deficit > (s32)OPTQ_QUANTUM_MAX ||
	    f->deficit < -(s64)VERIFY_TURNS * OPTQ_QUANTUM_MAX)
		return "flow: deficit out of range";
	return chain_verify(t, f, tally);
}

static const char *leaf_verify(const struct optq_tree *t,
			       const struct optq_leaf *l, struct tally *tally)
{
	const struct optq_list *heads[2] = { &l->new_flows, &l->old_flows };
	u32 flows = 0, old = 0, packets = 0;
	bool fattest = !l->fattest;
	u64 bytes = 0;
	int i;

	for (i = 0; i < 2; i++) {
		const struct optq_list *pos;

		optq_list_for_each(pos, heads[i]) {
			const struct optq_flow *f =
				optq_list_entry(pos, struct optq_flow, link);
			const char *why = flow_verify(t, l, f, tally);

			if (why)
				return why;
			if (pos->next->prev != pos)
				return "leaf: list of flows broken";
			if (i && f->fresh)
				return "leaf: new flow among the old";
			fattest |= f == l->fattest;
			tally->flows += f->hashed;
			packets += f->packets;
			bytes += f->bytes;
			old += !f->fresh;
			flows++;
		}
	}
	if (flows != l->flows || old != l->flows_old)
		return "leaf: number of flows is wrong";
	if (packets != l->packets || bytes != l->bytes)
		return "leaf: backlog differs from its flows";
	if (l->ordered > l->shared.packets)
		return "leaf: more in order than there are";
	if (!fattest)
		return "leaf: longest flow is not its own";
	return NULL;
}

static bool class_may_run(const struct optq_class *c)
{
	if (c->red || !c->attached)
		return false;
	return optq_class_is_leaf(c) ? c->qlen && !c->blocked : !!c->band_map;
}

/* An inner class has the delay of one of those below it. */
static bool urgent_is_of_child(const struct optq_class *c)
{
	const struct optq_tagged *tag = &c->inner->urgent.tag;
	const struct optq_list *pos;

	optq_list_for_each(pos, &c->inner->children) {
		const struct optq_class *m =
			optq_list_entry(pos, struct optq_class, sibling);

		if (optq_class_is_urgent(m) &&
		    optq_class_urgent(m)->tag.start == tag->start &&
		    optq_class_urgent(m)->tag.span == tag->span)
			return true;
	}
	return false;
}

static const char *class_urgent_verify(const struct optq_class *c, bool run)
{
	if (optq_class_is_leaf(c)) {
		run = run && c->has_delay && c->rate.tokens >= 0;
		if (run && c->urgent->tag.span != optq_class_delay_span(c))
			return "class: urgent by another delay than its own";
	} else {
		run = run && !optq_tagset_empty(&c->inner->urgents);
		if (run && !urgent_is_of_child(c))
			return "class: urgent by a delay that nobody has below it";
	}
	return run == optq_class_is_urgent(c) ? NULL :
	       "class: urgent and its place for it differ";
}

/* Places in the parent's sets, and timers, are what c's state asks for. */
static const char *class_places_verify(const struct optq_tree *t,
				       const struct optq_class *c,
				       struct tally *tally)
{
	bool run = !t->sole.leaf && class_may_run(c);
	bool rate = optq_bucket_on(&c->rate);
	bool gua = optq_ahead_len(t, c) ||
		   (run && ((rate && c->rate.tokens >= 0) ||
			    optq_class_has_guarantees(c)));
	bool waiting = run && rate && c->rate.tokens < 0;

	if (run != optq_wfq_linked(&c->excess))
		return "class: runnable and its place for the excess differ";
	if (gua != optq_tagged_linked(&c->guaranteed))
		return "class: guaranteed and its place for it differ";
	if (waiting != (!c->red && optq_timer_is_set(&t->waiting, &c->timer)))
		return "class: beyond its rate and its timer differ";
	if (waiting && c->timer.when_ns !=
		       c->rate.t_ns + optq_bucket_wait_ns(&c->rate))
		return "class: rate timer is set to another time";
	tally->waiting += waiting;
	return class_urgent_verify(c, run);
}

/* What a class may have saved at any depth and under any link. */
static s64 rate_most(const struct optq_class *c)
{
	return c->rate.cap + optq_bucket_cost(&c->rate, OPTQ_SPLIT_MAX) *
			     2 * (OPTQ_DEPTH_MAX + 1);
}

static const char *class_ceil_verify(const struct optq_tree *t,
				     const struct optq_class *c,
				     struct tally *tally)
{
	const char *why = bucket_verify(&c->rate, rate_most(c));

	if (!why)
		why = bucket_verify(&c->ceil, c->ceil.cap);
	if (why)
		return why;
	if (c->red && !optq_timer_is_set(&t->red, &c->timer))
		return "class: over its ceiling and its timer differ";
	if (!c->red)
		return optq_bucket_on(&c->ceil) && c->ceil.tokens < 0 ?
		       "class: in debt to its ceiling, yet not held" : NULL;
	if (!optq_bucket_on(&c->ceil))
		return "class: held at a ceiling that it has not";
	if (optq_before(c->timer.when_ns,
			c->ceil.t_ns + optq_bucket_wait_ns(&c->ceil)))
		return "class: ceiling's timer is early";
	tally->red++;
	return NULL;
}

static const char *class_children_verify(const struct optq_class *c)
{
	const struct optq_list *pos;
	u64 below = 0;
	u32 children = 0;

	if (!c->inner)
		return c->n_children ? "class: children, and no list of them" :
				       NULL;
	optq_list_for_each(pos, &c->inner->children) {
		const struct optq_class *m =
			optq_list_entry(pos, struct optq_class, sibling);

		if (pos->next->prev != pos)
			return "class: list of children broken";
		if (m->parent != c || m->depth != c->depth + 1 || !m->attached)
			return "class: child does not know its place";
		below += optq_class_need(m);
		children++;
	}
	if (children != c->n_children)
		return "class: number of children is wrong";
	return below == c->inner->rate_below ? NULL :
	       "class: sum of the guarantees below is wrong";
}

static const char *class_need_verify(const struct optq_tree *t,
				     const struct optq_class *c)
{
	const char *why = class_children_verify(c);
	struct optq_bucket pace;

	if (why)
		return why;
	if (c->parent &&
	    c->has_delay != optq_ahead_wanted(t, c))
		return "class: whether it has a delay is not known to it";
	if (c->depth > OPTQ_DEPTH_MAX)
		return "class: too deep";
	optq_bucket_set_pace(&pace, optq_class_need(c));
	if (c->parent &&
	    (c->rate.mult != pace.mult || c->rate.shift != pace.shift))
		return "class: pace of its turns does not follow the need";
	return NULL;
}

static const char *class_queue_verify(const struct optq_tree *t,
				      const struct optq_class *c,
				      struct tally *tally)
{
	const char *why = leaf_verify(t, &c->leaf, tally);

	if (!why)
		why = optq_shares_verify(&t->flows, &c->leaf,
					 &tally->host_refs);
	if (why)
		return why;
	if (c->own_qlen != c->leaf.packets || c->qlen < c->own_qlen)
		return "class: qlen differs from its queues";
	if (c->n_children && c->qlen)
		return "class: inner class with packets of its own";
	if (c->blocked == optq_list_empty(&c->blocked_link))
		return "class: blocked and its list differ";
	if (c->blocked && c->n_children)
		return "class: blocked inner class";
	tally->blocked += c->blocked;
	tally->packets += c->qlen;
	tally->own_packets += c->own_qlen;
	return NULL;
}

static bool inherited_is_wrong(const struct optq_class *leaf)
{
	const struct optq_class *d = leaf, *a = leaf;

	while (d->parent && !d->conf.dscp)
		d = d->parent;
	while (a->parent && !a->conf.ack_filter)
		a = a->parent;
	return leaf->leaf.dscp != d->conf.dscp % OPTQ_DSCP_NONE ||
	       optq_max_u32(leaf->leaf.ack_filter, OPTQ_ACK_FILTER_OFF) !=
	       optq_max_u32(a->conf.ack_filter, OPTQ_ACK_FILTER_OFF);
}

static const char *class_verify(const struct optq_tree *t,
				const struct optq_class *c,
				struct tally *tally)
{
	const char *why = class_need_verify(t, c);

	if (!why)
		why = optq_sets_verify(c);
	if (!why)
		why = class_ceil_verify(t, c, tally);
	if (!why && c->parent)
		why = class_places_verify(t, c, tally);
	if (!why)
		why = class_queue_verify(t, c, tally);
	if (!why && c->parent && optq_class_is_leaf(c) && inherited_is_wrong(c))
		why = "DSCP or ACK filter is not the one that was asked for";
	return why;
}

static const char *table_verify(const struct optq_flow_table *t, u32 *used)
{
	const struct optq_list *pos;
	const struct optq_flow *f;
	u32 i, free = 0, pasts = 0;

	*used = 0;
	for (i = 0; i <= t->bucket_mask; i++) {
		pasts += t->past && t->past[i].drops;
		for (f = t->buckets[i]; f; f = f->hash_next) {
			if (!f->hashed || !f->leaf)
				return "flow table: free flow in a bucket";
			if (!f->packets == optq_list_empty(&f->idle))
				return "flow table: idle and its list differ";
			if (optq_list_empty(&f->link))
				return "flow table: flow that no leaf serves";
			if (++*used > t->size)
				return "flow table: bucket chain is a ring";
		}
	}
	optq_list_for_each(pos, &t->free) {
		f = optq_list_entry(pos, struct optq_flow, link);
		if (f->hashed || f->leaf)
			return "flow table: flow in use among the free";
		if (++free > t->size)
			return "flow table: list of the free is a ring";
	}
	if (*used != t->used || *used + free != t->size)
		return "flow table: entries leaked";
	if (pasts != t->pasts)
		return "flow table: flows remembered are not counted";
	return NULL;
}

/* A class out of the tree may hold packets, flows and timers as well. */
static const char *sole_verify(const struct optq_tree *t)
{
	const struct optq_class *c = t->sole.leaf;

	if (!c)
		return t->sole.packets || t->sole.full_ns != ~0ULL ?
		       "tree: packets of no sole leaf" : NULL;
	if (c->red || c->blocked || !c->attached || !optq_class_is_leaf(c))
		return "tree: sole leaf cannot send";
	if (c->qlen + t->direct.qlen != t->qlen)
		return "tree: sole leaf is not alone";
	for (c = c->parent; c->parent; c = c->parent) {
		if (c->red)
			return "tree: sole leaf below a class over its ceiling";
	}
	return NULL;
}

/* Once what was given up has been freed. */
static const char *memory_verify(const struct optq_tree *t,
				 const struct tally *tally)
{
	const struct optq_memory *m = &t->memory;
	u32 used = optq_memory_used(m);

	if (used < tally->memory ||
	    (t->own_qlen == tally->own_packets && used != tally->memory))
		return "tree: memory differs from the packets'";
	if (m->limit && m->most < used)
		return "tree: most memory is less than there is";
	if (m->heaviest && !m->heaviest->attached)
		return "tree: heaviest class is not its own";
	return NULL;
}

static const char *totals_verify(const struct optq_tree *t,
				 const struct tally *tally)
{
	const struct optq_list *pos;
	u32 red, waiting, used, blocked = 0;
	const char *why;

	why = sole_verify(t);
	if (!why)
		why = wheel_verify(&t->red, &red);
	if (!why)
		why = wheel_verify(&t->waiting, &waiting);
	if (!why)
		why = table_verify(&t->flows, &used);
	if (!why)
		why = optq_hosts_verify(&t->flows.hosts, tally->host_refs);
	if (!why && t->memory.of)
		why = memory_verify(t, tally);
	if (why)
		return why;
	if (red < tally->red || waiting < tally->waiting)
		return "tree: timer missing";
	if (used < tally->flows)
		return "tree: leaves have more flows than the table";
	if (t->qlen < tally->packets)
		return "tree: qlen is below the sum of its leaves";
	optq_list_for_each(pos, &t->blocked)
		blocked++;
	if (blocked != tally->blocked)
		return "tree: list of the blocked is wrong";
	return NULL;
}

const char *optq_tree_verify(const struct optq_tree *t)
{
	const struct optq_class *c;
	struct tally tally = { 0 };
	const char *why;

	for (c = &t->root; c;
	     c = optq_class_walk((struct optq_class *)c, &t->root)) {
		why = class_verify(t, c, &tally);
		if (why)
			return why;
	}
	why = class_queue_verify(t, &t->direct, &tally);
	if (why)
		return why;
	return totals_verify(t, &tally);
}
