/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Token bucket.  Tokens are time, in 1/1024 ns, so that one unit serves every
 * rate from 8 bit/s to 1 Tbit/s and a refill is one addition.
 *
 * A packet may start while tokens >= 0 and may leave a debt of one packet.  A
 * bucket whose capacity is burst - P, P being the longest packet, therefore
 * passes at most rate * time + burst in any interval.
 */
#ifndef OPTQ_BUCKET_H
#define OPTQ_BUCKET_H

#include "env.h"

#define OPTQ_TICK_SHIFT	10

struct optq_bucket {
	s64 tokens;
	s64 cap;
	u64 t_ns;		/* when tokens was true */
	u64 rate : 56;		/* bytes per second; 0: no bucket */
	u64 shift : 8;
	u64 mult;		/* ticks of a byte << shift */
};

/*
 * Sets rate (bytes/s, 0 for none) and capacity (bytes).  Tokens are kept as the
 * bytes they stand for, cut to the new capacity: a change gives nothing away.  A bucket that had no
 * rate starts full.
 */
void optq_bucket_set(struct optq_bucket *b, u64 rate, u64 cap_bytes, u64 now);

/* Another capacity for a bucket with a rate; no time passes for it. */
void optq_bucket_set_cap(struct optq_bucket *b, u64 cap_bytes);

/*
 * Tells what bytes cost at rate (bytes/s, 0 for none) while the bucket is off:
 * for optq_bucket_cost() alone.
 */
void optq_bucket_set_pace(struct optq_bucket *b, u64 rate);

static inline u64 optq_ticks(u64 ns)
{
	return ns << OPTQ_TICK_SHIFT;
}

static inline bool optq_bucket_on(const struct optq_bucket *b)
{
	return b->rate != 0;
}

/* Rounded up, by a tick at most: what is sent must never cost too little. */
static inline s64 optq_bucket_cost(const struct optq_bucket *b, u32 len)
{
	return (s64)((len * b->mult) >> b->shift) + 1;
}

/* Whether its tokens, refilled by the caller, are worth bytes. */
bool optq_bucket_covers(const struct optq_bucket *b, u64 bytes);

/* Refills up to most, which may be more than the capacity. */
static inline void optq_bucket_refill_to(struct optq_bucket *b, u64 now,
					 s64 most)
{
	u64 elapsed = now - b->t_ns;

	if ((s64)elapsed > 0) {
		b->t_ns = now;
		/* Compared before it is shifted: a clock may stand for years. */
		if (b->tokens < most &&
		    elapsed <= (u64)(most - b->tokens) >> OPTQ_TICK_SHIFT)
			b->tokens += (s64)(elapsed << OPTQ_TICK_SHIFT);
		else
			b->tokens = most;
	}
	if (b->tokens > most)
		b->tokens = most;
}

static inline void optq_bucket_refill(struct optq_bucket *b, u64 now)
{
	optq_bucket_refill_to(b, now, b->cap);
}

/* Nanoseconds from its last refill until tokens >= 0; 0 when they are. */
static inline u64 optq_bucket_wait_ns(const struct optq_bucket *b)
{
	if (b->tokens >= 0)
		return 0;
	return ((u64)-b->tokens + (1U << OPTQ_TICK_SHIFT) - 1) >>
	       OPTQ_TICK_SHIFT;
}

/* floor bounds a debt that is not the caller's own (ticks, not positive). */
static inline void optq_bucket_charge(struct optq_bucket *b, u32 len, s64 floor)
{
	b->tokens -= optq_bucket_cost(b, len);
	if (b->tokens < floor)
		b->tokens = floor;
}

#endif /* OPTQ_BUCKET_H */
