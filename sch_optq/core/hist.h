/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A histogram of times: ten buckets of equal width to each power of two, from
 * 1 us to 10 s.  What is shorter or longer counts in the first or last bucket.
 *
 * Within an octave a bucket is a tenth of the octave's lower end wide, so the
 * harmonic mean of its ends is at most 1/21 off any time in it: 4.8 %.
 *
 * User space compiles this file too: the order of the buckets is ABI.
 */
#ifndef OPTQ_HIST_H
#define OPTQ_HIST_H

#include "env.h"

#define OPTQ_HIST_MIN_NS	1000ULL
#define OPTQ_HIST_MAX_NS	10000000000ULL
#define OPTQ_HIST_PER_OCTAVE	10U

/* Buckets from 1 ns on: octave * 10 + mantissa * 10, the mantissa 1 to 2. */
#define OPTQ_HIST_AT(ns, octave) \
	((octave) * OPTQ_HIST_PER_OCTAVE + \
	 (u32)((ns) * OPTQ_HIST_PER_OCTAVE >> (octave)))

#define OPTQ_HIST_FIRST		OPTQ_HIST_AT(OPTQ_HIST_MIN_NS, 9)
#define OPTQ_HIST_LAST		OPTQ_HIST_AT(OPTQ_HIST_MAX_NS, 33)
#define OPTQ_HIST_BUCKETS	(OPTQ_HIST_LAST - OPTQ_HIST_FIRST + 1)

#define OPTQ_HIST_AVG_SHIFT	4

/*
 * When a counter is full all are halved: from there on they tell shares, and
 * what is newer weighs more.  A bucket that was hit never seems empty.
 */
struct optq_hist {
	u64 avg_ns;		/* moving, by sixteenths */
	u64 max_ns;
	u32 count[OPTQ_HIST_BUCKETS];
};

static inline u32 optq_hist_bucket(u64 ns)
{
	u32 octave;

	if (ns < OPTQ_HIST_MIN_NS)
		return 0;
	if (ns >= OPTQ_HIST_MAX_NS)
		return OPTQ_HIST_BUCKETS - 1;
	octave = (u32)fls64(ns) - 1;
	return OPTQ_HIST_AT(ns, octave) - OPTQ_HIST_FIRST;
}

void optq_hist_halve(struct optq_hist *h);

static inline void optq_hist_add(struct optq_hist *h, u64 ns)
{
	u32 *count = &h->count[optq_hist_bucket(ns)];

	if (unlikely(*count == ~0U))
		optq_hist_halve(h);
	++*count;
	if (ns > h->max_ns)
		h->max_ns = ns;
	h->avg_ns += (ns >> OPTQ_HIST_AVG_SHIFT) -
		     (h->avg_ns >> OPTQ_HIST_AVG_SHIFT);
}

/*
 * Where the bucket begins; of OPTQ_HIST_BUCKETS, where the last one ends.  The
 * first counts what is below its beginning too, the last what is beyond its end.
 */
u64 optq_hist_lower_ns(u32 bucket);

/* Buckets up to the last that is not empty; 0: there is no sample. */
u32 optq_hist_used(const struct optq_hist *h);

/*
 * ns[i]: the time that permille[i] of the samples do not exceed, at most 5 %
 * off; 0 without a sample.  permille, 1 to 1000, goes up.
 */
void optq_hist_quantiles(const struct optq_hist *h, const u32 *permille,
			 u64 *ns, u32 n);

#endif /* OPTQ_HIST_H */
