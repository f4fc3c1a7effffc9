/* SPDX-License-Identifier: GPL-2.0 */
/* What the guaranteed turns of a class cost it: when its next one is due. */
#ifndef OPTQ_PACE_H
#define OPTQ_PACE_H

#include "class.h"

/* c's rate, or what is needed below it, has changed: call with c off its set. */
void optq_pace_set(struct optq_class *c);

/* Only the rates of the leaves with a delay below c have. */
void optq_pace_delays_changed(struct optq_class *c);

/* Forgets what they are ahead by. */
void optq_pace_reset(struct optq_class *c);

/* Of a class with delays below it; now is that of the turn. */
s64 optq_pace_cost_beside(struct optq_class *c, u32 len, u64 now);

/* Ticks that a guaranteed turn of len bytes takes c. */
static inline s64 optq_pace_cost(struct optq_class *c, u32 len, u64 now)
{
	return unlikely(c->delays_below) ? optq_pace_cost_beside(c, len, now) :
					   optq_bucket_cost(&c->rate, len);
}

/*
 * A turn of len bytes was for a delay: c's own, whose next guaranteed turn is so much
 * later, or of what is below it, which is ahead by so much.
 */
void optq_pace_charge_urgent(const struct optq_tree *t, struct optq_class *c,
			     u32 len, u64 now);

#endif /* OPTQ_PACE_H */
