// SPDX-License-Identifier: GPL-2.0
#include "admit.h"

/* Sifts d[i] down in a heap of n with the longest delay on top. */
static void sift(struct optq_delay_demand *d, u32 i, u32 n)
{
	struct optq_delay_demand moved = d[i];
	u32 child;

	while ((child = 2 * i + 1) < n) {
		if (child + 1 < n && d[child + 1].delay_ns > d[child].delay_ns)
			child++;
		if (d[child].delay_ns <= moved.delay_ns)
			break;
		d[i] = d[child];
		i = child;
	}
	d[i] = moved;
}

/* Heapsort: no memory, and no worst case worth an attack. */
static void sort_by_delay(struct optq_delay_demand *d, u32 n)
{
	u32 i;

	for (i = n / 2; i--;)
		sift(d, i, n);
	for (i = n; i-- > 1;) {
		struct optq_delay_demand last = d[i];

		d[i] = d[0];
		d[0] = last;
		sift(d, 0, i);
	}
}

/*
 * Bytes at rate in ns, at most 10 s.  Whole microseconds first: 125 GB/s times
 * 10^10 ns do not fit into 64 bits.
 */
static u64 bytes_in(u64 rate, u64 ns)
{
	u64 us = div64_u64(ns, 1000), whole = div64_u64(rate, 1000000);

	return whole * us +
	       div64_u64((rate - whole * 1000000) * us, 1000000) +
	       div64_u64(rate * (ns - us * 1000), OPTQ_NSEC_PER_SEC);
}

/* What a leaf asks for beyond its rate: that is among the guarantees. */
static u64 over_rate(const struct optq_delay_demand *d)
{
	u64 by_rate = bytes_in(d->rate, d->delay_ns);

	return d->burst > by_rate ? d->burst - by_rate : 0;
}

bool optq_delays_fit(struct optq_delay_demand *d, u32 n, u64 rate_below,
		     u64 rate, struct optq_delay_short *why)
{
	u64 bursts = 0;
	u32 i;

	sort_by_delay(d, n);
	for (i = 0; i < n; i++) {
		u64 asked, sent = bytes_in(rate, d[i].delay_ns);

		bursts += over_rate(&d[i]);
		if (i + 1 < n && d[i + 1].delay_ns == d[i].delay_ns)
			continue;
		asked = bytes_in(rate_below, d[i].delay_ns) + bursts;
		if (asked <= sent)
			continue;
		why->delay_ns = d[i].delay_ns;
		why->asked_bytes = asked;
		why->sent_bytes = sent;
		return false;
	}
	return true;
}
