// SPDX-License-Identifier: GPL-2.0
/* What a policy means: values, guarantees, ceilings, the default. */
#include <linux/optq.h>
#include <stdio.h>

#include "ctl_help.h"
#include "mem.h"

static struct class *class_of(struct reading *r, const char *path)
{
	struct link *link = &r->policy.links[0];
	uint32_t i = link_find_class(link, path);

	if (i == NO_CLASS)
		fail_msg("no class %s", path);
	return &link->classes[i];
}

static void every_key_arrives(void **state)
{
	struct reading r;
	struct class *c;

	(void)state;
	read_text(&r, "optq: 1\nlinks:\n  wan0:\n    device: eth0\n    egress:\n"
		  "      rate: 20mbit\n      burst: 15kb\n      limit: 1000\n"
		  "      default: a/b\n      classes:\n        a:\n"
		  "          rate: 10mbit\n          oversubscribe: yes\n"
		  "          classes:\n            b:\n"
		  "              { rate: 5mbit, ceil: 8mbit, burst: 10kb, cburst: 20kb,\n"
		  "                weight: 7, prio: 3, quantum: 1514, limit: 200,\n"
		  "                delay: 20.5ms, target: 4ms, interval: 80ms, ecn: no,\n"
		  "                match: dscp ef }\n");
	assert_good(&r);
	assert_string_equal(r.policy.links[0].name, "wan0");
	assert_string_equal(r.policy.links[0].device, "eth0");
	assert_int_equal(r.policy.links[0].rate, 2500000);
	assert_int_equal(r.policy.links[0].burst, 15360);
	assert_int_equal(r.policy.links[0].limit, 1000);
	assert_int_equal(r.policy.links[0].default_class, 1);
	assert_true(class_of(&r, "a")->oversubscribe);
	c = class_of(&r, "a/b");
	assert_int_equal(c->level, 2);
	assert_int_equal(c->rate, 625000);
	assert_int_equal(c->ceil, 1000000);
	assert_int_equal(c->burst, 10240);
	assert_int_equal(c->cburst, 20480);
	assert_int_equal(c->weight, 7);
	assert_int_equal(c->prio, 3);
	assert_int_equal(c->quantum, 1514);
	assert_int_equal(c->limit, 200);
	assert_int_equal(c->delay_ns, 20500000);
	assert_int_equal(c->target_ns, 4000000);
	assert_int_equal(c->interval_ns, 80000000);
	assert_int_equal(c->ecn, 0);
	assert_int_equal(r.policy.links[0].n_rules, 1);
	assert_int_equal(r.policy.links[0].rules[0].class_index, 1);
	reading_free(&r);
}

static void the_device_is_the_links_name(void **state)
{
	struct reading r;

	(void)state;
	read_classes_text(&r, "a", "        a:\n");
	assert_good(&r);
	assert_string_equal(r.policy.links[0].device, "wan0");
	assert_int_equal(class_of(&r, "a")->ecn, -1);
	reading_free(&r);
}

static void rates_are_derived(void **state)
{
	struct reading r;

	(void)state;
	read_classes_text(&r, "a/x",
			  "        a: {classes: {x: {rate: 3mbit}, y: {rate: 4mbit, match: tcp}}}\n"
			  "        b: {rate: 50%, match: udp}\n"
			  "        c: {ceil: 25%, match: sctp}\n");
	assert_good(&r);
	assert_int_equal(class_of(&r, "a")->rate, 875000);
	assert_true(class_of(&r, "a")->rate_derived);
	assert_int_equal(class_of(&r, "b")->rate, 1250000);
	assert_int_equal(class_of(&r, "c")->rate, 0);
	assert_int_equal(class_of(&r, "c")->ceil, 625000);
	assert_int_equal(class_of(&r, "a/x")->ceil, 0);
	assert_int_equal(class_of(&r, "a/x")->ceil_effective, 2500000);
	reading_free(&r);
}

static void wrong(const char *leaf, const char *classes, size_t line,
		  size_t column, const char *why)
{
	struct reading r;

	read_classes_text(&r, leaf, classes);
	assert_false(r.good);
	assert_first(&r, line, column, why);
	reading_free(&r);
}

static void guarantees_must_fit(void **state)
{
	(void)state;
	wrong("a", "        a: {rate: 21mbit}\n", 8, 19,
	      "rate 21mbit is above the 20mbit of the link \"wan0\"");
	wrong("a", "        a: {rate: 15mbit}\n        b: {rate: 6mbit, match: tcp}\n",
	      5, 13, "the guarantees below \"wan0\" sum to 21mbit, but it has 20mbit");
	wrong("a/x", "        a:\n          rate: 5mbit\n          classes:\n"
	      "            x: {rate: 3mbit}\n            y: {rate: 2500kbit}\n",
	      9, 17, "the guarantees below \"a\" sum to 5500kbit, but it has 5mbit");
	wrong("a/x", "        a: {rate: 5mbit, classes: {x: {rate: 6mbit}}}\n", 8, 46,
	      "rate 6mbit is above the 5mbit of its parent \"a\"");
	wrong("a/x", "        a: {ceil: 5mbit, classes: {x: {rate: 6mbit}}}\n", 8, 19,
	      "the guarantees below \"a\" sum to 6mbit, above its ceil of 5mbit");
	wrong("a", "        a: {rate: 5mbit, ceil: 4mbit}\n", 8, 32,
	      "ceil 4mbit is below the class's rate of 5mbit");
	wrong("a/x", "        a: {classes: {x: {rate: 15mbit}, y: {rate: 6mbit}}}\n",
	      8, 9, "the guarantees below \"a\" sum to 21mbit, above the 20mbit of the link");
}

static void oversubscription_is_said(void **state)
{
	struct reading r;

	(void)state;
	read_classes_text(&r, "a/x",
			  "        a:\n          rate: 5mbit\n          oversubscribe: yes\n"
			  "          classes: {x: {rate: 4mbit}, y: {rate: 4mbit, match: tcp}}\n");
	assert_good(&r);
	reading_free(&r);
	read_text(&r, "optq: 1\nlinks:\n  w:\n    egress:\n      rate: 10mbit\n"
		  "      oversubscribe: yes\n      default: a\n      classes:\n"
		  "        a: {rate: 6mbit}\n        b: {rate: 6mbit, match: tcp}\n");
	assert_good(&r);
	reading_free(&r);
	/* Where the sum is derived, it is not more than the ceiling lets out. */
	read_classes_text(&r, "a/x",
			  "        a: {ceil: 5mbit, oversubscribe: yes, classes: {x: {rate: 4mbit}, y: {rate: 4mbit, match: tcp}}}\n");
	assert_good(&r);
	assert_int_equal(class_of(&r, "a")->rate, 625000);
	reading_free(&r);
	/* One guarantee that can never be kept alone is a mistake all the same. */
	wrong("a/x", "        a: {rate: 5mbit, oversubscribe: yes, classes: {x: {rate: 6mbit}}}\n",
	      8, 66, "rate 6mbit is above the 5mbit of its parent");
}

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
	/* 8mbit: 1000 bytes and two frames are 4028, and 2500 of 1000 are free. */
	good("a", "        a: {rate: 8mbit, delay: 1612us}\n");
	wrong("a", "        a: {rate: 8mbit, delay: 1.6ms}\n", 8, 26,
	      "delay: 1.6ms cannot be kept on the link \"wan0\": guarantees and bursts ask for 4028 bytes within it, 4000 can be sent: 1.7ms is the least, or lower rates or bursts");
	/* Others' guarantees count, their bursts do not. */
	wrong("b", "        a: {rate: 8mbit, delay: 2ms, match: tcp}\n        b: {rate: 8mbit, burst: 1mb}\n",
	      8, 26, "ask for 6028 bytes within it, 5000 can be sent: 2.7ms is the least");
	/* A burst that is given counts as it is: a few small packets, too. */
	good("a", "        a: {rate: 1mbit, burst: 300, delay: 120us}\n");
	wrong("a", "        a: {rate: 1mbit, burst: 300, delay: 119us}\n", 8, 38,
	      "ask for 300 bytes within it, 297 can be sent: 120us is the least");
	good("a", "        a: {rate: 8mbit, burst: 4000, delay: 1600us}\n");
	wrong("a", "        a: {rate: 8mbit, burst: 3100, delay: 1239us}\n", 8, 39,
	      "ask for 3100 bytes within it, 3097 can be sent: 1.3ms is the least");
	/* Of two that fail alike, the first is named. */
	wrong("b", "        a: {rate: 1mbit, delay: 2ms, match: tcp}\n        b: {rate: 1mbit, delay: 2ms}\n",
	      8, 26, "ask for 6306 bytes within it, 5000 can be sent: 2.6ms is the least");
	good("b", "        a: {rate: 1mbit, delay: 3ms, match: tcp}\n        b: {rate: 1mbit, delay: 3ms}\n");
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
	      10, 38, "delay: 2ms cannot be kept within the ceil of \"o\": guarantees and bursts ask for 4153 bytes within it, 2000 can be sent: 6.4ms is the least");
	/* Below two ceilings that are too low, one error. */
	read_classes_text(&r, "o/p/b", "        o:\n          ceil: 8mbit\n          classes:\n"
			  "            p: {ceil: 8mbit, classes: {a: {rate: 1mbit, delay: 2ms, match: tcp}, b: }}\n");
	assert_int_equal(r.d.errors, 1);
	assert_first(&r, 11, 57, "within the ceil of \"o/p\"");
	reading_free(&r);
	/* Of the class above, that has no rate, the sum below it counts. */
	wrong("p/b", "        o: {rate: 8mbit, delay: 2ms, match: tcp}\n"
	      "        p: {classes: {a: {rate: 2mbit, match: udp}, b: {rate: 3mbit}}}\n",
	      8, 26, "ask for 5278 bytes within it, 5000 can be sent");
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
	assert_first(&r, 9, 26, "delay: 100ms cannot be kept on the link \"w\": guarantees and bursts ask for 150000 bytes within it, 125000 can be sent: others there are not kept either, lower rates or bursts");
	reading_free(&r);
	/* Guarantees that do not fit are said once, not once more for a delay. */
	read_classes_text(&r, "b", "        a: {rate: 15mbit, delay: 100ms, match: tcp}\n        b: {rate: 6mbit}\n");
	assert_int_equal(r.d.errors, 1);
	assert_first(&r, 5, 13, "the guarantees below \"wan0\" sum to 21mbit");
	reading_free(&r);
}

static void files_are_for_a_thousand_classes(void **state)
{
	char *text = mem_zalloc(65536, 1);
	struct reading r;
	int n, i;

	(void)state;
	for (n = OPTQ_SYSFS_MAX; n <= OPTQ_SYSFS_MAX + 1; n++) {
		size_t len = (size_t)sprintf(text, "optq: 1\nlinks:\n  w:\n    egress:\n"
					     "      sysfs: yes\n      default: c1\n      classes:\n");

		for (i = 1; i <= n; i++)
			len += (size_t)sprintf(text + len, "        c%d: {match: mark %d}\n", i, i);
		read_text(&r, text);
		if (n == OPTQ_SYSFS_MAX) {
			assert_good(&r);
			assert_true(r.policy.links[0].sysfs);
		} else {
			assert_false(r.good);
			assert_first(&r, 5, 14, "sysfs: at most 1024 classes can be shown as files, and \"w\" has 1025");
		}
		reading_free(&r);
	}
	free(text);
}

static void shares_need_something_to_share(void **state)
{
	struct reading r;

	(void)state;
	wrong("a/x", "        a: {classes: {x: {rate: 50%}}}\n", 8, 33,
	      "a share of what?");
	read_text(&r, "optq: 1\nlinks: {w: {egress: {default: a, classes: {a: {ceil: 50%}}}}}\n");
	assert_first(&r, 2, 54, "a share of what?");
	reading_free(&r);
}

static void the_default_is_a_leaf(void **state)
{
	struct reading r;

	(void)state;
	wrong("office/othr", "        office: {classes: {other: , web: {match: tcp}}}\n",
	      6, 16, "did you mean \"office/other\"");
	wrong("other", "        office: {classes: {other: , web: {match: tcp}}}\n",
	      6, 16, "did you mean \"office/other\"");
	wrong("wan0/office/other", "        office: {classes: {other: , web: {match: tcp}}}\n",
	      6, 16, "did you mean \"office/other\"");
	wrong("office", "        office: {classes: {other: , web: {match: tcp}}}\n",
	      6, 16, "has classes below it");
	wrong("\"\"", "        office:\n", 6, 16, "there is no class \"\"");
	read_text(&r, "optq: 1\nlinks:\n  w:\n    egress:\n      classes: {a: {classes: {b: }}}\n");
	assert_first(&r, 3, 3, "\"default: a/b\"");
	reading_free(&r);
}

static void names_and_devices(void **state)
{
	struct reading r;

	(void)state;
	wrong("a", "        a:\n        a/b: {match: tcp}\n", 9, 9, "only letters");
	wrong("a", "        a:\n        -b: {match: tcp}\n", 9, 9, "begins with '-'");
	wrong("a", "        a:\n        ..: {match: tcp}\n", 9, 9, "begins with '.'");
	wrong("a", "        a:\n        \"\\e[31m\": {match: tcp}\n", 9, 9, "only letters");
	wrong("a", "        a:\n        \"\": {match: tcp}\n", 9, 9, "needs a name");
	wrong("a", "        a:\n        0123456789012345678901234567890123456789012345678901234567890123: {match: tcp}\n",
	      9, 9, "64 bytes: at most 63");
	read_text(&r, "optq: 1\nlinks:\n  w:\n    device: 0123456789012345\n"
		  "    egress: {default: a, classes: {a: }}\n");
	assert_first(&r, 4, 13, "longer than 15 bytes");
	reading_free(&r);
	read_text(&r, "optq: 1\nlinks:\n  w:\n    device: ../x\n"
		  "    egress: {default: a, classes: {a: }}\n");
	assert_first(&r, 4, 13, "cannot be a device name");
	reading_free(&r);
	read_text(&r, "optq: 1\nlinks:\n  w: {device: e, egress: {default: a, classes: {a: }}}\n"
		  "  e: {egress: {default: a, classes: {a: }}}\n");
	assert_first(&r, 4, 3, "belongs to link \"w\" already");
	reading_free(&r);
}

/* @levels classes, one inside the other. */
static char *nested(int levels, char **leaf)
{
	char *text = mem_strndup("", 0), *longer;
	int i;

	*leaf = mem_strndup("c", 1);
	for (i = 1; i < levels; i++) {
		longer = mem_printf("%s/c", *leaf);
		free(*leaf);
		*leaf = longer;
	}
	for (i = 0; i < levels; i++) {
		longer = mem_printf("%s%*sc:%s\n", text, 8 + 4 * i, "",
				    i + 1 < levels ? "" : " {rate: 1mbit}");
		free(text);
		text = longer;
		if (i + 1 == levels)
			break;
		longer = mem_printf("%s%*sclasses:\n", text, 10 + 4 * i, "");
		free(text);
		text = longer;
	}
	return text;
}

static void depth_is_the_kernels(void **state)
{
	char *text, *leaf;
	struct reading r;

	(void)state;
	text = nested(OPTQ_DEPTH_MAX, &leaf);
	read_classes_text(&r, leaf, text);
	assert_good(&r);
	assert_int_equal(r.policy.links[0].n_classes, OPTQ_DEPTH_MAX);
	assert_int_equal(class_of(&r, "c")->rate, 125000);
	reading_free(&r);
	free(text);
	free(leaf);
	text = nested(OPTQ_DEPTH_MAX + 1, &leaf);
	read_classes_text(&r, leaf, text);
	assert_false(r.good);
	assert_non_null(strstr(r.d.list[r.d.n - 1].text, "deeper than 32 levels"));
	reading_free(&r);
	free(text);
	free(leaf);
}

static void rules_keep_the_files_order(void **state)
{
	struct reading r;
	struct link *link;

	(void)state;
	read_classes_text(&r, "d",
			  "        a: {match: dscp cs1}\n"
			  "        b: {classes: {x: {match: [dscp cs2, dscp cs3]}, y: {match: dscp cs4}}}\n"
			  "        c: {match: dscp cs5}\n        d:\n");
	assert_good(&r);
	link = &r.policy.links[0];
	assert_int_equal(link->n_rules, 5);
	assert_int_equal(link->rules[0].dscp, 8);
	assert_int_equal(link->rules[1].dscp, 16);
	assert_int_equal(link->rules[2].dscp, 24);
	assert_int_equal(link->rules[3].dscp, 32);
	assert_int_equal(link->rules[4].dscp, 40);
	assert_int_equal(link->rules[2].class_index, link_find_class(link, "b/x"));
	assert_int_equal(link->rules[4].class_index, link_find_class(link, "c"));
	reading_free(&r);
}

/* 17 * 17 * 17 * 17 combinations are more than any link's rules. */
static void rules_are_bounded(void **state)
{
	static const char set[] = "{ 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17 }";
	char *text = mem_printf("        a: {match: \"proto tcp dscp %s sport %s dport %s mark %s\"}\n",
				set, set, set, set);

	(void)state;
	wrong("a", text, 8, 20, "too many rules: 1 match expression of link \"wan0\" makes 83521 combinations of values, a rule each, and 8192 are possible");
	free(text);
}

/* Not a set in sight: it is the lines that are too many. */
static void lines_of_match_are_counted(void **state)
{
	char *text = mem_zalloc(400000, 1);
	struct reading r;
	size_t len = 0;
	int i;

	(void)state;
	for (i = 0; i < OPTQ_RULES_MAX + 8; i++)
		len += (size_t)sprintf(text + len, "        c%d: {match: mark %d}\n", i, i);
	wrong("c0", text, 8 + OPTQ_RULES_MAX, 24, "too many rules: 8200 match expressions of link \"wan0\" make 8200 combinations of values");
	read_classes_text(&r, "c0", text);
	assert_int_equal(r.d.errors, 1);
	reading_free(&r);
	free(text);
}

static void many_classes_are_quick(void **state)
{
	char *text = mem_zalloc(900000, 1);
	struct reading r;
	size_t len = 0;
	int i;

	(void)state;
	for (i = 0; i < 20000; i++)
		len += (size_t)sprintf(text + len, "        c%05d: {%s}\n", i,
				       i < OPTQ_RULES_MAX / 2 ? "match: dscp ef" : "rate: 8bit");
	read_classes_text(&r, "c19999", text);
	assert_good(&r);
	assert_int_equal(r.policy.links[0].n_classes, 20000);
	assert_int_equal(r.policy.links[0].default_class, 19999);
	reading_free(&r);
	free(text);
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

static void errors_are_bounded(void **state)
{
	char *text = mem_zalloc(20000, 1), *printed;
	struct reading r;
	size_t len = 0;
	int i;

	(void)state;
	for (i = 0; i < 50; i++)
		len += (size_t)sprintf(text + len, "        c%d: {rate: 0}\n", i);
	read_classes_text(&r, "c0", text);
	assert_int_equal(r.d.errors, 50);
	assert_int_equal(r.d.n, DIAG_SHOWN_MAX);
	printed = printed_diags(&r.src, &r.d);
	assert_non_null(strstr(printed, "... and 30 errors more, not shown"));
	free(printed);
	reading_free(&r);
	free(text);
}

static void warned(const char *leaf, const char *classes, size_t line,
		   size_t column, const char *why)
{
	struct reading r;

	read_classes_text(&r, leaf, classes);
	assert_good(&r);
	assert_int_equal(r.d.warnings, 1);
	assert_first(&r, line, column, why);
	reading_free(&r);
}

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
		assert_first(&r, 9, 20, "match: never reached: the match of \"a\" takes all of it before");
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
	       8, 35, "an earlier match of \"a\" takes all");
}

static void bytes_are_warned_of(void **state)
{
	(void)state;
	warned("a", "        a: {rate: 2mbps}\n", 8, 19,
	       "2mbps is in bytes, that is 16mbit");
	warned("a", "        a: {ceil: 1500kBps}\n", 8, 19, "that is 12mbit");
}

static void other_tools_words_are_known(void **state)
{
	(void)state;
	wrong("a", "        a: {priority: 2}\n", 8, 13, "did you mean \"prio\"");
	wrong("a", "        a: {max: 2mbit}\n", 8, 13, "did you mean \"ceil\"");
	wrong("a", "        a: {dev: eth0}\n", 8, 13, "a class takes");
	wrong("a", "        a: {limit: 10kb}\n", 8, 20, "a whole number of packets");
	wrong("a", "        a: {rate:5mbit}\n", 8, 13, "behind the colon: \"rate: 5mbit\"");
	wrong("a", "        a:\n          rate: 1,5mbit\n", 9, 17, "did you mean \"1.5mbit\"");
	wrong("a", "        a: {ceil: 1mbit,5mbit}\n", 8, 25, "a comma ends the value before it");
	wrong("a", "        a: rate:5mbit\n", 8, 12, "a blank goes behind the colon");
}

static void ingress_is_another_device(void **state)
{
	struct reading r;

	(void)state;
	read_text(&r, "optq: 1\nlinks:\n  w:\n    ingress: {rate: 1mbit}\n");
	assert_first(&r, 4, 5, "only egress is shaped: for downloads");
	assert_int_equal(r.d.errors, 1);
	reading_free(&r);
	read_text(&r, "optq: 1\nlinks:\n  w: {device: eth0}\n");
	assert_first(&r, 3, 3, "the key \"egress\" is missing");
	reading_free(&r);
}

static void the_default_offered_is_not_the_first_served(void **state)
{
	static const char head[] = "optq: 1\nlinks:\n  w:\n    egress:\n      classes:\n";
	static const struct { const char *classes, *offered; } cases[] = {
		{ "        voice: {match: dscp ef}\n        rest:\n        web: {match: tcp}\n",
		  "\"default: rest\"" },
		{ "        voice: {match: dscp ef}\n        bulk: {prio: 2, match: udp}\n        web: {prio: 1, match: tcp}\n",
		  "\"default: bulk\"" },
		{ "        voice: {match: dscp ef}\n        in: {prio: 1, classes: {a: {match: tcp}, b: {match: udp}}}\n",
		  "\"default: in/b\"" },
	};
	struct reading r;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char *text = mem_printf("%s%s", head, cases[i].classes);

		read_text(&r, text);
		assert_first(&r, 3, 3, cases[i].offered);
		reading_free(&r);
		free(text);
	}
}

static void weights_are_of_one_band(void **state)
{
	struct reading r;

	(void)state;
	read_classes_text(&r, "rest",
			  "        voice: {rate: 100kbit, match: dscp ef}\n"
			  "        web: {rate: 6mbit, prio: 1, match: tcp}\n"
			  "        mail: {weight: 4000, prio: 1, match: udp}\n"
			  "        rest: {prio: 1}\n"
			  "        in: {prio: 2, match: sctp}\n"
			  "        out: {prio: 1, classes: {x: {match: gre}, y: {weight: 3, match: esp}}}\n");
	assert_good(&r);
	assert_int_equal(r.d.n, 0);
	/* The kernel makes it the rate in kbit/s. */
	assert_int_equal(class_of(&r, "web")->weight, 0);
	assert_int_equal(class_of(&r, "mail")->weight, 4000);
	assert_int_equal(class_of(&r, "rest")->weight, 4000);
	assert_int_equal(class_of(&r, "out")->weight, 4000);
	assert_int_equal(class_of(&r, "in")->weight, 1);
	assert_int_equal(class_of(&r, "out/x")->weight, 3);
	reading_free(&r);
	read_classes_text(&r, "rest", "        web: {rate: 64bit, match: tcp}\n        rest:\n");
	assert_int_equal(class_of(&r, "rest")->weight, 1);
	reading_free(&r);
}

static void a_weight_lost_beside_rates_is_warned_of(void **state)
{
	struct reading r;

	(void)state;
	warned("other", "        web: {rate: 6mbit, match: tcp}\n        other: {weight: 10}\n",
	       9, 25, "weight: \"other\" gets 1/601 of what is left over beside \"web\"");
	/* One percent, other bands, and weights beside weights are meant. */
	read_classes_text(&r, "d",
			  "        a: {rate: 9900kbit, match: tcp}\n"
			  "        b: {weight: 100, match: udp}\n"
			  "        c: {weight: 100000, prio: 1, match: sctp}\n"
			  "        d: {weight: 1, prio: 1}\n");
	assert_good(&r);
	assert_int_equal(r.d.n, 0);
	reading_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_arrives),
		cmocka_unit_test(the_device_is_the_links_name),
		cmocka_unit_test(rates_are_derived),
		cmocka_unit_test(guarantees_must_fit),
		cmocka_unit_test(oversubscription_is_said),
		cmocka_unit_test(a_delay_needs_a_rate),
		cmocka_unit_test(delays_must_fit),
		cmocka_unit_test(delays_must_fit_below_a_ceil),
		cmocka_unit_test(oversubscription_keeps_no_delay),
		cmocka_unit_test(files_are_for_a_thousand_classes),
		cmocka_unit_test(shares_need_something_to_share),
		cmocka_unit_test(the_default_is_a_leaf),
		cmocka_unit_test(names_and_devices),
		cmocka_unit_test(depth_is_the_kernels),
		cmocka_unit_test(rules_keep_the_files_order),
		cmocka_unit_test(rules_are_bounded),
		cmocka_unit_test(lines_of_match_are_counted),
		cmocka_unit_test(many_classes_are_quick),
		cmocka_unit_test(many_delays_are_quick),
		cmocka_unit_test(errors_are_bounded),
		cmocka_unit_test(what_does_nothing_is_warned_of),
		cmocka_unit_test(small_bursts_are_warned_of),
		cmocka_unit_test(what_a_set_has_twice_is_warned_of),
		cmocka_unit_test(what_is_never_reached_is_warned_of),
		cmocka_unit_test(bytes_are_warned_of),
		cmocka_unit_test(other_tools_words_are_known),
		cmocka_unit_test(ingress_is_another_device),
		cmocka_unit_test(the_default_offered_is_not_the_first_served),
		cmocka_unit_test(weights_are_of_one_band),
		cmocka_unit_test(a_weight_lost_beside_rates_is_warned_of),
	};

	return cmocka_run_group_tests_name("ctl_policy", tests, NULL, NULL);
}
