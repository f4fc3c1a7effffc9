// SPDX-License-Identifier: GPL-2.0
/* Sharing by weight: long-run shares, short-run bounds, joining and leaving. */
#include "core_util.h"

#define MEMBERS	40

struct set {
	struct optq_wfq s;
	struct optq_wfq_node n[MEMBERS];
	double sent[MEMBERS];
	u64 total;
	int members;
};

static void set_init(struct set *x, int members, const u32 *weights)
{
	int i;

	memset(x, 0, sizeof(*x));
	optq_wfq_init(&x->s);
	x->members = members;
	for (i = 0; i < members; i++) {
		optq_wfq_node_init(&x->n[i]);
		optq_wfq_set_weight(&x->n[i], weights[i]);
		optq_wfq_set_len(&x->s, &x->n[i], MTU);
	}
}

static void join_all(struct set *x)
{
	int i;

	for (i = 0; i < x->members; i++)
		optq_wfq_insert(&x->s, &x->n[i]);
}

static int serve(struct set *x, u32 len)
{
	struct optq_wfq_node *n = optq_wfq_pick(&x->s);
	int i;

	assert_non_null(n);
	i = (int)(n - x->n);
	assert_true(i >= 0 && i < x->members);
	optq_wfq_charge(&x->s, n, len);
	x->sent[i] += len;
	x->total += len;
	return i;
}

static double weight_sum(const struct set *x)
{
	double sum = 0;
	int i;

	for (i = 0; i < x->members; i++)
		sum += x->n[i].weight;
	return sum;
}

/* At every step, every member is within packets of its ideal share. */
static void shares_hold(struct set *x, u32 lo, u32 hi, int rounds, double packets,
			u64 seed)
{
	double sum = weight_sum(x);
	int r, i;

	join_all(x);
	for (r = 0; r < rounds; r++) {
		serve(x, (u32)rnd_in(&seed, lo, hi));
		for (i = 0; i < x->members; i++) {
			double ideal = (double)x->total * x->n[i].weight / sum;
			double off = x->sent[i] - ideal;

			/* inv is 2^40 / weight in whole numbers. */
			off = off < 0 ? -off : off;
			assert_true(off <= packets * hi + ideal *
				    x->n[i].weight / 1099511627776.0);
		}
	}
}

static void two_equal(void **state)
{
	const u32 w[] = { 1, 1 };
	struct set x;

	(void)state;
	set_init(&x, 2, w);
	shares_hold(&x, MTU, MTU, 10000, 0.5, 1);
	set_init(&x, 2, w);
	shares_hold(&x, 64, MTU, 10000, 1, 2);
}

static void two_unequal(void **state)
{
	const u32 w[] = { 1, 9 }, v[] = { 3, 1000 };
	struct set x;

	(void)state;
	set_init(&x, 2, w);
	shares_hold(&x, MTU, MTU, 10000, 1, 3);
	set_init(&x, 2, v);
	shares_hold(&x, 64, MTU, 100000, 1, 4);
}

static void many(void **state)
{
	u32 w[MEMBERS];
	u64 seed = 5;
	struct set x;
	int i, round;

	(void)state;
	for (round = 0; round < 20; round++) {
		for (i = 0; i < MEMBERS; i++)
			w[i] = (u32)rnd_in(&seed, 1, round % 2 ? 10 : 100000);
		set_init(&x, MEMBERS, w);
		shares_hold(&x, 64, MTU, 5000, 1, seed);
		/* Super-packets beside small ones: within one of the longest. */
		set_init(&x, MEMBERS, w);
		shares_hold(&x, 64, 65536, 5000, 1.1, seed);
	}
}

static void extreme_weights(void **state)
{
	const u32 w[] = { 1, ~0U }, v[] = { ~0U, ~0U - 1, 1U << 31 };
	struct set x;

	(void)state;
	set_init(&x, 2, w);
	shares_hold(&x, 64, OPTQ_LEN_MAX, 100000, 1, 6);
	set_init(&x, 3, v);
	shares_hold(&x, 64, MTU, 100000, 1, 7);
}

static void virtual_time_wraps(void **state)
{
	const u32 w[] = { 1, 2, 5 };
	struct set x;
	int i;

	(void)state;
	set_init(&x, 3, w);
	x.s.vtime = ~0ULL - (1000ULL << OPTQ_WFQ_SHIFT);
	for (i = 0; i < 3; i++)
		x.n[i].tag.start = x.s.vtime;
	shares_hold(&x, 64, MTU, 10000, 1, 8);
}

/* Coming and going at once gives no more than staying. */
static void leaving_brings_no_credit(void **state)
{
	const u32 w[] = { 1, 1 };
	struct set x;
	int i;

	(void)state;
	set_init(&x, 2, w);
	join_all(&x);
	for (i = 0; i < 10000; i++) {
		int who = serve(&x, MTU);

		if (who == 0) {
			optq_wfq_remove(&x.s, &x.n[0]);
			optq_wfq_insert(&x.s, &x.n[0]);
		}
	}
	assert_true(x.sent[0] <= x.sent[1] + 2 * MTU);
}

/* A long absence is no claim on what was sent meanwhile. */
static void absence_saves_nothing(void **state)
{
	const u32 w[] = { 1, 1 };
	struct set x;
	double before;
	int i;

	(void)state;
	set_init(&x, 2, w);
	optq_wfq_insert(&x.s, &x.n[0]);
	for (i = 0; i < 100000; i++)
		serve(&x, MTU);
	optq_wfq_insert(&x.s, &x.n[1]);
	before = x.sent[0];
	for (i = 0; i < 100; i++)
		serve(&x, MTU);
	assert_true(x.sent[1] <= x.sent[0] - before + 2 * MTU);
	assert_true(x.sent[1] >= x.sent[0] - before - 2 * MTU);
}

/*
 * Others come for one packet and leave, again and again; then a member comes
 * to stay.  It gets its share from there on, within two packets.
 */
static void passers_by_cost_nobody(void **state)
{
	u32 w[MEMBERS];
	u64 seed = 9;
	struct set x;
	int round;

	(void)state;
	for (round = 0; round < 200; round++) {
		double base[MEMBERS], total, sum;
		int i, late = 1;

		for (i = 0; i < MEMBERS; i++)
			w[i] = (u32)rnd_in(&seed, 1, round % 2 ? 10 : 1000);
		set_init(&x, MEMBERS, w);
		optq_wfq_insert(&x.s, &x.n[0]);
		for (i = 0; i < 2000; i++) {
			int who = (int)rnd_in(&seed, 2, MEMBERS - 1);

			if (!optq_wfq_linked(&x.n[who]))
				optq_wfq_insert(&x.s, &x.n[who]);
			who = serve(&x, MTU);
			if (who)
				optq_wfq_remove(&x.s, &x.n[who]);
		}
		for (i = 2; i < MEMBERS; i++)
			optq_wfq_remove(&x.s, &x.n[i]);
		optq_wfq_insert(&x.s, &x.n[late]);
		memcpy(base, x.sent, sizeof(base));
		total = (double)x.total;
		sum = (double)w[0] + w[late];
		for (i = 0; i < 3000; i++) {
			double ideal, off;

			serve(&x, MTU);
			ideal = ((double)x.total - total) * w[late] / sum;
			off = x.sent[late] - base[late] - ideal;
			assert_true(off <= 2 * MTU && off >= -2.0 * MTU);
		}
	}
}

/* From one set to another: its times there are worth nothing here. */
static void another_set_is_another_clock(void **state)
{
	const u32 w[] = { 1, 1, 1 };
	struct set x, y;
	int i;

	(void)state;
	set_init(&x, 3, w);
	set_init(&y, 3, w);
	optq_wfq_insert(&x.s, &x.n[0]);
	for (i = 0; i < 300; i++)
		serve(&x, MTU);
	/* y's clock stands at 0; the newcomer's start is 300 packets ahead. */
	optq_wfq_remove(&x.s, &x.n[0]);
	y.n[2] = x.n[0];
	join_all(&y);
	for (i = 0; i < 30; i++)
		serve(&y, MTU);
	assert_true(y.sent[2] >= 8.0 * MTU);
	assert_true(y.sent[2] <= 12.0 * MTU);
}

static void empty_set_gives_none(void **state)
{
	const u32 w[] = { 1 };
	struct set x;

	(void)state;
	set_init(&x, 1, w);
	assert_null(optq_wfq_pick(&x.s));
	optq_wfq_remove(&x.s, &x.n[0]);
	optq_wfq_insert(&x.s, &x.n[0]);
	assert_ptr_equal(optq_wfq_pick(&x.s), &x.n[0]);
	optq_wfq_remove(&x.s, &x.n[0]);
	/* What left in the meantime is charged all the same. */
	optq_wfq_charge(&x.s, &x.n[0], MTU);
	assert_true(optq_wfq_empty(&x.s));
	assert_int_equal(x.s.wsum, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_equal),
		cmocka_unit_test(two_unequal),
		cmocka_unit_test(many),
		cmocka_unit_test(extreme_weights),
		cmocka_unit_test(virtual_time_wraps),
		cmocka_unit_test(leaving_brings_no_credit),
		cmocka_unit_test(absence_saves_nothing),
		cmocka_unit_test(passers_by_cost_nobody),
		cmocka_unit_test(another_set_is_another_clock),
		cmocka_unit_test(empty_set_gives_none),
	};

	return cmocka_run_group_tests_name("wfq", tests, NULL, NULL);
}
