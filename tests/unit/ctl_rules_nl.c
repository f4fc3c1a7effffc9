// SPDX-License-Identifier: GPL-2.0
/* A link's matches as the attributes that the kernel takes. */
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netinet/in.h>

#include "ctl_help.h"
#include "mem.h"
#include "rules_nl.h"

struct sent {
	struct reading r;
	struct match_rules rules;
	struct nl_msg *msg;
};

static void send_text(struct sent *s, const char *text)
{
	struct rules_nl_place at = { 0 };
	struct link *link;
	size_t i;

	read_text(&s->r, text);
	assert_good(&s->r);
	link = &s->r.policy.links[0];
	for (i = 0; i < link->n_classes; i++)
		link->classes[i].id = (uint32_t)i + 1;
	match_rules_make(&s->rules, link, NULL);
	s->msg = nlmsg_alloc_size(NLMSG_HDRLEN + rules_nl_bytes(&s->rules));
	nlmsg_put(s->msg, 0, 0, 0, 0, 0);
	assert_int_equal(rules_nl_put_sets(s->msg, &s->rules), 0);
	for (i = 0; i < link->n_rules; i++)
		assert_int_equal(rules_nl_put_rule(s->msg, link, &s->rules, &at), 0);
	assert_int_equal(at.conjunct, s->rules.core.n_conjuncts);
	assert_int_equal(at.term, s->rules.core.n_terms);
}

/* @classes as for read_classes_text(), after @head. */
static void send_classes(struct sent *s, const char *head, const char *classes)
{
	char *text = mem_printf("optq: 1\n%slinks:\n  wan0:\n    egress:\n      rate: 20mbit\n      default: a\n      classes:\n        a:\n%s",
				head, classes);

	send_text(s, text);
	free(text);
}

static void sent_free(struct sent *s)
{
	nlmsg_free(s->msg);
	match_rules_free(&s->rules);
	reading_free(&s->r);
}

/* Nest number @index of @type; NULL: there are fewer. */
static struct nlattr *nest(struct sent *s, int type, uint32_t index)
{
	struct nlattr *attr;
	int rest;

	nlmsg_for_each_attr(attr, nlmsg_hdr(s->msg), 0, rest)
		if (nla_type(attr) == type && !index--)
			return attr;
	return NULL;
}

static struct nlattr *of(struct nlattr *nest, int type)
{
	return nla_find(nla_data(nest), nla_len(nest), type);
}

/* The first part of set @index: parts that follow have no width. */
static struct nlattr *set_at(struct sent *s, uint32_t index, uint32_t *part)
{
	struct nlattr *set;

	for (*part = 0; (set = nest(s, OPTQ_A_SET, *part)); ++*part)
		if (of(set, OPTQ_SET_A_WORDS) && !index--)
			return set;
	return NULL;
}

/* The term that conjunct @which of rule @index has of a field. */
static const struct optq_term *term_of(struct sent *s, uint32_t index, int which,
				       uint8_t field, uint32_t param)
{
	const struct optq_term *term;
	struct nlattr *attr, *dim;
	int rest, n;

	nla_for_each_nested(attr, nest(s, OPTQ_A_RULE, index), rest) {
		if (nla_type(attr) != OPTQ_RULE_A_CONJUNCT || which--)
			continue;
		n = nla_len(attr) / (int)sizeof(*term);
		for (term = nla_data(attr); n--; term++) {
			dim = nest(s, OPTQ_A_DIM, term->dim);
			if (nla_get_u8(of(dim, OPTQ_DIM_A_FIELD)) != field)
				continue;
			attr = of(dim, OPTQ_DIM_A_PARAM);
			assert_int_equal(attr ? nla_get_u32(attr) : 0, param);
			return term;
		}
		return NULL;
	}
	return NULL;
}

/* That it says one range, of one word. */
static void assert_range(struct sent *s, uint32_t index, uint8_t field,
			 uint32_t param, uint32_t lo, uint32_t hi, bool negate)
{
	const struct optq_term *term = term_of(s, index, 0, field, param);
	struct nlattr *range;
	const uint32_t *v;
	uint32_t part;

	assert_non_null(term);
	assert_int_equal(term->negate, negate);
	assert_int_equal(term->unused, 0);
	range = of(set_at(s, term->set, &part), OPTQ_SET_A_RANGES);
	assert_non_null(range);
	assert_int_equal(nla_len(range), 8);
	v = nla_data(range);
	assert_int_equal(v[0], lo);
	assert_int_equal(v[1], hi);
}

static void rules_say_what_they_match(void **state)
{
	static const uint32_t prefix[8] = { 0x20010db8, 0, 0, 0,
					    0x20010db8, ~0U, ~0U, ~0U };
	const struct optq_term *term;
	struct nlattr *range;
	struct sent s;
	uint32_t part;

	(void)state;
	send_classes(&s, "",
		     "        voice: {match: dscp ef}\n"
		     "        web: {match: \"ip6 tcp dst 2001:db8::/32 dport 80-90 mark 0 vlan != 7\"}\n");
	assert_int_equal(nla_get_u32(of(nest(&s, OPTQ_A_RULE, 0), OPTQ_RULE_A_CLASS)), 2);
	assert_range(&s, 0, OPTQ_FIELD_DSCP, 0, 46, 46, false);
	assert_int_equal(nla_get_u32(of(nest(&s, OPTQ_A_RULE, 1), OPTQ_RULE_A_CLASS)), 3);
	assert_range(&s, 1, OPTQ_FIELD_FAMILY, 0, 6, 6, false);
	assert_range(&s, 1, OPTQ_FIELD_PROTO, 0, IPPROTO_TCP, IPPROTO_TCP, false);
	assert_range(&s, 1, OPTQ_FIELD_DPORT, 0, 80, 90, false);
	/* Mark 0 is a value, not "not given". */
	assert_range(&s, 1, OPTQ_FIELD_MARK, 0xffffffff, 0, 0, false);
	assert_range(&s, 1, OPTQ_FIELD_VLAN, 0, 7, 7, true);
	assert_null(term_of(&s, 1, 0, OPTQ_FIELD_SPORT, 0));
	term = term_of(&s, 1, 0, OPTQ_FIELD_DST, 0);
	range = of(set_at(&s, term->set, &part), OPTQ_SET_A_RANGES);
	assert_int_equal(nla_len(range), sizeof(prefix));
	assert_memory_equal(nla_data(range), prefix, sizeof(prefix));
	assert_null(nest(&s, OPTQ_A_RULE, 2));
	sent_free(&s);
}

static void alternatives_are_conjuncts(void **state)
{
	struct sent s;

	(void)state;
	send_classes(&s, "",
		     "        b: {match: \"udp dport 53 or vlan 9 or iif lan0\"}\n"
		     "        c: {match: vlan 9}\n");
	assert_non_null(term_of(&s, 0, 0, OPTQ_FIELD_VLAN, 0) ?:
			term_of(&s, 0, 1, OPTQ_FIELD_VLAN, 0) ?:
			term_of(&s, 0, 2, OPTQ_FIELD_VLAN, 0));
	assert_null(term_of(&s, 0, 3, OPTQ_FIELD_VLAN, 0));
	assert_int_equal(s.rules.core.n_conjuncts, 4);
	/* Sets that are alike are one, also of two rules. */
	assert_int_equal(s.rules.core.n_sets, 4);
	sent_free(&s);
}

#define MANY	20000

/* A set of single addresses of both families, none beside another. */
static char *many_addresses(void)
{
	char *text = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&text, &len);
	uint32_t i;

	fputs("sets:\n  many: [", f);
	for (i = 0; i < MANY; i++)
		fprintf(f, "10.%u.%u.%u, 2001:db8::%x:%x, ", i >> 15, i >> 7 & 255,
			(i & 127) * 2, i >> 8, (i & 255) * 2);
	fputs("192.0.2.1]\n", f);
	fclose(f);
	return text;
}

/* All parts from number @part on, of one type: sorted, and how many ranges. */
static size_t count_parts(struct sent *s, uint32_t part, int type, size_t words)
{
	uint32_t first = part, last[4] = { 0 };
	struct nlattr *set, *range;
	const uint32_t *v;
	size_t n = 0;
	int i;

	for (; (set = nest(s, OPTQ_A_SET, part)); part++) {
		assert_int_equal(part == first, !!of(set, OPTQ_SET_A_WORDS));
		range = of(set, type);
		if (!range)
			continue;
		v = nla_data(range);
		assert_int_equal(nla_len(range) % (int)(8 * words), 0);
		for (i = 0; i < nla_len(range) / (int)(8 * words); i++) {
			assert_memory_equal(v, v + words, 4 * words);
			if (n++)
				assert_true(v[words - 1] > last[words - 1] ||
					    v[words - 2 + (words == 1)] >
					    last[words - 2 + (words == 1)]);
			memcpy(last, v, 4 * words);
			v += 2 * words;
		}
	}
	return n;
}

static void a_large_set_comes_in_parts(void **state)
{
	char *many = many_addresses();
	const struct optq_term *term;
	struct sent s;
	uint32_t part;

	(void)state;
	send_classes(&s, many, "        b: {match: \"src @many\"}\n");
	term = term_of(&s, 0, 0, OPTQ_FIELD_SRC, 0);
	assert_int_equal(term->set, 0);
	assert_int_equal(nla_get_u8(of(set_at(&s, 0, &part), OPTQ_SET_A_WORDS)), 4);
	assert_int_equal(part, 0);
	assert_int_equal(count_parts(&s, 0, OPTQ_SET_A_RANGES, 4), MANY);
	assert_int_equal(count_parts(&s, 0, OPTQ_SET_A_RANGES_V4, 1), MANY + 1);
	assert_true(nlmsg_hdr(s.msg)->nlmsg_len > MANY * 40);
	sent_free(&s);
	free(many);
}

static void place_and_text_come_along(void **state)
{
	char *classes, marks[2048] = "";
	struct nlattr *rule;
	const char *text;
	struct sent s;
	int i;

	(void)state;
	for (i = 0; i < 300; i++)
		sprintf(marks + strlen(marks), "%d, ", i * 2);
	classes = mem_printf("        b:\n          match: dscp  ef\n        c: {match: \"mark { %s 9999 }\"}\n",
			     marks);
	send_classes(&s, "", classes);
	rule = nest(&s, OPTQ_A_RULE, 0);
	assert_string_equal(nla_get_string(of(rule, OPTQ_RULE_A_WHERE)), "test.yaml:10");
	assert_string_equal(nla_get_string(of(rule, OPTQ_RULE_A_TEXT)), "dscp ef");
	/* What is too long for the kernel ends in dots. */
	text = nla_get_string(of(nest(&s, OPTQ_A_RULE, 1), OPTQ_RULE_A_TEXT));
	assert_int_equal(strlen(text), OPTQ_RULE_TEXT_MAX);
	assert_string_equal(text + OPTQ_RULE_TEXT_MAX - 3, "...");
	assert_memory_equal(text, "mark { 0, 2, 4, ", 16);
	sent_free(&s);
	free(classes);
}

/* Of a path its end tells more, and a character stays whole. */
static void a_long_place_keeps_its_end(void **state)
{
	char where[602] = "";
	const char *text;
	struct sent s;
	int i;

	(void)state;
	for (i = 0; i < 300; i++)
		strcat(where, "\xc3\xa4");
	strcat(where, ":");
	send_classes(&s, "", "        b: {match: dscp ef}\n");
	free(s.r.policy.links[0].rules[0].where);
	s.r.policy.links[0].rules[0].where = mem_strndup(where, strlen(where));
	nlmsg_free(s.msg);
	s.msg = nlmsg_alloc();
	nlmsg_put(s.msg, 0, 0, 0, 0, 0);
	assert_int_equal(rules_nl_put_rule(s.msg, &s.r.policy.links[0], &s.rules,
					   &(struct rules_nl_place){ 0 }), 0);
	text = nla_get_string(of(nest(&s, OPTQ_A_RULE, 0), OPTQ_RULE_A_WHERE));
	assert_true(strlen(text) <= OPTQ_RULE_WHERE_MAX);
	assert_memory_equal(text, "...\xc3\xa4\xc3", 6);
	assert_string_equal(text + strlen(text) - 3, "\xc3\xa4:");
	sent_free(&s);
}

static uint64_t number_of_some(void *arg, struct dim dim, uint64_t number)
{
	const char *name = names_name(arg, number);

	assert_int_equal(dim.field, OPTQ_FIELD_IIF);
	return strcmp(name, "gone0") ? 70 + number : 0;
}

static void names_become_numbers(void **state)
{
	struct match_numbers numbers = { number_of_some };
	struct match_rules rules;
	struct sent s;
	uint32_t part;

	(void)state;
	send_classes(&s, "",
		     "        b: {match: [iif lan0, \"not iif { lan0, lan1 }\", \"iif lan0 or iif gone0\", iif gone1]}\n");
	numbers.arg = &s.r.policy.names.of[OPTQ_FIELD_IIF];
	match_rules_make(&rules, &s.r.policy.links[0], &numbers);
	assert_int_equal(rules.missing_rule, 2);
	assert_int_equal(rules.missing.field, OPTQ_FIELD_IIF);
	assert_string_equal(names_name(numbers.arg, rules.missing_number), "gone0");
	assert_int_equal(rules.sets[0].range[0], 71);
	assert_true(rules.terms[1].negate);
	assert_int_equal(rules.sets[rules.terms[1].set].range[1], 72);
	match_rules_free(&rules);
	assert_int_equal(s.rules.missing_rule, NO_RULE);
	assert_non_null(set_at(&s, 0, &part));
	sent_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_say_what_they_match),
		cmocka_unit_test(alternatives_are_conjuncts),
		cmocka_unit_test(a_large_set_comes_in_parts),
		cmocka_unit_test(place_and_text_come_along),
		cmocka_unit_test(a_long_place_keeps_its_end),
		cmocka_unit_test(names_become_numbers),
	};

	return cmocka_run_group_tests_name("ctl_rules_nl", tests, NULL, NULL);
}
