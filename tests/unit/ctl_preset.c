// SPDX-License-Identifier: GPL-2.0
/* "preset:" in a policy: what it makes, what stands beside it, what is wrong. */
#include <stdio.h>

#include "ctl_help.h"
#include "ctl_packet.h"
#include "mem.h"
#include "preset.h"

/* Which code points lead where; all others to the default, the last. */
struct place {
	const char *class;
	const char *points;
};

static const struct place diffserv4[] = {
	{ "voice", "32 40 44 46 48 56" },
	{ "video", "4 16 18 20 22 24 26 28 30 34 36 38" },
	{ "bulk", "1 8" },
	{ "besteffort", "" }, { NULL, NULL }
};

static const struct place diffserv8[] = {
	{ "control", "48 56" }, { "voice", "32 40 44 46" },
	{ "interactive", "16" }, { "transactions", "4 18 20 22" },
	{ "video", "24 26 28 30 34 36 38" },
	{ "throughput", "2 8 10 12 14" }, { "background", "1" },
	{ "besteffort", "" }, { NULL, NULL }
};

/* RFC 4594 figure 3, RFC 5865, RFC 8622; CS7 and CS1 as their RFCs would have it. */
static const struct place rfc4594[] = {
	{ "network-control", "48 56" }, { "telephony", "44 46" },
	{ "signaling", "40" }, { "conferencing", "34 36 38" },
	{ "realtime-interactive", "32" }, { "streaming", "26 28 30" },
	{ "broadcast-video", "24" }, { "low-latency-data", "18 20 22" },
	{ "oam", "16" }, { "high-throughput-data", "10 12 14" },
	{ "low-priority", "1 8" },
	{ "standard", "" }, { NULL, NULL }
};

static const struct { const char *name; const struct place *places; } all[] = {
	{ "diffserv4", diffserv4 }, { "diffserv8", diffserv8 },
	{ "rfc4594", rfc4594 },
};

#define N_ALL	(sizeof(all) / sizeof(*all))

static void read_preset(struct reading *r, const char *name, const char *rate,
			const char *more)
{
	char *text = mem_printf("optq: 1\nlinks:\n  w:\n    egress:\n"
				"      rate: %s\n      preset: %s\n%s", rate, name,
				more);

	read_text(r, text);
	free(text);
}

/* The path of what a packet of this code point, and of nothing else, comes to. */
static char *goes_to(const struct link *link, int dscp)
{
	struct packet p = { .n = 0 };
	size_t i;

	packet_put(&p, OPTQ_FIELD_DSCP, 0, value_of((uint64_t)dscp));
	for (i = 0; i < link->n_rules; i++)
		if (packet_meets_any(&p, &link->rules[i].any))
			return class_path(link, link->rules[i].class_index);
	return class_path(link, link->default_class);
}

static bool is_listed(const char *points, int dscp)
{
	char *end;
	long n;

	for (n = strtol(points, &end, 10); end != points;
	     points = end, n = strtol(points, &end, 10))
		if (n == dscp)
			return true;
	return false;
}

static void each_code_point_has_its_class(void **state)
{
	const struct place *p;
	struct reading r;
	size_t i;
	char *path;
	int dscp;

	(void)state;
	for (i = 0; i < N_ALL; i++) {
		read_preset(&r, all[i].name, "10mbit", "");
		assert_good(&r);
		for (dscp = 0; dscp < 64; dscp++) {
			for (p = all[i].places; p[1].class; p++)
				if (is_listed(p->points, dscp))
					break;
			path = goes_to(&r.policy.links[0], dscp);
			if (strcmp(path, p->class))
				fail_msg("%s: %d goes to %s", all[i].name, dscp, path);
			free(path);
		}
		reading_free(&r);
	}
	assert_null(preset_at(N_ALL)->name);
}

/* As links are sold, and between; on the line that adds most as well. */
static void they_fit_from_1mbit_to_10gbit(void **state)
{
	unsigned long long kbit;
	struct reading r;
	size_t i, n = 0;
	char *rate;

	(void)state;
	for (i = 0; i < N_ALL; i++) {
		for (kbit = 1000; kbit <= 10000000; kbit += kbit / 16) {
			rate = mem_printf("%llukbit", kbit);
			read_preset(&r, all[i].name, rate, n % 2 ?
				    "" : "      wire: conservative\n");
			if (!r.good || r.d.n)
				fail_msg("%s at %s: %s", all[i].name, rate,
					 r.d.list[0].text);
			free(rate);
			reading_free(&r);
			n++;
		}
		read_preset(&r, all[i].name, "10gbit", "");
		assert_good(&r);
		assert_int_equal(r.d.n, 0);
		reading_free(&r);
	}
	assert_true(n > 400);
}

/* The file is a policy, and what the preset makes is what it says. */
static void a_preset_is_a_policy_as_any(void **state)
{
	struct reading r, of;
	size_t i;
	uint32_t c;
	char *a, *b;

	(void)state;
	for (i = 0; i < N_ALL; i++) {
		read_text(&r, preset_at(i)->text);
		assert_good(&r);
		assert_int_equal(r.d.n, 0);
		assert_string_equal(preset_at(i)->name, all[i].name);
		read_preset(&of, all[i].name, "100mbit", "");
		assert_good(&of);
		assert_int_equal(of.policy.links[0].n_classes, r.policy.links[0].n_classes);
		assert_int_equal(of.policy.links[0].n_rules, r.policy.links[0].n_rules);
		assert_int_equal(of.policy.links[0].default_class,
				 r.policy.links[0].default_class);
		for (c = 0; c < r.policy.links[0].n_classes; c++) {
			a = class_path(&r.policy.links[0], c);
			b = class_path(&of.policy.links[0], c);
			assert_string_equal(a, b);
			assert_int_equal(of.policy.links[0].classes[c].rate,
					 r.policy.links[0].classes[c].rate);
			assert_int_equal(of.policy.links[0].classes[c].delay_ns,
					 r.policy.links[0].classes[c].delay_ns);
			free(a);
			free(b);
		}
		reading_free(&r);
		reading_free(&of);
	}
}

static void assert_goes_to(const struct reading *r, int dscp, const char *where)
{
	char *path = goes_to(&r->policy.links[0], dscp);

	assert_string_equal(path, where);
	free(path);
}

static const struct class *class_of(const struct reading *r, const char *path)
{
	uint32_t i = link_find_class(&r->policy.links[0], path);

	assert_int_not_equal(i, NO_CLASS);
	return &r->policy.links[0].classes[i];
}

/* What is written beside it wins, key by key; what is new comes first. */
static void what_stands_beside_it_wins(void **state)
{
	struct reading r;

	(void)state;
	read_preset(&r, "diffserv4", "100mbit",
		    "      default: bulk\n      dscp: wash\n      classes:\n"
		    "        video: {rate: 10%, ceil: 50mbit, dscp: af41}\n"
		    "        backup: {match: tcp dport 873, weight: 1}\n"
		    "        voice:\n"
		    "        besteffort: {match: dscp be}\n");
	assert_good(&r);
	assert_int_equal(r.policy.links[0].n_classes, 5);
	assert_string_equal(r.policy.links[0].classes[0].name, "backup");
	assert_string_equal(r.policy.links[0].classes[1].name, "voice");
	assert_string_equal(r.policy.links[0].classes[4].name, "bulk");
	assert_int_equal(r.policy.links[0].rules[0].class_index, 0);
	assert_int_equal(class_of(&r, "video")->rate, 1250000);
	assert_int_equal(class_of(&r, "video")->ceil, 6250000);
	assert_int_equal(class_of(&r, "video")->alternatives, 1);
	assert_int_equal(class_of(&r, "voice")->rate, 3125000);
	assert_int_equal(class_of(&r, "voice")->delay_ns, 25000000);
	assert_goes_to(&r, 34, "video");
	assert_goes_to(&r, 0, "besteffort");
	assert_goes_to(&r, 3, "bulk");
	reading_free(&r);
}

/* What such a class took and its parts do not goes to the part without a match. */
static void a_class_can_be_divided(void **state)
{
	struct reading r;

	(void)state;
	read_preset(&r, "diffserv4", "100mbit",
		    "      classes:\n"
		    "        voice:\n          classes:\n"
		    "            sip: {match: udp dport 5060}\n"
		    "            calls: {rate: 5mbit, delay: 4ms}\n"
		    "        besteffort:\n          classes:\n"
		    "            web: {match: tcp dport 443}\n"
		    "            other: {classes: {a: {match: tcp dport 22}, b: }}\n");
	assert_good(&r);
	assert_goes_to(&r, 46, "voice/calls");
	assert_goes_to(&r, 48, "voice/calls");
	assert_goes_to(&r, 34, "video");
	assert_goes_to(&r, 0, "besteffort/other/b");
	assert_int_equal(class_of(&r, "voice")->delay_ns, 0);
	assert_int_equal(class_of(&r, "voice")->burst, 0);
	assert_int_equal(class_of(&r, "voice")->rate, 3125000);
	assert_int_equal(class_of(&r, "voice/calls")->delay_ns, 4000000);
	assert_int_equal(r.d.n, 0);
	reading_free(&r);
}

/* Of a class: its default is the link's affair. */
static void a_class_may_have_one(void **state)
{
	struct reading r;

	(void)state;
	read_text(&r, "optq: 1\nlinks:\n  w:\n    egress:\n      rate: 100mbit\n"
		      "      default: office/standard\n      classes:\n"
		      "        guests: {rate: 10%, match: src 192.0.2.0/24}\n"
		      "        office: {rate: 80%, preset: rfc4594}\n");
	assert_good(&r);
	assert_int_equal(r.d.n, 0);
	assert_int_equal(class_of(&r, "office/telephony")->rate, 2000000);
	assert_goes_to(&r, 46, "office/telephony");
	assert_goes_to(&r, 0, "office/standard");
	reading_free(&r);

	/* And of one that a preset made, which is divided by it. */
	read_preset(&r, "rfc4594", "100mbit", "      classes:\n"
		    "        standard: {rate: 10%, preset: diffserv4}\n");
	assert_true(r.good);
	assert_goes_to(&r, 46, "telephony");
	assert_goes_to(&r, 2, "standard/besteffort");
	reading_free(&r);
}

static void links_have_their_own(void **state)
{
	struct reading r;

	(void)state;
	read_text(&r, "optq: 1\nlinks:\n"
		      "  a: {egress: {rate: 10mbit, preset: diffserv4}}\n"
		      "  b: {egress: {rate: 1gbit, preset: diffserv4}}\n"
		      "  c: {egress: {rate: 100kbit, preset: diffserv8}}\n");
	assert_false(r.good);
	assert_int_equal(r.d.n, 1);
	assert_first(&r, 5, 39, "preset diffserv8: class \"voice\": delay: 25ms");
	assert_int_equal(r.policy.links[0].classes[0].rate, 312500);
	assert_int_equal(r.policy.links[1].classes[0].rate, 31250000);
	/* apply tells what the kernel refuses at the class's name. */
	assert_int_equal(r.policy.links[2].classes[7].name_at.len, strlen("diffserv8"));
	reading_free(&r);
}

static void wrong_preset(const char *beside, size_t line, size_t column,
			 const char *why)
{
	struct reading r;

	read_preset(&r, "diffserv4", "10mbit", beside);
	assert_false(r.good);
	assert_first(&r, line, column, why);
	reading_free(&r);
}

static void what_is_wrong_is_told(void **state)
{
	struct reading r;

	(void)state;
	read_preset(&r, "diffserv5", "10mbit", "");
	assert_false(r.good);
	assert_int_equal(r.d.n, 1);
	assert_first(&r, 6, 15, "preset: unknown preset \"diffserv5\": did you mean \"diffserv4\"? there are diffserv4 diffserv8 rfc4594");
	reading_free(&r);
	read_preset(&r, "besteffort", "10mbit", "");
	assert_int_equal(r.d.n, 1);
	assert_first(&r, 6, 15, "preset: unknown preset \"besteffort\": there are diffserv4 diffserv8 rfc4594");
	reading_free(&r);
	read_preset(&r, "[diffserv4]", "10mbit", "");
	assert_int_equal(r.d.n, 1);
	assert_first(&r, 6, 15, "preset: a list: a name such as diffserv4 is needed");
	reading_free(&r);
	read_text(&r, "optq: 1\nlinks: {w: {egress: {preset: diffserv4}}}\n");
	assert_int_equal(r.d.n, 1);
	assert_first(&r, 2, 30, "preset: the rates of its classes are shares: egress needs the key \"rate\"");
	reading_free(&r);
	wrong_preset("      classes: {voice: {rate: 90%}}\n", 5, 13,
		     "the guarantees below \"w\" sum to 14500kbit, but it has 10mbit");
	wrong_preset("      classes: {voice: {ciel: 90%}}\n", 7, 25,
		     "unknown key \"ciel\": did you mean \"ceil\"?");
	wrong_preset("      classes: {voice: {classes: {a: {match: tcp}}}}\n", 7, 34,
		     "classes: each has a match: leave it out of one");
	wrong_preset("      classes: {voice: 5mbit}\n", 7, 24, "a class must be a map");
	wrong_preset("      classes: {a: {preset: diffserv8, match: tcp}}\n", 7, 29,
		     "preset: the rates of its classes are shares: the class needs the key \"rate\"");
	wrong_preset("      classes: {a: {rate: 1mbit, preset: diffserv8, match: tcp}}\n",
		     7, 60, "match on a class that has classes below it");
	wrong_preset("      classes: {voice: , voice: {rate: 1mbit}}\n", 7, 26, "\"voice\" is given twice");
	wrong_preset("      preset: rfc4594\n", 7, 7, "\"preset\" is given twice");
	wrong_preset("      default: nowhere\n", 7, 16, "default: there is no class \"nowhere\"");
	wrong_preset("      classes: {besteffort: {classes: {a: {match: tcp}}}}\n", 6, 15,
		     "preset diffserv4: default: \"besteffort\" has classes below it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_code_point_has_its_class),
		cmocka_unit_test(they_fit_from_1mbit_to_10gbit),
		cmocka_unit_test(a_preset_is_a_policy_as_any),
		cmocka_unit_test(what_stands_beside_it_wins),
		cmocka_unit_test(a_class_can_be_divided),
		cmocka_unit_test(a_class_may_have_one),
		cmocka_unit_test(links_have_their_own),
		cmocka_unit_test(what_is_wrong_is_told),
	};

	return cmocka_run_group_tests_name("ctl_preset", tests, NULL, NULL);
}
