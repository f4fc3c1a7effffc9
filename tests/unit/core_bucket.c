// SPDX-License-Identifier: GPL-2.0
/* Token bucket: precision, the bound that a ceiling rests on, odd clocks. */
#include "core_util.h"
#include "../../sch_optq/uapi/linux/optq.h"

static const u64 rates[] = {
	1, 8, 125, 1000, 8000, 12345, 125000, 1250000, 12500000, 125000000,
	1250000000, 5000000000, 12500000000, 50000000000, OPTQ_RATE_MAX,
};

#define N_RATES	(sizeof(rates) / sizeof(rates[0]))

static struct optq_bucket bucket(u64 rate, u64 cap, u64 now)
{
	struct optq_bucket b = { 0 };

	optq_bucket_set(&b, rate, cap, now);
	return b;
}

static void cost_is_exact(void **state)
{
	const u32 lens[] = { 1, 64, 1514, 9018, 65536, OPTQ_LEN_MAX };
	size_t r, l;

	(void)state;
	for (r = 0; r < N_RATES; r++) {
		struct optq_bucket b = bucket(rates[r], MTU, 0);

		for (l = 0; l < sizeof(lens) / sizeof(lens[0]); l++) {
			long double want = (long double)lens[l] * 1024e9L /
					   (long double)rates[r];
			s64 cost = optq_bucket_cost(&b, lens[l]);

			/* Never below, or a ceiling would leak. */
			assert_true((long double)cost >= want);
			assert_true((long double)cost <= want + 2 +
							 want * 1e-6L);
		}
	}
}

/* Sends whenever the bucket lets it: must keep to rate * t + burst, tightly. */
static void passes_rate_and_burst(void **state)
{
	u64 seed = 1;
	size_t r;

	(void)state;
	for (r = 0; r < N_RATES; r++) {
		u32 burst = 20000, longest = MTU;
		struct optq_bucket b = bucket(rates[r], burst - longest, 1000);
		u64 start = 1000, now = start, sent = 0;
		long double most;
		int i;

		for (i = 0; i < 20000; i++) {
			u32 len = (u32)rnd_in(&seed, 64, longest);

			optq_bucket_refill(&b, now);
			if (b.tokens < 0) {
				now += optq_bucket_wait_ns(&b);
				optq_bucket_refill(&b, now);
				assert_true(b.tokens >= 0);
			}
			optq_bucket_charge(&b, len, -b.cap -
					   optq_bucket_cost(&b, len));
			sent += len;
			most = (long double)rates[r] * (now - start) / 1e9L;
			assert_true(sent <= most + burst);
		}
		/* And it does not give less than a rounding's worth. */
		most = (long double)rates[r] * (now - start) / 1e9L;
		assert_true((long double)sent >= most * (1 - 1e-5L) -
			    (rates[r] > SEC ? 20000.0L * rates[r] / 1e9L : 0));
	}
}

static void waits_until_it_may(void **state)
{
	size_t r;

	(void)state;
	for (r = 0; r < N_RATES; r++) {
		struct optq_bucket b = bucket(rates[r], 0, 0);
		u64 wait;

		optq_bucket_charge(&b, MTU, -optq_bucket_cost(&b, MTU));
		wait = optq_bucket_wait_ns(&b);
		assert_true(wait > 0);
		optq_bucket_refill(&b, wait - 1);
		assert_true(b.tokens < 0);
		optq_bucket_refill(&b, wait);
		assert_true(b.tokens >= 0);
	}
}

static void clock_jumps_give_a_burst(void **state)
{
	const u64 jumps[] = { SEC, 3600 * SEC, 86400ULL * 365 * 100 * SEC,
			      (1ULL << 63) - 1 };
	size_t r, j;

	(void)state;
	for (r = 0; r < N_RATES; r++) {
		for (j = 0; j < sizeof(jumps) / sizeof(jumps[0]); j++) {
			struct optq_bucket b = bucket(rates[r], 100000, 5);

			optq_bucket_charge(&b, OPTQ_LEN_MAX, INT64_MIN);
			optq_bucket_refill(&b, 5 + jumps[j]);
			assert_true(b.tokens <= b.cap);
			if (jumps[j] > 3 * 3600 * SEC && rates[r] > 1000)
				assert_int_equal(b.tokens, b.cap);
		}
	}
}

static void clock_never_goes_back(void **state)
{
	struct optq_bucket b = bucket(125000, 10000, 1000000);
	s64 before;

	(void)state;
	optq_bucket_charge(&b, 12000, INT64_MIN);
	before = b.tokens;
	optq_bucket_refill(&b, 500000);
	assert_int_equal(b.tokens, before);
	assert_int_equal(b.t_ns, 1000000);
	optq_bucket_refill(&b, 1000000);
	assert_int_equal(b.tokens, before);
}

static long double bytes_of(const struct optq_bucket *b, s64 ticks)
{
	return (long double)ticks * (long double)b->rate / 1024e9L;
}

/* A debt is bytes, and stays as many bytes at another rate. */
static void debt_survives_a_change(void **state)
{
	size_t from, to;

	(void)state;
	for (from = 0; from < N_RATES; from++) {
		for (to = 0; to < N_RATES; to++) {
			struct optq_bucket b = bucket(rates[from], 0, 0);
			long double owed, left;

			optq_bucket_charge(&b, 60000, INT64_MIN);
			owed = -bytes_of(&b, b.tokens);
			optq_bucket_set(&b, rates[to], 0, 0);
			left = -bytes_of(&b, b.tokens);
			/* Forgiven: nothing.  Added: rounding. */
			assert_true(left >= owed - 0.01L);
			assert_true(left <= owed + 4 + 1e-6L * owed +
				    rates[from] * 70e-9L +
				    rates[to] / 1e9L);
		}
	}
}

/* So is a credit: raising the rate must not multiply it. */
static void credit_is_bytes_too(void **state)
{
	size_t from, to;

	(void)state;
	for (from = 0; from < N_RATES; from++) {
		for (to = 0; to < N_RATES; to++) {
			struct optq_bucket b = bucket(rates[from], 100000, 0);
			long double had, has;

			optq_bucket_charge(&b, 90000, INT64_MIN);
			had = bytes_of(&b, b.tokens);
			optq_bucket_set(&b, rates[to], 100000, 0);
			has = bytes_of(&b, b.tokens);
			/* Two hours of its rate are the most a bucket holds. */
			if (had > bytes_of(&b, b.cap))
				had = bytes_of(&b, b.cap);
			if (had < 0)
				continue;
			assert_true(has <= had + 1);
			assert_true(has >= had - 4 - 1e-6L * had -
				    rates[from] * 70e-9L - rates[to] / 1e9L);
		}
	}
}

/* Toggled between two rates, it passes no more than the rates in force. */
static void toggling_gains_nothing(void **state)
{
	const u64 slow = 12500, fast = 12500000;
	u32 burst = 100000;
	struct optq_bucket b = bucket(slow, burst - MTU, 0);
	long double allowed = burst;
	u64 now = 0, sent = 0;
	int i;

	(void)state;
	for (i = 0; i < 2000; i++) {
		u64 rate = i & 1 ? fast : slow;
		u64 end = now + (i & 1 ? 10000 : 5 * MSEC);

		optq_bucket_set(&b, rate, burst - MTU, now);
		for (;;) {
			optq_bucket_refill(&b, now);
			if (b.tokens < 0)
				break;
			optq_bucket_charge(&b, MTU, INT64_MIN);
			sent += MTU;
		}
		allowed += (long double)rate * (end - now) / 1e9L;
		now = end;
		assert_true(sent <= allowed);
	}
}

static void off_and_on_again(void **state)
{
	struct optq_bucket b = bucket(125000, 10000, 0);

	(void)state;
	optq_bucket_set(&b, 0, 0, 10);
	assert_false(optq_bucket_on(&b));
	optq_bucket_set(&b, 125000, 10000, 20);
	assert_int_equal(b.tokens, b.cap);
	/* A smaller capacity cuts what was saved. */
	optq_bucket_set(&b, 125000, 1000, 30);
	assert_int_equal(b.tokens, b.cap);
	assert_true(bytes_of(&b, b.cap) <= 1000);
}

static void floor_bounds_a_debt(void **state)
{
	struct optq_bucket b = bucket(125000, 10000, 0);
	int i;

	(void)state;
	for (i = 0; i < 1000; i++)
		optq_bucket_charge(&b, OPTQ_LEN_MAX, -b.cap);
	assert_int_equal(b.tokens, -b.cap);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cost_is_exact),
		cmocka_unit_test(passes_rate_and_burst),
		cmocka_unit_test(waits_until_it_may),
		cmocka_unit_test(clock_jumps_give_a_burst),
		cmocka_unit_test(clock_never_goes_back),
		cmocka_unit_test(debt_survives_a_change),
		cmocka_unit_test(credit_is_bytes_too),
		cmocka_unit_test(toggling_gains_nothing),
		cmocka_unit_test(off_and_on_again),
		cmocka_unit_test(floor_bounds_a_debt),
	};

	return cmocka_run_group_tests_name("bucket", tests, NULL, NULL);
}
