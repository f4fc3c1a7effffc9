// SPDX-License-Identifier: GPL-2.0
/* Sets that a policy names: inline, from files, large, and wrong. */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "ctl_help.h"
#include "ctl_packet.h"
#include "mem.h"

#define MILLION		1000000
#define SECONDS_MAX	60	/* of a processor, under the sanitizers */

static char dir[] = "/tmp/optq-sets-XXXXXX";

static char *path_of(const char *name)
{
	return mem_printf("%s/%s", dir, name);
}

static FILE *create(const char *name)
{
	char *path = path_of(name);
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	free(path);
	return f;
}

static void write_file(const char *name, const char *text)
{
	FILE *f = create(name);

	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

/* A policy in the directory of the files, with @sets and one class of @match. */
static void read_policy(struct reading *r, const char *sets, const char *match)
{
	char *path = path_of("p.yaml"), *why;
	FILE *f = create("p.yaml");

	fprintf(f, "optq: 1\nsets:\n%slinks:\n  wan0:\n    egress:\n      rate: 20mbit\n      default: b\n      classes:\n        a: {match: \"%s\"}\n        b:\n",
		sets, match);
	assert_int_equal(fclose(f), 0);
	memset(r, 0, sizeof(*r));
	why = source_read(&r->src, path);
	if (why)
		fail_msg("%s", why);
	r->good = policy_parse(&r->src, &r->policy, &r->d);
	free(path);
}

static const struct rset *only_set(const struct reading *r, size_t i)
{
	const struct rule *rule = &r->policy.links[0].rules[i];

	assert_int_equal(rule->any.n, 1);
	assert_int_equal(rule->any.v[0].n, 1);
	return rule->any.v[0].v[0].set;
}

static void assert_set_wrong(const char *sets, const char *match,
			     const char *printed)
{
	struct reading r;
	char *text;

	read_policy(&r, sets, match);
	assert_false(r.good);
	text = printed_diags(&r.src, &r.d);
	if (!strstr(text, printed))
		fail_msg("\"%s\" is not in:\n%s", printed, text);
	free(text);
	reading_free(&r);
}

static void sets_stand_in_the_policy(void **state)
{
	const struct rset *set;
	struct reading r;

	(void)state;
	read_policy(&r, "  office: [ 10.2.0.0/16, 10.1.0.0/16, 10.1.2.3, 2001:db8::/32 ]\n",
		    "src @office");
	assert_good(&r);
	assert_int_equal(r.d.n, 0);
	set = only_set(&r, 0);
	/* Merged where they overlap and where they touch. */
	assert_int_equal(set->n, 2);
	assert_int_equal(set->v[0].min.lo, 0xffff0a010000);
	assert_int_equal(set->v[0].max.lo, 0xffff0a02ffff);
	reading_free(&r);

	read_policy(&r, "  voip: [ 5060, 5061, 16384-32767 ]\n",
		    "udp dport { @voip, 53 }");
	assert_good(&r);
	assert_int_equal(r.policy.links[0].rules[0].any.v[0].v[1].set->n, 3);
	reading_free(&r);
}

static void a_set_is_read_as_what_it_is_used_for(void **state)
{
	struct reading r;

	(void)state;
	/* Numbers of ports here, of code points there. */
	read_policy(&r, "  n: [ 1, 2 ]\n", "dport @n dscp @n uid @n mark @n");
	assert_good(&r);
	assert_int_equal(r.policy.links[0].rules[0].any.v[0].n, 4);
	reading_free(&r);
	read_policy(&r, "  m: [ 1/3, 2/7, 1 ]\n", "mark @m");
	assert_good(&r);
	assert_int_equal(r.policy.links[0].rules[0].any.n, 3);
	reading_free(&r);
	read_policy(&r, "  m: [ example.com, EXAMPLE.com ]\n", "dhost @m");
	assert_good(&r);
	assert_int_equal(only_set(&r, 0)->n, 1);
	reading_free(&r);
}

static void sets_come_from_files(void **state)
{
	struct reading r;

	(void)state;
	write_file("list.txt", "\xef\xbb\xbf# of the office\n\n10.0.0.0/9 ; east\r\n\t10.128.0.0/9\n10.1.2.3\n2001:db8::/32");
	read_policy(&r, "  office: { file: list.txt }\n", "src @office or dst @office");
	assert_good(&r);
	assert_int_equal(r.d.n, 0);
	assert_int_equal(r.policy.links[0].rules[0].any.n, 2);
	assert_int_equal(r.policy.links[0].rules[0].any.v[0].v[0].set->n, 2);
	/* It is one, however often it is used. */
	assert_ptr_equal(r.policy.links[0].rules[0].any.v[0].v[0].set,
			 r.policy.links[0].rules[0].any.v[1].v[0].set);
	reading_free(&r);
	write_file("empty.txt", "# nothing yet\n");
	read_policy(&r, "  e: { file: empty.txt }\n", "src @e or not dst @e");
	assert_good(&r);
	assert_int_equal(r.d.n, 0);
	reading_free(&r);
}

static void mistakes_in_sets_are_pointed_at(void **state)
{
	FILE *f = create("nul.txt");
	char *printed;

	(void)state;
	write_file("bad.txt", "10.0.0.0/8\n\n  10.0.0.1/8 # x\n192.0.2.1 192.0.2.2\n");
	printed = mem_printf("%s/bad.txt:3:3: error: set \"bad\": \"10.0.0.1/8\" has bits set behind its prefix: did you mean \"10.0.0.0/8\"?\n"
			     "      10.0.0.1/8 # x\n"
			     "      ^~~~~~~~~~\n"
			     "%s/bad.txt:4:10: error: set \"bad\": one value a line is needed, what is said of it stands behind a \"#\"\n"
			     "    192.0.2.1 192.0.2.2\n"
			     "             ^\n", dir, dir);
	assert_set_wrong("  bad: { file: bad.txt }\n", "src @bad", printed);
	free(printed);
	assert_set_wrong("  bad: { file: bad.txt }\n", "src @bad",
			 "p.yaml:10:25: error: match: \"@bad\" has values that \"src\" cannot have");
	assert_set_wrong("  a: { file: none.txt }\n", "src @a",
			 "p.yaml:3:14: error: set \"a\": ");
	assert_set_wrong("  a: { file: none.txt }\n", "src @a",
			 "none.txt cannot be opened: No such file");
	assert_set_wrong("  a: { file: . }\n", "src @a", "is a directory");
	assert_set_wrong("  a: { file: /dev/zero }\n", "src @a",
			 "is not a regular file: a set's file is read from a regular file");
	assert_set_wrong("  a: [ 1, x ]\n", "dport @a",
			 "p.yaml:3:11: error: set \"a\": \"x\" is no port");
	assert_set_wrong("  a: [ [ 1 ] ]\n", "dport @a", "p.yaml:3:8: error: set \"a\": a value is needed");
	assert_set_wrong("  a: 5\n", "dport @a", "p.yaml:3:6: error: set \"a\": a list of values");
	assert_set_wrong("  a: { fiel: x }\n", "dport 1",
			 "p.yaml:3:8: error: unknown key \"fiel\": did you mean \"file\"");
	assert_set_wrong("  a: {}\n", "dport 1", "an empty map says nothing");
	assert_set_wrong("  -a: [ 1 ]\n", "dport 1", "begins with '-'");
	assert_set_wrong("  voip: [ 1 ]\n", "dport @vip",
			 "p.yaml:10:27: error: match: there is no set \"vip\": did you mean \"@voip\"?");
	assert_set_wrong("  voip: [ 1 ]\n", "dport @office",
			 "there is no set \"office\": name it under \"sets:\"");
	fputs("10.0.0.0/8\n1", f);
	fputc('\0', f);
	assert_int_equal(fclose(f), 0);
	assert_set_wrong("  a: { file: nul.txt }\n", "src @a",
			 "nul.txt:2:1: error: set \"a\": a NUL byte");
	write_file("latin1.txt", "\xe9\n");
	assert_set_wrong("  a: { file: latin1.txt }\n", "app @a",
			 "latin1.txt:1:1: error: set \"a\": is not UTF-8");
}

static void each_mistake_is_told_once(void **state)
{
	struct reading r;

	(void)state;
	read_policy(&r, "  a: [ x ]\n", "dport @a or sport @a or port @a");
	assert_int_equal(r.d.errors, 2);
	reading_free(&r);
	read_policy(&r, "  a: [ x ]\n", "dport 1");
	assert_good(&r);
	assert_first(&r, 3, 3, "no match uses the set \"a\": its values were not looked at");
	reading_free(&r);
}

/* Prefixes of all lengths, every tenth there twice and most inside another. */
static void write_million(void)
{
	FILE *f = create("million.txt");
	uint32_t state = 1, v = 0;
	int i, len = 20;

	for (i = 0; i < MILLION; i++) {
		if (i % 10) {
			state = state * 1664525 + 1013904223;
			len = 20 + (int)(state >> 8) % 13;
			v = state ^ state << 13;
			v &= ~0U << (32 - len);
		}
		fprintf(f, "%u.%u.%u.%u/%d\n", v >> 24, v >> 16 & 255,
			v >> 8 & 255, v & 255, len);
	}
	assert_int_equal(fclose(f), 0);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void a_million_prefixes_are_quick(void **state)
{
	const struct rset *set;
	struct reading r;
	double took;
	bool told;
	size_t i;

	(void)state;
	write_million();
	took = seconds();
	read_policy(&r, "  million: { file: million.txt }\n",
		    "(src @million or dst @million) and not (dst @million and udp)");
	took = seconds() - took;
	assert_good(&r);
	assert_true(took < SECONDS_MAX);
	set = named_set_values(&r.policy.sets, r.policy.sets.v, OPTQ_FIELD_SRC,
			       &r.policy.names, &told)->v[0].set;
	print_message("# %d prefixes, %zu ranges: %.1f s\n", MILLION, set->n, took);
	assert_in_range(set->n, MILLION / 4, MILLION);
	for (i = 1; i < set->n; i++)
		assert_true(set->v[i - 1].max.lo + 1 < set->v[i].min.lo);
	reading_free(&r);
}

static void too_many_values_are_refused(void **state)
{
	FILE *f = create("many.txt");
	char *printed;
	int i;

	(void)state;
	for (i = 0; i <= SET_ENTRIES_MAX; i++)
		fprintf(f, "%d\n", i % 65536);
	assert_int_equal(fclose(f), 0);
	printed = mem_printf("many.txt:%d:1: error: set \"m\": more than %d values",
			     SET_ENTRIES_MAX + 1, SET_ENTRIES_MAX);
	assert_set_wrong("  m: { file: many.txt }\n", "dport @m", printed);
	free(printed);
}

static int make_dir(void **state)
{
	(void)state;
	return !mkdtemp(dir);
}

static int remove_dir(void **state)
{
	static const char *const files[] = {
		"p.yaml", "list.txt", "empty.txt", "bad.txt", "nul.txt",
		"latin1.txt", "million.txt", "many.txt"
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(files) / sizeof(*files); i++) {
		char *path = path_of(files[i]);

		unlink(path);
		free(path);
	}
	return rmdir(dir);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sets_stand_in_the_policy),
		cmocka_unit_test(a_set_is_read_as_what_it_is_used_for),
		cmocka_unit_test(sets_come_from_files),
		cmocka_unit_test(mistakes_in_sets_are_pointed_at),
		cmocka_unit_test(each_mistake_is_told_once),
		cmocka_unit_test(a_million_prefixes_are_quick),
		cmocka_unit_test(too_many_values_are_refused),
	};

	return cmocka_run_group_tests_name("ctl_sets", tests, make_dir, remove_dir);
}
