// SPDX-License-Identifier: GPL-2.0
/* CoDel against the pseudocode of RFC 8289, section 5, in floating point. */
#include <math.h>

#include "core_util.h"

struct ref {
	double first_above, drop_next;
	double count, last_count;
	bool dropping;
};

static const struct optq_codel_params params = {
	.target_ns = 5 * MSEC, .interval_ns = 100 * MSEC, .mtu = MTU,
};

static bool ref_ok_to_drop(struct ref *r, double now, double sojourn,
			   double bytes)
{
	if (sojourn < 5e6 || bytes <= MTU) {
		r->first_above = 0;
		return false;
	}
	if (r->first_above == 0) {
		r->first_above = now + 100e6;
		return false;
	}
	return now >= r->first_above;
}

/* True: drop this one. */
static bool ref_judge(struct ref *r, double now, double sojourn, double bytes,
		      bool first)
{
	bool ok = ref_ok_to_drop(r, now, sojourn, bytes);

	if (r->dropping) {
		if (!ok) {
			r->dropping = false;
			return false;
		}
		if (now < r->drop_next)
			return false;
		r->count++;
		r->drop_next += 100e6 / sqrt(r->count);
		return true;
	}
	if (!ok || !first)
		return false;
	r->dropping = true;
	r->count = r->count - r->last_count > 1 &&
		   now - r->drop_next < 16 * 100e6 ?
		   r->count - r->last_count : 1;
	r->drop_next = now + 100e6 / sqrt(r->count);
	r->last_count = r->count;
	return true;
}

/* A queue that stands: the two drop alike, within the precision of a root. */
static void standing_queue(void **state)
{
	struct optq_codel c;
	struct ref r = { 0 };
	u32 drops = 0, ref_drops = 0;
	u64 now;

	(void)state;
	optq_codel_init(&c);
	for (now = SEC; now < 60 * SEC; now += MSEC / 4) {
		drops += optq_codel_judge(&c, &params, now, 50 * MSEC, 100000,
					  false, true) == OPTQ_CODEL_DROP;
		ref_drops += ref_judge(&r, (double)now, 50e6, 100000, true);
		/*
		 * The first steps of the root cost a third of an interval, and
		 * its 16 bits 1 % when the count has grown large.
		 */
		assert_true(fabs((double)drops - ref_drops) <=
			    2 + 0.5 * sqrt(ref_drops) + 0.01 * ref_drops);
	}
	assert_true(ref_drops > 1000);
}

/* Load that comes and goes, so that dropping is entered again and again. */
static void coming_and_going(void **state)
{
	struct optq_codel c;
	struct ref r = { 0 };
	u32 drops = 0, ref_drops = 0;
	u64 now, seed = 1, until = 0;
	bool high = false;

	(void)state;
	optq_codel_init(&c);
	for (now = SEC; now < 2000 * SEC; now += MSEC) {
		u64 sojourn;

		if (now >= until) {
			high = !high;
			until = now + rnd_in(&seed, 1, high ? 20 * SEC :
					     2 * SEC);
		}
		sojourn = high ? 20 * MSEC : MSEC;
		drops += optq_codel_judge(&c, &params, now, sojourn, 100000,
					  false, true) == OPTQ_CODEL_DROP;
		ref_drops += ref_judge(&r, (double)now, (double)sojourn, 100000,
				       true);
	}
	assert_true(ref_drops > 10000);
	assert_true(fabs((double)drops - ref_drops) <= 0.03 * ref_drops);
}

/* The interval shrinks with the root of the count, at any count. */
static void control_law(void **state)
{
	struct optq_codel c;
	u64 now = SEC;
	u32 i;

	(void)state;
	optq_codel_init(&c);
	c.dropping = true;
	c.first_above_ns = 1;
	c.inv_sqrt = 0xffff;
	c.count = 1;
	for (i = 2; i < 300000; i++) {
		double want = 100e6 / sqrt(i), got;

		c.drop_next_ns = now;
		assert_int_equal(optq_codel_judge(&c, &params, now, SEC, 100000,
						  false, true),
				 OPTQ_CODEL_DROP);
		assert_int_equal(c.count, i);
		got = (double)(c.drop_next_ns - now);
		/* 16 bits of the root: a part in 65536/sqrt(count). */
		assert_true(fabs(got - want) <= want * (i == 2 ? 0.3 : i < 5 ? 0.05 : 0.02) +
			    2 * 100e6 / 65536);
		now += MSEC;
	}
}

/* Back to dropping at a count far from the last one. */
static void back_at_another_count(void **state)
{
	u32 count;

	(void)state;
	for (count = 2; count < 100000; count = count * 3 / 2 + 1) {
		struct optq_codel c;
		u64 now = 100 * SEC;
		double want = 100e6 / sqrt(count), got;

		optq_codel_init(&c);
		c.count = 200000 + count;
		c.last_count = 200000;
		c.inv_sqrt = 147;
		c.first_above_ns = now;
		c.drop_next_ns = now;
		assert_int_equal(optq_codel_judge(&c, &params, now, SEC, 100000,
						  false, true),
				 OPTQ_CODEL_DROP);
		got = (double)(c.drop_next_ns - now);
		assert_true(fabs(got - want) <= 0.02 * want +
			    2 * 100e6 / 65536);
	}
}

static void quiet_below_target(void **state)
{
	struct optq_codel c;
	u64 now;

	(void)state;
	optq_codel_init(&c);
	for (now = SEC; now < 20 * SEC; now += MSEC)
		assert_int_equal(optq_codel_judge(&c, &params, now,
						  5 * MSEC - 1, 100000, false,
						  true), OPTQ_CODEL_PASS);
	/* Old, but alone: nothing stands behind it. */
	for (; now < 40 * SEC; now += MSEC)
		assert_int_equal(optq_codel_judge(&c, &params, now, SEC, MTU,
						  false, true),
				 OPTQ_CODEL_PASS);
	/* High for less than an interval. */
	for (; now < 40 * SEC + 100 * MSEC; now += MSEC)
		assert_int_equal(optq_codel_judge(&c, &params, now, SEC, 100000,
						  false, true),
				 OPTQ_CODEL_PASS);
	assert_int_equal(optq_codel_judge(&c, &params, now, SEC, 100000, false,
					  true), OPTQ_CODEL_DROP);
}

static void marks_instead_of_drops(void **state)
{
	struct optq_codel_params ecn = params;
	struct optq_codel a, b, c;
	u32 marks = 0, drops = 0;
	u64 now;

	(void)state;
	ecn.ecn = true;
	optq_codel_init(&a);
	optq_codel_init(&b);
	optq_codel_init(&c);
	for (now = SEC; now < 60 * SEC; now += MSEC) {
		/* As long as an interval, which marks may still make shorter. */
		enum optq_codel_verdict v =
			optq_codel_judge(&a, &ecn, now, 100 * MSEC, 100000, true,
					 true);

		assert_int_not_equal(v, OPTQ_CODEL_DROP);

		marks += v == OPTQ_CODEL_MARK;
		/* Not ECN-capable, or ECN not asked for: dropped as ever. */
		v = optq_codel_judge(&b, &ecn, now, 100 * MSEC, 100000, false,
				     true);
		assert_int_not_equal(v, OPTQ_CODEL_MARK);
		drops += v == OPTQ_CODEL_DROP;
		v = optq_codel_judge(&c, &params, now, SEC, 100000, true, true);
		assert_int_not_equal(v, OPTQ_CODEL_MARK);
	}
	assert_true(marks > 100);
	assert_int_equal(marks, drops);
}

/* What still waits longer after 32 marks is dropped from, until it does not. */
static void drops_where_marks_do_not_help(void **state)
{
	struct optq_codel_params ecn = params;
	struct optq_codel c;
	u32 marks = 0, drops = 0;
	u64 now;

	(void)state;
	ecn.ecn = true;
	optq_codel_init(&c);
	for (now = SEC; now < 60 * SEC; now += MSEC) {
		enum optq_codel_verdict v =
			optq_codel_judge(&c, &ecn, now, SEC, 100000, true, true);

		assert_false(v == OPTQ_CODEL_MARK && drops);
		marks += v == OPTQ_CODEL_MARK;
		drops += v == OPTQ_CODEL_DROP;
	}
	assert_in_range(marks, 30, 33);
	assert_true(drops > 100);
	for (drops = 0; now < 70 * SEC; now += MSEC)
		drops += optq_codel_judge(&c, &ecn, now, 20 * MSEC, 100000, true,
					  true) == OPTQ_CODEL_DROP;
	assert_int_equal(drops, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(standing_queue),
		cmocka_unit_test(coming_and_going),
		cmocka_unit_test(control_law),
		cmocka_unit_test(back_at_another_count),
		cmocka_unit_test(quiet_below_target),
		cmocka_unit_test(marks_instead_of_drops),
		cmocka_unit_test(drops_where_marks_do_not_help),
	};

	return cmocka_run_group_tests_name("codel", tests, NULL, NULL);
}
