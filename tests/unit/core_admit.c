// SPDX-License-Identifier: GPL-2.0
/* Which delays fit: worked out by hand, and against the sum done plainly. */
#include "core_util.h"
#include "../../sch_optq/core/admit.h"

#define MS	1000000ULL

static void one_leaf(void **state)
{
	struct optq_delay_demand d = { 5 * MS, 125000, 3000 };
	struct optq_delay_short why;

	(void)state;
	/* 10 Mbit/s send 6250 bytes in 5 ms; 3000 are asked for at once. */
	assert_true(optq_delays_fit(&d, 1, 125000, 1250000, &why));
	/* 625 by its rate, 2375 over it, and 5000 by all the others. */
	assert_false(optq_delays_fit(&d, 1, 1125000, 1250000, &why));
	assert_int_equal(why.delay_ns, 5 * MS);
	assert_int_equal(why.asked_bytes, 5625 + 2375);
	assert_int_equal(why.sent_bytes, 6250);
	/* To the byte. */
	assert_true(optq_delays_fit(&d, 1, 775000, 1250000, &why));
	assert_false(optq_delays_fit(&d, 1, 775200, 1250000, &why));
	/* A delay longer than the rate takes for the burst asks for nothing. */
	d.delay_ns = 24 * MS;
	assert_true(optq_delays_fit(&d, 1, 1250000, 1250000, &why));
	d.delay_ns = 23 * MS;
	assert_false(optq_delays_fit(&d, 1, 1250000, 1250000, &why));
}

/* The short delay is met, the long one is not: both bursts fall within it. */
static void the_one_that_fails_is_named(void **state)
{
	struct optq_delay_demand d[3] = {
		{ 20 * MS, 1000, 20000 }, { 2 * MS, 1000, 2000 },
		{ 20 * MS, 1000, 4000 },
	};
	struct optq_delay_short why;

	(void)state;
	assert_false(optq_delays_fit(d, 3, 3000, 1250000, &why));
	assert_int_equal(why.delay_ns, 20 * MS);
	assert_int_equal(why.sent_bytes, 25000);
	assert_int_equal(why.asked_bytes, 60 + 19980 + 1998 + 3980);
	assert_int_equal(d[0].delay_ns, 2 * MS);
	assert_true(optq_delays_fit(d, 0, 3000, 1, &why));
}

static bool fits_plainly(const struct optq_delay_demand *d, u32 n, u64 below,
			 u64 rate)
{
	u32 i, k;

	for (i = 0; i < n; i++) {
		double t = (double)d[i].delay_ns / 1e9;
		double asked = (double)below * t;

		for (k = 0; k < n; k++) {
			double over = d[k].burst - (double)d[k].rate *
				      (double)d[k].delay_ns / 1e9;

			if (d[k].delay_ns <= d[i].delay_ns && over > 0)
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
		if (optq_delays_fit(d, n, below, rate, &why)) {
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
	struct optq_delay_short why;

	(void)state;
	assert_true(optq_delays_fit(&d, 1, d.rate, d.rate, &why));
	assert_false(optq_delays_fit(&d, 1, d.rate, 8, &why));
	assert_int_equal(why.asked_bytes, 1250000000000ULL);
	assert_int_equal(why.sent_bytes, 80);
	d.delay_ns = 1000;
	assert_false(optq_delays_fit(&d, 1, d.rate, d.rate, &why));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_leaf),
		cmocka_unit_test(the_one_that_fails_is_named),
		cmocka_unit_test(as_the_plain_sum),
		cmocka_unit_test(extremes),
	};

	return cmocka_run_group_tests_name("admit", tests, NULL, NULL);
}
