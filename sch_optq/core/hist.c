// SPDX-License-Identifier: GPL-2.0
#include "hist.h"

void optq_hist_halve(struct optq_hist *h)
{
	u32 i;

	for (i = 0; i < OPTQ_HIST_BUCKETS; i++)
		h->count[i] -= h->count[i] / 2;
}

u64 optq_hist_lower_ns(u32 bucket)
{
	u32 at = OPTQ_HIST_FIRST + bucket;
	/* The mantissa's tenths are 10 to 19, and each octave counts 10. */
	u32 octave = at / OPTQ_HIST_PER_OCTAVE - 1;
	u64 tenths = at - octave * OPTQ_HIST_PER_OCTAVE;

	return div64_u64((tenths << octave) + OPTQ_HIST_PER_OCTAVE - 1,
			 OPTQ_HIST_PER_OCTAVE);
}

/* What stands for every time in the bucket: 2ab/(a+b), off both ends alike. */
static u64 hist_middle_ns(u32 bucket)
{
	u64 low = optq_hist_lower_ns(bucket);
	u64 width = optq_hist_lower_ns(bucket + 1) - low;

	return low + div64_u64(low * width, 2 * low + width);
}

u32 optq_hist_used(const struct optq_hist *h)
{
	u32 n = OPTQ_HIST_BUCKETS;

	while (n && !h->count[n - 1])
		n--;
	return n;
}

void optq_hist_quantiles(const struct optq_hist *h, const u32 *permille,
			 u64 *ns, u32 n)
{
	u32 used = optq_hist_used(h), bucket = 0, i;
	u64 total = 0, seen = 0;

	for (i = 0; i < used; i++)
		total += h->count[i];
	for (i = 0; i < n; i++) {
		u64 rank = div64_u64(total * permille[i] + 999, 1000);

		while (bucket < used && seen + h->count[bucket] < rank)
			seen += h->count[bucket++];
		ns[i] = total ? hist_middle_ns(bucket) : 0;
	}
}
