// SPDX-License-Identifier: GPL-2.0
#include "admit.h"
#include "burst.h"

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
	u64 by_rate = bytes_in(d->rate, optq_delay_kept(d->delay_ns));

	return d->burst > by_rate ? d->burst - by_rate : 0;
}

#define PART_SHIFT	16

/* part / whole (not 0, one rate of another) of 2^16: 1 at most, rounded up. */
static u32 rate_part(u64 part, u64 whole)
{
	for (; whole >> 47; whole >>= 1)
		part >>= 1;
	if (part >= whole)
		return 1U << PART_SHIFT;
	return (u32)div64_u64(part << PART_SHIFT, whole) + 1;
}

/* What a ceiling cannot send in ns, as it had saved all it may. */
static u64 lost_in(const struct optq_delay_place *p, u64 ns)
{
	u64 away = p->away_ns + ((ns * p->away_part) >> PART_SHIFT);

	if (bytes_in(p->rate, p->away_ns) <= p->room)
		return 0;
	away = bytes_in(p->rate, optq_min_u64(away, ns));
	return away > p->room ? away - p->room : 0;
}

/* How long, ns, p's siblings, guaranteed others bytes/s, may have the line at once. */
static u64 away_below(const struct optq_delay_place *above,
		      const struct optq_delay_place *p, u64 others)
{
	u64 ahead = above->bursts - p->bursts + above->packet, us;

	/* What it saves is less than one of their packets takes from it. */
	if (optq_min_u64(p->room, OPTQ_LEN_MAX) * above->rate <
	    p->rate * above->packet)
		return OPTQ_TIME_MAX_NS;
	if (above->rate <= others || ahead >> 43)
		return OPTQ_TIME_MAX_NS;
	us = 1 + div64_u64(ahead * 1000000, above->rate - others);
	return optq_min_u64(us, OPTQ_TIME_MAX_NS / 1000) * 1000;
}

void optq_delay_place_set(struct optq_delay_place *p, u32 cburst, u32 mtu,
			  const struct optq_delay_place *above, u64 need)
{
	u32 burst = optq_ceil_burst(p->rate, cburst, mtu);
	u64 others;

	p->packet = optq_burst_split(burst, mtu);
	p->room = burst - p->packet;
	p->away_ns = 0;
	p->away_part = 0;
	if (!above)
		return;
	others = above->rate_below > need ? above->rate_below - need : 0;
	p->away_ns = optq_min_u64(above->away_ns + away_below(above, p, others),
				  OPTQ_TIME_MAX_NS);
	p->away_part = optq_min_u32(above->away_part +
				    rate_part(others, above->rate),
				    1U << PART_SHIFT);
}

bool optq_delays_fit(struct optq_delay_demand *d, u32 n,
		     const struct optq_delay_place *p,
		     struct optq_delay_short *why)
{
	u64 bursts = p->is_link ? 0 : p->packet;
	u32 i;

	sort_by_delay(d, n);
	for (i = 0; i < n; i++) {
		u64 kept = optq_delay_kept(d[i].delay_ns);
		u64 asked, sent = bytes_in(p->rate, kept);

		bursts += over_rate(&d[i]);
		if (i + 1 < n && optq_delay_kept(d[i + 1].delay_ns) == kept)
			continue;
		asked = bytes_in(p->rate_below, kept) + bursts +
			lost_in(p, kept);
		if (asked <= sent)
			continue;
		why->delay_ns = d[i].delay_ns;
		why->kept_ns = kept;
		why->asked_bytes = asked;
		why->sent_bytes = sent;
		return false;
	}
	return true;
}
