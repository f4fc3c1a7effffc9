// SPDX-License-Identifier: GPL-2.0
#include "bucket.h"

/* mult < 2^43 and a length < 2^20 keep a cost within 63 bits. */
#define BUCKET_MULT_MAX	(1ULL << 43)
#define BUCKET_SHIFT_MAX 24
/* A capacity is at most two hours of its rate. */
#define BUCKET_CAP_MAX	((s64)7200 * OPTQ_NSEC_PER_SEC << OPTQ_TICK_SHIFT)

/* A debt is never forgiven, but for what 63 bits cannot hold: 26 days. */
#define BUCKET_DEBT_MAX	(1LL << 61)
#define BUCKET_SECOND	(OPTQ_NSEC_PER_SEC << OPTQ_TICK_SHIFT)

static void bucket_set_rate(struct optq_bucket *b, u64 rate)
{
	u8 shift = BUCKET_SHIFT_MAX;

	while (shift && div64_u64(BUCKET_SECOND << shift, rate) >=
			BUCKET_MULT_MAX - 1)
		shift--;
	b->rate = rate;
	b->shift = shift;
	/* Rounded up: what a byte costs must never fall short. */
	b->mult = div64_u64(BUCKET_SECOND << shift, rate) + 1;
}

void optq_bucket_set_pace(struct optq_bucket *b, u64 rate)
{
	memset(b, 0, sizeof(*b));
	if (rate)
		bucket_set_rate(b, rate);
	b->rate = 0;
}

static s64 bucket_ticks(const struct optq_bucket *b, u64 bytes, s64 most)
{
	u64 per_kib = (1024 * b->mult) >> b->shift;

	if (bytes / 1024 >= div64_u64((u64)most, per_kib))
		return most;
	return (s64)((bytes / 1024) * per_kib +
		     (((bytes % 1024) * b->mult) >> b->shift));
}

bool optq_bucket_covers(const struct optq_bucket *b, u64 bytes)
{
	return b->tokens >= 0 &&
	       bucket_ticks(b, bytes, BUCKET_DEBT_MAX) <= b->tokens;
}

/* part < 2^40 and shift <= 24: neither term overflows. */
static u64 bucket_bytes(const struct optq_bucket *b, u64 ticks)
{
	u64 whole = div64_u64(ticks, BUCKET_SECOND);
	u64 part = ticks - whole * BUCKET_SECOND;

	return whole * b->rate + div64_u64(part << b->shift, b->mult);
}

/*
 * Another rate for the same bytes: what is owed or saved is bytes, and takes
 * another time at another rate.  Rounded against the class, so that a rate
 * that changes often gives nothing away.
 */
static void bucket_change_rate(struct optq_bucket *b, u64 rate)
{
	bool debt = b->tokens < 0;
	u64 ticks = debt ? (u64)-b->tokens : (u64)b->tokens;
	u64 bytes = bucket_bytes(b, ticks);

	bucket_set_rate(b, rate);
	if (!debt) {
		b->tokens = bucket_ticks(b, bytes, BUCKET_CAP_MAX);
		return;
	}
	/* One byte, and one tick a KiB, is what rounding down can hide. */
	b->tokens = -bucket_ticks(b, bytes + 1, BUCKET_DEBT_MAX) -
		    (s64)(bytes / 1024) - 1;
}

void optq_bucket_set_cap(struct optq_bucket *b, u64 cap_bytes)
{
	b->cap = bucket_ticks(b, cap_bytes, BUCKET_CAP_MAX);
	if (b->tokens > b->cap)
		b->tokens = b->cap;
}

void optq_bucket_set(struct optq_bucket *b, u64 rate, u64 cap_bytes, u64 now)
{
	u64 old = b->rate;

	if (!rate) {
		memset(b, 0, sizeof(*b));
		return;
	}
	if (old)
		optq_bucket_refill(b, now);
	if (old && old != rate)
		bucket_change_rate(b, rate);
	else
		bucket_set_rate(b, rate);
	b->t_ns = now;
	optq_bucket_set_cap(b, cap_bytes);
	if (!old)
		b->tokens = b->cap;
}
