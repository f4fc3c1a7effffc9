/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What a packet that is sent costs a class.  Whether it is one of the class's own
 * turns is for the caller to say: sched.c, and sole.c for a leaf that is alone.
 */
#ifndef OPTQ_CHARGE_H
#define OPTQ_CHARGE_H

#include "sched.h"

/*
 * Classes below c had saved and brought it into debt: but not further behind its
 * rate than its burst less what the order of siblings' turns may cost it, a packet
 * a level.
 */
void optq_class_bound_debt(const struct optq_tree *t, struct optq_class *c,
			   u32 len);

/* c's rate was refilled, and this packet of len bytes is one of its own turns. */
static __always_inline void optq_class_charge_rate(const struct optq_tree *t,
						   struct optq_class *c, u32 len)
{
	s64 cost = optq_bucket_cost(&c->rate, len);

	c->rate.tokens -= cost;
	if (unlikely(c->rate.tokens < -cost))
		optq_class_bound_debt(t, c, len);
	c->count.guaranteed_bytes += len;
}

/* c, refilled here, has sent len bytes.  It may be over its ceiling by now. */
static __always_inline void optq_class_charge_ceil(struct optq_tree *t,
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

#endif /* OPTQ_CHARGE_H */
