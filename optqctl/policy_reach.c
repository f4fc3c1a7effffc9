// SPDX-License-Identifier: GPL-2.0
/*
 * A match is never reached when of each of its conjuncts nothing is left once all
 * earlier ones are taken away.  What is left of a conjunct is a list of such, one for
 * each condition of what is taken away; the list is bounded, and so is the work.
 */
#include <stdlib.h>
#include <string.h>

#include "match_imply.h"
#include "match_rules.h"
#include "mem.h"
#include "policy_reach.h"
#include "reach_index.h"

#define PIECES_MAX	128
#define TAKEN_MAX	1024		/* conjuncts that are taken away from one */
#define STEPS_MAX	400000000ULL	/* of a link: a few seconds */
#define PAIR_STEPS	8		/* what it takes to compare two */
#define WITNESS_TRIES	16

enum verdict { REACHED, NEVER, UNKNOWN };

struct reach {
	const struct policy *policy;
	const struct link *link;
	struct diags *d;
	struct reach_index index;
	const struct optq_match *compiled;
	uint64_t steps;
	size_t unknown;			/* matches */
	struct span unknown_at;		/* the first of them */
	uint64_t random;
};

/* The pieces of @c that are not in @taken, to @left; false: too many. */
static bool take_away(struct reach *r, struct conjunct *c,
		      const struct conjunct *taken, struct conjuncts *left)
{
	struct conjunct piece;
	const struct cond *cond;
	size_t i;

	for (i = 0; i < taken->n; i++) {
		cond = &taken->v[i];
		r->steps += PAIR_STEPS + cond->set->n;
		piece = conjunct_copy(c);
		if (conjunct_narrow(&piece, cond->dim,
				    dim_complement(cond->dim, cond->set)) &&
		    conjunct_imply(&piece, &r->policy->names, NULL))
			conjuncts_add(left, piece);
		else
			conjunct_free(&piece);
		if (left->n > PIECES_MAX)
			return false;
		if (!conjunct_narrow(c, cond->dim, rset_get(cond->set)))
			return true;
	}
	return true;
}

/* All of @left, without what is in @taken; false: too many pieces. */
static bool take_from_all(struct reach *r, struct conjuncts *left,
			  const struct conjunct *taken)
{
	struct conjuncts rest = { 0 };
	bool good = true;
	size_t i;

	for (i = 0; i < left->n && good; i++) {
		r->steps += PAIR_STEPS;
		if (conjunct_disjoint(&left->v[i], taken)) {
			conjuncts_add(&rest, conjunct_copy(&left->v[i]));
			good = rest.n <= PIECES_MAX;
		} else {
			good = take_away(r, &left->v[i], taken, &rest);
		}
	}
	conjuncts_free(left);
	*left = rest;
	return good;
}

/* xorshift64 (Marsaglia): the same at every run. */
static uint64_t random_number(struct reach *r)
{
	r->random ^= r->random << 13;
	r->random ^= r->random >> 7;
	r->random ^= r->random << 17;
	return r->random;
}

static struct rset *random_value(struct reach *r, const struct rset *set)
{
	const struct range *range;
	struct ranges one = { 0 };
	struct value v, size;

	if (!set->n || (set->absent && random_number(r) % 2))
		return rset_of(&one, true);
	range = &set->v[random_number(r) % set->n];
	size.hi = range->max.hi - range->min.hi - (range->max.lo < range->min.lo);
	size.lo = range->max.lo - range->min.lo;
	v.hi = size.hi ? random_number(r) % size.hi : 0;
	v.lo = size.hi ? random_number(r) :
	       size.lo ? random_number(r) % (size.lo + !!(size.lo + 1)) : 0;
	v.lo += range->min.lo;
	v.hi += range->min.hi + (v.lo < range->min.lo);
	ranges_add(&one, v, v);
	return rset_of(&one, false);
}

/* One packet of those that @c asks for, as its fields go; false: none was found. */
static bool make_packet(struct reach *r, struct conjunct *c)
{
	const struct rset *set;
	struct rset *all;
	size_t i;

	for (i = 0; i < r->link->n_dims; i++) {
		struct dim dim = r->link->dims[i];

		all = dim_everything(dim);
		set = conjunct_set(c, dim);
		if (!conjunct_narrow(c, dim, random_value(r, set ? set : all)) ||
		    !conjunct_imply(c, &r->policy->names, NULL)) {
			rset_put(all);
			return false;
		}
		rset_put(all);
	}
	return true;
}

static uint32_t taken_by(const struct reach *r, const struct conjunct *packet)
{
	struct optq_match_key key = { 0 };
	const struct rset *set;
	unsigned int i;

	for (i = 0; i < r->link->n_dims; i++) {
		set = conjunct_set(packet, r->link->dims[i]);
		if (set && set->n)
			match_key_put(&key, i, r->link->dims[i].field,
				      set->v[0].min);
	}
	return optq_match_find(r->compiled, &key);
}

/* Most matches get some packet, and the compiled matcher knows at once who does. */
static bool gets_some(struct reach *r, size_t i)
{
	struct conjunct packet;
	bool found = false;
	size_t try;

	for (try = 0; try < WITNESS_TRIES && !found; try++) {
		packet = conjunct_copy(&r->index.entries[i].meant);
		found = make_packet(r, &packet) &&
			taken_by(r, &packet) == r->index.entries[i].rule;
		conjunct_free(&packet);
	}
	return found;
}

/* Nothing of entry @i is left without entry @other: by what follows, not term by term. */
static bool one_suffices(struct reach *r, size_t i, uint32_t other)
{
	struct conjuncts left = { 0 };
	bool good;

	conjuncts_add(&left, conjunct_copy(&r->index.entries[i].meant));
	good = take_from_all(r, &left, &r->index.entries[other].said) && !left.n;
	conjuncts_free(&left);
	return good;
}

/* @by: the rule of the last entry that was needed, @alone: no other was. */
static enum verdict together(struct reach *r, size_t i, const uint32_t *meet,
			     size_t n, uint32_t *by, bool *alone)
{
	struct conjuncts left = { 0 };
	bool good = n <= TAKEN_MAX;
	size_t j;

	if (!n)
		return REACHED;
	conjuncts_add(&left, conjunct_copy(&r->index.entries[i].meant));
	for (j = 0; j < n && left.n && good; j++) {
		*by = r->index.entries[meet[j]].rule;
		good = take_from_all(r, &left, &r->index.entries[meet[j]].said) &&
		       r->steps < STEPS_MAX;
	}
	n = left.n;
	conjuncts_free(&left);
	if (n)
		return good ? REACHED : UNKNOWN;
	*alone = one_suffices(r, i, meet[j - 1]);
	return NEVER;
}

/* Whether entries before @end leave nothing of entry @i; then @by is a rule of them. */
static enum verdict judge(struct reach *r, size_t i, size_t end, uint32_t *by,
			  bool *alone)
{
	const struct reach_entry *e = &r->index.entries[i], *other;
	enum verdict verdict;
	uint32_t *meet;
	size_t n, j, met = 0;

	*alone = true;
	if (e->same < end) {
		*by = r->index.entries[e->same].rule;
		return NEVER;
	}
	if (gets_some(r, i))
		return REACHED;
	meet = reach_candidates(&r->index, i, end, &n, &r->steps);
	for (j = 0; j < n && r->steps < STEPS_MAX; j++) {
		other = &r->index.entries[meet[j]];
		r->steps += PAIR_STEPS;
		if (conjunct_subset(&e->meant, &other->said)) {
			*by = other->rule;
			free(meet);
			return NEVER;
		}
		if (!conjunct_disjoint(&e->meant, &other->said))
			meet[met++] = meet[j];
	}
	verdict = j < n ? UNKNOWN : together(r, i, meet, met, by, alone);
	free(meet);
	return verdict;
}

/* " in line 14", to be freed; a preset and a table's rows have no lines here. */
static char *in_line(const struct reach *r, const struct rule *rule,
		     const struct rule *seen_from)
{
	const struct source *src = r->policy->sets.src;
	char *line, *text;

	if (rule->at.off >= src->len)
		return mem_strndup("", 0);
	line = source_line_label(src, rule->at.off, seen_from->at.off);
	text = mem_printf(" in %s", line);
	free(line);
	return text;
}

static void warn_never(const struct reach *r, const struct rule *rule,
		       const struct rule *by, bool alone)
{
	char *path = class_path(r->link, by->class_index);
	char *line = in_line(r, by, rule);

	if (alone)
		diag_warning(r->d, rule->at, "match: never reached: %s \"%s\"%s takes all of it before",
			     by->class_index == rule->class_index ?
			     "an earlier match of" : "the match of", path, line);
	else
		diag_warning(r->d, rule->at, "match: never reached: earlier matches together take all of it, the last of them that of \"%s\"%s",
			     path, line);
	free(line);
	free(path);
}

/* Entries of @rule are those from @begin to @end. */
static void judge_rule(struct reach *r, uint32_t rule, size_t begin, size_t end)
{
	enum verdict verdict = NEVER;
	bool alone = true, this_alone;
	uint32_t by = 0, last = 0;
	size_t i;

	for (i = begin; i < end && verdict == NEVER; i++) {
		verdict = judge(r, i, begin, &by, &this_alone);
		/* Conjuncts that go to different matches go to several. */
		alone &= this_alone && (i == begin || by == last);
		last = i == begin || by > last ? by : last;
	}
	if (verdict == NEVER)
		warn_never(r, &r->link->rules[rule], &r->link->rules[last], alone);
	if (verdict != UNKNOWN)
		return;
	if (!r->unknown++)
		r->unknown_at = r->link->rules[rule].at;
}

static void warn_unreachable(const struct policy *policy, const struct link *link,
			     const struct optq_match *compiled, struct diags *d)
{
	struct reach r = {
		.policy = policy, .link = link, .d = d, .random = 1,
		.compiled = compiled,
	};
	size_t begin, end;

	reach_index_build(&r.index, policy, link);
	for (begin = 0; begin < r.index.n; begin = end) {
		uint32_t rule = r.index.entries[begin].rule;

		for (end = begin; end < r.index.n &&
		     r.index.entries[end].rule == rule; end++)
			;
		judge_rule(&r, rule, begin, end);
	}
	if (r.unknown)
		diag_warning(d, r.unknown_at, "match: whether it is reached could not be worked out, nor for %zu more of link \"%s\": too many others meet it",
			     r.unknown - 1, link->name);
	reach_index_free(&r.index);
}

void check_rules(const struct policy *policy, const struct link *link,
		 struct diags *d)
{
	struct match_rules rules;
	struct optq_match *m;
	char *why = NULL;

	match_rules_make(&rules, link, NULL);
	m = match_rules_compile(&rules, &why);
	match_rules_free(&rules);
	if (m)
		warn_unreachable(policy, link, m, d);
	else
		diag_error(d, link->name_at, "the matches of link \"%s\" are too much: %s",
			   link->name, why);
	free(why);
	match_compiled_free(m);
}

/* Neither has all of the other, both have some. */
static bool cross(const struct reach_entry *a, const struct reach_entry *b)
{
	return !conjunct_disjoint(&a->meant, &b->meant) &&
	       !conjunct_subset(&a->meant, &b->said) &&
	       !conjunct_subset(&b->meant, &a->said);
}

struct crossed {
	uint32_t *last;		/* by rule: the last that was found to cross it */
	uint32_t rule;		/* the first that crosses the one in hand */
	size_t n;
};

/* Adds the rules that entry @i crosses, each once however many conjuncts it has. */
static void find_crossed(struct reach *r, size_t i, size_t begin,
			 struct crossed *c)
{
	const struct reach_entry *e = &r->index.entries[i], *other;
	uint32_t class = r->link->rules[e->rule].class_index;
	uint32_t *meet;
	size_t n, j;

	meet = reach_candidates(&r->index, i, begin, &n, &r->steps);
	for (j = 0; j < n && r->steps < STEPS_MAX; j++) {
		other = &r->index.entries[meet[j]];
		r->steps += PAIR_STEPS;
		if (r->link->rules[other->rule].class_index == class ||
		    c->last[other->rule] == e->rule || !cross(e, other))
			continue;
		c->last[other->rule] = e->rule;
		if (!c->n++ || other->rule < c->rule)
			c->rule = other->rule;
	}
	free(meet);
}

static void warn_crossed(struct reach *r, const struct rule *rule,
			 const struct crossed *c)
{
	const struct rule *first = &r->link->rules[c->rule];
	char *path = class_path(r->link, first->class_index);
	char *line = in_line(r, first, rule), *more = mem_strndup("", 0);

	if (c->n > 1) {
		free(more);
		more = mem_printf(", and %zu more", c->n - 1);
	}
	diag_warning(r->d, rule->at, "match: overlaps the match of \"%s\"%s%s: what meets both goes to the first",
		     path, line, more);
	free(more);
	free(line);
	free(path);
}

void warn_overlaps(const struct policy *policy, struct diags *d)
{
	struct reach r = { .policy = policy, .d = d };
	struct crossed c = { 0 };
	size_t begin, i, l;

	for (l = 0; l < policy->n_links; l++) {
		r.link = &policy->links[l];
		r.steps = 0;
		reach_index_build(&r.index, policy, r.link);
		/* Rule 0 has none before it. */
		c.last = mem_zalloc(r.link->n_rules, sizeof(*c.last));
		for (i = begin = 0; i < r.index.n; i++) {
			uint32_t rule = r.index.entries[i].rule;

			if (r.index.entries[begin].rule != rule)
				begin = i;
			if (begin == i)
				c.n = 0;
			find_crossed(&r, i, begin, &c);
			if (c.n && (i + 1 == r.index.n ||
				    r.index.entries[i + 1].rule != rule))
				warn_crossed(&r, &r.link->rules[rule], &c);
		}
		free(c.last);
		reach_index_free(&r.index);
	}
}
