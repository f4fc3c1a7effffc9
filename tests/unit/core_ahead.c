// SPDX-License-Identifier: GPL-2.0
/* Turns that leaves with a delay took ahead of time, worked out by hand. */
#include "core_util.h"
#include "../../sch_optq/core/ahead.h"

/* Below the link: a site of a call with a delay and of bulk, and another beside. */
struct family {
	struct world w;
	struct optq_class site, call, bulk, other, beside;
	struct optq_urgent urgent;
};

#define CALL_RATE	250000
#define SITE_RATE	1000000

static void family_init(struct family *f)
{
	struct optq_class_conf delay = CONF(.rate = CALL_RATE, .burst = 15140,
					    .delay_ns = 20 * MSEC);

	memset(f, 0, sizeof(*f));
	world_init(&f->w, 16);
	world_add(&f->w, &f->site, &f->w.t.root, CONF(.rate = SITE_RATE));
	world_add(&f->w, &f->beside, &f->w.t.root, CONF(.rate = SITE_RATE));
	optq_class_init(&f->w.t, &f->call);
	optq_class_give_urgent(&f->call, &f->urgent);
	world_give_inner(&f->w, &f->site);
	optq_class_configure(&f->w.t, &f->call, &delay, f->w.now);
	optq_class_attach(&f->w.t, &f->call, &f->site, f->w.now);
	world_add(&f->w, &f->bulk, &f->site, CONF(.rate = SITE_RATE - CALL_RATE));
	f->w.now += SEC;
}

static void family_free(struct family *f)
{
	world_verify(&f->w);
	world_free(&f->w);
}

static u32 family_take(struct family *f)
{
	struct optq_pkt *p;
	u64 next = 0;
	u32 flow = 0;

	p = optq_dequeue(&f->w.t, f->w.now, &f->w.drops, &next);
	if (p) {
		flow = tpkt(p)->flow;
		pkt_free(p);
	}
	world_verify(&f->w);
	return flow;
}

static void family_drain(struct family *f)
{
	while (f->w.t.qlen)
		family_take(f);
}

enum { CALL = 1, BULK, BESIDE };

/* All queue n packets of a full frame. */
static void family_queue(struct family *f, u32 calls, u32 n)
{
	u32 i;

	for (i = 0; i < calls; i++)
		world_send(&f->w, &f->call, MTU, CALL, i + 1);
	for (i = 0; i < n; i++) {
		world_send(&f->w, &f->bulk, MTU, BULK, i + 1);
		world_send(&f->w, &f->beside, MTU, BESIDE, i + 1);
	}
}

static u64 turn_of(const struct optq_class *c, u32 len)
{
	return (u64)optq_bucket_cost(&c->rate, len);
}

/*
 * The call's burst leaves first, on turns that cost its site none.  Then each of
 * its turns passes when it comes: what the site sends from then on is its rate
 * less the call's, and what is beside it loses nothing.
 */
static void turns_taken_are_passed(void **state)
{
	struct family f;
	u32 sent[4] = { 0 };
	u64 start;

	(void)state;
	family_init(&f);
	world_send(&f.w, &f.bulk, MTU, BULK, 1);
	world_send(&f.w, &f.beside, MTU, BESIDE, 1);
	family_queue(&f, 10, 200);
	/* Both are due now; the call is due within 20 ms, as late as it may be. */
	start = f.w.now;
	while (f.w.t.qlen && f.w.now < start + 100 * MSEC) {
		sent[family_take(&f)]++;
		/* The link sends what is guaranteed, 2 MB/s. */
		f.w.now += MTU * 500;
	}
	assert_int_equal(sent[CALL], 10);
	assert_int_equal(f.call.qlen, 0);
	/* 100 ms: 66 packets of the site's, of which the call's rate has 16. */
	assert_in_range(sent[BESIDE], 63, 68);
	assert_in_range(sent[BULK] + sent[CALL], 63, 68);
	family_drain(&f);
	family_free(&f);
}

/* What urgent turns sent is known of the leaf, and of it alone. */
static void urgent_turns_are_noted(void **state)
{
	struct family f;
	u64 site, took;

	(void)state;
	family_init(&f);
	family_queue(&f, 4, 2);
	/* The link's guarantees are in time: nothing else is due. */
	f.site.guaranteed.start += optq_ticks(SEC);
	site = f.site.guaranteed.start;
	f.w.t.urgent_top = &f.site;
	f.w.t.lender = &f.call;
	took = f.urgent.ahead;
	optq_ahead_take(&f.w.t, &f.call, MTU, f.w.t.urgent_top->depth);
	assert_int_equal(f.urgent.ahead, took + turn_of(&f.call, MTU));
	assert_int_equal(f.urgent.ahead_below, 0);
	assert_int_equal(f.site.guaranteed.start, site);
	assert_int_equal(optq_ahead_len(&f.w.t, &f.call), MTU);
	assert_int_equal(optq_ahead_len(&f.w.t, &f.bulk), 0);
	optq_ahead_forget(&f.call);
	family_drain(&f);
	family_free(&f);
}

/* A leaf that would be too far behind by its next turn has this one. */
static void who_waits_too_long_keeps_the_turn(void **state)
{
	struct family f;
	u64 start, most;

	(void)state;
	family_init(&f);
	family_queue(&f, 2, 2);
	f.urgent.ahead = turn_of(&f.call, MTU);
	assert_true(optq_tagged_linked(&f.urgent.tag));
	start = f.urgent.tag.start;
	/* Two levels, one packet more and an eighth. */
	most = (u64)f.call.rate.cap - 2 * turn_of(&f.call, MTU) -
	       turn_of(&f.call, MTU + MTU / 8);
	assert_int_equal(optq_ahead_passes(&f.w.t, &f.call, start + most), MTU);
	assert_int_equal(optq_ahead_passes(&f.w.t, &f.call, start + most + 1), 0);
	family_drain(&f);
	/* Nothing waits: nothing is late. */
	f.urgent.ahead = turn_of(&f.call, MTU);
	assert_int_equal(optq_ahead_passes(&f.w.t, &f.call, start + 2 * most), MTU);
	optq_ahead_forget(&f.call);
	optq_class_update(&f.w.t, &f.call, f.w.now);
	family_free(&f);
}

/* A full packet's, a fourth, a sixteenth; and less waits until it is more. */
static void turns_have_three_lengths(void **state)
{
	struct family f;

	(void)state;
	family_init(&f);
	f.urgent.ahead = turn_of(&f.call, MTU / 16) - 1;
	assert_int_equal(optq_ahead_len(&f.w.t, &f.call), 0);
	f.urgent.ahead++;
	assert_int_equal(optq_ahead_len(&f.w.t, &f.call), MTU / 16);
	f.urgent.ahead_below = turn_of(&f.call, MTU / 4);
	assert_int_equal(optq_ahead_len(&f.w.t, &f.call), MTU / 4);
	f.urgent.ahead = turn_of(&f.call, MTU);
	assert_int_equal(optq_ahead_len(&f.w.t, &f.call), MTU);
	optq_ahead_forget(&f.call);
	assert_int_equal(optq_ahead_len(&f.w.t, &f.call), 0);
	family_free(&f);
}

/* All are due now, and wait. */
static void family_make_due(struct family *f)
{
	f->site.guaranteed.start = optq_ticks(f->w.now);
	f->call.guaranteed.start = optq_ticks(f->w.now);
	f->site.inner->guarantees.busy = optq_ticks(f->w.now);
}

static void a_passed_turn_costs_every_level(void **state)
{
	struct family f;
	u64 now;

	(void)state;
	family_init(&f);
	family_make_due(&f);
	now = optq_ticks(f.w.now);
	f.urgent.ahead = 2 * turn_of(&f.call, MTU);
	optq_ahead_pass(&f.w.t, &f.call, f.w.now);
	assert_int_equal(f.urgent.ahead, turn_of(&f.call, MTU));
	assert_int_equal(f.call.guaranteed.start, now + turn_of(&f.call, MTU));
	assert_int_equal(f.site.guaranteed.start, now + turn_of(&f.site, MTU));
	optq_ahead_forget(&f.call);
	family_free(&f);
}

/* The site gave a guaranteed turn of its own: that is not to be paid twice. */
static void a_turn_given_further_up_is_not_paid_twice(void **state)
{
	struct family f;
	u64 now;

	(void)state;
	family_init(&f);
	family_make_due(&f);
	now = optq_ticks(f.w.now);
	optq_ahead_take(&f.w.t, &f.call, MTU, 2);
	assert_int_equal(f.urgent.ahead, 0);
	optq_ahead_pass(&f.w.t, &f.call, f.w.now);
	assert_int_equal(f.urgent.ahead_below, 0);
	assert_int_equal(f.call.guaranteed.start, now + turn_of(&f.call, MTU));
	assert_int_equal(f.site.guaranteed.start, now);
	family_free(&f);
}

/* When nobody at the link is due a turn, what was taken cost nobody one. */
static void an_idle_link_forgets(void **state)
{
	struct family f;

	(void)state;
	family_init(&f);
	family_make_due(&f);
	f.site.guaranteed.start += 1;
	f.urgent.ahead = 5 * turn_of(&f.call, MTU);
	f.urgent.ahead_below = turn_of(&f.call, MTU);
	optq_ahead_pass(&f.w.t, &f.call, f.w.now);
	assert_int_equal(f.urgent.ahead | f.urgent.ahead_below, 0);
	family_free(&f);
}

/* Nor did turns that came while the class above had nothing to send. */
static void idle_time_is_forgiven(void **state)
{
	struct family f;
	u64 now;

	(void)state;
	family_init(&f);
	family_make_due(&f);
	now = optq_ticks(f.w.now);
	f.call.guaranteed.start = now - 3 * turn_of(&f.call, MTU);
	f.urgent.ahead = 5 * turn_of(&f.call, MTU);
	optq_ahead_pass(&f.w.t, &f.call, f.w.now);
	/* Three in idle time, and the one that has come. */
	assert_int_equal(f.urgent.ahead, turn_of(&f.call, MTU));
	f.call.guaranteed.start = now - 3 * turn_of(&f.call, MTU);
	optq_ahead_pass(&f.w.t, &f.call, f.w.now);
	assert_int_equal(f.urgent.ahead, 0);
	family_free(&f);
}

/* A class that loses its delay, leaves the tree or is reset owes nothing. */
static void who_leaves_owes_nothing(void **state)
{
	struct optq_class_conf conf;
	struct family f;

	(void)state;
	family_init(&f);
	f.urgent.ahead = turn_of(&f.call, MTU);
	optq_class_reset(&f.w.t, &f.call, f.w.now);
	assert_int_equal(f.urgent.ahead, 0);
	/* What is changed and keeps its delay keeps what it took. */
	f.urgent.ahead = turn_of(&f.call, MTU);
	conf = f.call.conf;
	conf.weight = 7;
	optq_class_configure(&f.w.t, &f.call, &conf, f.w.now);
	assert_int_equal(f.urgent.ahead, turn_of(&f.call, MTU));
	world_verify(&f.w);
	conf.delay_ns = 0;
	optq_class_configure(&f.w.t, &f.call, &conf, f.w.now);
	assert_false(f.call.has_delay);
	assert_int_equal(f.urgent.ahead, 0);
	world_verify(&f.w);
	conf.delay_ns = MSEC;
	optq_class_configure(&f.w.t, &f.call, &conf, f.w.now);
	assert_true(f.call.has_delay);
	f.urgent.ahead_below = turn_of(&f.call, MTU);
	optq_class_update(&f.w.t, &f.call, f.w.now);
	assert_true(optq_tagged_linked(&f.call.guaranteed));
	world_verify(&f.w);
	optq_class_detach(&f.w.t, &f.call, f.w.now);
	assert_int_equal(f.urgent.ahead_below, 0);
	assert_false(optq_tagged_linked(&f.call.guaranteed));
	optq_class_attach(&f.w.t, &f.call, &f.site, f.w.now);
	/* With a class below it, it is no leaf, and its delay no more one. */
	optq_class_detach(&f.w.t, &f.bulk, f.w.now);
	world_give_inner(&f.w, &f.call);
	optq_class_attach(&f.w.t, &f.bulk, &f.call, f.w.now);
	assert_false(f.call.has_delay);
	optq_class_detach(&f.w.t, &f.bulk, f.w.now);
	assert_true(f.call.has_delay);
	family_free(&f);
}

/* Its guarantee keeps a delay that is longer than its burst takes, and more. */
static void a_long_delay_needs_no_urgent_turns(void **state)
{
	struct optq_class_conf conf;
	struct family f;
	u64 most;

	(void)state;
	family_init(&f);
	/* Two levels and a packet above the burst, which is of ten. */
	most = (u64)f.call.rate.cap + 3 * turn_of(&f.call, MTU);
	conf = f.call.conf;
	conf.delay_ns = most / optq_ticks(1);
	optq_class_configure(&f.w.t, &f.call, &conf, f.w.now);
	assert_true(f.call.has_delay);
	world_send(&f.w, &f.bulk, MTU, BULK, 1);
	world_send(&f.w, &f.call, MTU, CALL, 1);
	assert_true(optq_tagged_linked(&f.urgent.tag));
	conf.delay_ns++;
	optq_class_configure(&f.w.t, &f.call, &conf, f.w.now);
	assert_false(f.call.has_delay);
	assert_false(optq_tagged_linked(&f.urgent.tag));
	assert_true(f.call.leaf.in_order);
	world_verify(&f.w);
	family_drain(&f);
	family_free(&f);
}

/* Further down the least burst is more, and a delay shorter than that. */
static void depth_makes_a_delay_short(void **state)
{
	struct optq_class_conf conf;
	struct optq_class mid;
	struct family f;
	u64 most;

	(void)state;
	family_init(&f);
	conf = f.call.conf;
	conf.burst = 1;
	optq_class_configure(&f.w.t, &f.call, &conf, f.w.now);
	most = (u64)f.call.rate.cap + 3 * turn_of(&f.call, MTU);
	conf.delay_ns = most / optq_ticks(1) + 1;
	optq_class_configure(&f.w.t, &f.call, &conf, f.w.now);
	assert_false(f.call.has_delay);
	world_add(&f.w, &mid, &f.beside, CONF(.rate = SITE_RATE));
	world_send(&f.w, &f.bulk, MTU, BULK, 1);
	world_send(&f.w, &f.call, MTU, CALL, 1);
	/* With what waits in it, and its site, two levels down. */
	optq_class_detach(&f.w.t, &f.site, f.w.now);
	world_give_inner(&f.w, &mid);
	optq_class_attach(&f.w.t, &f.site, &mid, f.w.now);
	assert_true(f.call.has_delay);
	world_verify(&f.w);
	optq_class_detach(&f.w.t, &f.site, f.w.now);
	optq_class_attach(&f.w.t, &f.site, &f.w.t.root, f.w.now);
	assert_false(f.call.has_delay);
	world_verify(&f.w);
	family_drain(&f);
	family_free(&f);
}

/* More turns to pass than one dequeue does: a packet leaves all the same. */
static void many_turns_to_pass_end(void **state)
{
	struct optq_urgent *u = calloc(200, sizeof(*u));
	struct optq_class *c = calloc(200, sizeof(*c));
	struct family f;
	int i;

	(void)state;
	family_init(&f);
	for (i = 0; i < 200; i++) {
		struct optq_class_conf conf = CONF(.rate = 1000, .burst = 4 * MTU,
						   .delay_ns = SEC);

		optq_class_init(&f.w.t, &c[i]);
		optq_class_give_urgent(&c[i], &u[i]);
		optq_class_configure(&f.w.t, &c[i], &conf, f.w.now);
		optq_class_attach(&f.w.t, &c[i], &f.w.t.root, f.w.now);
	}
	family_queue(&f, 0, 10);
	for (i = 0; i < 200; i++) {
		u[i].ahead = turn_of(&c[i], MTU);
		optq_class_update(&f.w.t, &c[i], f.w.now);
		c[i].guaranteed.start = optq_ticks(f.w.now - MSEC);
	}
	f.w.now += 10 * SEC;
	for (i = 0; i < 20; i++)
		assert_int_not_equal(family_take(&f), 0);
	assert_int_equal(family_take(&f), 0);
	for (i = 0; i < 200; i++)
		optq_class_detach(&f.w.t, &c[i], f.w.now);
	family_free(&f);
	free(c);
	free(u);
}

/* Without memory for its place a delay is none. */
static void no_memory_no_delay(void **state)
{
	struct optq_class_conf conf = CONF(.rate = 1000, .delay_ns = MSEC);
	struct family f;

	(void)state;
	family_init(&f);
	world_add(&f.w, &f.other, &f.site, conf);
	assert_false(f.other.has_delay);
	world_send(&f.w, &f.other, 1500, 1, 1);
	world_send(&f.w, &f.bulk, 1500, 2, 1);
	world_verify(&f.w);
	while (f.w.t.qlen) {
		f.w.now += MSEC;
		family_take(&f);
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
		cmocka_unit_test(turns_taken_are_passed),
		cmocka_unit_test(urgent_turns_are_noted),
		cmocka_unit_test(who_waits_too_long_keeps_the_turn),
		cmocka_unit_test(turns_have_three_lengths),
		cmocka_unit_test(a_passed_turn_costs_every_level),
		cmocka_unit_test(a_turn_given_further_up_is_not_paid_twice),
		cmocka_unit_test(an_idle_link_forgets),
		cmocka_unit_test(idle_time_is_forgiven),
		cmocka_unit_test(who_leaves_owes_nothing),
		cmocka_unit_test(a_long_delay_needs_no_urgent_turns),
		cmocka_unit_test(depth_makes_a_delay_short),
		cmocka_unit_test(many_turns_to_pass_end),
		cmocka_unit_test(no_memory_no_delay),
		cmocka_unit_test(codes_cut_spans),
	};

	return cmocka_run_group_tests_name("ahead", tests, NULL, NULL);
}
