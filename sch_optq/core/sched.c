// SPDX-License-Identifier: GPL-2.0
#include "ahead.h"
#include "charge.h"
#include "turn.h"

/* Timers served in one dequeue at most. */
#define SCHED_EVENTS_MAX	256
/* Turns taken before that one dequeue passes over at most. */
#define SCHED_PASSED_MAX	64

static bool class_runnable(const struct optq_class *c)
{
	if (c->red || !c->attached)
		return false;
	if (optq_class_is_leaf(c))
		return c->qlen && !c->blocked;
	return c->band_map;
}

/* Its own rate has tokens, or a guarantee below it waits to be served. */
static bool class_guaranteed(struct optq_tree *t, struct optq_class *c,
			     u64 since, u64 now)
{
	bool own = false;

	if (optq_bucket_on(&c->rate)) {
		optq_class_refill_rate(t, c, since);
		optq_bucket_refill_to(&c->rate, now,
				      optq_class_rate_most(t, c));
		own = c->rate.tokens >= 0;
		if (!own)
			optq_wheel_set(&t->waiting, &c->timer, c->rate.t_ns +
				       optq_bucket_wait_ns(&c->rate));
	}
	if (own)
		optq_wheel_cancel(&t->waiting, &c->timer);
	return own || optq_class_has_guarantees(c);
}

static void class_join_excess(struct optq_class *c, bool run, u64 now)
{
	struct optq_class *p = c->parent;
	struct optq_wfq *band = &p->inner->bands[c->conf.prio];

	if (run) {
		if (!p->band_map)
			p->inner->guarantees.busy = optq_ticks(now);
		optq_wfq_insert(band, &c->excess);
		p->band_map |= 1U << c->conf.prio;
		return;
	}
	optq_wfq_remove(band, &c->excess);
	if (optq_wfq_empty(band))
		p->band_map &= ~(1U << c->conf.prio);
}

/*
 * Since when the packet that c, a leaf with a delay, sends next has been within
 * its rate: since it came, or since there were tokens for it.  Of a grafted qdisc's
 * packets no arrival is known: from the turn before.
 */
static u64 leaf_urgent_since(const struct optq_class *c, u64 now)
{
	const struct optq_pkt *pkt = c->own_qlen ? optq_leaf_next(&c->leaf) :
						   NULL;
	u64 covered = optq_ticks(now) - (u64)c->rate.tokens;
	u64 came = optq_ticks(optq_max_u64(pkt ? pkt->enqueue_ns : now,
					   c->red_changed_ns));

	if (!pkt && optq_tagged_linked(&c->urgent->tag))
		came = c->urgent->tag.start;
	return optq_before(came, covered) ? covered : came;
}

/* c's place in the order of delays; true when it has changed. */
static bool class_sync_urgent(struct optq_class *c, bool run, u64 now)
{
	struct optq_tagset *above = &c->parent->inner->urgents;
	struct optq_urgent *u = optq_class_urgent(c);
	const struct optq_tagged *first = NULL;
	u64 start = 0, span = 0;
	bool was;

	if (likely(!u))
		return false;
	was = optq_tagged_linked(&u->tag);
	if (optq_class_is_leaf(c)) {
		run = run && c->has_delay && c->rate.tokens >= 0;
		if (run) {
			start = leaf_urgent_since(c, now);
			span = optq_class_delay_span(c);
			if (was && optq_before(start, u->tag.start))
				start = u->tag.start;
		}
	} else {
		first = optq_tagset_first(&c->inner->urgents, optq_ticks(now));
		run = run && first;
		if (run) {
			start = first->start;
			span = first->span;
		}
	}
	if (was && run && u->tag.start == start && u->tag.span == span)
		return false;
	if (was)
		optq_tagset_del(above, &u->tag);
	if (run) {
		u->tag.start = start;
		optq_tagset_set_span(above, &u->tag, span, optq_ticks(now));
		optq_tagset_add(above, &u->tag, optq_ticks(now));
	}
	return was || run;
}

/* Length of a turn that c has taken ahead and will be given, bytes; 0: none. */
static u32 class_ahead(const struct optq_tree *t, struct optq_class *c, u64 now)
{
	u32 len = optq_ahead_len(t, c);

	if (likely(!len) || !optq_tagged_linked(&c->guaranteed))
		return len;
	optq_ahead_forgive_idle(c, now);
	return optq_ahead_len(t, c);
}

/*
 * Brings c's places in its parent's sets in line with its state.  since: when c,
 * or what is below it, came to be due.  A class that waited for tokens is due
 * from when it had them, not from when the timer was looked at.
 */
static bool class_sync(struct optq_tree *t, struct optq_class *c, u64 now,
		       u64 *since)
{
	bool run = class_runnable(c), gua = false, changed = false;
	struct optq_inner *above = c->parent->inner;
	u32 len = 0, ahead;

	if (run) {
		gua = class_guaranteed(t, c, *since, now);
		if (gua && optq_bucket_on(&c->rate) &&
		    c->rate.tokens >= 0 && optq_wfq_linked(&c->excess) &&
		    !optq_tagged_linked(optq_class_turn_tag(c)) &&
		    optq_before(c->timer.when_ns, now))
			*since = c->timer.when_ns;
		len = optq_turn_len(t, c, now);
		changed = len != c->excess.len;
		optq_wfq_set_len(&above->bands[c->conf.prio], &c->excess, len);
	} else if (!c->red) {
		optq_wheel_cancel(&t->waiting, &c->timer);
	}
	ahead = class_ahead(t, c, now);
	if (unlikely(ahead) && !gua) {
		gua = true;
		len = ahead;
	}
	if (gua)
		optq_edf_set_span(&above->guarantees, &c->guaranteed,
				  optq_bucket_cost(&c->rate, len),
				  optq_ticks(now));

	if (run != optq_wfq_linked(&c->excess)) {
		class_join_excess(c, run, now);
		changed = true;
	}
	if (gua != optq_tagged_linked(&c->guaranteed)) {
		if (gua)
			optq_edf_insert(&above->guarantees, &c->guaranteed,
					optq_bucket_cost(&c->rate, OPTQ_LEN_MAX),
					optq_ticks(*since), optq_ticks(now));
		else
			optq_edf_remove(&above->guarantees, &c->guaranteed);
		changed = true;
	}
	return class_sync_urgent(c, run, now) || changed;
}

static void class_sync_up(struct optq_tree *t, struct optq_class *c, u64 since,
			  u64 now)
{
	while (c->parent && class_sync(t, c, now, &since))
		c = c->parent;
}

/* Others have packets as well, or the tree changes: back into the sets. */
static void sole_end(struct optq_tree *t, u64 now)
{
	struct optq_class *c = t->sole.leaf;

	if (!c)
		return;
	optq_sole_set(t, NULL);
	class_sync_up(t, c, now, now);
}

static bool class_may_be_sole(const struct optq_tree *t,
			      const struct optq_class *c)
{
	if (t->qlen != c->qlen + t->direct.qlen || !optq_class_is_leaf(c) ||
	    !class_runnable(c) || optq_wfq_linked(&c->excess))
		return false;
	/* Its place for a turn that was taken ahead is to go once nothing is owed. */
	if (unlikely(optq_tagged_linked(&c->guaranteed) && !optq_ahead_len(t, c)))
		return false;
	/* The link has no place in a set to lose. */
	for (c = c->parent; c->parent; c = c->parent) {
		if (c->red)
			return false;
	}
	return true;
}

static void class_update(struct optq_tree *t, struct optq_class *c, u64 since,
			 u64 now)
{
	if (c == &t->direct)
		return;
	if (t->sole.leaf == c) {
		if (c->red || c->blocked)
			optq_sole_set(t, NULL);
		return;
	}
	if (class_may_be_sole(t, c)) {
		optq_sole_set(t, c);
		return;
	}
	sole_end(t, now);
	class_sync_up(t, c, since, now);
}

void optq_class_update(struct optq_tree *t, struct optq_class *c, u64 now)
{
	/* A turn to be paid for keeps its place there: it may have been forgiven. */
	if (unlikely(t->sole.leaf == c && optq_tagged_linked(&c->guaranteed)))
		sole_end(t, now);
	class_update(t, c, now, now);
}

void optq_class_unlink(struct optq_tree *t, struct optq_class *c, u64 now)
{
	struct optq_urgent *u = optq_class_urgent(c);

	sole_end(t, now);
	if (c->parent && c != &t->direct) {
		if (optq_wfq_linked(&c->excess))
			class_join_excess(c, false, now);
		if (optq_tagged_linked(&c->guaranteed))
			optq_edf_remove(&c->parent->inner->guarantees,
					&c->guaranteed);
		if (u && optq_tagged_linked(&u->tag))
			optq_tagset_del(&c->parent->inner->urgents, &u->tag);
	}
	optq_wheel_cancel(c->red ? &t->red : &t->waiting, &c->timer);
	optq_list_del(&c->blocked_link);
	c->blocked = false;
	if (t->fattest == c)
		t->fattest = NULL;
	if (t->memory.heaviest == c)
		t->memory.heaviest = NULL;
	if (t->lender == c)
		t->lender = NULL;
	if (t->urgent_top == c)
		t->urgent_top = NULL;
	if (c->parent)
		optq_class_update(t, c->parent, now);
}

void optq_class_arm(struct optq_tree *t, struct optq_class *c)
{
	if (c->red && c->attached)
		optq_wheel_set(&t->red, &c->timer,
			       c->ceil.t_ns + optq_bucket_wait_ns(&c->ceil));
}

void optq_class_set_red(struct optq_tree *t, struct optq_class *c, u64 now)
{
	if (!c->red) {
		optq_wheel_cancel(&t->waiting, &c->timer);
		c->red = true;
		c->red_changed_ns = now;
	}
	optq_class_arm(t, c);
}

static bool class_backlogged(const struct optq_class *c)
{
	return c->qlen || c->band_map;
}

void optq_class_end_red(struct optq_tree *t, struct optq_class *c, u64 now)
{
	if (!c->red)
		return;
	optq_wheel_cancel(&t->red, &c->timer);
	c->red = false;
	if (class_backlogged(c))
		c->count.throttled_ns += now - c->red_changed_ns;
	c->red_changed_ns = now;
}

/* Since when c, whose ceiling let it go at when, has had something to send. */
static u64 class_free_since(const struct optq_class *c, u64 when, u64 now)
{
	const struct optq_pkt *pkt;
	u64 came = now;

	if (!optq_class_is_leaf(c)) {
		came -= (optq_ticks(now) - c->inner->guarantees.busy) >>
			OPTQ_TICK_SHIFT;
	} else if (c->own_qlen) {
		pkt = optq_leaf_next(&c->leaf);
		came = pkt ? pkt->enqueue_ns : now;
	}
	return optq_min_u64(optq_max_u64(came, when), now);
}

static void sched_events(struct optq_tree *t, u64 now)
{
	u32 budget = SCHED_EVENTS_MAX;
	struct optq_timer *timer;
	struct optq_class *c;

	while ((timer = optq_wheel_expired(&t->red, now, &budget))) {
		c = optq_container_of(timer, struct optq_class, timer);
		optq_bucket_refill(&c->ceil, now);
		optq_class_end_red(t, c, now);
		if (class_backlogged(c))
			class_update(t, c, class_free_since(c, timer->when_ns,
							    now), now);
	}
	while ((timer = optq_wheel_expired(&t->waiting, now, &budget))) {
		c = optq_container_of(timer, struct optq_class, timer);
		optq_class_update(t, c, now);
	}
}

u64 optq_next_event(const struct optq_tree *t, u64 now)
{
	return t->qlen ? optq_wheel_next(&t->red, now) : 0;
}

/* The leaf to send from, by the order of all turns, and by which its own is. */
static struct optq_class *pick_leaf(struct optq_tree *t, u64 now,
				    enum optq_turn *turn)
{
	struct optq_class *c = &t->root;

	*turn = OPTQ_TURN_ANY;
	do {
		c = optq_turn_next(c, now, turn);
		if (*turn != OPTQ_TURN_EXCESS)
			t->lender = c;
		if (*turn < OPTQ_TURN_EARLY)
			t->urgent_top = NULL;
		else if (!t->urgent_top)
			t->urgent_top = c;
	} while (!optq_class_is_leaf(c));
	return c;
}

/* Likewise, but as if nothing was guaranteed. */
static struct optq_class *pick_excess(struct optq_tree *t)
{
	struct optq_class *c = &t->root;
	struct optq_wfq_node *n;

	do {
		n = optq_wfq_pick(&c->inner->bands[__ffs(c->band_map)]);
		c = optq_container_of(n, struct optq_class, excess);
	} while (!optq_class_is_leaf(c));
	return c;
}

/* The guaranteed turn of leaf was taken before: nothing leaves. */
static void pass_turn(struct optq_tree *t, struct optq_class *leaf, u64 now)
{
	u64 since = now;
	struct optq_class *c;

	optq_ahead_pass(t, leaf, now);
	t->lender = NULL;
	for (c = leaf; c->parent; c = c->parent)
		class_sync(t, c, now, &since);
}

struct optq_class *optq_pick(struct optq_tree *t, u64 now)
{
	u32 budget = SCHED_PASSED_MAX;
	enum optq_turn turn;
	struct optq_class *c;

	sched_events(t, now);
	t->lender = NULL;
	t->urgent_top = NULL;
	t->picked_sole = false;
	if (t->root.red)
		return NULL;
	if (t->direct.qlen)
		return &t->direct;
	if (t->sole.leaf) {
		t->picked_sole = true;
		return t->sole.leaf->qlen ? t->sole.leaf : NULL;
	}
	if (!t->root.band_map)
		return NULL;
	while (budget--) {
		c = pick_leaf(t, now, &turn);
		if (turn != OPTQ_TURN_GUARANTEED ||
		    likely(!optq_ahead_passes(t, c, optq_ticks(now))))
			return c;
		pass_turn(t, c, now);
	}
	return pick_excess(t);
}

void optq_class_bound_debt(const struct optq_tree *t, struct optq_class *c,
			   u32 len)
{
	s64 turns = optq_class_turns(c, t->mtu);
	s64 most = optq_bucket_cost(&c->rate, len - len / 4);

	if (c->rate.cap > turns)
		most += c->rate.cap - turns;
	if (c->rate.tokens < -most)
		c->rate.tokens = -most;
}

static void class_charge(struct optq_tree *t, struct optq_class *c, u32 len,
			 bool gua, bool urgent, u64 now)
{
	struct optq_class *p = c->parent;

	if (gua) {
		if (unlikely(optq_class_behind(c, now)))
			c->count.missed_ns = now;
		if (likely(!urgent))
			optq_edf_charge(&p->inner->guarantees, &c->guaranteed,
					optq_bucket_cost(&c->rate, len),
					optq_ticks(now));
		else if (c->has_delay)
			optq_ahead_take(t, c, len, t->urgent_top->depth);
	} else if (p && c != &t->direct) {
		optq_wfq_charge(&p->inner->bands[c->conf.prio], &c->excess, len);
	}
	if (gua && optq_bucket_on(&c->rate)) {
		optq_class_refill_rate(t, c, now);
		optq_class_charge_rate(t, c, len);
	}
	optq_class_charge_ceil(t, c, len, now);
}

/* As below, for the sole leaf: the same charges, and nobody to compare with. */
static void sole_sent(struct optq_tree *t, struct optq_class *leaf, u32 len,
		      u64 now)
{
	if (optq_sole_charge(t, leaf, len, now))
		sole_end(t, now);
	else
		optq_leaf_update(t, leaf, now);
}

/* The next packet of a grafted qdisc is due anew. */
static void leaf_end_turn(struct optq_class *leaf)
{
	struct optq_urgent *u = optq_class_urgent(leaf);

	if (unlikely(u) && !leaf->own_qlen && optq_tagged_linked(&u->tag))
		optq_tagset_del(&leaf->parent->inner->urgents, &u->tag);
}

void optq_sent(struct optq_tree *t, struct optq_class *leaf, u32 len, u64 now)
{
	struct optq_class *c;
	u64 since = now;
	bool gua = false, urgent;

	/* It may have ended meanwhile: a grafted qdisc tells when it is empty. */
	if (t->picked_sole) {
		if (!optq_sole_note(&t->sole, len, now))
			sole_sent(t, leaf, len, now);
		return;
	}
	/* Or begun, when that told one thing and then another. */
	sole_end(t, now);
	urgent = t->urgent_top;
	for (c = leaf; c; c = c->parent) {
		if (c == t->lender)
			gua = true;
		class_charge(t, c, len, gua && c->parent, urgent, now);
		if (c == t->urgent_top)
			urgent = false;
	}
	if (leaf == &t->direct)
		return;
	leaf_end_turn(leaf);
	for (c = leaf; c->parent; c = c->parent)
		class_sync(t, c, now, &since);
}

void optq_class_unhook(struct optq_tree *t, struct optq_class *c, u64 now)
{
	optq_class_unlink(t, c, now);
	if (c->parent) {
		c->parent->inner->rate_below = 0;
		optq_list_del(&c->sibling);
		if (!--c->parent->n_children)
			optq_class_count_anew(c->parent);
	}
	c->parent = NULL;
	c->attached = false;
	c->depth = 0;
	if (c->inner)
		c->inner->rate_below = 0;
	optq_class_set_pace(c);
	optq_ahead_forget(c);
	optq_ahead_set_leaf(t, c);
	if (c->n_children)
		optq_class_count_anew(c);
	while (c->n_children) {
		struct optq_list *first = c->inner->children.next;
		struct optq_class *child =
			optq_list_entry(first, struct optq_class, sibling);

		optq_class_unlink(t, child, now);
		optq_ahead_forget(child);
		optq_list_del(&child->sibling);
		child->parent = NULL;
		c->n_children--;
	}
}

void optq_class_reset(struct optq_tree *t, struct optq_class *c, u64 now)
{
	optq_sole_settle(t);
	optq_sole_forget(&t->sole);
	optq_class_end_red(t, c, now);
	if (c->ceil.tokens < 0)
		c->ceil.tokens = 0;
	if (c->rate.tokens < 0)
		c->rate.tokens = 0;
	optq_ahead_forget(c);
	optq_class_update(t, c, now);
}
