// SPDX-License-Identifier: GPL-2.0
/* What the fields are that rules read, and whether rules are as match.h says. */
#include "match_check.h"

static const struct {
	u32 max;		/* of one word */
	u8 words;
} fields[OPTQ_FIELD_MAX + 1] = {
	[OPTQ_FIELD_FAMILY]	= { 255, 1 },
	[OPTQ_FIELD_PROTO]	= { 255, 1 },
	[OPTQ_FIELD_SRC]	= { ~0U, 4 },
	[OPTQ_FIELD_DST]	= { ~0U, 4 },
	[OPTQ_FIELD_SPORT]	= { 65535, 1 },
	[OPTQ_FIELD_DPORT]	= { 65535, 1 },
	[OPTQ_FIELD_DSCP]	= { 63, 1 },
	[OPTQ_FIELD_ECN]	= { 3, 1 },
	[OPTQ_FIELD_VLAN]	= { 4095, 1 },
	[OPTQ_FIELD_PCP]	= { 7, 1 },
	[OPTQ_FIELD_MARK]	= { ~0U, 1 },
	[OPTQ_FIELD_CTMARK]	= { ~0U, 1 },
	[OPTQ_FIELD_IIF]	= { ~0U, 1 },
	[OPTQ_FIELD_UID]	= { ~0U, 1 },
	[OPTQ_FIELD_CGROUP]	= { ~0U, 2 },
	[OPTQ_FIELD_ICMP_TYPE]	= { 255, 1 },
	[OPTQ_FIELD_ICMP6_TYPE]	= { 255, 1 },
	[OPTQ_FIELD_APP]	= { ~0U, 1 },
	[OPTQ_FIELD_HOST]	= { ~0U, 1 },
};

static const char *const faults[] = {
	[OPTQ_MATCH_OK]		= "no error",
	[OPTQ_MATCH_NO_MEMORY]	= "out of memory",
	[OPTQ_MATCH_TOO_BIG]	= "the compiled rules would take too much memory: use fewer rules, or fewer ranges that overlap in many of them",
	[OPTQ_MATCH_DIMS]	= "rules read at most 24 fields",
	[OPTQ_MATCH_DIM_FIELD]	= "rules cannot read such a field",
	[OPTQ_MATCH_DIM_PARAM]	= "the field has no such parameter",
	[OPTQ_MATCH_DIM_TWICE]	= "a field and its parameter are given twice",
	[OPTQ_MATCH_SETS]	= "rules have at most 65536 sets",
	[OPTQ_MATCH_RANGES]	= "sets have at most 4194304 ranges in all",
	[OPTQ_MATCH_SET_WORDS]	= "values of a set have 1, 2 or 4 words, IPv4 addresses 4",
	[OPTQ_MATCH_SET_ORDER]	= "ranges of a set must be sorted and must not overlap",
	[OPTQ_MATCH_SET_V4]	= "IPv4 addresses of a set must stand in one place",
	[OPTQ_MATCH_RULES]	= "a tree has at most 32768 rules",
	[OPTQ_MATCH_CONJUNCTS]	= "rules have at most 65536 conjuncts in all",
	[OPTQ_MATCH_RULE_SIZE]	= "a rule has at most 64 conjuncts",
	[OPTQ_MATCH_COUNTS]	= "conjuncts and terms do not add up to those given",
	[OPTQ_MATCH_TERM_DIM]	= "a term's field is not among those that are given",
	[OPTQ_MATCH_TERM_SET]	= "a term's set is not among those that are given",
	[OPTQ_MATCH_TERM_WIDTH]	= "a term's set has values that its field cannot have",
	[OPTQ_MATCH_TERM_TWICE]	= "a conjunct has two terms of one field",
};

const char *optq_match_fault_text(enum optq_match_fault fault)
{
	return faults[fault < sizeof(faults) / sizeof(*faults) ? fault : 0];
}

bool optq_field_valid(u8 field)
{
	return field && field <= OPTQ_FIELD_MAX;
}

u32 optq_field_words(u8 field)
{
	return fields[field].words;
}

u32 optq_field_max(u8 field)
{
	return fields[field].max;
}

static bool fail(struct optq_match_error *why, enum optq_match_fault fault,
		 u32 at)
{
	why->fault = fault;
	why->at = at;
	return false;
}

static bool param_valid(const struct optq_match_dim *d)
{
	switch (d->field) {
	case OPTQ_FIELD_MARK:
	case OPTQ_FIELD_CTMARK:
		return d->param;
	case OPTQ_FIELD_CGROUP:
		return d->param >= 1 && d->param <= OPTQ_CGROUP_LEVEL_MAX;
	case OPTQ_FIELD_HOST:
		return d->param <= 1;
	default:
		return !d->param;
	}
}

static bool check_dims(const struct optq_match_rules *r,
		       struct optq_match_error *why)
{
	u32 i, j;

	if (r->n_dims > OPTQ_DIMS_MAX)
		return fail(why, OPTQ_MATCH_DIMS, OPTQ_DIMS_MAX);
	for (i = 0; i < r->n_dims; i++) {
		if (!optq_field_valid(r->dims[i].field))
			return fail(why, OPTQ_MATCH_DIM_FIELD, i);
		if (!param_valid(&r->dims[i]))
			return fail(why, OPTQ_MATCH_DIM_PARAM, i);
		for (j = 0; j < i; j++) {
			if (r->dims[j].field == r->dims[i].field &&
			    r->dims[j].param == r->dims[i].param)
				return fail(why, OPTQ_MATCH_DIM_TWICE, i);
		}
	}
	return true;
}

int optq_words_cmp(const u32 *a, const u32 *b, u32 words)
{
	u32 i;

	for (i = 0; i < words; i++) {
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	}
	return 0;
}

static bool ranges_sorted(const u32 *range, u32 n, u32 words)
{
	u32 i;

	for (i = 0; i < n; i++, range += 2 * words) {
		if (optq_words_cmp(range, range + words, words) > 0)
			return false;
		if (i && optq_words_cmp(range - words, range, words) >= 0)
			return false;
	}
	return true;
}

/* Some range of a set has IPv4 addresses in it. */
static bool ranges_have_v4(const struct optq_match_set *s)
{
	static const u32 first[4] = { 0, 0, OPTQ_MATCH_V4, 0 };
	static const u32 last[4] = { 0, 0, OPTQ_MATCH_V4, ~0U };
	u32 i;

	for (i = 0; i < s->n; i++) {
		if (optq_words_cmp(s->range + i * 8 + 4, first, 4) >= 0 &&
		    optq_words_cmp(s->range + i * 8, last, 4) <= 0)
			return true;
	}
	return false;
}

static bool check_sets(const struct optq_match_rules *r,
		       struct optq_match_error *why)
{
	u64 ranges = 0;
	u32 i;

	if (r->n_sets > OPTQ_SETS_MAX)
		return fail(why, OPTQ_MATCH_SETS, OPTQ_SETS_MAX);
	for (i = 0; i < r->n_sets; i++) {
		const struct optq_match_set *s = &r->sets[i];

		ranges += (u64)s->n + s->n_v4;
		if (ranges > OPTQ_RANGES_MAX)
			return fail(why, OPTQ_MATCH_RANGES, i);
		if ((s->words != 1 && s->words != 2 && s->words != 4) ||
		    (s->n_v4 && s->words != 4))
			return fail(why, OPTQ_MATCH_SET_WORDS, i);
		if (!ranges_sorted(s->range, s->n, s->words) ||
		    !ranges_sorted(s->range_v4, s->n_v4, 1))
			return fail(why, OPTQ_MATCH_SET_ORDER, i);
		if (s->n_v4 && ranges_have_v4(s))
			return fail(why, OPTQ_MATCH_SET_V4, i);
	}
	return true;
}

static bool check_term(const struct optq_match_rules *r,
		       const struct optq_match_term *t, u32 conjunct,
		       struct optq_match_error *why)
{
	const struct optq_match_set *s;
	u8 field;

	if (t->dim >= r->n_dims)
		return fail(why, OPTQ_MATCH_TERM_DIM, conjunct);
	if (t->set >= r->n_sets)
		return fail(why, OPTQ_MATCH_TERM_SET, conjunct);
	field = r->dims[t->dim].field;
	s = &r->sets[t->set];
	if (s->words != optq_field_words(field) ||
	    (s->words == 1 && s->n &&
	     s->range[s->n * 2 - 1] > optq_field_max(field)))
		return fail(why, OPTQ_MATCH_TERM_WIDTH, conjunct);
	return true;
}

static bool check_conjuncts(const struct optq_match_rules *r,
			    struct optq_match_error *why)
{
	u32 i, j, at = 0, dims;

	for (i = 0; i < r->n_conjuncts; i++) {
		u32 n = r->conjuncts[i].n_terms;

		if (n > r->n_terms - at)
			return fail(why, OPTQ_MATCH_COUNTS, i);
		for (dims = 0, j = 0; j < n; j++, at++) {
			if (!check_term(r, &r->terms[at], i, why))
				return false;
			if (dims & 1U << r->terms[at].dim)
				return fail(why, OPTQ_MATCH_TERM_TWICE, i);
			dims |= 1U << r->terms[at].dim;
		}
	}
	return at == r->n_terms || fail(why, OPTQ_MATCH_COUNTS, i);
}

static bool check_rules(const struct optq_match_rules *r,
			struct optq_match_error *why)
{
	u32 i, at = 0;

	if (r->n_rules > OPTQ_RULES_MAX)
		return fail(why, OPTQ_MATCH_RULES, OPTQ_RULES_MAX);
	if (r->n_conjuncts > OPTQ_CONJUNCTS_MAX)
		return fail(why, OPTQ_MATCH_CONJUNCTS, OPTQ_CONJUNCTS_MAX);
	for (i = 0; i < r->n_rules; i++) {
		if (r->rules[i].n_conjuncts > OPTQ_RULE_CONJUNCTS_MAX)
			return fail(why, OPTQ_MATCH_RULE_SIZE, i);
		if (r->rules[i].n_conjuncts > r->n_conjuncts - at)
			return fail(why, OPTQ_MATCH_COUNTS, i);
		at += r->rules[i].n_conjuncts;
	}
	return at == r->n_conjuncts || fail(why, OPTQ_MATCH_COUNTS, i);
}

bool optq_match_check(const struct optq_match_rules *r,
		      struct optq_match_error *why)
{
	why->fault = OPTQ_MATCH_OK;
	why->at = 0;
	return check_dims(r, why) && check_sets(r, why) &&
	       check_rules(r, why) && check_conjuncts(r, why);
}
