// SPDX-License-Identifier: GPL-2.0
#include <netlink/attr.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "rules_nl.h"

/* One range is all that a rule has of a field. */
struct set_nl {
	uint32_t range[8];	/* lowest value, highest value */
	uint32_t words;		/* of a value */
	bool v4;		/* IPv4 addresses, of one word */
};

#define TERMS_MAX	8

static size_t set_hash(const struct set_nl *set)
{
	size_t h = set->words + (set->v4 ? 8 : 0), i;

	for (i = 0; i < 8; i++)
		h = (h ^ set->range[i]) * 0x9e3779b97f4a7c15U;
	return h ^ h >> 32;
}

static uint32_t set_number(struct rules_nl *rules, const struct set_nl *set)
{
	size_t at = set_hash(set) & rules->mask;

	for (; rules->by_hash[at]; at = (at + 1) & rules->mask) {
		uint32_t i = rules->by_hash[at] - 1;

		if (!memcmp(&rules->sets[i], set, sizeof(*set)))
			return i;
	}
	rules->sets = mem_grow(rules->sets, &rules->sets_room,
			       rules->n_sets + 1, sizeof(*set));
	rules->sets[rules->n_sets++] = *set;
	rules->by_hash[at] = (uint32_t)rules->n_sets;
	return (uint32_t)rules->n_sets - 1;
}

static uint8_t dim_number(struct rules_nl *rules, uint8_t field, uint32_t param)
{
	uint32_t i;

	for (i = 0; i < rules->n_dims; i++)
		if (rules->dims[i].field == field &&
		    rules->dims[i].param == param)
			return (uint8_t)i;
	if (i == OPTQ_DIMS_MAX) {
		rules->no_room = true;
		return 0;
	}
	rules->dims[i].field = field;
	rules->dims[i].param = param;
	rules->n_dims++;
	return (uint8_t)i;
}

struct terms {
	struct optq_term v[TERMS_MAX];
	size_t n;
};

static void add_term(struct rules_nl *rules, struct terms *terms, uint8_t field,
		     uint32_t param, const struct set_nl *set)
{
	terms->v[terms->n++] = (struct optq_term){
		.set = set_number(rules, set),
		.dim = dim_number(rules, field, param),
	};
}

static void add_number(struct rules_nl *rules, struct terms *terms,
		       uint8_t field, uint32_t lo, uint32_t hi)
{
	struct set_nl set;

	memset(&set, 0, sizeof(set));
	set.words = 1;
	set.range[0] = lo;
	set.range[1] = hi;
	add_term(rules, terms, field, 0, &set);
}

static uint32_t word_at(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
	       (uint32_t)bytes[2] << 8 | bytes[3];
}

static void add_address(struct rules_nl *rules, struct terms *terms,
			uint8_t field, const struct address *a)
{
	uint32_t bits = a->prefix_len, i;
	struct set_nl set;

	/* A prefix of length 0 says no more than its family. */
	if (!a->family || !a->prefix_len)
		return;
	memset(&set, 0, sizeof(set));
	set.v4 = a->family == 4;
	set.words = set.v4 ? 1 : 4;
	for (i = 0; i < set.words; i++, bits -= bits < 32 ? bits : 32) {
		uint32_t host = bits >= 32 ? 0 : ~0U >> bits;

		set.range[i] = word_at(a->bytes + 4 * i) & ~host;
		set.range[set.words + i] = set.range[i] | host;
	}
	add_term(rules, terms, field, 0, &set);
}

static void rule_terms(struct rules_nl *rules, const struct rule *rule,
		       struct terms *terms)
{
	struct set_nl mark;

	terms->n = 0;
	if (rule->family)
		add_number(rules, terms, OPTQ_FIELD_FAMILY, rule->family,
			   rule->family);
	if (rule->proto >= 0)
		add_number(rules, terms, OPTQ_FIELD_PROTO,
			   (uint32_t)rule->proto, (uint32_t)rule->proto);
	add_address(rules, terms, OPTQ_FIELD_SRC, &rule->src);
	add_address(rules, terms, OPTQ_FIELD_DST, &rule->dst);
	if (rule->sport.set)
		add_number(rules, terms, OPTQ_FIELD_SPORT, rule->sport.min,
			   rule->sport.max);
	if (rule->dport.set)
		add_number(rules, terms, OPTQ_FIELD_DPORT, rule->dport.min,
			   rule->dport.max);
	if (rule->dscp >= 0)
		add_number(rules, terms, OPTQ_FIELD_DSCP, (uint32_t)rule->dscp,
			   (uint32_t)rule->dscp);
	/* A mask of 0 asks for nothing. */
	if (!rule->has_mark || !rule->mark_mask)
		return;
	memset(&mark, 0, sizeof(mark));
	mark.words = 1;
	mark.range[0] = mark.range[1] = rule->mark;
	add_term(rules, terms, OPTQ_FIELD_MARK, rule->mark_mask, &mark);
}

void rules_nl_init(struct rules_nl *rules, const struct link *link)
{
	struct terms terms;
	size_t i;

	memset(rules, 0, sizeof(*rules));
	rules->link = link;
	rules->mask = 1;
	while (rules->mask < 2 * TERMS_MAX * (link->n_rules + 1))
		rules->mask *= 2;
	rules->by_hash = mem_zalloc(rules->mask, sizeof(*rules->by_hash));
	rules->mask--;
	for (i = 0; i < link->n_rules; i++)
		rule_terms(rules, &link->rules[i], &terms);
}

void rules_nl_free(struct rules_nl *rules)
{
	free(rules->sets);
	free(rules->by_hash);
}

static int put_set(struct nl_msg *msg, const struct set_nl *set)
{
	struct nlattr *nest = nla_nest_start(msg, OPTQ_A_SET);
	int err;

	if (!nest)
		return -NLE_MSGSIZE;
	err = nla_put_u8(msg, OPTQ_SET_A_WORDS,
			 (uint8_t)(set->v4 ? 4 : set->words));
	err |= nla_put(msg, set->v4 ? OPTQ_SET_A_RANGES_V4 : OPTQ_SET_A_RANGES,
		       (int)(2 * set->words * sizeof(uint32_t)), set->range);
	nla_nest_end(msg, nest);
	return err;
}

int rules_nl_put_sets(struct nl_msg *msg, const struct rules_nl *rules)
{
	int err = rules->no_room ? -NLE_RANGE : 0;
	size_t i;

	for (i = 0; i < rules->n_dims; i++) {
		struct nlattr *nest = nla_nest_start(msg, OPTQ_A_DIM);

		if (!nest)
			return -NLE_MSGSIZE;
		err |= nla_put_u8(msg, OPTQ_DIM_A_FIELD, rules->dims[i].field);
		if (rules->dims[i].param)
			err |= nla_put_u32(msg, OPTQ_DIM_A_PARAM,
					   rules->dims[i].param);
		nla_nest_end(msg, nest);
	}
	for (i = 0; !err && i < rules->n_sets; i++)
		err = put_set(msg, &rules->sets[i]);
	return err;
}

int rules_nl_put_rule(struct nl_msg *msg, struct rules_nl *rules, size_t i)
{
	const struct rule *rule = &rules->link->rules[i];
	struct nlattr *nest = nla_nest_start(msg, OPTQ_A_RULE);
	struct terms terms;
	int err;

	if (!nest)
		return -NLE_MSGSIZE;
	rule_terms(rules, rule, &terms);
	err = nla_put_u32(msg, OPTQ_RULE_A_CLASS,
			  rules->link->classes[rule->class_index].id);
	err |= nla_put(msg, OPTQ_RULE_A_CONJUNCT,
		       (int)(terms.n * sizeof(*terms.v)), terms.v);
	nla_nest_end(msg, nest);
	return err;
}
