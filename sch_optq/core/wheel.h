/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hierarchical timing wheel (Varghese and Lauck, "Hashed and Hierarchical
 * Timing Wheels", 1987) with find-first-set bitmaps: setting, cancelling and
 * the next event in constant time, whatever the number of timers.
 *
 * A timer is due at the end of the tick of 256 ns that holds its time: never
 * early, late by less than a tick.  A level has 64 slots, each as long as the
 * level below it; a timer goes down a level when the wheel reaches its slot.
 */
#ifndef OPTQ_WHEEL_H
#define OPTQ_WHEEL_H

#include "list.h"

#define OPTQ_TICK_NS_SHIFT	8
#define OPTQ_WHEEL_BITS		6
#define OPTQ_WHEEL_SLOTS	(1U << OPTQ_WHEEL_BITS)
#define OPTQ_WHEEL_LEVELS	10	/* any time that 64 bits can tell */

struct optq_timer {
	struct optq_list link;	/* of its slot; itself when it is not set */
	u64 when_ns;
	u16 slot;		/* level * OPTQ_WHEEL_SLOTS + slot */
};

struct optq_wheel {
	u64 tick;		/* how far the wheel has turned */
	u64 early;		/* no timer is due before this tick */
	u32 levels;		/* those with a timer */
	u64 map[OPTQ_WHEEL_LEVELS];
	struct optq_timer *slot[OPTQ_WHEEL_LEVELS * OPTQ_WHEEL_SLOTS];
};

static inline void optq_timer_init(struct optq_timer *t)
{
	optq_list_init(&t->link);
	t->when_ns = 0;
	t->slot = 0;
}

void optq_wheel_init(struct optq_wheel *w, u64 now);

/* Sets t, or moves it, to when_ns; a time that has passed is due at once. */
void optq_wheel_set(struct optq_wheel *w, struct optq_timer *t, u64 when_ns);

/* Does nothing when t is not set. */
void optq_wheel_cancel(struct optq_wheel *w, struct optq_timer *t);

struct optq_timer *optq_wheel_turn(struct optq_wheel *w, u64 now, u32 *budget);

/*
 * A timer that is due, taken off the wheel; NULL when there is none.  Each
 * timer looked at costs one of *budget; at 0 the rest is left for the next call.
 */
static inline struct optq_timer *optq_wheel_expired(struct optq_wheel *w,
						    u64 now, u32 *budget)
{
	if (likely(now >> OPTQ_TICK_NS_SHIFT < w->early))
		return NULL;
	return optq_wheel_turn(w, now, budget);
}

/*
 * When to look again, not before now: no timer is due earlier.  Exact unless very many
 * timers lie close together far ahead.  0 when no timer is set.
 */
u64 optq_wheel_next(const struct optq_wheel *w, u64 now);

static inline bool optq_timer_is_set(const struct optq_wheel *w,
				     const struct optq_timer *t)
{
	return w->slot[t->slot] == t || !optq_list_empty(&t->link);
}

#endif /* OPTQ_WHEEL_H */
