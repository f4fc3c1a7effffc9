// SPDX-License-Identifier: GPL-2.0
/* Rates from two snapshots, and what is kept of a minute of them. */
#include <locale.h>
#include <stdio.h>

#include "core/hist.h"
#include "ctl_help.h"
#include "ctl_tree.h"
#include "mem.h"

#define S	1000000000ULL
#define T0	(5000 * S)

static struct live_tree small_tree(void)
{
	struct live_tree tree = { .ifindex = 3, .handle = 1 << 16 };

	add_class(&tree, 7, "office", SIZE_MAX);
	add_class(&tree, 3, "voice", SIZE_MAX)->leaf = true;
	add_class(&tree, 9, NULL, 0)->leaf = true;
	return tree;
}

/* Takes a copy, so that the test goes on with its own. */
static void take(struct sampler *s, const struct live_tree *tree, uint64_t at_ns)
{
	struct live_tree copy = copy_tree(tree);

	sampler_take(s, &copy, at_ns);
}

static void near(double got, double want)
{
	if (got < want * 0.999 || got > want * 1.001)
		fail_msg("%g, wanted %g", got, want);
}

static void rates_are_over_the_measured_time(void **state)
{
	struct live_tree tree = small_tree();
	struct sampler s = { 0 };

	(void)state;
	add_sent(&tree.classes[1], 100, 200, 2000000);
	take(&s, &tree, T0);
	assert_false(s.rates[1].known);
	assert_int_equal(s.span_ns, 0);
	add_sent(&tree.classes[1], 50, 1000, 8000000);
	tree.classes[1].stats.drop_overlimit = 4;
	tree.classes[1].stats.drop_aqm = 1;
	tree.classes[1].stats.throttled_ns = S / 4;
	tree.stats.bytes = 50000;
	take(&s, &tree, T0 + S / 2);
	assert_true(s.rates[1].known);
	near(s.rates[1].sent, 100000);
	near(s.rates[1].packets, 100);
	near(s.rates[1].drops, 10);
	near(s.rates[1].throttled, 0.5);
	near(s.link.sent, 100000);
	assert_int_equal(s.rates[1].waits, 50);
	/* Those of the time alone: the first hundred waited 2 ms. */
	assert_in_range(s.rates[1].p50_ns, 7600000, 8400000);
	assert_int_equal(s.rates[1].p50_ns, s.rates[1].p99_ns);
	assert_true(s.rates[0].known);
	assert_true(s.rates[0].sent == 0);
	live_free(&tree);
	sampler_free(&s);
}

static void counters_that_go_back_give_no_negative_rates(void **state)
{
	struct live_tree tree = small_tree();
	struct live_class *c = &tree.classes[1];
	struct sampler s = { 0 };

	(void)state;
	add_sent(c, 1000000, 1000, 2000000);
	c->stats.drop_other = 77;
	c->stats.throttled_ns = 9 * S;
	take(&s, &tree, T0);
	memset(&c->stats, 0, sizeof(c->stats));
	memset(c->hist, 0, c->n_hist * sizeof(*c->hist));
	add_sent(c, 10, 500, 4000000);
	take(&s, &tree, T0 + S);
	near(s.rates[1].sent, 5000);
	near(s.rates[1].packets, 10);
	assert_true(s.rates[1].drops == 0);
	assert_true(s.rates[1].throttled == 0);
	assert_int_equal(s.rates[1].waits, 10);
	/* Drops alone: another class that has sent as much by now. */
	c->stats.drop_other = 5;
	take(&s, &tree, T0 + 2 * S);
	c->stats.drop_other = 2;
	c->stats.bytes++;
	take(&s, &tree, T0 + 3 * S);
	near(s.rates[1].drops, 2);
	live_free(&tree);
	sampler_free(&s);
}

/* The kernel halves a histogram that is full. */
static void a_halved_histogram_is_taken_whole(void **state)
{
	struct live_tree tree = small_tree();
	struct live_class *c = &tree.classes[1];
	struct sampler s = { 0 };
	uint32_t bucket = optq_hist_bucket(2000000);

	(void)state;
	add_sent(c, 4000000000, 1, 2000000);
	take(&s, &tree, T0);
	c->hist[bucket] /= 2;
	add_sent(c, 5, 1, 3000000);
	take(&s, &tree, T0 + S);
	assert_int_equal(s.rates[1].waits, 2000000005);
	assert_in_range(s.rates[1].p50_ns, 1900000, 2100000);
	live_free(&tree);
	sampler_free(&s);
}

/* The id of a class that has gone may be another's now. */
static void another_name_is_another_class(void **state)
{
	struct live_tree tree = small_tree();
	struct sampler s = { 0 };

	(void)state;
	add_sent(&tree.classes[1], 10, 100, 2000000);
	take(&s, &tree, T0);
	free(tree.classes[1].name);
	tree.classes[1].name = mem_strndup("video", 5);
	add_sent(&tree.classes[1], 1000, 100, 2000000);
	take(&s, &tree, T0 + S);
	assert_false(s.rates[1].known);
	assert_true(s.rates[1].sent == 0);
	assert_true(s.rates[2].known);
	assert_int_equal(s.appeared, 1);
	assert_int_equal(s.gone, 1);
	live_free(&tree);
	sampler_free(&s);
}

/* The device went and came, or the tree was away: counters tell nothing of between. */
static void another_tree_is_not_compared(void **state)
{
	struct live_tree tree = small_tree();
	struct sampler s = { 0 };

	(void)state;
	take(&s, &tree, T0);
	add_sent(&tree.classes[1], 1000, 100, 2000000);
	tree.ifindex++;
	take(&s, &tree, T0 + S);
	assert_false(s.rates[1].known);
	assert_false(s.link.known);
	add_sent(&tree.classes[1], 1000, 100, 2000000);
	sampler_interrupt(&s);
	take(&s, &tree, T0 + 2 * S);
	assert_false(s.rates[1].known);
	take(&s, &tree, T0 + 3 * S);
	assert_true(s.rates[1].known);
	live_free(&tree);
	sampler_free(&s);
}

static double slot(const struct sampler *s, size_t index, size_t back)
{
	float history[HISTORY_SLOTS];

	sampler_history(s, index, history);
	return (double)history[HISTORY_SLOTS - 1 - back];
}

/* @step_ns apart, each with @packets of 1000 bytes in voice. */
static uint64_t run(struct sampler *s, struct live_tree *tree, uint64_t at,
		    uint64_t step_ns, int times, uint64_t packets)
{
	while (times--) {
		at += step_ns;
		add_sent(&tree->classes[1], packets, 1000, 2000000);
		take(s, tree, at);
	}
	return at;
}

static void a_minute_is_kept_second_by_second(void **state)
{
	struct live_tree tree = small_tree();
	struct sampler s = { 0 };
	uint64_t at = T0;

	(void)state;
	take(&s, &tree, at);
	at = run(&s, &tree, at, S, 100, 10);
	near(slot(&s, 1, 0), 10000);
	near(slot(&s, 1, 58), 10000);
	/* A quarter of a second, or half a minute: the same rates, the same slots. */
	at = run(&s, &tree, at, S / 4, 20, 5);
	near(slot(&s, 1, 0), 20000);
	near(slot(&s, 1, 4), 20000);
	near(slot(&s, 1, 5), 10000);
	at = run(&s, &tree, at, 30 * S, 1, 900);
	near(slot(&s, 1, 0), 30000);
	near(slot(&s, 1, 29), 30000);
	near(slot(&s, 1, 30), 20000);
	/* An hour later there is nothing left of it. */
	run(&s, &tree, at, 3600 * S, 1, 3600);
	near(slot(&s, 1, 0), 1000);
	near(slot(&s, 1, 58), 1000);
	live_free(&tree);
	sampler_free(&s);
}

/* What a timer gives: now a little late, now in time. */
static void late_samples_leave_no_gaps(void **state)
{
	struct live_tree tree = small_tree();
	struct sampler s = { 0 };
	uint64_t at = T0, n;
	size_t back;

	(void)state;
	take(&s, &tree, at);
	for (n = 1; n < 70; n++) {
		add_sent(&tree.classes[1], 100, 1000, 2000000);
		take(&s, &tree, T0 + n * S + n % 3 * 10000000);
		if (n > 2)
			assert_in_range(slot(&s, 1, 0), 97000, 103000);
	}
	for (back = 0; back < 58; back++)
		assert_in_range(slot(&s, 1, back), 97000, 103000);
	live_free(&tree);
	sampler_free(&s);
}

static void a_class_that_comes_again_has_its_history(void **state)
{
	struct live_tree tree = small_tree();
	struct sampler s = { 0 };
	uint64_t at = T0;

	(void)state;
	take(&s, &tree, at);
	at = run(&s, &tree, at, S, 10, 10);
	tree.n = 1;
	take(&s, &tree, at += S);
	take(&s, &tree, at += S);
	assert_int_equal(s.n_tracks, 3);
	tree.n = 3;
	take(&s, &tree, at += S);
	assert_false(s.rates[1].known);
	assert_true(slot(&s, 1, 1) == 0);
	near(slot(&s, 1, 3), 10000);
	/* Longer than a minute: it is forgotten. */
	tree.n = 1;
	take(&s, &tree, at += S);
	take(&s, &tree, at += 61 * S);
	assert_int_equal(s.n_tracks, 1);
	tree.n = 3;
	live_free(&tree);
	sampler_free(&s);
}

static void where_a_rate_stands(void **state)
{
	struct rates r = { .known = true, .sent = 1000 };

	(void)state;
	assert_int_equal(rate_state(&r, 0, 0), RATE_WITHIN);
	assert_int_equal(rate_state(&r, 1000, 5000), RATE_WITHIN);
	assert_int_equal(rate_state(&r, 500, 5000), RATE_OVER);
	assert_int_equal(rate_state(&r, 500, 1010), RATE_AT_CEIL);
	r.throttled = 0.9;
	assert_int_equal(rate_state(&r, 500, 5000), RATE_AT_CEIL);
	r.known = false;
	assert_int_equal(rate_state(&r, 500, 1010), RATE_WITHIN);
}

/* 10,000 classes each second must leave the machine alone: it is a guard against squares. */
static void many_classes(void **state)
{
	struct live_tree tree = { .ifindex = 1 };
	struct sampler s = { 0 };
	char name[16];
	uint32_t i;

	(void)state;
	for (i = 0; i < 10000; i++) {
		snprintf(name, sizeof(name), "c%u", i);
		add_class(&tree, 20000 - i, name, i < 100 ? SIZE_MAX : i % 100);
	}
	take(&s, &tree, T0);
	for (i = 0; i < 10000; i++)
		tree.classes[i].stats.bytes = i;
	take(&s, &tree, T0 + S);
	for (i = 0; i < 10000; i++)
		assert_true(s.rates[i].sent == (double)i);
	assert_int_equal(s.n_tracks, 10000);
	live_free(&tree);
	sampler_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rates_are_over_the_measured_time),
		cmocka_unit_test(counters_that_go_back_give_no_negative_rates),
		cmocka_unit_test(a_halved_histogram_is_taken_whole),
		cmocka_unit_test(another_name_is_another_class),
		cmocka_unit_test(another_tree_is_not_compared),
		cmocka_unit_test(a_minute_is_kept_second_by_second),
		cmocka_unit_test(late_samples_leave_no_gaps),
		cmocka_unit_test(a_class_that_comes_again_has_its_history),
		cmocka_unit_test(where_a_rate_stands),
		cmocka_unit_test(many_classes),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return 1;
	return cmocka_run_group_tests_name("ctl_sample", tests, NULL, NULL);
}
