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
		  "      memory: 16mb\n      default: a/b\n      classes:\n        a:\n"
		  "          rate: 10mbit\n          oversubscribe: yes\n"
		  "          classes:\n            b:\n"
		  "              { rate: 5mbit, ceil: 8mbit, burst: 10kb, cburst: 20kb,\n"
		  "                weight: 7, prio: 3, quantum: 1514, limit: 200,\n"
		  "                delay: 20.5ms, target: 4ms, interval: 80ms, ecn: no,\n"
		  "                isolate: dual-src, nat: yes,\n"
		  "                match: dscp ef }\n");
	assert_good(&r);
	assert_string_equal(r.policy.links[0].name, "wan0");
	assert_string_equal(r.policy.links[0].device, "eth0");
	assert_int_equal(r.policy.links[0].rate, 2500000);
	assert_int_equal(r.policy.links[0].burst, 15360);
	assert_int_equal(r.policy.links[0].limit, 1000);
	assert_int_equal(r.policy.links[0].memory, 16 << 20);
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
	assert_int_equal(c->isolate, OPTQ_ISOLATE_DUAL_SRC);
	assert_true(c->nat);
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
	size_t i;

	(void)state;
	read_classes_text(&r, "d",
			  "        a: {match: dscp cs1}\n"
			  "        b: {classes: {x: {match: [dscp cs2, dscp cs3]}, y: {match: dscp cs4}}}\n"
			  "        c: {match: dscp cs5}\n        d:\n");
	assert_good(&r);
	link = &r.policy.links[0];
	assert_int_equal(link->n_rules, 5);
	for (i = 0; i < 5; i++)
		assert_int_equal(link->rules[i].any.v[0].v[0].set->v[0].min.lo,
				 8 * (i + 1));
	assert_string_equal(link->rules[3].text, "dscp cs4");
	assert_string_equal(link->rules[3].where, "test.yaml:9");
	assert_int_equal(link->rules[2].class_index, link_find_class(link, "b/x"));
	assert_int_equal(link->rules[4].class_index, link_find_class(link, "c"));
	reading_free(&r);
}

/* 2 to the power of 7: twice as many as are possible. */
static void conjuncts_are_bounded(void **state)
{
	char text[512] = "        a: {match: \"";
	size_t len = strlen(text);
	int i;

	(void)state;
	for (i = 1; i <= 7; i++)
		len += (size_t)sprintf(text + len, "(mark %d/%d or ctmark %d/%d) ",
				       1 << i, 1 << i, 1 << i, 1 << i);
	strcpy(text + len, "\"}\n");
	wrong("a", text, 8, 21, "match: the expression comes to 128 alternatives of conditions, and 64 are possible");
}

static void fields_are_bounded(void **state)
{
	char text[2048] = "";
	size_t len = 0;
	int i;

	(void)state;
	for (i = 1; i <= OPTQ_DIMS_MAX + 1; i++)
		len += (size_t)sprintf(text + len, "        c%d: {match: mark 1/%d}\n",
				       i, 2 * i + 1);
	wrong("c1", text, 8 + OPTQ_DIMS_MAX, 22, "look at more than 24 fields");
}

/* Not a set in sight: it is the lines that are too many. */
static void lines_of_match_are_counted(void **state)
{
	char *text = mem_zalloc(1048576, 1);
	struct reading r;
	size_t len = 0;
	int i;

	(void)state;
	for (i = 0; i < OPTQ_RULES_MAX + 8; i++)
		len += (size_t)sprintf(text + len, "        c%x: {match: mark 1}\n", i);
	wrong("c0", text, 8 + OPTQ_RULES_MAX, 24, "match: link \"wan0\" has more than 32768 matches");
	read_classes_text(&r, "c0", text);
	assert_int_equal(r.d.errors, 8);
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

static void ingress_is_a_tree_of_its_own(void **state)
{
	static const char both[] = "optq: 1\nlinks:\n  w:\n    device: eth0\n"
		"    egress: {rate: 1mbit, default: a, classes: {a: }}\n"
		"    ingress: {rate: 9mbit, preset: diffserv4}\n";
	struct reading r;

	(void)state;
	read_text(&r, both);
	assert_int_equal(r.d.n, 0);
	assert_int_equal(r.policy.n_links, 2);
	assert_string_equal(r.policy.links[0].title, "eth0");
	assert_string_equal(r.policy.links[1].title, "eth0 ingress");
	assert_string_equal(r.policy.links[1].device, "eth0");
	assert_true(r.policy.links[1].ingress && !r.policy.links[0].ingress);
	assert_int_equal(r.policy.links[1].rate, 9000000 / 8);
	assert_int_equal(r.policy.links[0].n_classes, 1);
	assert_int_equal(r.policy.links[1].n_classes, 4);
	reading_free(&r);
	read_text(&r, "optq: 1\nlinks:\n  w:\n    ingress: {rate: 1mbit}\n");
	assert_first(&r, 3, 3, "has no classes: ingress needs the key \"classes\"");
	assert_int_equal(r.d.errors, 1);
	reading_free(&r);
	read_text(&r, "optq: 1\nlinks:\n  w:\n    ingress: {rate: 1mbit, classes: {a: }}\n");
	assert_first(&r, 3, 3, "add to ingress the leaf");
	reading_free(&r);
	read_text(&r, "optq: 1\nlinks:\n  w:\n    ingress: {preset: diffserv4}\n");
	assert_first(&r, 4, 23, "shares: ingress needs the key \"rate\"");
	reading_free(&r);
	read_text(&r, "optq: 1\nlinks:\n  w: {device: eth0}\n");
	assert_first(&r, 3, 3, "give it the key \"egress\"");
	reading_free(&r);
}

static void ingress_needs_a_rate(void **state)
{
	struct reading r;

	(void)state;
	read_text(&r, "optq: 1\nlinks:\n  w:\n    ingress: {default: a, classes: {a: }}\n");
	assert_int_equal(r.d.errors, 0);
	assert_first(&r, 3, 3, "never waits without a rate");
	reading_free(&r);
	read_text(&r, "optq: 1\nlinks:\n  w:\n    ingress: {default: a, classes: {a: {ceil: 1mbit}}}\n");
	assert_int_equal(r.d.n, 0);
	reading_free(&r);
	read_text(&r, "optq: 1\nlinks:\n  w: {device: e, ingress: {rate: 1mbit, default: a, classes: {a: }}}\n"
		  "  e: {ingress: {rate: 1mbit, default: a, classes: {a: }}}\n");
	assert_first(&r, 4, 3, "belongs to link \"w\" already");
	assert_int_equal(r.d.n, 1);
	reading_free(&r);
	/* One link shapes what leaves, another what comes in. */
	read_text(&r, "optq: 1\nlinks:\n  w: {device: e, ingress: {rate: 1mbit, default: a, classes: {a: }}}\n"
		  "  e: {egress: {rate: 1mbit, default: a, classes: {a: }}}\n");
	assert_int_equal(r.d.n, 0);
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
		cmocka_unit_test(files_are_for_a_thousand_classes),
		cmocka_unit_test(shares_need_something_to_share),
		cmocka_unit_test(the_default_is_a_leaf),
		cmocka_unit_test(names_and_devices),
		cmocka_unit_test(depth_is_the_kernels),
		cmocka_unit_test(rules_keep_the_files_order),
		cmocka_unit_test(conjuncts_are_bounded),
		cmocka_unit_test(fields_are_bounded),
		cmocka_unit_test(lines_of_match_are_counted),
		cmocka_unit_test(many_classes_are_quick),
		cmocka_unit_test(errors_are_bounded),
		cmocka_unit_test(other_tools_words_are_known),
		cmocka_unit_test(ingress_is_a_tree_of_its_own),
		cmocka_unit_test(ingress_needs_a_rate),
		cmocka_unit_test(the_default_offered_is_not_the_first_served),
		cmocka_unit_test(weights_are_of_one_band),
		cmocka_unit_test(a_weight_lost_beside_rates_is_warned_of),
	};

	return cmocka_run_group_tests_name("ctl_policy", tests, NULL, NULL);
}
