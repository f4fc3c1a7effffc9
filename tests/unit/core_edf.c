// SPDX-License-Identifier: GPL-2.0
/* Guaranteed turns: deadlines, overload, newcomers, and a clock that wraps. */
#include "core_util.h"
#include "../../sch_optq/core/edf.h"

#define MEMBERS		30
#define TICKS(bytes, rate) ((u64)((double)(bytes) * 1e9 / (rate) * 1024))

/* Members that send packets of one length over a line; none, one or all wait. */
struct set {
	struct optq_edf s;
	struct optq_tagged n[MEMBERS];
	double rate[MEMBERS];		/* bytes per second */
	double sent[MEMBERS];
	u32 len[MEMBERS];
	double line;
	u64 now;			/* ticks */
	int members;
};

static void set_init(struct set *x, int members, double line, u64 now)
{
	int i;

	memset(x, 0, sizeof(*x));
	optq_edf_init(&x->s);
	x->members = members;
	x->line = line;
	x->now = now;
	for (i = 0; i < members; i++)
		optq_tagged_init(&x->n[i]);
}

static u64 cost(const struct set *x, int i, u32 len)
{
	return TICKS(len, x->rate[i]);
}

static void join(struct set *x, int i, u32 len, u64 since)
{
	x->len[i] = len;
	optq_edf_set_span(&x->s, &x->n[i], cost(x, i, len), x->now);
	optq_edf_insert(&x->s, &x->n[i], cost(x, i, OPTQ_LEN_MAX), since,
			x->now);
}

/* One packet onto the line; the next of that member is as long as len says. */
static int serve(struct set *x, u32 len)
{
	struct optq_tagged *n = optq_edf_pick(&x->s, x->now);
	int i;

	assert_non_null(n);
	i = (int)(n - x->n);
	assert_true(i >= 0 && i < x->members);
	optq_edf_charge(&x->s, n, cost(x, i, x->len[i]), x->now);
	x->sent[i] += x->len[i];
	x->now += TICKS(x->len[i], x->line);
	x->len[i] = len;
	optq_edf_set_span(&x->s, n, cost(x, i, len), x->now);
	return i;
}

/* Rates that fill the line to fill, no two alike. */
static void rates_init(struct set *x, double fill, u64 *seed)
{
	double sum = 0;
	int i;

	for (i = 0; i < x->members; i++) {
		x->rate[i] = (double)rnd_in(seed, 1, 1000);
		sum += x->rate[i];
	}
	for (i = 0; i < x->members; i++)
		x->rate[i] *= x->line * fill / sum;
}

/*
 * All wait from the start, and the rates fit: whoever is due has been served by
 * its deadline, but for the packet that had begun and an eighth of its own.
 */
static void deadlines_hold(u64 now)
{
	u64 seed;

	for (seed = 1; seed < 200; seed++) {
		u64 rng = seed, begun;
		struct set x;
		int i, k;

		set_init(&x, (int)rnd_in(&rng, 1, MEMBERS), 1e6, now);
		rates_init(&x, 1.0, &rng);
		for (i = 0; i < x.members; i++)
			join(&x, i, (u32)rnd_in(&rng, 64, MTU), x.now);
		for (k = 0; k < 3000; k++) {
			begun = x.now;
			serve(&x, (u32)rnd_in(&rng, 64, MTU));
			for (i = 0; i < x.members; i++) {
				u64 late = x.n[i].start + x.n[i].span +
					   x.n[i].span / 8 + TICKS(MTU, x.line);

				assert_false(optq_before(late, begun));
			}
		}
	}
}

static void deadlines(void **state)
{
	(void)state;
	deadlines_hold(0);
	deadlines_hold(~0ULL - TICKS(20 * MTU, 1e6));
}

/* Twice of what there is was promised: half of it comes to each. */
static void overload_is_shared(void **state)
{
	struct set x;
	u64 rng = 3;
	int i, k;

	(void)state;
	set_init(&x, MEMBERS, 1e6, 1 << 20);
	rates_init(&x, 2.0, &rng);
	for (i = 0; i < x.members; i++)
		join(&x, i, MTU, x.now);
	for (k = 0; k < 50000; k++)
		serve(&x, (u32)rnd_in(&rng, 64, MTU));
	for (i = 0; i < x.members; i++) {
		double want = x.rate[i] / 2 *
			      (double)(x.now - (1 << 20)) / 1024 / 1e9;

		assert_true(x.sent[i] > want * 0.99 - 2 * MTU);
		assert_true(x.sent[i] < want * 1.01 + 2 * MTU);
	}
}

/*
 * The others are seconds behind when one more comes.  It neither waits until
 * they have caught up, nor has them wait for what it never asked for.
 */
static void newcomer_in_overload(void **state)
{
	double want, rate = 4e5;
	struct set x;
	u64 from;
	int i, k;

	(void)state;
	set_init(&x, 4, 1e6, 1 << 20);
	for (i = 0; i < 4; i++)
		x.rate[i] = rate;
	for (i = 0; i < 3; i++)
		join(&x, i, MTU, x.now);
	for (k = 0; k < 20000; k++)
		serve(&x, MTU);
	join(&x, 3, MTU, x.now);
	from = x.now;
	for (k = 0; k < 400; k++)
		serve(&x, MTU);
	want = 1e6 / 4 * (double)(x.now - from) / 1024 / 1e9;
	assert_true(x.sent[3] > want - 3 * MTU && x.sent[3] < want + 3 * MTU);
}

/* Coming and going sheds no debt, and absence earns nothing. */
static void leaving_keeps_debt(void **state)
{
	struct set x;
	u64 owed;

	(void)state;
	set_init(&x, 2, 1e6, 1 << 20);
	x.rate[0] = 5e5;
	x.rate[1] = 1e5;
	join(&x, 0, MTU, x.now);
	join(&x, 1, MTU, x.now);
	while (serve(&x, MTU) != 1)
		;
	owed = x.n[1].start;
	assert_true(optq_before(x.now, owed));
	optq_edf_remove(&x.s, &x.n[1]);
	join(&x, 1, MTU, x.now);
	assert_true(x.n[1].start == owed);
	optq_edf_remove(&x.s, &x.n[1]);
	/* An hour later, all idle, it starts at once, and has saved nothing. */
	optq_edf_remove(&x.s, &x.n[0]);
	x.now += 3600 * SEC * 1024;
	join(&x, 1, MTU, x.now);
	assert_true(x.n[1].start == x.now);
}

/* A burst is served while nobody is due, and costs what comes later nothing. */
static void burst_is_not_owed(void **state)
{
	struct set x;
	int k;

	(void)state;
	set_init(&x, 2, 1e6, 1 << 20);
	x.rate[0] = 1e3;
	x.rate[1] = 9e5;
	join(&x, 0, MTU, x.now);
	for (k = 0; k < 100; k++) {
		serve(&x, MTU);
		assert_true(x.n[0].start - x.now <= cost(&x, 0, MTU));
	}
	join(&x, 1, MTU, x.now);
	assert_int_equal(serve(&x, MTU), 1);
}

/* It was due while the line was busy: that is not its loss. */
static void due_since(void **state)
{
	struct set x;
	u64 due;

	(void)state;
	set_init(&x, 2, 1e6, 1 << 30);
	x.rate[0] = 5e5;
	x.rate[1] = 5e5;
	due = x.now;
	x.now += TICKS(MTU, x.line);
	join(&x, 0, MTU, due);
	assert_true(x.n[0].start == due);
	/* The set has been busy since: the next may start there as well. */
	join(&x, 1, MTU, x.now);
	assert_false(optq_before(x.n[1].start, due));
	assert_false(optq_before(x.now, x.n[1].start));
}

/* A tag from the time before the clock wrapped is not taken for a debt. */
static void stale_tag(void **state)
{
	struct set x;

	(void)state;
	set_init(&x, 1, 1e6, 1ULL << 62);
	x.rate[0] = 5e5;
	x.n[0].start = x.now + (1ULL << 61);
	join(&x, 0, MTU, x.now);
	assert_true(x.n[0].start == x.now);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(deadlines),
		cmocka_unit_test(overload_is_shared),
		cmocka_unit_test(newcomer_in_overload),
		cmocka_unit_test(leaving_keeps_debt),
		cmocka_unit_test(burst_is_not_owed),
		cmocka_unit_test(due_since),
		cmocka_unit_test(stale_tag),
	};

	return cmocka_run_group_tests_name("edf", tests, NULL, NULL);
}
