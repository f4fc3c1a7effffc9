// SPDX-License-Identifier: GPL-2.0
#include <linux/mm.h>
#include <linux/slab.h>
#include <net/genetlink.h>

#include "conf_rule.h"

static const struct nla_policy dim_policy[OPTQ_DIM_A_MAX + 1] = {
	[OPTQ_DIM_A_FIELD]	= { .type = NLA_U8 },
	[OPTQ_DIM_A_PARAM]	= { .type = NLA_U32 },
};

static const struct nla_policy set_policy[OPTQ_SET_A_MAX + 1] = {
	[OPTQ_SET_A_WORDS]	= { .type = NLA_U8 },
	[OPTQ_SET_A_ABSENT]	= NLA_POLICY_MAX(NLA_U8, 1),
	[OPTQ_SET_A_RANGES]	= { .type = NLA_BINARY },
	[OPTQ_SET_A_RANGES_V4]	= { .type = NLA_BINARY },
};

static const struct nla_policy rule_policy[OPTQ_RULE_A_MAX + 1] = {
	[OPTQ_RULE_A_CLASS]	= { .type = NLA_U32 },
	[OPTQ_RULE_A_CONJUNCT]	= { .type = NLA_BINARY },
	[OPTQ_RULE_A_WHERE]	= { .type = NLA_NUL_STRING,
				    .len = OPTQ_RULE_WHERE_MAX },
	[OPTQ_RULE_A_TEXT]	= { .type = NLA_NUL_STRING,
				    .len = OPTQ_RULE_TEXT_MAX },
};

static u32 words_in(const struct nlattr *attr)
{
	return attr ? nla_len(attr) / sizeof(u32) : 0;
}

static int parse_set(struct nlattr *attr, struct nlattr **tb,
		     struct netlink_ext_ack *extack)
{
	return nla_parse_nested(tb, OPTQ_SET_A_MAX, attr, set_policy, extack);
}

static int count_set(struct optq_rule_input *in, struct nlattr *attr,
		     struct netlink_ext_ack *extack)
{
	struct nlattr *tb[OPTQ_SET_A_MAX + 1];
	int err = parse_set(attr, tb, extack);

	if (err)
		return err;
	in->rules.n_sets += !!tb[OPTQ_SET_A_WORDS];
	if (!in->rules.n_sets)
		return optq_refuse(extack, attr, "the first of a set says how many words its values have",
				   -EINVAL);
	in->range_words += words_in(tb[OPTQ_SET_A_RANGES]);
	in->range_words += words_in(tb[OPTQ_SET_A_RANGES_V4]);
	if (in->range_words > (u64)OPTQ_RANGES_MAX * 2 * OPTQ_MATCH_WORDS)
		return optq_refuse(extack, attr,
				   optq_match_fault_text(OPTQ_MATCH_RANGES), -E2BIG);
	return 0;
}

static void count_rule(struct optq_rule_input *in, struct nlattr *nest)
{
	struct nlattr *attr;
	int rem;

	in->rules.n_rules++;
	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) != OPTQ_RULE_A_CONJUNCT)
			continue;
		in->rules.n_conjuncts++;
		in->rules.n_terms += nla_len(attr) / sizeof(struct optq_term);
	}
}

static int count_all(struct optq_rule_input *in, const struct optq_part *part,
		     struct netlink_ext_ack *extack)
{
	struct nlattr *attr;
	int rem, err;

	optq_for_each_top(attr, part, rem, OPTQ_A_DIM)
		in->rules.n_dims++;
	optq_for_each_top(attr, part, rem, OPTQ_A_SET) {
		err = count_set(in, attr, extack);
		if (err)
			return err;
		cond_resched();
	}
	optq_for_each_top(attr, part, rem, OPTQ_A_RULE) {
		count_rule(in, attr);
		cond_resched();
	}
	return 0;
}

/* What there is room for; the core checks what it is given. */
static int check_counts(const struct optq_match_rules *r,
			struct netlink_ext_ack *extack)
{
	enum optq_match_fault fault = OPTQ_MATCH_OK;

	if (r->n_dims > OPTQ_DIMS_MAX)
		fault = OPTQ_MATCH_DIMS;
	else if (r->n_sets > OPTQ_SETS_MAX)
		fault = OPTQ_MATCH_SETS;
	else if (r->n_rules > OPTQ_RULES_MAX)
		fault = OPTQ_MATCH_RULES;
	else if (r->n_conjuncts > OPTQ_CONJUNCTS_MAX)
		fault = OPTQ_MATCH_CONJUNCTS;
	if (!fault)
		return 0;
	if (extack)
		extack->_msg = optq_match_fault_text(fault);
	return -E2BIG;
}

static void *input_room(size_t n, size_t size)
{
	return kvcalloc(n + 1, size, OPTQ_GFP_MANY);
}

int optq_rule_input_alloc(struct optq_rule_input *in,
			  const struct optq_part *part,
			  struct netlink_ext_ack *extack)
{
	struct optq_match_rules *r = &in->rules;
	int err;

	memset(in, 0, sizeof(*in));
	err = count_all(in, part, extack) ?: check_counts(r, extack);
	if (err)
		return err;
	in->set_attr = input_room(r->n_sets, sizeof(*in->set_attr));
	in->rule_attr = input_room(r->n_rules, sizeof(*in->rule_attr));
	in->set = input_room(r->n_sets, sizeof(*in->set));
	in->term = input_room(r->n_terms, sizeof(*in->term));
	in->conjunct = input_room(r->n_conjuncts, sizeof(*in->conjunct));
	in->rule = input_room(r->n_rules, sizeof(*in->rule));
	in->range = input_room(in->range_words, sizeof(*in->range));
	if (!in->set_attr || !in->rule_attr || !in->set || !in->term ||
	    !in->conjunct || !in->rule || !in->range)
		return -ENOMEM;
	r->dims = in->dim;
	r->sets = in->set;
	r->terms = in->term;
	r->conjuncts = in->conjunct;
	r->rules = in->rule;
	return 0;
}

void optq_rule_input_free(struct optq_rule_input *in)
{
	kvfree(in->set_attr);
	kvfree(in->rule_attr);
	kvfree(in->set);
	kvfree(in->term);
	kvfree(in->conjunct);
	kvfree(in->rule);
	kvfree(in->range);
}

static int read_dim(struct optq_rule_input *in, u32 i, struct nlattr *attr,
		    struct netlink_ext_ack *extack)
{
	struct nlattr *tb[OPTQ_DIM_A_MAX + 1];
	int err = nla_parse_nested(tb, OPTQ_DIM_A_MAX, attr, dim_policy, extack);

	if (err)
		return err;
	if (!tb[OPTQ_DIM_A_FIELD])
		return optq_refuse(extack, attr, "a dimension must name its field",
				   -EINVAL);
	in->dim_attr[i] = attr;
	in->dim[i].field = nla_get_u8(tb[OPTQ_DIM_A_FIELD]);
	if (tb[OPTQ_DIM_A_PARAM])
		in->dim[i].param = nla_get_u32(tb[OPTQ_DIM_A_PARAM]);
	return 0;
}

/* Whole ranges of words words, behind those that are there. */
static int read_ranges(const struct nlattr *attr, u32 words, u32 *at, u32 *n,
		       struct netlink_ext_ack *extack)
{
	if (!attr)
		return 0;
	if (nla_len(attr) % (2 * words * sizeof(u32)))
		return optq_refuse(extack, attr, "a range is its lowest and its highest value, as long as the set's values are",
				   -EINVAL);
	memcpy(at + (size_t)*n * 2 * words, nla_data(attr), nla_len(attr));
	*n += words_in(attr) / (2 * words);
	return 0;
}

/* A set's ranges_v4 stand behind its ranges: counted first. */
static int read_set(struct optq_rule_input *in, u32 i, struct nlattr *attr,
		    bool v4, u64 *at, struct netlink_ext_ack *extack)
{
	struct optq_match_set *s = &in->set[i];
	struct nlattr *tb[OPTQ_SET_A_MAX + 1];
	u32 *room = in->range + *at, n = 0;
	struct nlattr *ranges;
	int err;

	err = parse_set(attr, tb, extack);
	if (err)
		return err;
	if (tb[OPTQ_SET_A_WORDS]) {
		in->set_attr[i] = attr;
		s->words = nla_get_u8(tb[OPTQ_SET_A_WORDS]);
	}
	if (!s->words || s->words > OPTQ_MATCH_WORDS)
		return optq_refuse(extack, attr,
				   optq_match_fault_text(OPTQ_MATCH_SET_WORDS),
				   -EINVAL);
	s->absent |= tb[OPTQ_SET_A_ABSENT] && nla_get_u8(tb[OPTQ_SET_A_ABSENT]);
	ranges = tb[v4 ? OPTQ_SET_A_RANGES_V4 : OPTQ_SET_A_RANGES];
	err = read_ranges(ranges, v4 ? 1 : s->words, room, &n, extack);
	if (err)
		return err;
	if (v4 && !s->n_v4)
		s->range_v4 = room;
	else if (!v4 && !s->n)
		s->range = room;
	*(v4 ? &s->n_v4 : &s->n) += n;
	*at += words_in(ranges);
	return 0;
}

/* All ranges of a set side by side, and then all of IPv4 addresses. */
static int read_sets(struct optq_rule_input *in, const struct optq_part *part,
		     bool v4, u64 *at, struct netlink_ext_ack *extack)
{
	struct nlattr *attr;
	int rem, err;
	u32 i = 0;

	optq_for_each_top(attr, part, rem, OPTQ_A_SET) {
		i += !!nla_find_nested(attr, OPTQ_SET_A_WORDS);
		err = read_set(in, i - 1, attr, v4, at, extack);
		if (err)
			return err;
		cond_resched();
	}
	return 0;
}

static int read_conjunct(struct optq_rule_input *in, const struct nlattr *attr,
			 u32 *c, u32 *t, struct netlink_ext_ack *extack)
{
	const struct optq_term *from = nla_data(attr);
	u32 n = nla_len(attr) / sizeof(*from), i;

	if (nla_len(attr) % sizeof(*from))
		return optq_refuse(extack, attr, "a conjunct is of whole terms",
				   -EINVAL);
	in->conjunct[(*c)++].n_terms = n;
	for (i = 0; i < n; i++) {
		struct optq_match_term *term = &in->term[(*t)++];

		if (from[i].negate > 1 || from[i].unused)
			return optq_refuse(extack, attr, "a term's negate is 0 or 1, and what is unused 0",
					   -EINVAL);
		term->set = from[i].set;
		term->dim = from[i].dim;
		term->negate = from[i].negate;
	}
	return 0;
}

static int read_rule(struct optq_rule_input *in, u32 i, struct nlattr *nest,
		     struct optq_rule_slot *slot, u32 *c, u32 *t,
		     struct netlink_ext_ack *extack)
{
	struct nlattr *tb[OPTQ_RULE_A_MAX + 1], *attr;
	u32 first = *c;
	int err, rem;

	err = nla_parse_nested(tb, OPTQ_RULE_A_MAX, nest, rule_policy, extack);
	if (err)
		return err;
	if (!tb[OPTQ_RULE_A_CLASS])
		return optq_refuse(extack, nest, "a rule must name its class",
				   -EINVAL);
	slot->class_id = nla_get_u32(tb[OPTQ_RULE_A_CLASS]);
	if (tb[OPTQ_RULE_A_WHERE])
		slot->where = nla_data(tb[OPTQ_RULE_A_WHERE]);
	if (tb[OPTQ_RULE_A_TEXT])
		slot->text = nla_data(tb[OPTQ_RULE_A_TEXT]);
	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) != OPTQ_RULE_A_CONJUNCT)
			continue;
		err = read_conjunct(in, attr, c, t, extack);
		if (err)
			return err;
	}
	in->rule_attr[i] = nest;
	in->rule[i].class_id = slot->class_id;
	in->rule[i].n_conjuncts = *c - first;
	return 0;
}

int optq_rule_input_read(struct optq_rule_input *in, const struct optq_part *part,
			 struct optq_rule_slot *slot,
			 struct netlink_ext_ack *extack)
{
	u32 i = 0, c = 0, t = 0;
	struct nlattr *attr;
	int rem, err;
	u64 at = 0;

	optq_for_each_top(attr, part, rem, OPTQ_A_DIM) {
		err = read_dim(in, i++, attr, extack);
		if (err)
			return err;
	}
	err = read_sets(in, part, false, &at, extack) ?:
	      read_sets(in, part, true, &at, extack);
	if (err)
		return err;
	i = 0;
	optq_for_each_top(attr, part, rem, OPTQ_A_RULE) {
		err = read_rule(in, i, attr, &slot[i], &c, &t, extack);
		if (err)
			return err;
		i++;
		cond_resched();
	}
	return 0;
}

/* The rule that a conjunct is of. */
static u32 rule_of(const struct optq_match_rules *r, u32 conjunct)
{
	u32 i, n = 0;

	for (i = 0; i + 1 < r->n_rules; i++) {
		n += r->rules[i].n_conjuncts;
		if (conjunct < n)
			break;
	}
	return i;
}

void optq_rule_input_blame(const struct optq_rule_input *in,
			   const struct optq_match_error *why,
			   struct netlink_ext_ack *extack)
{
	const struct nlattr *attr = NULL;

	switch (why->fault) {
	case OPTQ_MATCH_DIM_FIELD:
	case OPTQ_MATCH_DIM_PARAM:
	case OPTQ_MATCH_DIM_TWICE:
		attr = in->dim_attr[why->at];
		break;
	case OPTQ_MATCH_SET_WORDS:
	case OPTQ_MATCH_SET_ORDER:
	case OPTQ_MATCH_SET_V4:
		attr = in->set_attr[why->at];
		break;
	case OPTQ_MATCH_RULE_SIZE:
		attr = in->rule_attr[why->at];
		break;
	case OPTQ_MATCH_TERM_DIM:
	case OPTQ_MATCH_TERM_SET:
	case OPTQ_MATCH_TERM_WIDTH:
	case OPTQ_MATCH_TERM_TWICE:
		attr = in->rule_attr[rule_of(&in->rules, why->at)];
		break;
	default:
		break;
	}
	if (attr)
		NL_SET_BAD_ATTR(extack, attr);
	if (extack)
		extack->_msg = optq_match_fault_text(why->fault);
}

int optq_put_dim(struct sk_buff *skb, const struct optq_match_dim *dim)
{
	struct nlattr *nest = nla_nest_start(skb, OPTQ_A_DIM);

	if (!nest || nla_put_u8(skb, OPTQ_DIM_A_FIELD, dim->field) ||
	    (dim->param && nla_put_u32(skb, OPTQ_DIM_A_PARAM, dim->param)))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

int optq_put_rule(struct sk_buff *skb, const struct optq_rule_slot *slot)
{
	if (nla_put_u32(skb, OPTQ_RULE_A_CLASS, slot->class_id) ||
	    (slot->where &&
	     nla_put_string(skb, OPTQ_RULE_A_WHERE, slot->where)) ||
	    (slot->text && nla_put_string(skb, OPTQ_RULE_A_TEXT, slot->text)))
		return -EMSGSIZE;
	return 0;
}
