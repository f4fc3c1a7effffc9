// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "match_address.h"
#include "match_rules.h"
#include "mem.h"

/* As much as the kernel would give it many times over. */
#define COMPILED_MAX	(2ULL << 30)

/* A set that has a number: of values that are there, of a width. */
struct known_set {
	const struct rset *set;		/* owned */
	unsigned int words;
};

struct maker {
	struct match_rules *out;
	const struct match_numbers *numbers;
	struct known_set *known;
	size_t n, room;
	uint32_t *slot;			/* hash table of numbers + 1 */
	size_t slots;
	size_t sets_room, terms_room, conjuncts_room;
};

/* A set of names has few values, or all but few. */
static struct rset *renumber(struct maker *m, struct dim dim,
			     const struct rset *set)
{
	struct ranges r = { 0 };
	uint64_t v, n, off;
	size_t i;

	for (i = 0; i < set->n; i++) {
		for (off = 0; off <= set->v[i].max.lo - set->v[i].min.lo; off++) {
			v = set->v[i].min.lo + off;
			n = m->numbers->number(m->numbers->arg, dim, v);
			if (!n && m->out->missing_rule == NO_RULE) {
				m->out->missing_rule = m->out->core.n_rules;
				m->out->missing = dim;
				m->out->missing_number = v;
			}
			ranges_add(&r, value_of(n), value_of(n));
		}
	}
	return rset_of(&r, set->absent);
}

/*
 * The set without the absent value: then "x" and "not x" are one set, and a set of a
 * million stands there once.
 */
static struct rset *plain_set(struct maker *m, const struct cond *cond,
			      bool *negate)
{
	struct rset *set, *renumbered;

	*negate = cond->set->absent;
	set = *negate ? rset_complement(cond->set, dim_max(cond->dim)) :
			rset_get(cond->set);
	if (!m->numbers || !field_has_names(cond->dim.field))
		return set;
	renumbered = renumber(m, cond->dim, set);
	rset_put(set);
	return renumbered;
}

static size_t hash(const struct rset *set, unsigned int words)
{
	uint64_t h = set->n * 4 + words;
	size_t i;

	/* Of a large set some will do: all are compared. */
	for (i = 0; i < set->n && i < 64; i++) {
		h = (h ^ set->v[i].min.hi ^ set->v[i].min.lo) * 0x9e3779b97f4a7c15ULL;
		h = (h ^ h >> 29 ^ set->v[i].max.lo) * 0x9e3779b97f4a7c15ULL;
	}
	return (size_t)(h ^ h >> 32);
}

static uint32_t *slot_of(const struct maker *m, const struct rset *set,
			 unsigned int words)
{
	size_t i = hash(set, words) & (m->slots - 1);

	while (m->slot[i] && (m->known[m->slot[i] - 1].words != words ||
			      !rset_equal(m->known[m->slot[i] - 1].set, set)))
		i = (i + 1) & (m->slots - 1);
	return &m->slot[i];
}

static void make_room(struct maker *m)
{
	size_t i;

	if (2 * (m->n + 1) <= m->slots)
		return;
	free(m->slot);
	m->slots = m->slots ? 2 * m->slots : 64;
	m->slot = mem_zalloc(m->slots, sizeof(*m->slot));
	for (i = 0; i < m->n; i++)
		*slot_of(m, m->known[i].set, m->known[i].words) = (uint32_t)i + 1;
}

static void put_words(uint32_t *to, struct value v, unsigned int words)
{
	const uint32_t all[] = {
		(uint32_t)(v.hi >> 32), (uint32_t)v.hi,
		(uint32_t)(v.lo >> 32), (uint32_t)v.lo,
	};

	memcpy(to, all + 4 - words, words * sizeof(*to));
}

void match_key_put(struct optq_match_key *key, unsigned int dim,
		   enum optq_field field, struct value value)
{
	key->present |= 1U << dim;
	put_words(key->value[dim], value, optq_field_words((u8)field));
}

struct numbers {
	uint32_t *v;
	size_t n, room;
};

static void add_words(struct numbers *to, const struct range *range,
		      unsigned int words)
{
	to->v = mem_grow(to->v, &to->room, to->n + 2 * words, sizeof(*to->v));
	put_words(to->v + to->n, range->min, words);
	put_words(to->v + to->n + words, range->max, words);
	to->n += 2 * words;
}

static void add_part(struct numbers *to, struct range range,
		     const struct range *block, unsigned int words)
{
	if (value_compare(range.min, block->min) < 0)
		range.min = block->min;
	if (value_compare(range.max, block->max) > 0)
		range.max = block->max;
	if (value_compare(range.min, range.max) <= 0)
		add_words(to, &range, words);
}

/* IPv4's block stands by itself; what is before and behind it does not. */
static void add_address(struct numbers *v6, struct numbers *v4,
			const struct range *range)
{
	const struct range before = {
		value_of(0), value_before(field_ipv4.min)
	};
	const struct range behind = {
		value_next(field_ipv4.max), value_max(128)
	};

	add_part(v6, *range, &before, 4);
	add_part(v4, *range, &field_ipv4, 1);
	add_part(v6, *range, &behind, 4);
}

static struct optq_match_set core_set(const struct rset *set, unsigned int words)
{
	struct numbers all = { 0 }, v4 = { 0 };
	struct optq_match_set s = { .words = (u8)words };
	size_t i;

	for (i = 0; i < set->n; i++) {
		if (words == 4)
			add_address(&all, &v4, &set->v[i]);
		else
			add_words(&all, &set->v[i], words);
	}
	s.range = all.v;
	s.n = (u32)(all.n / (2 * words));
	s.range_v4 = v4.v;
	s.n_v4 = (u32)(v4.n / 2);
	return s;
}

/* The number of the set; @set is taken over. */
static uint32_t set_number(struct maker *m, struct rset *set, unsigned int words)
{
	struct match_rules *out = m->out;
	uint32_t *slot;

	make_room(m);
	slot = slot_of(m, set, words);
	if (*slot) {
		rset_put(set);
		return *slot - 1;
	}
	m->known = mem_grow(m->known, &m->room, m->n + 1, sizeof(*m->known));
	m->known[m->n] = (struct known_set){ set, words };
	out->sets = mem_grow(out->sets, &m->sets_room, m->n + 1,
			     sizeof(*out->sets));
	out->sets[m->n] = core_set(set, words);
	*slot = (uint32_t)++m->n;
	return *slot - 1;
}

static void add_conjunct(struct maker *m, const struct link *link,
			 const struct conjunct *c)
{
	struct match_rules *out = m->out;
	size_t n = out->core.n_terms, i;
	bool negate;

	out->conjuncts = mem_grow(out->conjuncts, &m->conjuncts_room,
				  out->core.n_conjuncts + 1,
				  sizeof(*out->conjuncts));
	out->conjuncts[out->core.n_conjuncts++].n_terms = (u32)c->n;
	out->terms = mem_grow(out->terms, &m->terms_room, n + c->n,
			      sizeof(*out->terms));
	for (i = 0; i < c->n; i++) {
		struct rset *set = plain_set(m, &c->v[i], &negate);
		unsigned int words = optq_field_words((u8)c->v[i].dim.field);

		out->terms[n + i].set = set_number(m, set, words);
		/* Each was noted when its match was read. */
		out->terms[n + i].dim = (u8)link_find_dim(link, c->v[i].dim);
		out->terms[n + i].negate = negate;
	}
	out->core.n_terms += (u32)c->n;
}

static void finish(struct maker *m, const struct link *link)
{
	struct match_rules *out = m->out;
	size_t i;

	for (i = 0; i < m->n; i++)
		rset_put((struct rset *)m->known[i].set);
	free(m->known);
	free(m->slot);
	out->core.n_sets = (u32)m->n;
	out->core.n_dims = (u32)link->n_dims;
	out->core.dims = out->dims;
	out->core.sets = out->sets;
	out->core.terms = out->terms;
	out->core.conjuncts = out->conjuncts;
	out->core.rules = out->rules;
}

void match_rules_make(struct match_rules *rules, const struct link *link,
		      const struct match_numbers *numbers)
{
	struct maker m = { .out = rules, .numbers = numbers };
	size_t i, j;

	memset(rules, 0, sizeof(*rules));
	rules->missing_rule = NO_RULE;
	rules->dims = mem_zalloc(link->n_dims, sizeof(*rules->dims));
	for (i = 0; i < link->n_dims; i++) {
		rules->dims[i].field = (u8)link->dims[i].field;
		rules->dims[i].param = link->dims[i].param;
	}
	rules->rules = mem_zalloc(link->n_rules, sizeof(*rules->rules));
	for (i = 0; i < link->n_rules; i++) {
		rules->rules[i].class_id =
			link->classes[link->rules[i].class_index].id;
		rules->rules[i].n_conjuncts = (u32)link->rules[i].any.n;
		for (j = 0; j < link->rules[i].any.n; j++)
			add_conjunct(&m, link, &link->rules[i].any.v[j]);
		rules->core.n_rules++;
	}
	finish(&m, link);
}

void match_rules_free(struct match_rules *rules)
{
	size_t i;

	for (i = 0; i < rules->core.n_sets; i++) {
		free((u32 *)rules->sets[i].range);
		free((u32 *)rules->sets[i].range_v4);
	}
	free(rules->dims);
	free(rules->sets);
	free(rules->terms);
	free(rules->conjuncts);
	free(rules->rules);
	memset(rules, 0, sizeof(*rules));
}

static void *give(void *arg, size_t bytes)
{
	(void)arg;
	return malloc(bytes);
}

static void take(void *arg, void *mem)
{
	(void)arg;
	free(mem);
}

static const struct optq_match_mem compiled_mem = {
	.alloc = give, .free = take, .limit = COMPILED_MAX
};

struct optq_match *match_rules_compile(const struct match_rules *rules,
				       char **why)
{
	struct optq_match_error err;
	struct optq_match *m;

	m = optq_match_build(&rules->core, &compiled_mem, &err);
	if (!m)
		*why = mem_printf("%s", optq_match_fault_text(err.fault));
	return m;
}

void match_compiled_free(struct optq_match *m)
{
	optq_match_free(m);
}
