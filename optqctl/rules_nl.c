// SPDX-License-Identifier: GPL-2.0
#include <netlink/attr.h>
#include <string.h>

#include "rules_nl.h"

/* What stands around ranges, of a set or of a part of it, and around a rule. */
#define SET_BYTES	32
#define RULE_BYTES	(48 + OPTQ_RULE_WHERE_MAX + OPTQ_RULE_TEXT_MAX)

/* A nest's length has 16 bits; whole ranges of any width fit into it. */
#define PART_BYTES	65024
#define PART_NUMBERS	(PART_BYTES / sizeof(uint32_t))

size_t rules_nl_bytes(const struct match_rules *rules)
{
	const struct optq_match_rules *core = &rules->core;
	size_t bytes, i;

	bytes = core->n_dims * 24 + core->n_rules * (size_t)RULE_BYTES +
		core->n_conjuncts * (size_t)NLA_HDRLEN +
		core->n_terms * sizeof(struct optq_term);
	for (i = 0; i < core->n_sets; i++) {
		const struct optq_match_set *s = &core->sets[i];
		size_t numbers = 2 * (s->n * (size_t)s->words + s->n_v4);

		bytes += numbers * sizeof(uint32_t) +
			 (numbers / PART_NUMBERS + 2) * SET_BYTES;
	}
	return bytes;
}

static int put_dim(struct nl_msg *msg, const struct optq_match_dim *dim)
{
	struct nlattr *nest = nla_nest_start(msg, OPTQ_A_DIM);
	int err;

	if (!nest)
		return -NLE_MSGSIZE;
	err = nla_put_u8(msg, OPTQ_DIM_A_FIELD, dim->field);
	if (dim->param)
		err |= nla_put_u32(msg, OPTQ_DIM_A_PARAM, dim->param);
	nla_nest_end(msg, nest);
	return err;
}

/* The first part of a set says how wide its values are, and is there in any case. */
static int put_part(struct nl_msg *msg, uint8_t words, int type,
		    const uint32_t *numbers, size_t n)
{
	struct nlattr *nest = nla_nest_start(msg, OPTQ_A_SET);
	int err = 0;

	if (!nest)
		return -NLE_MSGSIZE;
	if (words)
		err |= nla_put_u8(msg, OPTQ_SET_A_WORDS, words);
	if (n)
		err |= nla_put(msg, type, (int)(n * sizeof(*numbers)), numbers);
	nla_nest_end(msg, nest);
	return err;
}

static int put_parts(struct nl_msg *msg, uint8_t *words, int type,
		     const uint32_t *numbers, size_t n)
{
	size_t part;
	int err = 0;

	for (; !err && (n || *words); n -= part, numbers += part) {
		part = n < PART_NUMBERS ? n : PART_NUMBERS;
		err = put_part(msg, *words, type, numbers, part);
		*words = 0;
	}
	return err;
}

static int put_set(struct nl_msg *msg, const struct optq_match_set *s)
{
	uint8_t words = s->words;
	int err = 0;

	if (s->n || !s->n_v4)
		err = put_parts(msg, &words, OPTQ_SET_A_RANGES, s->range,
				s->n * (size_t)(2 * s->words));
	if (!err)
		err = put_parts(msg, &words, OPTQ_SET_A_RANGES_V4, s->range_v4,
				s->n_v4 * (size_t)2);
	return err;
}

int rules_nl_put_sets(struct nl_msg *msg, const struct match_rules *rules)
{
	int err = 0;
	size_t i;

	for (i = 0; !err && i < rules->core.n_dims; i++)
		err = put_dim(msg, &rules->dims[i]);
	for (i = 0; !err && i < rules->core.n_sets; i++)
		err = put_set(msg, &rules->sets[i]);
	return err;
}

static int put_conjunct(struct nl_msg *msg, const struct optq_match_term *term,
			size_t n)
{
	struct optq_term terms[OPTQ_DIMS_MAX];
	size_t i;

	for (i = 0; i < n; i++)
		terms[i] = (struct optq_term){
			.set = term[i].set,
			.dim = term[i].dim,
			.negate = term[i].negate,
		};
	return nla_put(msg, OPTQ_RULE_A_CONJUNCT, (int)(n * sizeof(*terms)),
		       terms);
}

/* Dots stand for what has no room; they do not stand within a character. */
#define DOTS		"..."
#define DOTS_LEN	3

const char *rules_nl_text(const char *text, char cut[OPTQ_RULE_TEXT_MAX + 1])
{
	size_t n = OPTQ_RULE_TEXT_MAX - DOTS_LEN;

	if (strlen(text) <= OPTQ_RULE_TEXT_MAX)
		return text;
	while ((text[n] & 0xc0) == 0x80)
		n--;
	memcpy(cut, text, n);
	memcpy(cut + n, DOTS, DOTS_LEN + 1);
	return cut;
}

/* Of a place the end tells more. */
static const char *cut_place(const char *where, char cut[OPTQ_RULE_WHERE_MAX + 1])
{
	size_t n = OPTQ_RULE_WHERE_MAX - DOTS_LEN, len = strlen(where);

	if (len <= OPTQ_RULE_WHERE_MAX)
		return where;
	for (where += len - n; (*where & 0xc0) == 0x80; where++)
		n--;
	memcpy(cut, DOTS, DOTS_LEN);
	memcpy(cut + DOTS_LEN, where, n + 1);
	return cut;
}

int rules_nl_put_rule(struct nl_msg *msg, const struct link *link,
		      const struct match_rules *rules,
		      struct rules_nl_place *at)
{
	char where[OPTQ_RULE_WHERE_MAX + 1], text[OPTQ_RULE_TEXT_MAX + 1];
	const struct rule *rule = &link->rules[at->rule];
	struct nlattr *nest = nla_nest_start(msg, OPTQ_A_RULE);
	uint32_t end, n;
	int err;

	if (!nest)
		return -NLE_MSGSIZE;
	err = nla_put_u32(msg, OPTQ_RULE_A_CLASS, rules->rules[at->rule].class_id);
	end = at->conjunct + rules->rules[at->rule].n_conjuncts;
	for (; at->conjunct < end; at->conjunct++, at->term += n) {
		n = rules->conjuncts[at->conjunct].n_terms;
		err |= put_conjunct(msg, &rules->terms[at->term], n);
	}
	err |= nla_put_string(msg, OPTQ_RULE_A_WHERE,
			      cut_place(rule->where, where));
	err |= nla_put_string(msg, OPTQ_RULE_A_TEXT,
			      rules_nl_text(rule->text, text));
	nla_nest_end(msg, nest);
	at->rule++;
	return err;
}
