// SPDX-License-Identifier: GPL-2.0
/* Policies of several files: includes, variables, and classes for each row of a table. */
#include <linux/optq.h>
#include <stdio.h>
#include <unistd.h>

#include "ctl_help.h"
#include "mem.h"
#include "vars.h"

static char dir[] = "/tmp/ctl_sites.XXXXXX";
static const char *const names[] = {
	"site.yaml", "base.yaml", "more.yaml", "t.csv"
};

static int make_dir(void **state)
{
	(void)state;
	return mkdtemp(dir) ? 0 : -1;
}

static int remove_dir(void **state)
{
	char *path;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		path = mem_printf("%s/%s", dir, names[i]);
		unlink(path);
		free(path);
	}
	return rmdir(dir);
}

static void put(const char *name, const char *text)
{
	char *path = mem_printf("%s/%s", dir, name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	free(path);
}

static void read_with(struct reading *r, const char *const *lets)
{
	char *path = mem_printf("%s/site.yaml", dir), *why;

	memset(r, 0, sizeof(*r));
	why = source_read(&r->src, path);
	if (why)
		fail_msg("%s", why);
	for (; lets && *lets; lets++)
		vars_add_option(&r->src, *lets, &r->d);
	r->good = policy_parse(&r->src, &r->policy, &r->d);
	free(path);
}

static const struct class *class_at(const struct reading *r, const char *path)
{
	uint32_t class = link_find_class(&r->policy.links[0], path);

	if (class == NO_CLASS)
		fail_msg("there is no class %s", path);
	return &r->policy.links[0].classes[class];
}

#define MBIT	125000

#define BASE	"optq: 1\nlet: { rate: 20mbit, prio: 3 }\nlinks:\n  wan:\n    egress:\n"		\
		"      rate: ${rate}\n      default: other\n      classes:\n"			\
		"        web: { rate: 1mbit, ceil: 5mbit, prio: \"${prio}\", match: tcp }\n"	\
		"        mail: { rate: 2mbit, match: udp }\n        other:\n"

static void own_values_win(void **state)
{
	struct reading r;

	(void)state;
	put("base.yaml", BASE);
	put("site.yaml", "include: base.yaml\nlet: { rate: 50mbit }\n"
	    "links:\n  wan:\n    egress:\n      classes:\n"
	    "        video: { match: dscp af41 }\n        web: { ceil: 7mbit }\n        mail:\n");
	read_with(&r, NULL);
	assert_good(&r);
	assert_int_equal(r.policy.links[0].rate, 50 * MBIT);
	/* What is new comes first; of what is on both sides the rest is the base's. */
	assert_string_equal(r.policy.links[0].classes[0].name, "video");
	assert_int_equal(class_at(&r, "web")->ceil, 7 * MBIT);
	assert_int_equal(class_at(&r, "web")->rate, 1 * MBIT);
	assert_int_equal(class_at(&r, "web")->prio, 3);
	assert_int_equal(class_at(&r, "mail")->rate, 2 * MBIT);
	assert_int_equal(r.policy.links[0].n_rules, 3);
	reading_free(&r);
}

static void later_files_win(void **state)
{
	struct reading r;

	(void)state;
	put("base.yaml", BASE);
	put("more.yaml", "let: { rate: 30mbit, prio: 5 }\n"
	    "links: { wan: { egress: { classes: { web: { ceil: 9mbit } } } } }\n");
	put("site.yaml", "include: [ base.yaml, more.yaml ]\nlet: { prio: 7 }\n");
	read_with(&r, NULL);
	assert_good(&r);
	assert_int_equal(r.policy.links[0].rate, 30 * MBIT);
	assert_int_equal(class_at(&r, "web")->ceil, 9 * MBIT);
	assert_int_equal(class_at(&r, "web")->prio, 7);
	reading_free(&r);
}

static void the_command_line_wins(void **state)
{
	static const char *const lets[] = { "rate=70mbit", "prio=1", "rate=80mbit", NULL };
	static const char *const wrong[] = { "rtae=70mbit", NULL };
	struct reading r;

	(void)state;
	put("base.yaml", BASE);
	put("site.yaml", "include: base.yaml\nlet: { rate: 50mbit }\n");
	read_with(&r, lets);
	assert_good(&r);
	assert_int_equal(r.policy.links[0].rate, 80 * MBIT);
	assert_int_equal(class_at(&r, "web")->prio, 1);
	reading_free(&r);
	read_with(&r, wrong);
	assert_false(r.good);
	assert_non_null(strstr(r.d.list[0].text, "the policy has no variable \"rtae\": did you mean \"rate\"?"));
	reading_free(&r);
}

static void a_divided_class_passes_its_match_on(void **state)
{
	struct reading r;

	(void)state;
	put("base.yaml", BASE);
	put("site.yaml", "include: base.yaml\nlinks:\n  wan:\n    egress:\n      classes:\n"
	    "        web: { classes: { api: { match: tcp dport 8443 }, rest: } }\n"
	    "        other: { classes: { a: { match: icmp }, b: } }\n");
	read_with(&r, NULL);
	assert_good(&r);
	assert_int_equal(class_at(&r, "web/rest")->alternatives, 1);
	assert_int_equal(class_at(&r, "web")->alternatives, 0);
	assert_string_equal(r.policy.links[0].classes[r.policy.links[0].default_class].name, "b");
	reading_free(&r);
}

/* 3 rows, the second without a ceil. */
static void rows_become_classes(void **state)
{
	const struct link *link;
	struct reading r;

	(void)state;
	put("t.csv", "id,down,up to,address\r\n1,1mbit,2mbit,192.0.2.1\r\n"
	    "2,2mbit,,192.0.2.2\r\n3,3mbit,4mbit,192.0.2.3\r\n");
	put("site.yaml", "optq: 1\nlet: { voice: 100kbit }\nlinks:\n  wan:\n    egress:\n      rate: 1gbit\n"
	    "      default: other\n      classes:\n        first: { match: dscp ef }\n"
	    "        for each t.csv:\n          \"c${id}\":\n            rate: ${down}\n"
	    "            ceil: ${up to}\n            classes:\n"
	    "              voice: { rate: \"${voice}\", match: \"dscp ef dst ${address}\" }\n"
	    "              \"rest-${id}\": { match: \"dst ${address}\" }\n        other:\n");
	read_with(&r, NULL);
	assert_non_null(r.policy.links);
	link = &r.policy.links[0];
	assert_int_equal(link->n_classes, 11);
	assert_string_equal(link->classes[1].name, "c1");
	assert_string_equal(link->classes[4].name, "c2");
	assert_int_equal(class_at(&r, "c3")->rate, 3 * MBIT);
	assert_int_equal(class_at(&r, "c1")->ceil, 2 * MBIT);
	assert_int_equal(class_at(&r, "c2")->ceil, 0);
	assert_int_equal(class_at(&r, "c2/voice")->rate, MBIT / 10);
	assert_int_equal(class_at(&r, "c2/rest-2")->alternatives, 1);
	/* Rules tell their row; the first of each voice is taken by "first". */
	assert_non_null(strstr(link->rules[2].where, "t.csv:2"));
	assert_string_equal(link->rules[2].text, "dst 192.0.2.1");
	assert_int_equal(r.d.errors, 0);
	assert_int_equal(r.d.warnings, 3);
	assert_int_equal(source_position(&r.src, r.d.list[0].at.off).line, 2);
	assert_true(r.d.list[0].used.len > 0);
	reading_free(&r);
}

/* One row too many for a link is refused before there are classes. */
static void rows_are_bounded(void **state)
{
	struct reading r;
	char *path = mem_printf("%s/t.csv", dir), *why;
	FILE *f = fopen(path, "w");
	size_t i;

	(void)state;
	fputs("id\n", f);
	for (i = 0; i < OPTQ_CLASSES_MAX / 2 + 1; i++)
		fprintf(f, "%zu\n", i);
	fclose(f);
	free(path);
	put("site.yaml", "optq: 1\nlinks: { wan: { egress: { rate: 1gbit, default: x, classes: {\n"
	    "  for each t.csv: { \"${id}\": { classes: { a: } } }, x: } } } }\n");
	read_with(&r, NULL);
	assert_int_equal(r.d.errors, 1);
	why = "65537 rows of 2 classes each: a link has at most 131072 classes";
	assert_non_null(strstr(r.d.list[0].text, why));
	assert_int_equal(source_position(&r.src, r.d.list[0].at.off).line, 3);
	reading_free(&r);
}

/* Whatever a value holds: it is one scalar's text. */
static void values_are_not_yaml(void **state)
{
	static const char *const values[] = {
		"x=: { rate: 1gbit }", "x=1mbit, prio: 7", "x=\"", "x=1mbit\nprio: 7",
		"x=${rate}", "x=[a, b]", "x=*a", "x=# 1mbit",
	};
	const char *lets[] = { NULL, NULL };
	struct reading r;
	size_t i;

	(void)state;
	put("base.yaml", BASE);
	put("site.yaml", "include: base.yaml\nlinks: { wan: { egress: { classes: { web: { rate: \"${x}\" } } } } }\n");
	for (i = 0; i < sizeof(values) / sizeof(*values); i++) {
		lets[0] = values[i];
		read_with(&r, lets);
		assert_int_equal(r.d.errors, 1);
		assert_int_equal(r.policy.links[0].n_classes, 3);
		assert_int_equal(class_at(&r, "web")->prio, 3);
		assert_int_equal(strncmp(r.d.list[0].text, "rate: ", 6), 0);
		assert_string_equal(source_part_at(&r.src, r.d.list[0].at.off).name, "--let");
		reading_free(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_values_win),
		cmocka_unit_test(later_files_win),
		cmocka_unit_test(the_command_line_wins),
		cmocka_unit_test(a_divided_class_passes_its_match_on),
		cmocka_unit_test(rows_become_classes),
		cmocka_unit_test(rows_are_bounded),
		cmocka_unit_test(values_are_not_yaml),
	};

	return cmocka_run_group_tests_name("ctl_sites", tests, make_dir, remove_dir);
}
