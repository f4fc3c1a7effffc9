// SPDX-License-Identifier: GPL-2.0
/*
 * Which matches are never reached, against all packets that there are in a world of
 * three fields; and how long that takes among many.
 */
#include <stdio.h>
#include <time.h>

#include "ctl_help.h"
#include "ctl_random.h"
#include "mem.h"
#include "policy_reach.h"

#define WORLDS		1500
#define RULES_MAX	7
#define FIRST_LINE	8		/* of read_classes_text() */
#define LARGE		10000
#define SECONDS_MAX	60	/* of a processor, under the sanitizers */

#define MARKS		16		/* masks are of the last three bits */
#define UIDS		6		/* 0 to 3, another, and none */
#define CTMARKS		6
#define PACKETS		(MARKS * UIDS * CTMARKS)

/* Small numbers tell all that the terms below can tell. */
static struct packet packet_number(size_t n)
{
	struct packet p = { .n = 0 };

	packet_put(&p, OPTQ_FIELD_MARK, 0, value_of(n % MARKS));
	n /= MARKS;
	if (n % UIDS < 5)
		packet_put(&p, OPTQ_FIELD_UID, 0, value_of(n % UIDS));
	n /= UIDS;
	if (n < 5)
		packet_put(&p, OPTQ_FIELD_CTMARK, 0, value_of(n));
	return p;
}

static void put_term(struct random_source *r, char *text, size_t size)
{
	uint32_t a = random_below(r, 4), b = a + random_below(r, 4 - a);
	uint32_t mask = (uint32_t[]){ 1, 3, 7, 4 }[random_below(r, 4)];
	size_t len = strlen(text);

	text += len;
	size -= len;
	switch (random_below(r, 5)) {
	case 0:
		snprintf(text, size, "uid %u-%u", a, b);
		break;
	case 1:
		snprintf(text, size, "ctmark %u-%u", a, b);
		break;
	case 2:
		snprintf(text, size, "mark %u-%u", a, b);
		break;
	case 3:
		snprintf(text, size, "mark %u/%u", a & mask, mask);
		break;
	default:
		snprintf(text, size, "uid { %u, %u }", a, b);
	}
}

static void put_rule(struct random_source *r, char *text, size_t size)
{
	uint32_t n = 1 + random_below(r, 3), i;

	for (i = 0; i < n; i++) {
		if (i)
			strcat(text, random_below(r, 2) ? " and " : " or ");
		if (!random_below(r, 3))
			strcat(text, "not ");
		put_term(r, text, size);
	}
}

static bool is_warned(const struct reading *r, size_t line, const char *what)
{
	size_t i;

	for (i = 0; i < r->d.n; i++)
		if (source_position(&r->src, r->d.list[i].at.off).line == line &&
		    strstr(r->d.list[i].text, what))
			return true;
	return false;
}

struct seen {
	bool taken[PACKETS];	/* by a match before */
	size_t nevers, unknown;
};

static void check_rule(struct seen *seen, const struct reading *r, size_t rule,
		       const char *text)
{
	const struct conjuncts *any = &r->policy.links[0].rules[rule].any;
	bool some = false, left = false;
	struct packet p;
	size_t i;

	for (i = 0; i < PACKETS; i++) {
		p = packet_number(i);
		if (!packet_meets_any(&p, any))
			continue;
		some = true;
		left |= !seen->taken[i];
		seen->taken[i] = true;
	}
	if (is_warned(r, FIRST_LINE + rule, "could not be worked out"))
		seen->unknown++;
	else if (is_warned(r, FIRST_LINE + rule, "never reached") !=
		 (some && !left))
		fail_msg("match %zu, left %d, of:\n%s", rule, left, text);
	seen->nevers += some && !left;
}

static void the_world_is_agreed_with(void **state)
{
	struct random_source r = { 1 };
	struct seen seen = { .nevers = 0 };
	size_t world, n, i, len;
	struct reading reading;
	char text[8192];

	(void)state;
	for (world = 0; world < WORLDS; world++) {
		memset(seen.taken, 0, sizeof(seen.taken));
		n = 2 + random_below(&r, RULES_MAX - 1);
		for (i = 0, *text = '\0'; i < n; i++) {
			len = strlen(text);
			snprintf(text + len, sizeof(text) - len,
				 "        c%zu: {match: \"", i);
			put_rule(&r, text, sizeof(text));
			strcat(text, "\"}\n");
		}
		strcat(text, "        z:\n");
		read_classes_text(&reading, "z", text);
		assert_good(&reading);
		for (i = 0; i < n; i++)
			check_rule(&seen, &reading, i, text);
		reading_free(&reading);
	}
	assert_int_equal(seen.unknown, 0);
	assert_true(seen.nevers > WORLDS / 10);
}

static void several_together_are_found(void **state)
{
	(void)state;
	warned("z", "        a: {match: [src 10.0.0.0/9, src 10.128.0.0/9]}\n        b: {match: src 10.0.0.0/8}\n        z:\n",
	       9, 20, "never reached: earlier matches together take all of it, the last of them that of \"a\" in line 8");
	warned("z", "        a: {match: [ip, ip6]}\n        b: {match: dscp ef}\n        z:\n",
	       9, 20, "never reached: earlier matches together");
	warned("z", "        a: {match: tcp}\n        b: {match: not tcp}\n        c: {match: udp}\n        z:\n",
	       10, 20, "never reached: the match of \"b\" in line 9 takes all of it before");
	warned("z", "        a: {match: cgroup a}\n        c: {match: cgroup a/b}\n        z:\n",
	       9, 20, "never reached: the match of \"a\" in line 8");
	warned("z", "        a: {match: mark 0}\n        c: {match: mark != 0}\n        d: {match: tcp}\n        z:\n",
	       10, 20, "never reached: earlier matches together");
}

static size_t overlaps(const char *classes, const char *text)
{
	struct reading r;
	size_t n;

	read_classes_text(&r, "z", classes);
	assert_good(&r);
	assert_int_equal(r.d.n, 0);
	warn_overlaps(&r.policy, &r.d);
	n = r.d.warnings;
	if (n && !strstr(r.d.list[0].text, text))
		fail_msg("%s", r.d.list[0].text);
	reading_free(&r);
	return n;
}

static void overlaps_are_told_when_asked_for(void **state)
{
	(void)state;
	assert_int_equal(overlaps("        a: {match: dscp ef}\n        b: {match: udp}\n        z:\n",
				  "match: overlaps the match of \"a\" in line 8: what meets both goes to the first"), 1);
	assert_int_equal(overlaps("        a: {match: [dscp ef, vlan]}\n        b: {match: udp}\n        z:\n",
				  "the match of \"a\" in line 8, and 1 more: what"), 1);
	/* Special before general is how exceptions are written. */
	assert_int_equal(overlaps("        a: {match: udp dport 53}\n        b: {match: udp}\n        z:\n", ""), 0);
	assert_int_equal(overlaps("        a: {match: tcp}\n        b: {match: udp}\n        z:\n", ""), 0);
	assert_int_equal(overlaps("        a: {match: [dscp ef, udp]}\n        z:\n", ""), 0);
	/* Two alternatives of one match are one. */
	assert_int_equal(overlaps("        a: {match: \"port 53\"}\n        b: {match: \"port 80\"}\n        z:\n", ""), 1);
	assert_int_equal(overlaps("        a: {match: \"icmp\"}\n        b: {match: \"ip6 dscp ef\"}\n        z:\n", ""), 0);
}

static double seconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void many_matches_are_quick(void **state)
{
	static const char *const forms[] = {
		"src %u.%u.%u.%u", "src %u.%u.0.0/16 dst %u.%u.0.0/16",
		"src %u.%u.%u.%u or dst 10.1.2.3", "dport %u mark %u uid %u ctmark %u",
	};
	char *text = mem_zalloc(1000000, 1);
	struct random_source r = { 1 };
	struct reading reading;
	size_t form, i, len;
	double took;

	(void)state;
	for (form = 0; form < sizeof(forms) / sizeof(*forms); form++) {
		for (i = 0, len = 0; i < LARGE; i++) {
			len += (size_t)sprintf(text + len, "        c%zx: {match: \"", i);
			len += (size_t)sprintf(text + len, forms[form],
					       random_below(&r, 256), random_below(&r, 256),
					       random_below(&r, 256), random_below(&r, 256));
			len += (size_t)sprintf(text + len, "\"}\n");
		}
		strcpy(text + len, "        y: {match: dscp ef}\n        z:\n");
		took = seconds();
		read_classes_text(&reading, "z", text);
		took = seconds() - took;
		assert_good(&reading);
		print_message("# %d times \"%s\": %.1f s\n", LARGE, forms[form], took);
		assert_true(took < SECONDS_MAX);
		for (i = 0; i < reading.d.n; i++)
			if (strstr(reading.d.list[i].text, "worked out"))
				fail_msg("%s", reading.d.list[i].text);
		reading_free(&reading);
	}
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_world_is_agreed_with),
		cmocka_unit_test(several_together_are_found),
		cmocka_unit_test(overlaps_are_told_when_asked_for),
		cmocka_unit_test(many_matches_are_quick),
	};

	return cmocka_run_group_tests_name("ctl_reach", tests, NULL, NULL);
}
