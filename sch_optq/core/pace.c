// SPDX-License-Identifier: GPL-2.0
#include "pace.h"

/* Of what is ahead nothing is forgiven, but for what 63 bits cannot hold. */
#define PACE_AHEAD_MAX	(1LL << 61)
/* Half a minute: as good as for good. */
#define PACE_AHEAD_LONG	(1ULL << 45)

void optq_pace_delays_changed(struct optq_class *c)
{
	c->has_delay = optq_class_is_leaf(c) && c->conf.delay_ns && c->urgent;
	c->delays_below = c->inner && c->inner->delay_rate;
	if (c->inner)
		c->inner->pace_stale = true;
}

void optq_pace_set(struct optq_class *c)
{
	if (!optq_bucket_on(&c->rate))
		optq_bucket_set_pace(&c->rate, c->rate_below);
	optq_pace_delays_changed(c);
}

/* When it is needed: a whole tree is laid leaf by leaf. */
static void pace_refresh(struct optq_class *c, u64 now)
{
	struct optq_inner *inner = c->inner;
	u64 need = optq_class_need(c);
	struct optq_bucket beside;

	optq_bucket_set_pace(&beside, need > inner->delay_rate ?
				      need - inner->delay_rate : 0);
	inner->beside_mult = beside.mult;
	inner->beside_shift = beside.shift;
	inner->delay_part = optq_rate_part(inner->delay_rate, need);
	optq_bucket_set(&inner->ahead, inner->delay_rate, 0, now);
	inner->pace_stale = false;
}

static void pace_refill(struct optq_class *c, u64 now)
{
	if (unlikely(c->inner->pace_stale))
		pace_refresh(c, now);
	else
		optq_bucket_refill(&c->inner->ahead, now);
}

/*
 * While those below with a delay are ahead, turns take what is left besides them;
 * or as long as if what they are ahead by were sent as well, if that is sooner.
 */
s64 optq_pace_cost_beside(struct optq_class *c, u32 len, u64 now)
{
	s64 cost = optq_bucket_cost(&c->rate, len), beside;
	struct optq_inner *inner = c->inner;
	u64 ahead;

	pace_refill(c, now);
	ahead = optq_min_u64((u64)-inner->ahead.tokens, PACE_AHEAD_LONG);
	cost += (s64)((ahead * inner->delay_part) >> OPTQ_PART_SHIFT);
	if (!inner->beside_mult)
		return cost;
	beside = (s64)((len * inner->beside_mult) >> inner->beside_shift) + 1;
	return beside < cost || ahead == PACE_AHEAD_LONG ? beside : cost;
}

/*
 * How far, in ticks, what a leaf sent for its delay moves its guaranteed turns into
 * the future: by as much as it may be behind its rate then.
 */
static u64 pace_ahead_most(const struct optq_tree *t,
			   const struct optq_class *c)
{
	s64 turns = optq_class_turns(c, t->mtu) +
		    optq_bucket_cost(&c->rate, t->mtu / 8);

	return c->rate.cap > turns ? (u64)(c->rate.cap - turns) : 0;
}

void optq_pace_charge_urgent(const struct optq_tree *t, struct optq_class *c,
			     u32 len, u64 now)
{
	if (c->has_delay)
		optq_edf_advance(&c->parent->inner->guarantees, &c->guaranteed,
				 optq_bucket_cost(&c->rate, len),
				 pace_ahead_most(t, c), optq_ticks(now));
	if (!c->delays_below)
		return;
	pace_refill(c, now);
	optq_bucket_charge(&c->inner->ahead, len, -PACE_AHEAD_MAX);
}

void optq_pace_reset(struct optq_class *c)
{
	if (c->inner)
		c->inner->ahead.tokens = 0;
}
