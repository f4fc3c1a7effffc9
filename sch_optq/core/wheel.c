// SPDX-License-Identifier: GPL-2.0
#include "wheel.h"

/* Timers of one slot that are compared for the earliest. */
#define WHEEL_SEARCH_MAX	16
#define WHEEL_NEVER		(~0ULL)

static u64 wheel_tick(u64 ns)
{
	return (ns >> OPTQ_TICK_NS_SHIFT) +
	       !!(ns & ((1U << OPTQ_TICK_NS_SHIFT) - 1));
}

static u32 wheel_digit(u64 tick, u32 level)
{
	return (tick >> (level * OPTQ_WHEEL_BITS)) & (OPTQ_WHEEL_SLOTS - 1);
}

void optq_wheel_init(struct optq_wheel *w, u64 now)
{
	memset(w, 0, sizeof(*w));
	w->tick = now >> OPTQ_TICK_NS_SHIFT;
	w->early = WHEEL_NEVER;
}

/*
 * The highest digit in which tick differs from the wheel's own is its level: a
 * timer leaves a level when that digit is reached.
 */
static u32 wheel_place(const struct optq_wheel *w, u64 tick)
{
	u64 differ;
	u32 level = 0;

	if (tick <= w->tick)
		tick = w->tick;
	differ = (tick ^ w->tick) >> OPTQ_WHEEL_BITS;
	if (differ)
		level = (u32)(fls64(differ) - 1) / OPTQ_WHEEL_BITS + 1;
	return level * OPTQ_WHEEL_SLOTS + wheel_digit(tick, level);
}

static void wheel_add(struct optq_wheel *w, struct optq_timer *t, u64 tick)
{
	u32 place = wheel_place(w, tick);
	struct optq_timer *first = w->slot[place];

	t->slot = (u16)place;
	if (first) {
		optq_list_add_tail(&first->link, &t->link);
		return;
	}
	w->slot[place] = t;
	w->map[place / OPTQ_WHEEL_SLOTS] |= 1ULL << (place % OPTQ_WHEEL_SLOTS);
	w->levels |= 1U << (place / OPTQ_WHEEL_SLOTS);
}

void optq_wheel_cancel(struct optq_wheel *w, struct optq_timer *t)
{
	u32 place = t->slot, level = place / OPTQ_WHEEL_SLOTS;

	if (w->slot[place] == t) {
		if (optq_list_empty(&t->link)) {
			w->slot[place] = NULL;
			w->map[level] &= ~(1ULL << (place % OPTQ_WHEEL_SLOTS));
			if (!w->map[level])
				w->levels &= ~(1U << level);
		} else {
			w->slot[place] = optq_list_entry(t->link.next,
							 struct optq_timer, link);
		}
	}
	optq_list_del(&t->link);
}

void optq_wheel_set(struct optq_wheel *w, struct optq_timer *t, u64 when_ns)
{
	u64 tick = wheel_tick(when_ns);

	if (optq_timer_is_set(w, t)) {
		if (t->when_ns == when_ns)
			return;
		optq_wheel_cancel(w, t);
	}
	t->when_ns = when_ns;
	wheel_add(w, t, tick);
	if (tick < w->early)
		w->early = tick;
}

/*
 * The first slot with a timer, and when it begins.  A slot that the wheel has
 * reached, but not emptied yet, goes before those of the levels below.
 */
static u64 wheel_first(const struct optq_wheel *w, u32 *place)
{
	u64 best = WHEEL_NEVER;
	u32 levels = w->levels;

	while (levels) {
		u32 level = (u32)__ffs(levels), bits = level * OPTQ_WHEEL_BITS;
		u32 digit = wheel_digit(w->tick, level);
		u32 slot = digit + (u32)__ffs64(w->map[level] >> digit);
		u64 start = (((w->tick >> bits) & ~(u64)(OPTQ_WHEEL_SLOTS - 1)) |
			     slot) << bits;

		levels &= levels - 1;
		if (start < w->tick)
			start = w->tick;
		if (start <= best) {
			best = start;
			*place = level * OPTQ_WHEEL_SLOTS + slot;
		}
	}
	return best;
}

struct optq_timer *optq_wheel_turn(struct optq_wheel *w, u64 now, u32 *budget)
{
	u64 tick = now >> OPTQ_TICK_NS_SHIFT, start;
	u32 place;

	while (*budget) {
		struct optq_timer *t;

		start = wheel_first(w, &place);
		if (start > tick) {
			w->early = start;
			if (w->tick < tick)
				w->tick = tick;
			return NULL;
		}
		w->tick = start;
		t = w->slot[place];
		optq_wheel_cancel(w, t);
		(*budget)--;
		if (wheel_tick(t->when_ns) <= start)
			return t;
		wheel_add(w, t, wheel_tick(t->when_ns));
	}
	return NULL;
}

u64 optq_wheel_next(const struct optq_wheel *w, u64 now)
{
	const struct optq_timer *first, *t;
	u64 when, start;
	u32 place;
	int i = 0;

	start = wheel_first(w, &place);
	if (start == WHEEL_NEVER)
		return 0;
	first = w->slot[place];
	when = wheel_tick(first->when_ns);
	for (t = first; i < WHEEL_SEARCH_MAX; i++) {
		if (wheel_tick(t->when_ns) < when)
			when = wheel_tick(t->when_ns);
		t = optq_list_entry(t->link.next, struct optq_timer, link);
		if (t == first)
			break;
	}
	if (i == WHEEL_SEARCH_MAX)
		when = start;
	return optq_max_u64(when << OPTQ_TICK_NS_SHIFT, now);
}
