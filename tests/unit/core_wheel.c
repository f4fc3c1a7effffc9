// SPDX-License-Identifier: GPL-2.0
/* The timing wheel against a list that is searched. */
#include "core_util.h"

#include "../../sch_optq/core/wheel.h"

#define TIMERS	300
#define TICK_NS	(1ULL << OPTQ_TICK_NS_SHIFT)

struct clockwork {
	struct optq_wheel w;
	struct optq_timer timer[TIMERS];
	u64 now;
};

static void clockwork_init(struct clockwork *x, u64 now)
{
	int i;

	memset(x, 0, sizeof(*x));
	x->now = now;
	optq_wheel_init(&x->w, now);
	for (i = 0; i < TIMERS; i++)
		optq_timer_init(&x->timer[i]);
}

static const struct optq_timer *earliest(const struct clockwork *x)
{
	const struct optq_timer *best = NULL;
	int i;

	for (i = 0; i < TIMERS; i++) {
		const struct optq_timer *t = &x->timer[i];

		if (optq_timer_is_set(&x->w, t) &&
		    (!best || t->when_ns < best->when_ns))
			best = t;
	}
	return best;
}

/* Never early, and never later than the tick that holds its time. */
static void take_expired(struct clockwork *x)
{
	const struct optq_timer *left;
	struct optq_timer *t;
	u32 budget = ~0U;

	while ((t = optq_wheel_expired(&x->w, x->now, &budget))) {
		assert_true(t->when_ns <= x->now);
		assert_false(optq_timer_is_set(&x->w, t));
	}
	left = earliest(x);
	if (left)
		assert_true(left->when_ns + TICK_NS > x->now);
}

/* What it says is next is the earliest, but for the rest of its tick. */
static void next_is_right(const struct clockwork *x)
{
	const struct optq_timer *best = earliest(x);
	u64 next = optq_wheel_next(&x->w, x->now);

	if (!best) {
		assert_int_equal(next, 0);
		return;
	}
	assert_true(next >= x->now);
	assert_true(next < optq_max_u64(best->when_ns, x->now) + TICK_NS);
}

static void random_ops(u64 now, u64 span, u64 step, u64 seed)
{
	static struct clockwork x;
	int i;

	clockwork_init(&x, now);
	for (i = 0; i < 20000; i++) {
		struct optq_timer *t = &x.timer[rnd(&seed) % TIMERS];

		if (rnd(&seed) % 4 == 0) {
			optq_wheel_cancel(&x.w, t);
			assert_false(optq_timer_is_set(&x.w, t));
			/* Once more does nothing. */
			optq_wheel_cancel(&x.w, t);
		} else {
			optq_wheel_set(&x.w, t, x.now + rnd(&seed) % span);
			assert_true(optq_timer_is_set(&x.w, t));
		}
		next_is_right(&x);
		x.now += rnd(&seed) % step;
		take_expired(&x);
		next_is_right(&x);
	}
}

static void near_and_dense(void **state)
{
	(void)state;
	random_ops(1000, 10000, 300, 1);
}

static void milliseconds(void **state)
{
	(void)state;
	random_ops(SEC * 1000, 1000000, 20000, 2);
}

static void seconds_and_days(void **state)
{
	(void)state;
	random_ops(SEC * 86400 * 1000, 10 * SEC, SEC, 3);
	random_ops(SEC * 86400 * 1000, SEC * 86400 * 26, SEC * 3600, 4);
}

/* Every digit of the wheel turns over at once. */
static void digits_turn_over(void **state)
{
	u32 level;

	(void)state;
	for (level = 1; level < OPTQ_WHEEL_LEVELS - 1; level++) {
		u64 turn = TICK_NS << (level * OPTQ_WHEEL_BITS);

		random_ops(turn - 5000, 20000, 100, level);
	}
}

static void a_time_that_has_passed(void **state)
{
	static struct clockwork x;
	u32 budget = 10;

	(void)state;
	clockwork_init(&x, 5 * SEC);
	optq_wheel_set(&x.w, &x.timer[0], SEC);
	assert_int_equal(optq_wheel_next(&x.w, x.now), x.now);
	assert_ptr_equal(optq_wheel_expired(&x.w, x.now, &budget), &x.timer[0]);
	assert_null(optq_wheel_expired(&x.w, x.now, &budget));
}

/* Nothing is lost and nothing too late when the work is cut into pieces. */
static void budget_cuts_the_work(void **state)
{
	static struct clockwork x;
	int i, fired = 0, calls = 0;

	(void)state;
	clockwork_init(&x, SEC);
	for (i = 0; i < TIMERS; i++)
		optq_wheel_set(&x.w, &x.timer[i], 2 * SEC + (u64)i);
	x.now = 3 * SEC;
	while (fired < TIMERS) {
		u32 budget = 7;

		while (optq_wheel_expired(&x.w, x.now, &budget))
			fired++;
		assert_true(++calls < 100 * TIMERS);
		if (fired < TIMERS)
			assert_int_equal(optq_wheel_next(&x.w, x.now), x.now);
	}
	assert_int_equal(optq_wheel_next(&x.w, x.now), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(near_and_dense),
		cmocka_unit_test(milliseconds),
		cmocka_unit_test(seconds_and_days),
		cmocka_unit_test(digits_turn_over),
		cmocka_unit_test(a_time_that_has_passed),
		cmocka_unit_test(budget_cuts_the_work),
	};

	return cmocka_run_group_tests_name("wheel", tests, NULL, NULL);
}
