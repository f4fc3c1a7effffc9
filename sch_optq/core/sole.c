// SPDX-License-Identifier: GPL-2.0
#include "charge.h"

/* Full when the last of the packets noted came, and charged that one. */
static void charge_full(struct optq_bucket *b, const struct optq_sole *s)
{
	b->tokens = b->cap - optq_bucket_cost(b, s->len);
	b->t_ns = s->sent_ns;
}

void optq_sole_settle(struct optq_tree *t)
{
	struct optq_sole *s = &t->sole;
	struct optq_class *c;

	if (!s->packets)
		return;
	for (c = s->leaf; c; c = c->parent) {
		if (optq_bucket_on(&c->rate)) {
			charge_full(&c->rate, s);
			c->count.guaranteed_bytes += s->bytes;
		}
		if (optq_bucket_on(&c->ceil))
			charge_full(&c->ceil, s);
		c->count.packets += s->packets;
		c->count.bytes += s->bytes;
	}
	s->packets = 0;
	s->bytes = 0;
}

void optq_sole_set(struct optq_tree *t, struct optq_class *leaf)
{
	optq_sole_settle(t);
	optq_sole_forget(&t->sole);
	t->sole.leaf = leaf;
}

static void learn_slowest(struct optq_sole *s, const struct optq_bucket *b)
{
	if (optq_bucket_on(b) && optq_bucket_cost(b, OPTQ_SPLIT_MAX) >
				 optq_bucket_cost(s->slowest, OPTQ_SPLIT_MAX))
		s->slowest = b;
}

/* The longest packet that leaves a full bucket with tokens; a frame is enough. */
static u32 learn_longest(const struct optq_bucket *ceil, u32 longest, u32 frame)
{
	if (!optq_bucket_on(ceil) || ceil->cap >= optq_bucket_cost(ceil, longest))
		return longest;
	return ceil->cap >= optq_bucket_cost(ceil, frame) ? frame : 0;
}

static void learn(struct optq_tree *t)
{
	/* With what a wire adds to it. */
	u32 frame = optq_min_u32(t->mtu + t->mtu / 4, OPTQ_SPLIT_MAX);
	struct optq_sole *s = &t->sole;
	const struct optq_class *c;

	s->slowest = &t->root.ceil;
	s->longest = OPTQ_SPLIT_MAX;
	for (c = s->leaf; c; c = c->parent) {
		learn_slowest(s, &c->rate);
		learn_slowest(s, &c->ceil);
		s->longest = optq_min_u32(s->longest,
					  learn_longest(&c->ceil, s->longest,
							frame));
	}
}

/*
 * All buckets on the path lack at most ticks.  Leaves that take turns one packet
 * each would pay for what is never used: a leaf's path is looked at once it has
 * sent two.  One with a delay saves by other rules.
 */
static void sole_lacks(struct optq_tree *t, s64 ticks, u64 now)
{
	struct optq_sole *s = &t->sole;

	if (!s->slowest) {
		if (!s->seen || s->leaf->leaf.in_order) {
			s->seen = true;
			return;
		}
		learn(t);
	}
	s->full_ns = now + 1 + ((u64)ticks >> OPTQ_TICK_SHIFT);
}

static __always_inline s64 lack(const struct optq_bucket *b, s64 most)
{
	s64 ticks = b->cap - b->tokens;

	return ticks > most ? ticks : most;
}

bool optq_sole_charge(struct optq_tree *t, struct optq_class *leaf, u32 len,
		      u64 now)
{
	bool gua = false, red = false;
	struct optq_class *c;
	s64 most = 0;

	optq_sole_settle(t);
	for (c = leaf; c; c = c->parent) {
		if (optq_bucket_on(&c->rate)) {
			/* With a delay it was refilled when the packet came. */
			if (unlikely(c->leaf.in_order))
				optq_bucket_refill_to(&c->rate, now,
						      optq_class_rate_most(t, c));
			else
				optq_bucket_refill(&c->rate, now);
			gua |= c->rate.tokens >= 0;
			if (gua)
				optq_class_charge_rate(t, c, len);
			most = lack(&c->rate, most);
		}
		optq_class_charge_ceil(t, c, len, now);
		if (optq_bucket_on(&c->ceil))
			most = lack(&c->ceil, most);
		red |= c->red && c->parent;
	}
	if (t->sole.leaf == leaf)
		sole_lacks(t, most, now);
	return red;
}
