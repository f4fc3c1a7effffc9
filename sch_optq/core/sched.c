// SPDX-License-Identifier: GPL-2.0
#include "sched.h"

/* Timers served, and leaves found empty, in one dequeue at most. */
#define SCHED_EVENTS_MAX	256
#define SCHED_TRIES_MAX		64

static bool class_runnable(const struct optq_class *c)
{
	if (c->red || !c->attached)
		return false;
	if (optq_class_is_leaf(c))
		return c->qlen && !c->blocked;
	return c->band_map;
}

/* An idle class saves its burst; one that waits saves what it is owed. */
static void class_refill_rate(struct optq_tree *t, struct optq_class *c,
			      u64 now)
{
	optq_bucket_refill_to(&c->rate, now, optq_wfq_linked(&c->excess) ?
			      optq_class_rate_most(t, c) : c->rate.cap);
}

/* Its own rate has tokens, or a guarantee below it waits to be served. */
static bool class_guaranteed(struct optq_tree *t, struct optq_class *c,
			     u64 since, u64 now)
{
	bool own = false;

	if (optq_bucket_on(&c->rate)) {
		class_refill_rate(t, c, since);
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

static void class_join_excess(struct optq_class *c, bool run)
{
	struct optq_class *p = c->parent;
	struct optq_wfq *band = &p->inner->bands[c->conf.prio];

	if (run) {
		optq_wfq_insert(band, &c->excess);
		p->band_map |= 1U << c->conf.prio;
		return;
	}
	optq_wfq_remove(band, &c->excess);
	if (optq_wfq_empty(band))
		p->band_map &= ~(1U << c->conf.prio);
}

/* The child of c, runnable, whose turn it is. */
static struct optq_class *class_next(struct optq_class *c, u64 now)
{
	struct optq_tagged *due;
	struct optq_wfq_node *n;

	due = optq_edf_pick(&c->inner->guarantees, optq_ticks(now));
	if (due)
		return optq_container_of(due, struct optq_class, guaranteed);
	n = optq_wfq_pick(&c->inner->bands[__ffs(c->band_map)]);
	return optq_container_of(n, struct optq_class, excess);
}

/* Length of the packet that c, runnable, is expected to send next. */
static u32 class_next_len(struct optq_tree *t, struct optq_class *c, u64 now)
{
	if (optq_class_is_leaf(c))
		return c->own_qlen ? optq_leaf_next_len(&c->leaf) : t->mtu;
	return class_next(c, now)->excess.len;
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
	u32 len;

	if (run) {
		gua = class_guaranteed(t, c, *since, now);
		if (gua && optq_bucket_on(&c->rate) && c->rate.tokens >= 0 &&
		    optq_wfq_linked(&c->excess) &&
		    optq_before(c->timer.when_ns, now))
			*since = c->timer.when_ns;
		len = class_next_len(t, c, now);
		changed = len != c->excess.len;
		optq_wfq_set_len(&above->bands[c->conf.prio], &c->excess, len);
		optq_edf_set_span(&above->guarantees, &c->guaranteed,
				  optq_bucket_cost(&c->rate, len),
				  optq_ticks(now));
	} else if (!c->red) {
		optq_wheel_cancel(&t->waiting, &c->timer);
	}

	if (run != optq_wfq_linked(&c->excess)) {
		class_join_excess(c, run);
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
	return changed;
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
	struct optq_class *c = t->sole;

	t->sole = NULL;
	if (c)
		class_sync_up(t, c, now, now);
}

static bool class_may_be_sole(const struct optq_tree *t,
			      const struct optq_class *c)
{
	if (t->qlen != c->qlen + t->direct.qlen || !optq_class_is_leaf(c) ||
	    !class_runnable(c) || optq_wfq_linked(&c->excess))
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
	if (t->sole == c) {
		if (c->red || c->blocked)
			t->sole = NULL;
		return;
	}
	if (class_may_be_sole(t, c)) {
		t->sole = c;
		return;
	}
	sole_end(t, now);
	class_sync_up(t, c, since, now);
}

void optq_class_update(struct optq_tree *t, struct optq_class *c, u64 now)
{
	class_update(t, c, now, now);
}

/* As above, for the usual: packets of the sole leaf. */
static inline void leaf_update(struct optq_tree *t, struct optq_class *leaf,
			       u64 now)
{
	if (t->sole != leaf || unlikely(leaf->red || leaf->blocked))
		optq_class_update(t, leaf, now);
}

void optq_class_unlink(struct optq_tree *t, struct optq_class *c, u64 now)
{
	sole_end(t, now);
	if (c->parent && c != &t->direct) {
		if (optq_wfq_linked(&c->excess))
			class_join_excess(c, false);
		if (optq_tagged_linked(&c->guaranteed))
			optq_edf_remove(&c->parent->inner->guarantees,
					&c->guaranteed);
	}
	optq_wheel_cancel(c->red ? &t->red : &t->waiting, &c->timer);
	optq_list_del(&c->blocked_link);
	c->blocked = false;
	if (t->fattest == c)
		t->fattest = NULL;
	if (t->lender == c)
		t->lender = NULL;
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
		c->red_since_ns = now;
	}
	optq_class_arm(t, c);
}

static bool class_backlogged(const struct optq_class *c)
{
	return c->qlen || c->band_map;
}

static void class_end_red(struct optq_tree *t, struct optq_class *c, u64 now)
{
	optq_wheel_cancel(&t->red, &c->timer);
	c->red = false;
	if (!class_backlogged(c))
		return;
	c->count.throttled_ns += now - c->red_since_ns;
	class_update(t, c, optq_min_u64(c->timer.when_ns, now), now);
}

static void sched_events(struct optq_tree *t, u64 now)
{
	u32 budget = SCHED_EVENTS_MAX;
	struct optq_timer *timer;
	struct optq_class *c;

	while ((timer = optq_wheel_expired(&t->red, now, &budget))) {
		c = optq_container_of(timer, struct optq_class, timer);
		optq_bucket_refill(&c->ceil, now);
		class_end_red(t, c, now);
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

struct optq_class *optq_pick(struct optq_tree *t, u64 now)
{
	struct optq_class *c = &t->root;
	bool gua;

	sched_events(t, now);
	t->lender = NULL;
	t->picked_sole = false;
	if (t->root.red)
		return NULL;
	if (t->direct.qlen)
		return &t->direct;
	if (t->sole) {
		t->picked_sole = true;
		return t->sole->qlen ? t->sole : NULL;
	}
	if (!t->root.band_map)
		return NULL;
	do {
		gua = optq_class_has_guarantees(c);
		c = class_next(c, now);
		if (gua)
			t->lender = c;
	} while (!optq_class_is_leaf(c));
	return c;
}

/*
 * c's rate was refilled, and this packet is one of its own turns.  Classes below
 * it that had saved may bring it into debt, but not further behind its rate than
 * its burst less what the order of siblings' turns may cost it.
 */
static __always_inline void class_charge_rate(struct optq_class *c, u32 len)
{
	optq_bucket_charge(&c->rate, len, -c->rate.cap -
			   optq_bucket_cost(&c->rate, len - len / 8));
	c->count.guaranteed_bytes += len;
}

static __always_inline void class_charge_ceil(struct optq_tree *t,
					      struct optq_class *c, u32 len,
					      u64 now)
{
	if (optq_bucket_on(&c->ceil)) {
		optq_bucket_refill(&c->ceil, now);
		optq_bucket_charge(&c->ceil, len, -c->ceil.cap -
				   optq_bucket_cost(&c->ceil, len));
		if (c->ceil.tokens < 0)
			optq_class_set_red(t, c, now);
	}
	c->count.packets++;
	c->count.bytes += len;
}

static void class_charge(struct optq_tree *t, struct optq_class *c, u32 len,
			 bool gua, u64 now)
{
	struct optq_class *p = c->parent;

	if (gua)
		optq_edf_charge(&p->inner->guarantees, &c->guaranteed,
				optq_bucket_cost(&c->rate, len),
				optq_ticks(now));
	else if (p && c != &t->direct)
		optq_wfq_charge(&p->inner->bands[c->conf.prio], &c->excess, len);
	if (gua && optq_bucket_on(&c->rate)) {
		class_refill_rate(t, c, now);
		class_charge_rate(c, len);
	}
	class_charge_ceil(t, c, len, now);
}

/*
 * As below, for the sole leaf: the same charges, and nobody to compare with.
 * The lender is the first class from below that has tokens of its own rate.
 */
static void sole_sent(struct optq_tree *t, struct optq_class *leaf, u32 len,
		      u64 now)
{
	struct optq_class *c;
	bool gua = false, red = false;

	for (c = leaf; c; c = c->parent) {
		if (optq_bucket_on(&c->rate)) {
			optq_bucket_refill(&c->rate, now);
			gua |= c->rate.tokens >= 0;
			if (gua)
				class_charge_rate(c, len);
		}
		class_charge_ceil(t, c, len, now);
		red |= c->red && c->parent;
	}
	if (red)
		sole_end(t, now);
	else
		leaf_update(t, leaf, now);
}

void optq_sent(struct optq_tree *t, struct optq_class *leaf, u32 len, u64 now)
{
	struct optq_class *c;
	u64 since = now;
	bool gua = false;

	/* It may have ended meanwhile: a grafted qdisc tells when it is empty. */
	if (t->picked_sole) {
		sole_sent(t, leaf, len, now);
		return;
	}
	/* Or begun, when that told one thing and then another. */
	sole_end(t, now);
	for (c = leaf; c; c = c->parent) {
		if (c == t->lender)
			gua = true;
		class_charge(t, c, len, gua && c->parent, now);
	}
	if (leaf == &t->direct)
		return;
	for (c = leaf; c->parent; c = c->parent)
		class_sync(t, c, now, &since);
}

static __always_inline void leaf_set_qlen(struct optq_tree *t,
					  struct optq_class *leaf)
{
	u32 own = leaf->leaf.packets, qlen = own + leaf->foreign_qlen;

	t->qlen += qlen - leaf->qlen;
	t->own_qlen += own - leaf->own_qlen;
	leaf->qlen = qlen;
	leaf->own_qlen = own;
	/* A class out of the tree may be freed, and nobody would tell. */
	if (leaf->attached && own &&
	    (!t->fattest || t->fattest->own_qlen < own))
		t->fattest = leaf;
}

/* What a leaf counts is counted above it too; nearly always there is nothing. */
static void count_overlimit_up(struct optq_class *c, u64 n)
{
	while ((c = c->parent))
		c->count.drop_overlimit_below += n;
}

static void count_codel_up(struct optq_class *c, u64 drops, u64 marks)
{
	while ((c = c->parent)) {
		c->count.drop_aqm_below += drops;
		c->count.ecn_marks_below += marks;
	}
}

void optq_drop_longest(struct optq_tree *t, struct optq_class *leaf,
		       struct optq_drops *drops)
{
	optq_leaf_drop_longest(&t->flows, &leaf->leaf, drops);
	count_overlimit_up(leaf, 1);
}

void optq_enqueue(struct optq_tree *t, struct optq_class *leaf,
		  struct optq_pkt *pkt, u32 hash, u64 now,
		  struct optq_drops *drops)
{
	u64 overlimit = leaf->leaf.drop_overlimit;
	struct optq_class *victim;

	leaf->count.enqueued++;
	optq_leaf_enqueue(&t->flows, &leaf->leaf, pkt, hash, now, drops);
	if (unlikely(leaf->leaf.drop_overlimit != overlimit))
		count_overlimit_up(leaf, 1);
	leaf_set_qlen(t, leaf);
	if (unlikely(t->own_qlen > t->limit)) {
		victim = t->fattest && t->fattest->own_qlen ? t->fattest : leaf;
		optq_drop_longest(t, victim, drops);
		leaf_set_qlen(t, victim);
		if (victim != leaf)
			optq_class_update(t, victim, now);
	}
	leaf_update(t, leaf, now);
}

void optq_class_requeued(struct optq_tree *t, struct optq_class *c, u64 now)
{
	leaf_set_qlen(t, c);
	optq_class_update(t, c, now);
}

void optq_foreign_qlen(struct optq_tree *t, struct optq_class *leaf, u32 qlen,
		       u64 now)
{
	leaf->foreign_qlen = qlen;
	leaf_set_qlen(t, leaf);
	optq_class_update(t, leaf, now);
}

void optq_block(struct optq_tree *t, struct optq_class *leaf, u64 now)
{
	leaf->blocked = true;
	optq_list_move_tail(&t->blocked, &leaf->blocked_link);
	optq_class_update(t, leaf, now);
}

void optq_unblock(struct optq_tree *t, u64 now)
{
	while (!optq_list_empty(&t->blocked)) {
		struct optq_class *c = optq_list_entry(t->blocked.next,
						       struct optq_class,
						       blocked_link);

		optq_list_del(&c->blocked_link);
		c->blocked = false;
		optq_class_update(t, c, now);
	}
}

struct optq_pkt *optq_take(struct optq_tree *t, struct optq_class *leaf,
			   u64 now, struct optq_drops *drops)
{
	u64 aqm = leaf->leaf.drop_aqm, marks = leaf->leaf.ecn_marks;
	struct optq_pkt *pkt;

	pkt = optq_leaf_dequeue(&t->flows, &leaf->leaf, now, drops);
	if (unlikely(leaf->leaf.drop_aqm != aqm ||
		     leaf->leaf.ecn_marks != marks))
		count_codel_up(leaf, leaf->leaf.drop_aqm - aqm,
			       leaf->leaf.ecn_marks - marks);
	leaf_set_qlen(t, leaf);
	if (pkt)
		optq_sent(t, leaf, pkt->len, now);
	else
		optq_class_update(t, leaf, now);
	return pkt;
}

struct optq_pkt *optq_dequeue(struct optq_tree *t, u64 now,
			      struct optq_drops *drops, u64 *next_ns)
{
	struct optq_class *leaf;
	int i;

	for (i = 0; i < SCHED_TRIES_MAX; i++) {
		struct optq_pkt *pkt;

		leaf = optq_pick(t, now);
		if (!leaf) {
			*next_ns = optq_next_event(t, now);
			return NULL;
		}
		pkt = optq_take(t, leaf, now, drops);
		if (pkt)
			return pkt;
	}
	*next_ns = now + 1;
	return NULL;
}

void optq_purge(struct optq_tree *t, struct optq_class *c, u64 now,
		struct optq_drops *drops)
{
	optq_count_drop_other(c, c->leaf.packets);
	optq_leaf_purge(&t->flows, &c->leaf, drops);
	leaf_set_qlen(t, c);
	optq_class_update(t, c, now);
}

void optq_move_queue(struct optq_tree *t, struct optq_class *dst,
		     struct optq_class *src, u64 now)
{
	/* What waits counts where it goes, and so at one place. */
	dst->count.enqueued += src->leaf.packets;
	src->count.enqueued -= src->leaf.packets;
	optq_leaf_move(&t->flows, &dst->leaf, &src->leaf);
	leaf_set_qlen(t, src);
	leaf_set_qlen(t, dst);
	optq_class_update(t, src, now);
	optq_class_update(t, dst, now);
}

void optq_class_unhook(struct optq_tree *t, struct optq_class *c, u64 now)
{
	optq_class_unlink(t, c, now);
	if (c->parent) {
		c->parent->rate_below = 0;
		optq_list_del(&c->sibling);
		if (!--c->parent->n_children)
			optq_class_count_anew(c->parent);
	}
	c->parent = NULL;
	c->attached = false;
	c->depth = 0;
	c->rate_below = 0;
	optq_class_set_pace(c);
	if (c->n_children)
		optq_class_count_anew(c);
	while (!optq_list_empty(&c->children)) {
		struct optq_class *child = optq_list_entry(c->children.next,
							   struct optq_class,
							   sibling);

		optq_class_unlink(t, child, now);
		optq_list_del(&child->sibling);
		child->parent = NULL;
		c->n_children--;
	}
}

void optq_class_reset(struct optq_tree *t, struct optq_class *c, u64 now)
{
	if (c->red)
		optq_wheel_cancel(&t->red, &c->timer);
	c->red = false;
	if (c->ceil.tokens < 0)
		c->ceil.tokens = 0;
	if (c->rate.tokens < 0)
		c->rate.tokens = 0;
	optq_class_update(t, c, now);
}
