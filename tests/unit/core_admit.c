// SPDX-License-Identifier: GPL-2.0
/* Which delays fit: worked out by hand, and against the sum done plainly. */
#include "core_util.h"
#include "../../sch_optq/core/admit.h"

#define MS	1000000ULL
/* An eighth of an octave: what is that many of them is kept as it is. */
#define EIGHTH	524288ULL

static bool fits_link(struct optq_delay_demand *d, u32 n, u64 below, u64 rate,
		      struct optq_delay_short *why)
{
	struct optq_delay_place p = {
		.rate = rate, .rate_below = below, .is_link = true,
	};

	return optq_delays_fit(d, n, &p, why);
}

static void one_leaf(void **state)
{
	struct optq_delay_demand d = { 10 * EIGHTH, 125000, 3000 };
	struct optq_delay_short why;

	(void)state;
	/* 10 Mbit/s send 6553 bytes in 5.24 ms; 3000 are asked for at once. */
	assert_true(fits_link(&d, 1, 125000, 1250000, &why));
	/* 655 by its rate, 2345 over it, and 5243 by all the others. */
	assert_false(fits_link(&d, 1, 1125000, 1250000, &why));
	assert_int_equal(why.delay_ns, 10 * EIGHTH);
	assert_int_equal(why.kept_ns, 10 * EIGHTH);
	assert_int_equal(why.asked_bytes, 5897 + 2345);
	assert_int_equal(why.sent_bytes, 6553);
	/* To the byte. */
	assert_true(fits_link(&d, 1, 802690, 1250000, &why));
	assert_false(fits_link(&d, 1, 803000, 1250000, &why));
	/* A delay longer than the rate takes for the burst asks for nothing. */
	d.delay_ns = 48 * EIGHTH;
	assert_true(fits_link(&d, 1, 1250000, 1250000, &why));
	d.delay_ns = 40 * EIGHTH;
	assert_false(fits_link(&d, 1, 1250000, 1250000, &why));
}

/* Delays that go by arrival alone are kept as the shortest of them. */
static void kept_as_the_eighth_below(void **state)
{
	struct optq_delay_demand d = { 11 * EIGHTH - 1, 125000, 3000 };
	struct optq_delay_short why;

	(void)state;
	assert_int_equal(optq_delay_kept(10 * EIGHTH), 10 * EIGHTH);
	assert_int_equal(optq_delay_kept(11 * EIGHTH - 1), 10 * EIGHTH);
	assert_int_equal(optq_delay_kept(16 * EIGHTH), 16 * EIGHTH);
	assert_int_equal(optq_delay_kept(17 * EIGHTH), 16 * EIGHTH);
	assert_int_equal(optq_delay_kept(18 * EIGHTH), 18 * EIGHTH);
	assert_false(fits_link(&d, 1, 1125000, 1250000, &why));
	assert_int_equal(why.delay_ns, 11 * EIGHTH - 1);
	assert_int_equal(why.kept_ns, 10 * EIGHTH);
	assert_int_equal(why.sent_bytes, 6553);
}

/* 4 Mbit/s of a link of 20, whose other delays have 60,000 bytes at once. */
static void below_a_ceil(void **state)
{
	struct optq_delay_demand d = { 24 * EIGHTH, 125000, 3000 };
	struct optq_delay_place link = {
		.rate = 2500000, .rate_below = 1500000, .bursts = 63000,
		.is_link = true,
	};
	struct optq_delay_place p = {
		.rate = 500000, .rate_below = 125000, .bursts = 3000,
	};
	struct optq_delay_short why;

	(void)state;
	optq_delay_place_set(&link, 4000, 1500, NULL, 0);
	assert_int_equal(link.packet, 2000);
	assert_int_equal(link.away_ns, 0);
	optq_delay_place_set(&p, 3600, 1500, &link, 125000);
	assert_int_equal(p.packet, 1800);
	assert_int_equal(p.room, 1800);
	/* 62,000 bytes at what 1,375,000 others leave of 2,500,000 B/s. */
	assert_int_equal(p.away_ns, 55112000);
	/* It is away throughout: nothing is sent but what had been saved. */
	assert_false(optq_delays_fit(&d, 1, &p, &why));
	assert_int_equal(why.sent_bytes, 6291);
	assert_int_equal(why.asked_bytes, 1572 + 1428 + 1800 + 6291 - 1800);
	/* 28 KB saved outlast it; what goes unsplit then is counted. */
	optq_delay_place_set(&p, 2 * 27556, 1500, &link, 125000);
	assert_int_equal(p.room, 27556);
	assert_int_equal(p.packet, 27556);
	d.delay_ns = 256 * EIGHTH;
	d.burst = 39552;
	assert_true(optq_delays_fit(&d, 1, &p, &why));
	d.burst++;
	assert_false(optq_delays_fit(&d, 1, &p, &why));
	assert_int_equal(why.sent_bytes, 67108);
	/*
	 * A byte less, and each burst of the others loses some: they may have the
	 * line for 55.1 ms and 55 % of the time, 128.93 ms of 134.2.
	 */
	p.room--;
	d.burst = 3000;
	assert_false(optq_delays_fit(&d, 1, &p, &why));
	assert_int_equal(why.asked_bytes, 16777 + 27556 + 64466 - 27555);
	/* Others that are guaranteed all there is keep it away for good. */
	link.rate_below = 2625000;
	optq_delay_place_set(&p, 3600, 1500, &link, 125000);
	assert_int_equal(p.away_ns, OPTQ_TIME_MAX_NS);
}

/* The short delay is met, the long one is not: both bursts fall within it. */
static void the_one_that_fails_is_named(void **state)
{
	struct optq_delay_demand d[3] = {
		{ 40 * EIGHTH, 1000, 20000 }, { 4 * EIGHTH, 1000, 2000 },
		{ 40 * EIGHTH, 1000, 5000 },
	};
	struct optq_delay_short why;

	(void)state;
	assert_false(fits_link(d, 3, 3000, 1250000, &why));
	assert_int_equal(why.delay_ns, 40 * EIGHTH);
	assert_int_equal(why.sent_bytes, 26213);
	assert_int_equal(why.asked_bytes, 62 + 19980 + 1998 + 4980);
	assert_int_equal(d[0].delay_ns, 4 * EIGHTH);
	assert_true(fits_link(d, 0, 3000, 1, &why));
}

static bool fits_plainly(const struct optq_delay_demand *d, u32 n, u64 below,
			 u64 rate)
{
	u32 i, k;

	for (i = 0; i < n; i++) {
		double t = (double)optq_delay_kept(d[i].delay_ns) / 1e9;
		double asked = (double)below * t;

		for (k = 0; k < n; k++) {
			double over = d[k].burst - (double)d[k].rate *
				      (double)optq_delay_kept(d[k].delay_ns) /
				      1e9;

			if (optq_delay_kept(d[k].delay_ns) <= t * 1e9 + 1 &&
			    over > 0)
				asked += over;
		}
		if (asked > (double)rate * t + n + 1)
			return false;
	}
	return true;
}

/* Where the plain sum is clear to n bytes, so are we. */
static void as_the_plain_sum(void **state)
{
	struct optq_delay_demand d[40];
	u32 refused = 0, i, n;
	u64 seed;

	(void)state;
	for (seed = 1; seed < 5000; seed++) {
		u64 rng = seed, below = 0, rate;
		struct optq_delay_short why;

		n = (u32)rnd_in(&rng, 1, 40);
		for (i = 0; i < n; i++) {
			d[i].delay_ns = rnd_in(&rng, 1, 20) * MS;
			d[i].rate = rnd_in(&rng, 8, 1000000);
			d[i].burst = (u32)rnd_in(&rng, 64, 20000);
			below += d[i].rate;
		}
		rate = below + rnd_in(&rng, 1, 100) * 1000000;
		if (fits_link(d, n, below, rate, &why)) {
			assert_true(fits_plainly(d, n, below, rate));
		} else {
			assert_false(fits_plainly(d, n, below,
						  rate - 2000 * n));
			refused++;
		}
		for (i = 1; i < n; i++)
			assert_true(d[i - 1].delay_ns <= d[i].delay_ns);
	}
	assert_in_range(refused, 500, 4500);
}

/* The largest of everything does not overflow. */
static void extremes(void **state)
{
	struct optq_delay_demand d = { 10000 * MS, 125000000000ULL, 0x7fffffff };
	struct optq_delay_place link = {
		.rate = 125000000000ULL, .rate_below = 124999999998ULL,
		.is_link = true,
	};
	struct optq_delay_place p = { .rate = 2000, .rate_below = 1 };
	struct optq_delay_short why;

	(void)state;
	assert_true(fits_link(&d, 1, d.rate, d.rate, &why));
	assert_false(fits_link(&d, 1, d.rate, 8, &why));
	/* 2^33 and an eighth are 9.66 s. */
	assert_int_equal(why.asked_bytes, 1207959552000ULL);
	assert_int_equal(why.sent_bytes, 77);
	d.delay_ns = 1000;
	assert_false(fits_link(&d, 1, d.rate, d.rate, &why));
	/* Bursts of gigabytes, and 2 bytes/s that others leave. */
	link.bursts = 18 * 0x7fffffffULL;
	optq_delay_place_set(&link, 0, 1514, NULL, 0);
	optq_delay_place_set(&p, 0, 1514, &link, 0);
	assert_int_equal(p.away_ns, OPTQ_TIME_MAX_NS);
	assert_int_equal(p.away_part, 1 << 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_leaf),
		cmocka_unit_test(kept_as_the_eighth_below),
		cmocka_unit_test(below_a_ceil),
		cmocka_unit_test(the_one_that_fails_is_named),
		cmocka_unit_test(as_the_plain_sum),
		cmocka_unit_test(extremes),
	};

	return cmocka_run_group_tests_name("admit", tests, NULL, NULL);
}
