// SPDX-License-Identifier: GPL-2.0
/* L4S: the step, the coupling of RFC 9332 in one queue, and who gets what. */
#include <math.h>

#include "core_sources.h"

#define L4S	OPTQ_PKT_ECT1

static struct source src[4];
static struct line line;

static const struct optq_codel_params params = {
	.target_ns = 5 * MSEC, .interval_ns = 100 * MSEC, .mtu = MTU,
	.step_ns = MSEC, .ecn = true, .l4s = true,
};

static enum optq_codel_verdict judge(struct optq_flow *f, u32 flags, u64 now,
				     u64 sojourn)
{
	static struct optq_flow_table t;

	return optq_l4s_judge(&t, f, &params, flags, now, sojourn, true);
}

static void step(void **state)
{
	struct optq_flow f = { .bytes = 100000 };
	u64 now = SEC;

	(void)state;
	assert_int_equal(judge(&f, L4S, now, MSEC - 1), OPTQ_CODEL_PASS);
	assert_int_equal(judge(&f, L4S, now, MSEC), OPTQ_CODEL_MARK_L4S);
	/* At once again below it, and marked again above. */
	assert_int_equal(judge(&f, L4S, now, MSEC - 1), OPTQ_CODEL_PASS);
	assert_int_equal(judge(&f, L4S, now, 4 * MSEC), OPTQ_CODEL_MARK_L4S);
	/* A packet that came marked is what the flow is. */
	assert_int_equal(judge(&f, OPTQ_PKT_CE_IN, now, 4 * MSEC),
			 OPTQ_CODEL_MARK_L4S);
	/* Two packets on a slow line are no queue. */
	f.bytes = MTU;
	assert_int_equal(judge(&f, L4S, now, 50 * MSEC), OPTQ_CODEL_PASS);
}

/* A flow that is there when L4S is turned off is a flow like any other from then on. */
static void turned_off(void **state)
{
	struct optq_flow_table t = {};
	struct optq_flow f = { .bytes = 100000 };
	struct optq_codel_params off = params;

	(void)state;
	off.l4s = false;
	assert_int_equal(judge(&f, L4S, SEC, 4 * MSEC), OPTQ_CODEL_MARK_L4S);
	assert_int_equal(optq_l4s_judge(&t, &f, &off, L4S, SEC, 4 * MSEC, true),
			 OPTQ_CODEL_PASS);
	assert_false(f.l4s);
	assert_int_equal(judge(&f, L4S, SEC, 4 * MSEC), OPTQ_CODEL_MARK_L4S);
}

/* One that is not ECT(1) here and there does not make the queue a mixed one. */
static void stray_classic(void **state)
{
	struct optq_flow f = { .bytes = 100000 };
	u64 now = SEC;
	u32 i;

	(void)state;
	for (i = 0; i < 10000; i++, now += MSEC) {
		if (i % 20 == 0)
			judge(&f, 0, now, 2 * MSEC);
		assert_int_equal(judge(&f, L4S, now, 2 * MSEC),
				 OPTQ_CODEL_MARK_L4S);
	}
	for (i = 0; i < 100; i++) {
		judge(&f, 0, now, 2 * MSEC);
		judge(&f, L4S, now, 2 * MSEC);
	}
	/* Now it is, and what CoDel lets pass it does too. */
	assert_int_equal(judge(&f, L4S, now, 2 * MSEC), OPTQ_CODEL_PASS);
}

/*
 * p_CL = 2 sqrt(p_C), as p_C rises, at several rates and mixtures.  By its control
 * law CoDel signals sqrt(count) times in an interval, so p_C is known at any time.
 */
static void coupling_law(void **state)
{
	static const u64 gap_us[] = { 240, 60, 12 };
	u32 g, every;

	(void)state;
	for (g = 0; g < 3; g++) {
		for (every = 2; every <= 5; every++) {
			struct optq_flow f = { .bytes = 100000 };
			u64 now = SEC, i = 0, l4s = 0, marks = 0;
			double p_c = 0, want = 0;

			judge(&f, L4S, now, 0);
			for (; p_c < 0.2 && now < 300 * SEC; now += gap_us[g] * 1000) {
				bool is_l4s = i++ % every;
				enum optq_codel_verdict v =
					judge(&f, is_l4s ? L4S : 0, now, 20 * MSEC);

				p_c = sqrt(f.codel.count) / 100e-3 *
				      (double)gap_us[g] * 1e-6 * every;
				/* The mean is of the last four or so. */
				if (!is_l4s || f.codel.count < 16)
					continue;
				l4s++;
				marks += v == OPTQ_CODEL_MARK_L4S;
				want += 2 * sqrt(p_c);
			}
			print_message("gap %4d us, 1 in %d classic, to p_C %.3f: %.1f %% marked, %.1f %% wanted\n",
				      (int)gap_us[g], every, p_c,
				      100.0 * (double)marks / (double)l4s,
				      100 * want / (double)l4s);
			assert_true(marks > 100);
			assert_true(fabs((double)marks / want - 1) < 0.1);
		}
	}
}

/* Beyond a quarter, L4S packets are dropped as classic ones are. */
static void coupled_overload(void **state)
{
	struct optq_flow f = { .bytes = 100000, .codel.base_p = 0xb505 };
	u32 i, drops = 0, marks = 0;

	(void)state;
	f.codel.classic = 255;
	for (i = 0; i < 100000; i++) {
		enum optq_codel_verdict v;

		f.codel.classic = 255;
		v = judge(&f, L4S, SEC, 20 * MSEC);
		drops += v == OPTQ_CODEL_DROP;
		marks += v == OPTQ_CODEL_MARK_L4S;
	}
	assert_int_equal(drops + marks, 100000);
	assert_true(drops > 48000 && drops < 52000);
}

static void two(u64 mbit, u64 rtt_ms, enum source_kind a, u32 a_flags,
		enum source_kind b, u32 b_flags)
{
	memset(src, 0, sizeof(src));
	src[0].kind = a;
	src[0].flags = a_flags;
	src[1].kind = b;
	src[1].flags = b_flags;
	src[0].rtt_ns = src[1].rtt_ns = rtt_ms * MSEC;
	line_init(&line, mbit, src, 2);
	src[0].gap_ns = src[1].gap_ns = line.packet_ns / 2;
}

static void tell(const char *what, u64 mbit, u64 rtt_ms)
{
	print_message("%s, %d Mbit/s, %d ms: L4S %.3f, waits %.2f ms, at most %.2f, marked %.3f; the other waits %.2f ms; idle %.2f %%\n",
		      what, (int)mbit, (int)rtt_ms, source_share(&line, 0),
		      source_wait_ms(&src[0]), src[0].longest_ns / 1e6,
		      (double)src[0].marked / (double)src[0].got,
		      source_wait_ms(&src[1]), (double)line.idle_ns / 40e7);
}

static const struct { u64 mbit, rtt_ms; } lines[] = {
	{ 10, 10 }, { 10, 40 }, { 40, 20 }, { 100, 10 }, { 100, 40 },
};
#define N_LINES	(sizeof(lines) / sizeof(lines[0]))

/* Each in its queue: half of the line, and no wait for the other's queue. */
static void own_queues(void **state)
{
	u32 i, ecn;

	(void)state;
	for (i = 0; i < N_LINES; i++) {
		for (ecn = 0; ecn < 2; ecn++) {
			double packet_ms;

			two(lines[i].mbit, lines[i].rtt_ms, SCALABLE, L4S, RENO,
			    ecn ? OPTQ_PKT_ECT0 : 0);
			src[1].queue = 1;
			line_run(&line, 10 * SEC);
			line_run(&line, 40 * SEC);
			tell("own queues", lines[i].mbit, lines[i].rtt_ms);
			packet_ms = (double)line.packet_ns / 1e6;
			assert_true(source_share(&line, 0) > 0.4 &&
				    source_share(&line, 0) < 0.6);
			/* The step, and the two packets that it lets stand. */
			assert_true(source_wait_ms(&src[0]) < 1 + 4 * packet_ms);
			assert_int_equal(src[0].lost, 0);
			line_free(&line);
		}
	}
}

/* Both in one, as in a tunnel: coupled, the windows are alike. */
static void one_queue(void **state)
{
	u32 i, ecn;

	(void)state;
	for (i = 0; i < N_LINES; i++) {
		for (ecn = 0; ecn < 2; ecn++) {
			two(lines[i].mbit, lines[i].rtt_ms, SCALABLE, L4S, RENO,
			    ecn ? OPTQ_PKT_ECT0 : 0);
			line_run(&line, 20 * SEC);
			line_run(&line, 40 * SEC);
			tell("one queue", lines[i].mbit, lines[i].rtt_ms);
			assert_true(source_share(&line, 0) > 0.33 &&
				    source_share(&line, 0) < 0.67);
			line_free(&line);
		}
	}
}

/* It says L4S, and does not slow down: its queue is its own, and is dropped from. */
static void deaf(void **state)
{
	u32 own;

	(void)state;
	for (own = 0; own < 2; own++) {
		two(10, 20, DEAF, L4S, own ? RENO : SCALABLE, own ? 0 : L4S);
		src[1].queue = 1;
		line_run(&line, 20 * SEC);
		line_run(&line, 40 * SEC);
		tell("deaf", 10, 20);
		assert_true(source_share(&line, 1) > 0.45);
		assert_true((double)src[0].lost / (double)src[0].sent > 0.7);
		assert_true(source_wait_ms(&src[1]) < 10);
		line_free(&line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(step),
		cmocka_unit_test(turned_off),
		cmocka_unit_test(stray_classic),
		cmocka_unit_test(coupling_law),
		cmocka_unit_test(coupled_overload),
		cmocka_unit_test(own_queues),
		cmocka_unit_test(one_queue),
		cmocka_unit_test(deaf),
	};

	return cmocka_run_group_tests_name("l4s", tests, NULL, NULL);
}
