// SPDX-License-Identifier: GPL-2.0
/* BLUE beside CoDel: what does not respond, and what does. */
#include <math.h>

#include "core_sources.h"

static struct source src[4];
static struct line line;

/* mbit: of the line; share: what source 0 sends of it, in percent, without regard. */
static void flood(u64 mbit, u64 percent, u32 flags)
{
	memset(src, 0, sizeof(src));
	src[0].kind = DEAF;
	src[0].flags = flags;
	src[0].rtt_ns = 20 * MSEC;
	line_init(&line, mbit, src, 1);
	src[0].gap_ns = line.packet_ns * 100 / percent;
}

/*
 * In the end what is lost is lost as it comes, the line is never without a packet,
 * and the queue is short again.
 */
static void finds_the_rate(void **state)
{
	static const u64 percent[] = { 125, 200, 500, 4000 };
	static const u32 flags[] = {
		0, OPTQ_PKT_ECT0, OPTQ_PKT_ECT1,
	};
	u32 i, j;

	(void)state;
	for (i = 0; i < 4; i++) {
		for (j = 0; j < 3; j++) {
			double full, excess = 1 - 100.0 / (double)percent[i];

			flood(10, percent[i], flags[j]);
			line_run(&line, 30 * SEC);
			full = 1000 * (double)line.packet_ns / 1e6;
			line_run(&line, 30 * SEC);
			print_message("%4d %%, ECN %x: lost %.4f (%.4f too much), by BLUE %.4f, wait %.0f of %.0f ms, idle %.3f %%\n",
				      (int)percent[i], flags[j],
				      (double)src[0].lost / (double)src[0].sent, excess,
				      (double)line.blue / (double)src[0].lost,
				      source_wait_ms(&src[0]), full,
				      (double)line.idle_ns / 30e7);
			assert_true(fabs((double)src[0].lost / (double)src[0].sent -
					 excess) < 0.01);
			assert_true(line.idle_ns < SEC / 10);
			assert_true(source_wait_ms(&src[0]) < full / 5);
			line_free(&line);
		}
	}
}

/* One that responds has its half, whatever the other sends. */
static void others_keep_their_share(void **state)
{
	static const u64 percent[] = { 200, 4000 };
	u32 i;

	(void)state;
	for (i = 0; i < 2; i++) {
		flood(10, percent[i], 0);
		src[1].kind = RENO;
		src[1].rtt_ns = 20 * MSEC;
		src[1].queue = 1;
		line.n = 2;
		src[1].cwnd = 10;
		line_run(&line, 10 * SEC);
		line_run(&line, 30 * SEC);
		print_message("flood of %d %%: Reno has %.3f, waits %.1f ms; BLUE's part of the drops %.3f\n",
			      (int)percent[i], source_share(&line, 1),
			      source_wait_ms(&src[1]),
			      (double)line.blue / (double)src[0].lost);
		assert_true(source_share(&line, 1) > 0.45);
		line_free(&line);
	}
}

/* A window that grows past the limit is CoDel's: it responds. */
static void who_responds_is_let_alone(void **state)
{
	u64 blue = 0, overlimit;
	u32 i;

	(void)state;
	memset(src, 0, sizeof(src));
	for (i = 0; i < 4; i++) {
		src[i].rtt_ns = (20 + 25 * i) * MSEC;
		src[i].queue = i;
		src[i].flags = i & 1 ? OPTQ_PKT_ECT0 : 0;
	}
	line_init(&line, 20, src, 4);
	optq_leaf_set_limit(&line.leaf, 100);
	for (i = 0; i < 60; i++) {
		line_run(&line, SEC);
		blue += line.blue;
	}
	overlimit = line.leaf.drop_overlimit;
	assert_true(overlimit > 10);
	assert_int_equal(blue, 0);
	line_free(&line);
}

/* The probability outlives the flow's entry, and not its cause. */
static void remembers_and_forgets(void **state)
{
	u64 first;

	(void)state;
	flood(10, 400, 0);
	line_run(&line, 10 * SEC);
	first = line.blue;
	assert_true(first > 0);
	src[0].paused = true;
	line_run(&line, 2 * SEC);
	assert_int_equal(line.leaf.packets, 0);
	/* Its entry goes to another. */
	optq_leaf_enqueue(&line.t, &line.leaf, pkt_new(100, 0, 0), 77, NULL,
			  false, line.now, &line.drops);
	while (line.t.used)
		line_take(&line);
	src[0].paused = false;
	line_run(&line, SEC / 10);
	print_message("of %d packets at once again %d given up\n",
		      (int)src[0].sent, (int)line.blue);
	assert_true(line.blue * 2 > src[0].sent);
	src[0].paused = true;
	line_run(&line, 20 * SEC);
	src[0].paused = false;
	src[0].gap_ns = 2 * line.packet_ns;
	line_run(&line, 5 * SEC);
	assert_int_equal(line.blue, 0);
	assert_int_equal(src[0].lost, 0);
	assert_false(line.t.blue.active);
	line_free(&line);
}

/* Rates of dropping are what they say, and no seed stands still. */
static void chance(void **state)
{
	static const u32 seeds[] = { 0, 1, 12345, ~0U };
	struct optq_flow_table t = { 0 };
	u32 i, n, below;

	(void)state;
	for (i = 0; i < 4; i++) {
		t.random = seeds[i];
		for (n = 0, below = 0; n < 1000000; n++)
			below += optq_random(&t) >> 16 < 6554;
		assert_true(below > 99000 && below < 101000);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_rate),
		cmocka_unit_test(others_keep_their_share),
		cmocka_unit_test(who_responds_is_let_alone),
		cmocka_unit_test(remembers_and_forgets),
		cmocka_unit_test(chance),
	};

	return cmocka_run_group_tests_name("blue", tests, NULL, NULL);
}
