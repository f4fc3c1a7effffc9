// SPDX-License-Identifier: GPL-2.0
/* What a policy may say, but hardly means. */
#include <stdio.h>

#include "ctl_help.h"
#include "mem.h"

static void what_does_nothing_is_warned_of(void **state)
{
	(void)state;
	warned("a", "        a: {ceil: 30mbit}\n", 8, 19, "ceil: has no effect: all above the class may send 20mbit at most");
	warned("a/b", "        a: {ecn: yes, classes: {b: }}\n", 8, 13,
	       "ecn: has no effect on a class that has classes below it: set it on the leaves");
	warned("a/b", "        a: {delay: 5ms, classes: {b: }}\n", 8, 13,
	       "delay: has no effect on a class that has classes below it: set it on the leaves");
	warned("a", "        a: {oversubscribe: yes}\n", 8, 13, "oversubscribe: has no effect on a leaf");
	warned("a", "        a:\n        b:\n", 9, 9, "nothing in the policy leads to \"b\"");
	warned("a", "        a: {ecn: yes, target: 100ms, interval: 50ms}\n", 8, 31,
	       "target: should be well below interval");
}

static void small_bursts_are_warned_of(void **state)
{
	struct reading r;

	(void)state;
	warned("a", "        a: {rate: 1mbit, burst: 1}\n", 8, 33,
	       "burst: 1b is less than two packets of 1500");
	warned("a", "        a: {cburst: 1kb}\n", 8, 21,
	       "cburst: 1kb is less than a packet");
	read_text(&r, "optq: 1\nlinks:\n  w:\n    egress: {burst: 1499, default: a, classes: {a: {burst: 3000, cburst: 1500}}}\n");
	assert_good(&r);
	assert_int_equal(r.d.warnings, 1);
	assert_first(&r, 4, 21, "burst: 1499b is");
	reading_free(&r);
}

static void what_a_set_has_twice_is_warned_of(void **state)
{
	struct reading r;

	(void)state;
	warned("b", "        a: {match: \"tcp port { 80, 80 }\"}\n        b:\n", 8, 36,
	       "match: is in the set already");
	warned("b", "        a: {match: \"dscp { ef, cs1, 46 }\"}\n        b:\n", 8, 37,
	       "match: is in the set already");
	read_classes_text(&r, "b", "        a: {match: \"src { 10.0.0.0/8, 10.0.0.0/9 } dst 10.0.0.0/8 port { 80, 80-81 } mark { 1, 1/3 }\"}\n        b:\n");
	assert_good(&r);
	assert_int_equal(r.d.n, 0);
	reading_free(&r);
}

/* @first and @then as the matches of two classes. */
static void assert_reach(const char *first, const char *then, bool reached)
{
	char *text = mem_printf("        a: {match: \"%s\"}\n        b: {match: \"%s\"}\n        c:\n",
				first, then);
	struct reading r;

	read_classes_text(&r, "c", text);
	assert_good(&r);
	if (r.d.warnings != !reached)
		fail_msg("\"%s\" after \"%s\": %zu warnings", then, first,
			 r.d.warnings);
	if (!reached)
		assert_first(&r, 9, 20, "match: never reached: the match of \"a\" in line 8 takes all of it before");
	reading_free(&r);
	free(text);
}

static void what_is_never_reached_is_warned_of(void **state)
{
	(void)state;
	assert_reach("tcp", "tcp dport 80", false);
	assert_reach("tcp dport 80-90", "tcp dport { 80, 85-90 }", false);
	assert_reach("src 10.0.0.0/9", "src 10.64.0.0/10 dscp ef", false);
	assert_reach("ip", "icmp", false);
	assert_reach("dst ::/0", "dst 2001:db8::/33", false);
	assert_reach("mark 1/3", "mark 5/7", false);
	assert_reach("mark 0/0", "mark 0/0 udp", false);
	assert_reach("port 53", "sport 53", false);
	assert_reach("dscp { cs1, ef }", "dscp 46", false);
	assert_reach("tcp dport 80", "tcp", true);
	assert_reach("tcp dport 80-90", "tcp dport 80-91", true);
	assert_reach("tcp dport 80", "port 80", true);
	assert_reach("src 10.128.0.0/9", "src 10.64.0.0/10", true);
	assert_reach("src 10.0.0.0/8", "dst 10.0.0.0/8", true);
	assert_reach("ip", "dscp ef", true);
	assert_reach("mark 1/3", "mark 1/1", true);
	assert_reach("tcp", "dport 80", true);
	warned("b", "        a: {match: [tcp, dscp ef, \"tcp dport 1\"]}\n        b:\n",
	       8, 35, "an earlier match of \"a\" in line 8 takes all");
}

static void l4s_without_ecn_is_warned_of(void **state)
{
	(void)state;
	warned("a", "        a: {l4s: yes, ecn: no}\n", 8, 13,
	       "l4s: has no effect with \"ecn: no\"");
	warned("a", "        a: {step_thresh: 2ms, ecn: no}\n", 8, 13,
	       "step_thresh: has no effect with \"ecn: no\"");
	warned("a", "        a: {l4s: no, step_thresh: 2ms}\n", 8, 22,
	       "step_thresh: has no effect with \"l4s: no\"");
	warned("a/b", "        a: {l4s: no, classes: {b: }}\n", 8, 13,
	       "l4s: has no effect on a class that has classes below it");
}

static void bytes_are_warned_of(void **state)
{
	(void)state;
	warned("a", "        a: {rate: 2mbps}\n", 8, 19,
	       "2mbps is in bytes, that is 16mbit");
	warned("a", "        a: {ceil: 1500kBps}\n", 8, 19, "that is 12mbit");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_does_nothing_is_warned_of),
		cmocka_unit_test(small_bursts_are_warned_of),
		cmocka_unit_test(what_a_set_has_twice_is_warned_of),
		cmocka_unit_test(what_is_never_reached_is_warned_of),
		cmocka_unit_test(l4s_without_ecn_is_warned_of),
		cmocka_unit_test(bytes_are_warned_of),
	};

	return cmocka_run_group_tests_name("ctl_warn", tests, NULL, NULL);
}
