// SPDX-License-Identifier: GPL-2.0
/*
 * Compiled matches against the first that a packet meets, one after another; and what
 * explain says of packets of which something is known.
 */
#include <json-c/json.h>
#include <stdio.h>

#include "ctl_help.h"
#include "ctl_random.h"
#include "explain_view.h"
#include "match_rules.h"
#include "mem.h"

#define LINKS		400
#define PACKETS		250
#define MATCHES_MAX	8

/* A policy of random matches, each to a class of its own. */
static void random_policy(struct random_source *r, struct reading *reading)
{
	char *text = mem_zalloc(65536, 1);
	size_t n = 1 + random_below(r, MATCHES_MAX), i, len = 0;
	char match[1024];

	for (i = 0; i < n; i++) {
		*match = '\0';
		random_match(r, match, sizeof(match), 1);
		len += (size_t)sprintf(text + len, "        c%zu: {match: \"%s\"}\n",
				       i, match);
	}
	strcpy(text + len, "        z:\n");
	read_classes_text(reading, "z", text);
	free(text);
}

static uint32_t first_met(const struct link *link, const struct packet *p)
{
	uint32_t i;

	for (i = 0; i < link->n_rules; i++)
		if (packet_meets_any(p, &link->rules[i].any))
			return i;
	return NO_RULE;
}

/* What the packet has in a dimension; false: it has no such field. */
static bool value_of_dim(const struct packet *p, struct dim dim,
			 struct value *value)
{
	bool mark = dim.field == OPTQ_FIELD_MARK || dim.field == OPTQ_FIELD_CTMARK;
	size_t i;

	for (i = 0; i < p->n; i++) {
		if (p->v[i].dim.field != dim.field ||
		    (!mark && p->v[i].dim.param != dim.param))
			continue;
		*value = mark ? value_of(p->v[i].value.lo & dim.param) :
				p->v[i].value;
		return true;
	}
	return false;
}

static uint32_t find_compiled(const struct optq_match *m, const struct link *link,
			      const struct packet *p)
{
	struct optq_match_key key = { 0 };
	struct value value;
	unsigned int i;

	for (i = 0; i < link->n_dims; i++)
		if (value_of_dim(p, link->dims[i], &value))
			match_key_put(&key, i, link->dims[i].field, value);
	return optq_match_find(m, &key);
}

static void compiled_is_first_match(void **state)
{
	struct random_source r = { 5 };
	size_t i, j, tried = 0, met = 0;
	struct match_rules rules;
	struct reading reading;
	struct optq_match *m;
	struct link *link;
	struct packet p;
	uint32_t rule;
	char *why;

	(void)state;
	for (i = 0; i < LINKS; i++) {
		random_policy(&r, &reading);
		/* A match may have too many alternatives. */
		link = &reading.policy.links[0];
		match_rules_make(&rules, link, NULL);
		m = match_rules_compile(&rules, &why);
		if (!m)
			fail_msg("%s", why);
		match_rules_free(&rules);
		for (j = 0; j < PACKETS; j++, tried++) {
			p = random_packet(&r, &reading.policy.names);
			rule = first_met(link, &p);
			met += rule != NO_RULE;
			if (find_compiled(m, link, &p) != rule)
				fail_msg("policy %zu, packet %zu: not %u, but %u\n%s",
					 i, j, rule, find_compiled(m, link, &p),
					 reading.src.text);
		}
		match_compiled_free(m);
		reading_free(&reading);
	}
	assert_int_equal(tried, LINKS * PACKETS);
	assert_in_range(met, tried / 4, tried - tried / 20);
}

static struct rset *single(const struct packet *p, struct dim dim)
{
	struct ranges r = { 0 };
	struct value v;
	bool there = value_of_dim(p, dim, &v);

	if (there)
		ranges_add(&r, v, v);
	return rset_of(&r, !there);
}

/* Some of what the packet is; the rest is not given. */
static struct conjunct part_of(struct random_source *r, const struct packet *p,
			       const struct link *link, uint32_t odds)
{
	struct conjunct c = { 0 };
	size_t i;

	for (i = 0; i < link->n_dims; i++)
		if (random_below(r, 8) < odds)
			assert_true(conjunct_narrow(&c, link->dims[i],
						    single(p, link->dims[i])));
	return c;
}

/* If what is given suffices the answer is the packet's; else it is one of those told. */
static void check_part(const struct reading *reading, const struct packet *p,
		       const struct explanation *e, bool whole)
{
	const struct link *link = &reading->policy.links[0];
	uint32_t rule = first_met(link, p);
	uint32_t class = rule == NO_RULE ? link->default_class :
			 link->rules[rule].class_index;
	size_t i;

	if ((whole && e->rule != rule) ||
	    (!e->depends && e->class_index != class))
		fail_msg("match %u it is said, and is %u:\n%s", e->rule, rule,
			 reading->src.text);
	if (rule == e->rule || rule == e->otherwise)
		return;
	for (i = 0; i < e->n_before; i++)
		if (e->before[i].rule == rule && e->before[i].open)
			return;
	for (i = 0; i < e->n_behind; i++)
		if (e->behind[i].rule == rule)
			return;
	fail_msg("match %u takes it, which was not said:\n%s", rule,
		 reading->src.text);
}

static void what_is_not_given_is_left_open(void **state)
{
	struct random_source r = { 6 };
	size_t i, j, certain = 0;
	struct explanation e;
	struct reading reading;
	struct link *link;
	struct packet p;
	uint32_t odds;

	(void)state;
	for (i = 0; i < LINKS / 2; i++) {
		random_policy(&r, &reading);
		link = &reading.policy.links[0];
		for (j = 0; j < PACKETS / 10; j++) {
			p = random_packet(&r, &reading.policy.names);
			odds = (uint32_t)(j % 5) * 2;
			assert_true(explain_conjunct(&reading.policy, link,
						     part_of(&r, &p, link, odds),
						     &reading.d, &e));
			check_part(&reading, &p, &e, odds == 8);
			certain += !e.depends;
			explanation_free(&e);
		}
		reading_free(&reading);
	}
	/* All of those of which all was said, and some more. */
	assert_true(certain > LINKS / 2 * PACKETS / 50);
}

static char *explained(struct reading *r, const char *packet)
{
	struct explanation e;
	char *text = NULL;
	struct diags d = { 0 };
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	assert_non_null(out);
	if (!explain_packet(&r->policy, &r->policy.links[0], packet, &d, &e))
		fail_msg("%s: %s", packet, d.list[0].text);
	explain_print(out, &r->policy.links[0], &e);
	fclose(out);
	explanation_free(&e);
	diags_free(&d);
	return text;
}

static const char policy_text[] =
	"        voice: {rate: 1mbit, delay: 5ms, match: dscp ef}\n"
	"        marked: {prio: 2, match: mark 1/3}\n"
	"        office:\n"
	"          rate: 10mbit\n"
	"          classes:\n"
	"            dns: {match: \"udp dport 53\", ceil: 2mbit}\n"
	"            tagged: {match: not vlan and tcp}\n"
	"            lan: {match: src 10.0.0.0/8}\n"
	"        rest:\n";

static void assert_explained(const char *packet, const char *expected)
{
	struct reading r;
	char *text;

	read_classes_text(&r, "rest", policy_text);
	assert_good(&r);
	text = explained(&r, packet);
	assert_string_equal(text, expected);
	free(text);
	reading_free(&r);
}

static void answers_are_explained(void **state)
{
	(void)state;
	assert_explained("src 10.1.2.3 dst 8.8.8.8 udp dport 53 dscp 0 mark 4",
			 "wan0: office/dns\n"
			 "  by test.yaml:13: udp dport 53\n"
			 "Path:\n"
			 "  wan0  rate 20mbit\n"
			 "    office  rate 10mbit  prio 0\n"
			 "      dns  ceil 2mbit  prio 0\n"
			 "Tried before:\n"
			 "  test.yaml:8: dscp ef  (differs: the DSCP)\n"
			 "  test.yaml:9: mark 1/3  (differs: the mark under 0x3)\n");
	assert_explained("dscp ef",
			 "wan0: voice\n"
			 "  by test.yaml:8: dscp ef\n"
			 "Path:\n"
			 "  wan0  rate 20mbit\n"
			 "    voice  rate 1mbit  prio 0  delay 5ms\n");
	assert_explained("src 192.0.2.1 udp dport 53 dscp 0",
			 "wan0: office/dns\n"
			 "  by test.yaml:13: udp dport 53\n"
			 "Path:\n"
			 "  wan0  rate 20mbit\n"
			 "    office  rate 10mbit  prio 0\n"
			 "      dns  ceil 2mbit  prio 0\n"
			 "Tried before:\n"
			 "  test.yaml:8: dscp ef  (differs: the DSCP)\n"
			 "  test.yaml:9: mark 1/3  (may go to marked; not given: the mark under 0x3)\n"
			 "That depends on the mark under 0x3: what is not given was taken as not there, a mark as 0.\n");
	assert_explained("ip6 sctp dscp 0 mark 0",
			 "wan0: rest, the default: no match takes it\n"
			 "Path:\n"
			 "  wan0  rate 20mbit\n"
			 "    rest  prio 0\n"
			 "Tried before:\n"
			 "  test.yaml:8: dscp ef  (differs: the DSCP)\n"
			 "  test.yaml:9: mark 1/3  (differs: the mark under 0x3)\n"
			 "  test.yaml:13: udp dport 53  (differs: the protocol)\n"
			 "  test.yaml:14: not vlan and tcp  (differs: the protocol)\n"
			 "  test.yaml:15: src 10.0.0.0/8  (differs: the source address)\n");
}

static void what_was_assumed_is_told(void **state)
{
	(void)state;
	/* Untagged it is taken, tagged it would go on. */
	assert_explained("src 10.0.0.0/7 tcp dscp 0 mark 0",
			 "wan0: office/tagged\n"
			 "  by test.yaml:14: not vlan and tcp\n"
			 "Path:\n"
			 "  wan0  rate 20mbit\n"
			 "    office  rate 10mbit  prio 0\n"
			 "      tagged  prio 0\n"
			 "Tried before:\n"
			 "  test.yaml:8: dscp ef  (differs: the DSCP)\n"
			 "  test.yaml:9: mark 1/3  (differs: the mark under 0x3)\n"
			 "  test.yaml:13: udp dport 53  (differs: the protocol)\n"
			 "Behind it:\n"
			 "  test.yaml:15: src 10.0.0.0/8  (may go to office/lan; given as more than one: the source address)\n"
			 "That depends on the VLAN id: what is not given was taken as not there, a mark as 0.\n");
}

static void assert_no_packet(const char *packet, size_t off, const char *why)
{
	struct diags d = { 0 };
	struct explanation e;
	struct reading r;

	read_classes_text(&r, "rest", policy_text);
	if (explain_packet(&r.policy, &r.policy.links[0], packet, &d, &e))
		fail_msg("\"%s\" was explained", packet);
	assert_int_equal(d.list[0].at.off, off);
	if (!strstr(d.list[0].text, why))
		fail_msg("%s", d.list[0].text);
	diags_free(&d);
	reading_free(&r);
}

static void packets_can_be_wrong(void **state)
{
	(void)state;
	assert_no_packet("tcp dprt 5", 4, "did you mean \"dport\"");
	assert_no_packet("tcp port 53", 0, "sport or dport in place of port");
	assert_no_packet("tcp or udp dport 53", 0, "2 kinds of packets");
	assert_no_packet("tcp udp", 0, "there is no such packet");
	assert_no_packet("icmp dport 53", 0, "udplite have ports");
	assert_no_packet("", 0, "a term must follow");
}

static void json_says_it_all(void **state)
{
	struct json_object *o, *at;
	struct diags d = { 0 };
	struct explanation e;
	struct reading r;

	(void)state;
	read_classes_text(&r, "rest", policy_text);
	assert_true(explain_packet(&r.policy, &r.policy.links[0],
				   "src 192.0.2.1 udp dport 53 dscp 0", &d, &e));
	o = explain_json(&r.policy.links[0], &e);
	assert_string_equal(json_object_get_string(json_object_object_get(o, "class")),
			    "office/dns");
	assert_false(json_object_get_boolean(json_object_object_get(o, "certain")));
	at = json_object_object_get(o, "depends_on");
	assert_string_equal(json_object_get_string(json_object_array_get_idx(at, 0)),
			    "mark/0x3");
	at = json_object_object_get(o, "rule");
	assert_string_equal(json_object_get_string(json_object_object_get(at, "where")),
			    "test.yaml:13");
	assert_int_equal(json_object_array_length(json_object_object_get(o, "tried")), 2);
	assert_int_equal(json_object_array_length(json_object_object_get(o, "path")), 3);
	json_object_put(o);
	explanation_free(&e);
	reading_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compiled_is_first_match),
		cmocka_unit_test(what_is_not_given_is_left_open),
		cmocka_unit_test(answers_are_explained),
		cmocka_unit_test(what_was_assumed_is_told),
		cmocka_unit_test(packets_can_be_wrong),
		cmocka_unit_test(json_says_it_all),
	};

	return cmocka_run_group_tests_name("ctl_explain", tests, NULL, NULL);
}
