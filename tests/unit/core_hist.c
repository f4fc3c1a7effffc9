// SPDX-License-Identifier: GPL-2.0
/* Histogram: bounds of the buckets, quantiles against samples, full counters. */
#include "core_util.h"

#define LAST	(OPTQ_HIST_BUCKETS - 1)

static const u32 permille[] = { 1, 10, 250, 500, 900, 990, 999, 1000 };

#define N_QUANTILES	(sizeof(permille) / sizeof(permille[0]))

static double error_of(u64 told, u64 truth)
{
	double off = (double)told - (double)truth;

	return (off < 0 ? -off : off) / (double)truth;
}

static u64 quantile(const struct optq_hist *h, u32 at)
{
	u64 ns;

	optq_hist_quantiles(h, &at, &ns, 1);
	return ns;
}

static void small_enough(void **state)
{
	(void)state;
	assert_true(sizeof(struct optq_hist) <= 1024);
}

/* Each begins where the one before ends, and the ends cover 1 us to 10 s. */
static void bounds_are_those_of_the_buckets(void **state)
{
	u32 i;

	(void)state;
	assert_true(optq_hist_lower_ns(0) <= OPTQ_HIST_MIN_NS &&
		    optq_hist_lower_ns(1) > OPTQ_HIST_MIN_NS);
	assert_true(optq_hist_lower_ns(LAST) <= OPTQ_HIST_MAX_NS &&
		    optq_hist_lower_ns(LAST + 1) > OPTQ_HIST_MAX_NS);
	for (i = 1; i <= LAST; i++) {
		u64 low = optq_hist_lower_ns(i);

		assert_true(low > optq_hist_lower_ns(i - 1));
		assert_int_equal(optq_hist_bucket(low - 1), i - 1);
		assert_int_equal(optq_hist_bucket(low), i);
	}
	assert_int_equal(optq_hist_bucket(0), 0);
	assert_int_equal(optq_hist_bucket(1), 0);
	assert_int_equal(optq_hist_bucket(OPTQ_HIST_MIN_NS), 0);
	assert_int_equal(optq_hist_bucket(OPTQ_HIST_MAX_NS - 1), LAST);
	assert_int_equal(optq_hist_bucket(OPTQ_HIST_MAX_NS), LAST);
	assert_int_equal(optq_hist_bucket(~0ULL), LAST);
}

static void check_error(u64 ns)
{
	struct optq_hist h = { 0 };
	u64 told;

	optq_hist_add(&h, ns);
	told = quantile(&h, 500);
	if (error_of(told, ns) > 0.05)
		fail_msg("%llu told as %llu", (unsigned long long)ns,
			 (unsigned long long)told);
}

/* The error is largest at the ends of buckets; a sweep looks between, too. */
static void error_is_at_most_5_percent(void **state)
{
	u64 ns;
	u32 i;

	(void)state;
	for (ns = OPTQ_HIST_MIN_NS; ns < OPTQ_HIST_MAX_NS; ns += ns / 500 + 1)
		check_error(ns);
	check_error(OPTQ_HIST_MAX_NS);
	for (i = 1; i <= LAST; i++) {
		check_error(optq_hist_lower_ns(i));
		check_error(optq_hist_lower_ns(i) - 1);
	}
}

static int compare_ns(const void *a, const void *b)
{
	u64 x = *(const u64 *)a, y = *(const u64 *)b;

	return (x > y) - (x < y);
}

static void check_quantiles(u64 *sample, u32 n)
{
	struct optq_hist h = { 0 };
	u64 told[N_QUANTILES];
	u32 i;

	for (i = 0; i < n; i++)
		optq_hist_add(&h, sample[i]);
	qsort(sample, n, sizeof(*sample), compare_ns);
	optq_hist_quantiles(&h, permille, told, N_QUANTILES);
	for (i = 0; i < N_QUANTILES; i++) {
		u64 truth = sample[((u64)n * permille[i] + 999) / 1000 - 1];

		if (error_of(told[i], truth) > 0.05)
			fail_msg("%u permille of %u: %llu, truly %llu",
				 permille[i], n, (unsigned long long)told[i],
				 (unsigned long long)truth);
	}
}

/* Spread over all octaves, within one, and one far value among equal ones. */
static void quantiles_are_those_of_the_samples(void **state)
{
	static u64 sample[20000];
	u64 seed = 7;
	u32 round, i;

	(void)state;
	for (round = 0; round < 300; round++) {
		u32 n = (u32)rnd_in(&seed, 1, round % 10 ? 300 : 20000);
		u64 top = 1000ULL << rnd_in(&seed, 0, 23);

		for (i = 0; i < n; i++) {
			if (round % 3 == 0)
				sample[i] = 1000ULL << rnd_in(&seed, 0, 22);
			else if (round % 3 == 1)
				sample[i] = rnd_in(&seed, 1000, top + 1000);
			else
				sample[i] = i ? 5 * MSEC : 9 * SEC;
			sample[i] += rnd(&seed) % (sample[i] / 10);
		}
		check_quantiles(sample, n);
	}
}

static void nothing_in_nothing_out(void **state)
{
	struct optq_hist h = { 0 };

	(void)state;
	assert_int_equal(optq_hist_used(&h), 0);
	assert_int_equal(quantile(&h, 500), 0);
	assert_int_equal(quantile(&h, 1000), 0);
	optq_hist_add(&h, 0);
	assert_int_equal(optq_hist_used(&h), 1);
	optq_hist_add(&h, ~0ULL);
	assert_int_equal(optq_hist_used(&h), OPTQ_HIST_BUCKETS);
	assert_true(quantile(&h, 500) <= optq_hist_lower_ns(1));
	assert_true(quantile(&h, 1000) >= optq_hist_lower_ns(LAST));
}

/* A full counter halves all: the shares stay, nothing seems empty. */
static void full_counters_keep_the_shares(void **state)
{
	u32 a = optq_hist_bucket(MSEC), b = optq_hist_bucket(9 * MSEC);
	struct optq_hist h = { 0 };

	(void)state;
	h.count[a] = ~0U - 1;
	h.count[b] = ~0U / 3;
	h.count[LAST] = 1;
	optq_hist_add(&h, MSEC);
	assert_int_equal(h.count[a], ~0U);
	assert_int_equal(h.count[b], ~0U / 3);
	optq_hist_add(&h, MSEC);
	assert_int_equal(h.count[a], 0x80000001U);
	assert_int_equal(h.count[b], ~0U / 3 - ~0U / 6);
	assert_int_equal(h.count[LAST], 1);
	assert_true(error_of(quantile(&h, 740), MSEC) <= 0.05);
	assert_true(error_of(quantile(&h, 760), 9 * MSEC) <= 0.05);
}

/* The sum of all counters has more than 32 bits. */
static void all_counters_full(void **state)
{
	struct optq_hist h;

	(void)state;
	memset(&h, 0xff, sizeof(h));
	assert_true(error_of(quantile(&h, 1000),
			     optq_hist_lower_ns(LAST)) <= 0.05);
	assert_int_equal(optq_hist_bucket(quantile(&h, 500)), LAST / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_enough),
		cmocka_unit_test(bounds_are_those_of_the_buckets),
		cmocka_unit_test(error_is_at_most_5_percent),
		cmocka_unit_test(quantiles_are_those_of_the_samples),
		cmocka_unit_test(nothing_in_nothing_out),
		cmocka_unit_test(full_counters_keep_the_shares),
		cmocka_unit_test(all_counters_full),
	};

	return cmocka_run_group_tests_name("hist", tests, NULL, NULL);
}
