// SPDX-License-Identifier: GPL-2.0
/*
 * A ceiling over a second, from 64 kbit/s to 10 Gbit/s, for the smallest packets,
 * full frames and super-packets: within 0.1 %, but for a packet at either end.
 * Slow ones are watched for as long as a thousand packets take; of the fastest a
 * tenth of a second has packets enough.
 */
#include "prop.h"

static const u64 bits[] = { 64000, 1000000, 10000000, 100000000, 1000000000,
			    10000000000ULL };
static const u32 lengths[] = { 64, 1514, 65536 };

#define N_BITS		(sizeof(bits) / sizeof(bits[0]))
#define N_LENGTHS	(sizeof(lengths) / sizeof(lengths[0]))

u64 prop_rate_cases(void)
{
	return N_BITS * N_LENGTHS;
}

static u64 watched_ns(double rate, u32 len)
{
	double ns = len * 1000.0 * 1e9 / rate;

	if (ns < 1e8 && rate / len > 1e6)
		return (u64)1e8;
	return ns > 1e9 ? (u64)ns : (u64)1e9;
}

bool prop_rate(u64 seed, char *why, size_t len)
{
	u64 i = (seed - 1) % prop_rate_cases(), ns, from;
	double rate = (double)bits[i / N_LENGTHS] / 8, want, off;
	u32 size = lengths[i % N_LENGTHS];
	struct optq_class_conf conf = {
		.rate = (u64)rate, .ceil = (u64)rate,
		.target_ns = 10 * SEC, .interval_ns = 10 * SEC,
	};
	struct node *n;
	struct sim s;

	sim_init(&s, seed, 10 * rate, 64);
	s.longest = size;
	n = sim_add(&s, s.node[0], &conf);
	sim_set_source(&s, n, SOURCE_GREEDY, size < MTU ? size : MTU, size, 8, 1);
	ns = watched_ns(rate, size);
	/* Until what its bucket held is spent. */
	sim_run(&s, SIM_NEVER, s.now + ns / 10);
	from = n->sent_bytes;
	sim_run(&s, SIM_NEVER, s.now + ns);
	want = rate * (double)ns / 1e9;
	off = (double)(n->sent_bytes - from) - want;
	off = off < 0 ? -off : off;
	if (verbose)
		printf("# %llu bit/s, packets of %u: off by %.4f %%\n",
		       (unsigned long long)bits[i / N_LENGTHS], size,
		       off * 100 / want);
	if (off > want / 1000 + 2 * size)
		sim_fail(&s, "%llu bit/s, packets of %u: off by %.4f %%",
			 (unsigned long long)bits[i / N_LENGTHS], size,
			 off * 100 / want);
	return prop_end(&s, why, len);
}
