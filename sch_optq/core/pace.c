// SPDX-License-Identifier: GPL-2.0
#include "pace.h"

/* Of what is ahead nothing is forgiven, but for what 63 bits cannot hold. */
#define PACE_AHEAD_MAX	(1LL << 61)
/* Half a minute: as good as for good. */
#define PACE_AHEAD_LONG	(1ULL << 45)
#define PACE_PART_SHIFT	16

/* rate / need, 1 at most, rounded up. */
static u32 pace_part(u64 rate, u64 need)
{
	for (; need >> 47; need >>= 1)
		rate >>= 1;
	if (rate >= need)
		return 1U << PACE_PART_SHIFT;
	return (u32)div64_u64(rate << PACE_PART_SHIFT, need) + 1;
}

void optq_pace_set(struct optq_class *c, u64 now)
{
	struct optq_inner *inner = c->inner;
	u64 need = optq_class_need(c);

	if (!optq_bucket_on(&c->rate))
		optq_bucket_set_pace(&c->rate, c->rate_below);
	c->has_delay = optq_class_is_leaf(c) && c->conf.delay_ns;
	c->delays_below = inner && inner->delay_rate;
	if (!inner)
		return;
	optq_bucket_set(&inner->ahead, inner->delay_rate, 0, now);
	inner->delay_part = pace_part(inner->delay_rate, need);
	optq_bucket_set_pace(&inner->beside, need > inner->delay_rate ?
					     need - inner->delay_rate : 0);
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

	optq_bucket_refill(&inner->ahead, now);
	ahead = optq_min_u64((u64)-inner->ahead.tokens, PACE_AHEAD_LONG);
	cost += (s64)((ahead * inner->delay_part) >> PACE_PART_SHIFT);
	if (!inner->beside.mult)
		return cost;
	beside = optq_bucket_cost(&inner->beside, len);
	return beside < cost || ahead == PACE_AHEAD_LONG ? beside : cost;
}

void optq_pace_charge_urgent(struct optq_class *c, u32 len, u64 now)
{
	if (!c->delays_below)
		return;
	optq_bucket_refill(&c->inner->ahead, now);
	optq_bucket_charge(&c->inner->ahead, len, -PACE_AHEAD_MAX);
}
