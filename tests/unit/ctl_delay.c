// SPDX-License-Identifier: GPL-2.0
/* Delays in a policy: what they need, and which cannot be kept together. */
#include <stdio.h>

#include "ctl_help.h"
#include "mem.h"

static void a_delay_needs_a_rate(void **state)
{
	struct reading r;

	(void)state;
	wrong("a", "        a: {delay: 5ms}\n", 8, 13,
	      "delay: needs a rate: it is kept for what comes within the class's rate and burst: add for example \"rate: 1mbit\"");
	/* A rate that is wrong was given all the same. */
	read_classes_text(&r, "a", "        a: {delay: 5ms, rate: 1mbt}\n");
	assert_int_equal(r.d.errors, 1);
	reading_free(&r);
	read_classes_text(&r, "a", "        a: {delay: 20ms, rate: 5%}\n");
	assert_good(&r);
	reading_free(&r);
	wrong("a", "        a: {rate: 1mbit, delay: 11s}\n", 8, 33,
	      "delay: out of range: 1us to 10s is possible");
	wrong("a", "        a: {rate: 1mbit, latency: 5ms}\n", 8, 26,
	      "did you mean \"delay\"?");
}

static void good(const char *leaf, const char *classes)
{
	struct reading r;

	read_classes_text(&r, leaf, classes);
	assert_good(&r);
	assert_int_equal(r.d.n, 0);
	reading_free(&r);
}

/* The link sends 2500 bytes in a millisecond. */
static void delays_must_fit(void **state)
{
	(void)state;
	/* 8mbit: 1000 bytes and two frames are 4028.  13/8 of 2^20 ns are enough. */
	good("a", "        a: {rate: 8mbit, delay: 1704us}\n");
	wrong("a", "        a: {rate: 8mbit, delay: 1703us}\n", 8, 26,
	      "delay: 1.7ms, counted as 1.57ms, cannot be kept on the link \"wan0\": guarantees and bursts ask for 4028 bytes within it, 3932 can be sent: 1.71ms is the least, or lower rates or bursts");
	/* Others' guarantees count, their bursts do not. */
	wrong("b", "        a: {rate: 8mbit, delay: 2ms, match: tcp}\n        b: {rate: 8mbit, burst: 1mb}\n",
	      8, 26, "ask for 5994 bytes within it, 4915 can be sent: 2.89ms is the least");
	/* A burst that is given counts as it is: a few small packets, too. */
	good("a", "        a: {rate: 1mbit, burst: 300, delay: 123us}\n");
	wrong("a", "        a: {rate: 1mbit, burst: 300, delay: 122us}\n", 8, 38,
	      "ask for 300 bytes within it, 286 can be sent: 123us is the least");
	good("a", "        a: {rate: 8mbit, burst: 4000, delay: 1704us}\n");
	wrong("a", "        a: {rate: 8mbit, burst: 3100, delay: 1239us}\n", 8, 39,
	      "ask for 3100 bytes within it, 2948 can be sent: 1.32ms is the least");
	/* Of two that fail alike, the first is named. */
	wrong("b", "        a: {rate: 1mbit, delay: 2ms, match: tcp}\n        b: {rate: 1mbit, delay: 2ms}\n",
	      8, 26, "ask for 6307 bytes within it, 4915 can be sent: 2.63ms is the least");
	good("b", "        a: {rate: 1mbit, delay: 3ms, match: tcp}\n        b: {rate: 1mbit, delay: 3ms}\n");
	/* Longer packets on the wire are longer bursts: two of 33 cells. */
	wrong("a", "        a: {rate: 8mbit, delay: 1704us, wire: pppoe-llcsnap}\n", 8, 26,
	      "ask for 4498 bytes within it, 4259 can be sent");
	/* What a class's own ceil would hold back; an automatic cburst does not. */
	good("a", "        a: {rate: 1mbit, ceil: 1mbit, delay: 25ms}\n");
	good("a", "        a: {rate: 1mbit, ceil: 1mbit, cburst: 6306, delay: 25ms}\n");
	wrong("a", "        a: {rate: 1mbit, ceil: 1mbit, cburst: 6304, delay: 25ms}\n", 8, 47,
	      "cburst: its ceil would hold back the burst of 3153 bytes that the delay is kept for: leave cburst out, or make it twice that");
}

static void delays_must_fit_below_a_ceil(void **state)
{
	struct reading r;

	(void)state;
	good("o/b", "        o:\n          classes: {a: {rate: 1mbit, delay: 2ms, match: tcp}, b: {rate: 4mbit}}\n");
	wrong("o/b", "        o:\n          ceil: 8mbit\n"
	      "          classes: {a: {rate: 1mbit, delay: 2ms, match: tcp}, b: {rate: 4mbit}}\n",
	      10, 38, "delay: 2ms, counted as 1.97ms, cannot be kept within the ceil of \"o\": guarantees and bursts ask for 6150 bytes within it, 1966 can be sent: 10.5ms is the least");
	/* Below two ceilings that are too low, one error. */
	read_classes_text(&r, "o/p/b", "        o:\n          ceil: 8mbit\n          classes:\n"
			  "            p: {ceil: 8mbit, classes: {a: {rate: 1mbit, delay: 2ms, match: tcp}, b: }}\n");
	assert_int_equal(r.d.errors, 1);
	assert_first(&r, 11, 57, "within the ceil of \"o/p\"");
	reading_free(&r);
	/* Of the class above, that has no rate, the sum below it counts. */
	wrong("p/b", "        o: {rate: 8mbit, delay: 2ms, match: tcp}\n"
	      "        p: {classes: {a: {rate: 2mbit, match: udp}, b: {rate: 3mbit}}}\n",
	      8, 26, "ask for 5256 bytes within it, 4915 can be sent");
}

/* A delay is no guarantee to be sold twice. */
static void oversubscription_keeps_no_delay(void **state)
{
	struct reading r;

	(void)state;
	read_text(&r, "optq: 1\nlinks:\n  w:\n    egress:\n      rate: 10mbit\n"
		  "      oversubscribe: yes\n      default: a\n      classes:\n"
		  "        a: {rate: 6mbit, delay: 100ms}\n        b: {rate: 6mbit, match: tcp}\n");
	assert_false(r.good);
	assert_int_equal(r.d.errors, 1);
	assert_first(&r, 9, 26, "delay: 100ms, counted as 92.3ms, cannot be kept on the link \"w\": guarantees and bursts ask for 138412 bytes within it, 115342 can be sent: others there are not kept either, lower rates or bursts");
	reading_free(&r);
	/* Nor does a class's own rate hold back those below it: 3 and 8.5mbit. */
	read_text(&r, "optq: 1\nlinks:\n  w:\n    egress:\n      rate: 10mbit\n"
		  "      default: b\n      classes:\n"
		  "        m:\n          rate: 1mbit\n          oversubscribe: yes\n"
		  "          classes:\n"
		  "            c: {rate: 1mbit, burst: 3000, delay: 20ms, match: tcp}\n"
		  "            d: {rate: 1mbit, burst: 3000, delay: 20ms, match: udp}\n"
		  "            e: {rate: 1mbit, burst: 3000, delay: 20ms, match: icmp}\n"
		  "        b: {rate: 8500kbit}\n");
	assert_false(r.good);
	assert_first(&r, 12, 43, "delay: 20ms, counted as 18.9ms, cannot be kept on the link \"w\": guarantees and bursts ask for 29054 bytes within it, 23592 can be sent: others there are not kept either");
	reading_free(&r);
	/* Guarantees that do not fit are said once, not once more for a delay. */
	read_classes_text(&r, "b", "        a: {rate: 15mbit, delay: 100ms, match: tcp}\n        b: {rate: 6mbit}\n");
	assert_int_equal(r.d.errors, 1);
	assert_first(&r, 5, 13, "the guarantees below \"wan0\" sum to 21mbit");
	reading_free(&r);
}

/* A chain of ceilings over many leaves, none of which can be kept. */
static void many_delays_are_quick(void **state)
{
	char *text = mem_zalloc(900000, 1);
	struct reading r;
	size_t len = 0;
	int i;

	(void)state;
	for (i = 4; i < 34; i++)
		len += (size_t)sprintf(text + len, "%*sc:\n%*sceil: 10mbit\n%*sclasses:\n",
				       2 * i, "", 2 * i + 1, "", 2 * i + 1, "");
	for (i = 0; i < 5000; i++)
		len += (size_t)sprintf(text + len, "%*sl%04d: {rate: 800bit, delay: %dus, ceil: 900bit, match: mark %d}\n",
				       68, "", i, 1 + i, i);
	read_classes_text(&r, "c/c/c/c/c/c/c/c/c/c/c/c/c/c/c/c/c/c/c/c/c/c/c/c/c/c/c/c/c/c/l0000",
			  text);
	assert_int_equal(r.d.errors, 1);
	reading_free(&r);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_delay_needs_a_rate),
		cmocka_unit_test(delays_must_fit),
		cmocka_unit_test(delays_must_fit_below_a_ceil),
		cmocka_unit_test(oversubscription_keeps_no_delay),
		cmocka_unit_test(many_delays_are_quick),
	};

	return cmocka_run_group_tests_name("ctl_delay", tests, NULL, NULL);
}
