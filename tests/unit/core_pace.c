// SPDX-License-Identifier: GPL-2.0
/* What guaranteed turns cost beside leaves with a delay, worked out by hand. */
#include "core_util.h"
#include "../../sch_optq/core/pace.h"

/* A class of 1 MB/s above a leaf of 250 kB/s with a delay and one without. */
struct family {
	struct world w;
	struct optq_class site, call, bulk, other;
	struct optq_urgent urgent;
};

static void family_init(struct family *f, u64 site, u64 call)
{
	struct optq_class_conf delay = CONF(.rate = call, .burst = 10000,
					    .delay_ns = 20 * MSEC);

	world_init(&f->w, 16);
	world_add(&f->w, &f->site, &f->w.t.root, CONF(.rate = site));
	optq_class_init(&f->w.t, &f->call);
	optq_class_give_urgent(&f->call, &f->urgent);
	world_give_inner(&f->w, &f->site);
	optq_class_configure(&f->w.t, &f->call, &delay, f->w.now);
	optq_class_attach(&f->w.t, &f->call, &f->site, f->w.now);
	world_add(&f->w, &f->bulk, &f->site, CONF(.rate = site - call));
}

static void family_free(struct family *f)
{
	world_verify(&f->w);
	world_free(&f->w);
}

/* Rounded up: a part of 2^16 of 10 ms. */
#define ASSERT_COST(f, len, ns) \
	assert_in_range(optq_pace_cost(&(f)->site, len, (f)->w.now) / 1024, \
			(ns) - 1, (ns) + 160)

static void turns_cost_what_is_left_beside(void **state)
{
	struct family f;

	(void)state;
	family_init(&f, 1000000, 250000);
	assert_int_equal(f.site.inner->delay_rate, 250000);
	assert_true(f.site.delays_below);
	assert_true(f.call.has_delay);
	ASSERT_COST(&f, 1500, 1500000);
	/* 2500 bytes ahead are gone in 10 ms at 250 kB/s. */
	optq_pace_charge_urgent(&f.w.t, &f.site, 2500, f.w.now);
	/* At 750 kB/s, while that takes no longer than what is ahead. */
	ASSERT_COST(&f, 1500, 2000000);
	ASSERT_COST(&f, 7500, 10000000);
	/* Then with what was ahead, at 1 MB/s. */
	ASSERT_COST(&f, 30000, 32500000);
	f.w.now += 5 * MSEC;
	ASSERT_COST(&f, 30000, 31250000);
	f.w.now += 5 * MSEC;
	ASSERT_COST(&f, 30000, 30000000);
	/* A leaf passes nothing on. */
	optq_pace_charge_urgent(&f.w.t, &f.call, 2500, f.w.now);
	ASSERT_COST(&f, 1500, 1500000);
	family_free(&f);
}

/* All of the rate is for the delay: there is nobody beside it. */
static void nothing_is_left_beside(void **state)
{
	struct family f;

	(void)state;
	family_init(&f, 250000, 250000);
	ASSERT_COST(&f, 1500, 6000000);
	optq_pace_charge_urgent(&f.w.t, &f.site, 2500, f.w.now);
	ASSERT_COST(&f, 1500, 16000000);
	f.w.now += 3600 * SEC;
	ASSERT_COST(&f, 1500, 6000000);
	family_free(&f);
}

/* What is ahead for longer than can be counted is ahead for good. */
static void ahead_for_years(void **state)
{
	struct family f;
	int i;

	(void)state;
	family_init(&f, 1000000, 250000);
	for (i = 0; i < 100000; i++)
		optq_pace_charge_urgent(&f.w.t, &f.site, 1 << 20, f.w.now);
	ASSERT_COST(&f, 1500, 2000000);
	ASSERT_COST(&f, 1 << 19, 699050667);
	family_free(&f);
}

/* The sum of the rates follows every change of the tree. */
static void the_sum_follows_the_tree(void **state)
{
	struct optq_class_conf conf;
	struct family f;

	(void)state;
	family_init(&f, 1000000, 250000);
	conf = f.call.conf;
	conf.rate = 100000;
	optq_class_configure(&f.w.t, &f.call, &conf, f.w.now);
	assert_int_equal(f.site.inner->delay_rate, 100000);
	assert_int_equal(f.w.t.root.inner->delay_rate, 100000);
	conf.delay_ns = 0;
	optq_class_configure(&f.w.t, &f.call, &conf, f.w.now);
	assert_int_equal(f.site.inner->delay_rate, 0);
	assert_false(f.site.delays_below);
	assert_false(f.call.has_delay);
	conf.delay_ns = MSEC;
	optq_class_configure(&f.w.t, &f.call, &conf, f.w.now);
	optq_class_detach(&f.w.t, &f.call, f.w.now);
	assert_int_equal(f.site.inner->delay_rate, 0);
	assert_false(f.site.delays_below);
	optq_class_attach(&f.w.t, &f.call, &f.site, f.w.now);
	assert_int_equal(f.w.t.root.inner->delay_rate, 100000);
	/* With a class below it, it is no leaf, and its delay no more one. */
	optq_class_detach(&f.w.t, &f.bulk, f.w.now);
	world_give_inner(&f.w, &f.call);
	optq_class_attach(&f.w.t, &f.bulk, &f.call, f.w.now);
	assert_int_equal(f.site.inner->delay_rate, 0);
	assert_false(f.call.has_delay);
	optq_class_detach(&f.w.t, &f.bulk, f.w.now);
	assert_int_equal(f.site.inner->delay_rate, 100000);
	assert_true(f.call.has_delay);
	family_free(&f);
}

/* A link that was reset has nothing to make up for. */
static void a_reset_forgets_what_is_ahead(void **state)
{
	struct family f;

	(void)state;
	family_init(&f, 1000000, 250000);
	optq_pace_charge_urgent(&f.w.t, &f.site, 250000, f.w.now);
	ASSERT_COST(&f, 1500, 2000000);
	optq_class_reset(&f.w.t, &f.site, f.w.now);
	ASSERT_COST(&f, 1500, 1500000);
	family_free(&f);
}

/* What its ceiling held back is as late as before, and not more than two packets. */
static void a_kept_turn_is_not_kept_for_good(void **state)
{
	const u64 tens = optq_ticks(10 * SEC);
	struct optq_class_conf conf;
	struct family f;
	u64 late, next = 0;

	(void)state;
	family_init(&f, 1000000, 250000);
	conf = f.site.conf;
	conf.ceil = 1000000;
	optq_class_configure(&f.w.t, &f.site, &conf, f.w.now);
	world_add(&f.w, &f.other, &f.w.t.root, CONF(.rate = 1000));
	world_send(&f.w, &f.bulk, 1500, 1, 1);
	world_send(&f.w, &f.bulk, 1500, 1, 2);
	world_send(&f.w, &f.other, 1500, 2, 1);
	assert_true(optq_tagged_linked(&f.site.guaranteed));
	f.site.guaranteed.start = optq_ticks(f.w.now) - tens;
	f.site.ceil.tokens = -1;
	optq_class_set_red(&f.w.t, &f.site, f.w.now);
	optq_class_update(&f.w.t, &f.site, f.w.now);
	assert_true(f.site.turn_kept);
	assert_false(optq_tagged_linked(&f.site.guaranteed));
	f.w.now += MSEC;
	/* One went, and the ceiling holds what is left. */
	pkt_free(optq_dequeue(&f.w.t, f.w.now, &f.w.drops, &next));
	assert_true(f.site.turn_kept);
	late = optq_ticks(f.w.now) - f.site.guaranteed.start;
	assert_in_range(late / 1024, 0, 2 * MTU * 1000 + MSEC);
	/* Another parameter, and it is due anew. */
	optq_class_configure(&f.w.t, &f.site, &conf, f.w.now);
	assert_false(f.site.turn_kept);
	while (f.w.t.qlen) {
		f.w.now += MSEC;
		pkt_free(optq_dequeue(&f.w.t, f.w.now, &f.w.drops, &next));
	}
	family_free(&f);
}

/* Without memory for its place a delay is none. */
static void no_memory_no_delay(void **state)
{
	struct optq_class_conf conf = CONF(.rate = 1000, .delay_ns = MSEC);
	struct family f;

	(void)state;
	family_init(&f, 1000000, 250000);
	world_add(&f.w, &f.other, &f.site, conf);
	assert_false(f.other.has_delay);
	assert_int_equal(f.site.inner->delay_rate, 250000);
	world_send(&f.w, &f.other, 1500, 1, 1);
	world_send(&f.w, &f.bulk, 1500, 2, 1);
	world_verify(&f.w);
	while (f.w.t.qlen) {
		u64 next = 0;

		f.w.now += MSEC;
		pkt_free(optq_dequeue(&f.w.t, f.w.now, &f.w.drops, &next));
	}
	family_free(&f);
}

/* Spans of one code are in order to the tick once they are cut to it. */
static void codes_cut_spans(void **state)
{
	u64 span, cut;

	(void)state;
	for (span = 1; span < 100000; span++) {
		cut = optq_tag_floor(span);
		assert_int_equal(optq_tag_code(cut), optq_tag_code(span));
		assert_true(cut <= span && span - cut <= span / 8);
		assert_true(cut == 1 || optq_tag_code(cut - 1) !=
					optq_tag_code(span));
		assert_true(optq_tag_ceil(span) >= span);
		assert_int_equal(optq_tag_floor(optq_tag_ceil(span)),
				 optq_tag_ceil(span));
		assert_true(optq_tag_ceil(span) - cut <= span / 8);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(turns_cost_what_is_left_beside),
		cmocka_unit_test(nothing_is_left_beside),
		cmocka_unit_test(ahead_for_years),
		cmocka_unit_test(the_sum_follows_the_tree),
		cmocka_unit_test(a_reset_forgets_what_is_ahead),
		cmocka_unit_test(a_kept_turn_is_not_kept_for_good),
		cmocka_unit_test(no_memory_no_delay),
		cmocka_unit_test(codes_cut_spans),
	};

	return cmocka_run_group_tests_name("pace", tests, NULL, NULL);
}
