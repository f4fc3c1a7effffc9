// SPDX-License-Identifier: GPL-2.0
/* What one policy has that another has not, and how it is printed. */
#include <fcntl.h>
#include <locale.h>
#include <time.h>
#include <unistd.h>

#include "ctl_delta.h"
#include "mem.h"
#include "term.h"

/* Two policies, and what is between them. */
struct pair {
	struct reading old, new;
	struct delta d;
};

static void make_pair(struct pair *p, const char *old, const char *new)
{
	read_text(&p->old, old);
	assert_good(&p->old);
	read_text(&p->new, new);
	assert_good(&p->new);
	delta_links(p->old.policy.links, p->new.policy.links, &p->d);
}

static void free_pair(struct pair *p)
{
	delta_free(&p->d);
	reading_free(&p->old);
	reading_free(&p->new);
}

/* From one text to another it is printed so. */
static void differ(const char *old, const char *new, const char *want)
{
	struct pair p;

	make_pair(&p, old, new);
	assert_printed(&p.d, false, want);
	free_pair(&p);
}

static void the_same_is_no_difference(void **state)
{
	struct pair p;

	(void)state;
	make_pair(&p, OFFICE, OFFICE);
	assert_true(delta_empty(&p.d));
	assert_printed(&p.d, false, "wan0: no difference\n");
	assert_printed(&p.d, true, "wan0: nothing to do\n");
	free_pair(&p);
}

static void every_kind_is_told(void **state)
{
	(void)state;
	differ(OFFICE, HEAD
	       "      rate: 30mbit\n      default: bulk/other\n      classes:\n"
	       "        voice: {rate: 2mbit, prio: 0, match: [dscp ef, udp dport 5004]}\n"
	       "        office: {rate: 10mbit, isolate: triple}\n"
	       "        bulk: {classes: {other: {weight: 3000, limit: 500}}}\n",
	       "wan0: 1 key of the link, 1 added, 2 changed, 1 removed, 1 moved, 2 matches\n"
	       "  ~ link        rate 20mbit \u2192 30mbit\n"
	       "  ~ voice       rate 1mbit \u2192 2mbit, delay 10ms \u2192 none\n"
	       "  ~ office      leaf no \u2192 yes, isolate flow \u2192 triple\n"
	       "  + bulk        weight 2000\n"
	       "  \u2192 office/other \u2192 bulk/other\n"
	       "  - office/web\n"
	       "  + voice       match udp dport 5004\n"
	       "  - office/web  match tcp port { 80, 443 }\n");
}

static void defaults_are_what_the_kernel_makes_of_them(void **state)
{
	(void)state;
	/* Of a leaf: its limit; of a class with a rate: its weight; marks. */
	differ(HEAD "      default: a\n      classes: {a: {rate: 6mbit}}\n",
	       HEAD "      default: a\n      limit: 10240\n      dscp: keep\n      ack-filter: off\n      wire: raw\n"
	       "      classes: {a: {rate: 6mbit, weight: 6000, limit: 1000, ecn: yes, l4s: yes, isolate: flow}}\n",
	       "wan0: no difference\n");
	differ(HEAD "      default: a\n      classes: {a: {rate: 6mbit, police: {cir: 10mbit}}}\n",
	       HEAD "      default: a\n"
	       "      classes: {a: {rate: 6mbit, police: {cir: 10mbit, cbs: 125000b, conform: pass, violate: drop}}}\n",
	       "wan0: no difference\n");
	differ(HEAD "      default: a\n      classes: {a: {rate: 6mbit}}\n",
	       HEAD "      default: a\n      classes: {a: {rate: 8mbit, weight: 6000, ecn: no}}\n",
	       "wan0: 1 changed\n"
	       "  ~ a     rate 6mbit \u2192 8mbit, ecn yes \u2192 no\n");
	differ(HEAD "      default: a\n      classes: {a: {rate: 6mbit}}\n",
	       HEAD "      default: a\n      classes: {a: {rate: 6mbit, weight: 1, limit: 20}}\n",
	       "wan0: 1 changed\n"
	       "  ~ a     weight auto (6000) \u2192 1, limit 1000 \u2192 20\n");
}

static void policers_differ_by_key(void **state)
{
	(void)state;
	differ(HEAD "      default: a\n      classes: {a: {police: {cir: 1mbit, cbs: 20000b}}, b: }\n",
	       HEAD "      default: a\n      police: {cir: 9mbit, cbs: 200kb}\n"
	       "      classes: {a: {police: {cir: 2mbit, cbs: 20000b, exceed: class b}}, b: }\n",
	       "wan0: 2 keys of the link, 1 changed\n"
	       "  ~ link  police cir 9mbit, police cbs 200kb\n"
	       "  ~ a     police cir 1mbit \u2192 2mbit, police exceed pass \u2192 class b\n");
}

/* All of @classes in a band of equals. */
static char *with_matches(const char *a, const char *b)
{
	return mem_printf(HEAD "      default: c\n      classes:\n"
			  "        a: {match: [%s]}\n        b: {match: [%s]}\n        c:\n",
			  a, b);
}

static void differ_in_matches(const char *old_a, const char *old_b,
			      const char *new_a, const char *new_b,
			      const char *want)
{
	char *old = with_matches(old_a, old_b), *new = with_matches(new_a, new_b);

	differ(old, new, want);
	free(old);
	free(new);
}

static void matches_go_by_their_text(void **state)
{
	(void)state;
	differ_in_matches("dscp ef, mark 1", "mark 2", "mark 1, dscp ef", "mark 2",
			  "wan0: 1 match\n"
			  "  ~ a     match mark 1 (place 2 \u2192 1)\n");
	differ_in_matches("dscp ef, mark 1", "mark 2", "dscp ef", "mark 2, mark 1",
			  "wan0: 1 match\n"
			  "  \u2192 a \u2192 b  match mark 1\n");
	differ_in_matches("dscp ef", "mark 2", "mark 3, dscp ef", "mark 2",
			  "wan0: 1 match\n"
			  "  + a     match mark 3\n");
	/* A text that stands twice is told apart by its class. */
	differ_in_matches("dscp ef", "dscp ef, mark 2", "mark 9, dscp ef",
			  "dscp ef",
			  "wan0: 2 matches\n"
			  "  + a     match mark 9\n"
			  "  - b     match mark 2\n");
}

#define SETS(hosts, names) \
	"optq: 1\nsets: {hosts: [" hosts "]}\nlinks:\n  wan0:\n    egress:\n" \
	"      default: a\n      classes:\n        a:\n" \
	"        b: {match: [src @hosts and mark 1, \"host { " names " }\"]}\n"

static void sets_are_looked_into(void **state)
{
	(void)state;
	differ(SETS("10.1.0.0/16", "x.example, y.example"),
	       SETS("10.1.0.0/16, 10.2.0.1", "x.example, y.example"),
	       "wan0: 1 match\n"
	       "  ~ b     match src @hosts and mark 1 (its sets differ)\n");
	differ(SETS("10.1.0.0/16", "x.example, y.example"),
	       SETS("10.1.0.0-10.1.255.255", "x.example, y.example"),
	       "wan0: no difference\n");
}

static void lines_move_without_a_change(void **state)
{
	struct pair p;

	(void)state;
	make_pair(&p, OFFICE, "# a comment\n\n" OFFICE);
	assert_true(delta_empty(&p.d));
	free_pair(&p);
}

static void a_first_policy_adds_all(void **state)
{
	struct reading r;
	struct delta d;

	(void)state;
	read_text(&r, OFFICE);
	delta_links(NULL, r.policy.links, &d);
	assert_false(delta_empty(&d));
	assert_int_equal(d.count[DELTA_ADD], 4);
	assert_printed(&d, true,
		       "wan0: 4 to add, 2 matches\n"
		       "  + link          rate 20mbit, default office/other\n"
		       "  + voice         rate 1mbit, delay 10ms\n"
		       "  + office        rate 10mbit\n"
		       "  + office/web    rate 6mbit, ceil 15mbit\n"
		       "  + office/other  weight 3000, limit 500\n"
		       "  + voice         match dscp ef\n"
		       "  + office/web    match tcp port { 80, 443 }\n");
	delta_free(&d);
	delta_links(r.policy.links, NULL, &d);
	assert_int_equal(d.count[DELTA_REMOVE], 4);
	delta_free(&d);
	reading_free(&r);
}

static void lines_fit(void **state)
{
	char *text, *line, *next;
	struct pair p;

	(void)state;
	make_pair(&p, HEAD "      default: a\n      classes: {a: , a-rather-long-name-for-a-class: {rate: 1mbit, match: mark 1}}\n",
		  HEAD "      rate: 123456789bit\n      burst: 12345b\n      memory: 1234567b\n      sysfs: yes\n      default: a\n      classes:\n"
		  "        a:\n        inner:\n          classes:\n            another:\n              classes:\n"
		  "                a-rather-long-name-for-a-class: {rate: 1234567bit, ceil: 12345678bit, delay: 1234us, burst: 12345b, cburst: 34567b, target: 12345us, interval: 123456us, ecn: no, l4s: no, isolate: dual-src, nat: yes, limit: 123, quantum: 1234b, match: \"src { 10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4, 10.0.0.5, 10.0.0.6 } and not dst 192.168.0.0/16\"}\n");
	text = printed(&p.d, false);
	for (line = text; *line; line = next) {
		next = strchr(line, '\n') + 1;
		assert_true(term_width(line, (size_t)(next - 1 - line)) <= 80);
	}
	assert_non_null(strstr(text, "\n  \u2192 a-rather-long-name-for-a-class \u2192\n    inner/another/a-rather-long-name-for-a-class\n"));
	free(text);
	free_pair(&p);
}

/* What is printed on a terminal. */
static char *on_terminal(const struct delta *d)
{
	char *text = mem_zalloc(4096, 1);
	int master = posix_openpt(O_RDWR | O_NOCTTY), slave;
	size_t len = 0;
	FILE *out;
	ssize_t n;

	assert_true(master >= 0);
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(slave >= 0);
	out = fdopen(slave, "w");
	delta_print(out, d);
	fclose(out);
	/* A line at a time, until nobody writes any more. */
	while ((n = read(master, text + len, 4095 - len)) > 0)
		len += (size_t)n;
	close(master);
	return text;
}

static void colours_are_for_terminals(void **state)
{
	struct pair p;
	char *text;

	(void)state;
	make_pair(&p, HEAD "      default: a\n      classes: {a: , b: , c: }\n",
		  HEAD "      default: a/c\n      classes: {a: {rate: 1mbit, classes: {c: }}, d: }\n");
	setenv("TERM", "linux", 1);
	unsetenv("NO_COLOR");
	text = on_terminal(&p.d);
	assert_non_null(strstr(text, "\033[33m~ a\033[0m"));
	assert_non_null(strstr(text, "\033[1;36m\u2192 c \u2192 a/c\033[0m"));
	assert_non_null(strstr(text, "\033[1;32m+ d\033[0m"));
	assert_non_null(strstr(text, "\033[1;31m- b\033[0m"));
	free(text);
	setenv("NO_COLOR", "1", 1);
	text = on_terminal(&p.d);
	assert_null(strchr(text, '\033'));
	free(text);
	text = printed(&p.d, true);
	assert_null(strchr(text, '\033'));
	free(text);
	free_pair(&p);
}

#define MANY	100000

/* Steps that grow with the square of the classes would take hours here. */
static void many_classes_take_no_time(void **state)
{
	struct link old = { 0 }, new = { 0 };
	clock_t begun = clock();
	char name[16];
	struct delta d;
	uint32_t i;

	(void)state;
	link_add_class(&old, NO_CLASS, "a");
	link_add_class(&new, NO_CLASS, "a");
	link_add_class(&new, NO_CLASS, "b");
	for (i = 0; i < MANY; i++) {
		snprintf(name, sizeof(name), "c%u", i);
		link_add_class(&old, 0, name)->rate = 1000;
		/* Half of them move, a part goes, and another comes. */
		snprintf(name, sizeof(name), "c%u", i + MANY / 10);
		link_add_class(&new, i % 2, name)->rate = 1001;
	}
	delta_links(&old, &new, &d);
	assert_int_equal(d.count[DELTA_ADD], 1 + MANY / 10);
	assert_int_equal(d.count[DELTA_REMOVE], MANY / 10);
	assert_int_equal(d.count[DELTA_MOVE], MANY / 10 * 9 / 2);
	assert_int_equal(d.count[DELTA_CHANGE], MANY / 10 * 9 / 2);
	assert_true((clock() - begun) / CLOCKS_PER_SEC < 20);
	delta_free(&d);
	link_free(&old);
	link_free(&new);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_is_no_difference),
		cmocka_unit_test(every_kind_is_told),
		cmocka_unit_test(defaults_are_what_the_kernel_makes_of_them),
		cmocka_unit_test(policers_differ_by_key),
		cmocka_unit_test(matches_go_by_their_text),
		cmocka_unit_test(sets_are_looked_into),
		cmocka_unit_test(lines_move_without_a_change),
		cmocka_unit_test(a_first_policy_adds_all),
		cmocka_unit_test(lines_fit),
		cmocka_unit_test(colours_are_for_terminals),
		cmocka_unit_test(many_classes_take_no_time),
	};

	setlocale(LC_CTYPE, "");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
