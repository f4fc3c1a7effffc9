// SPDX-License-Identifier: GPL-2.0
#include "match_check.h"
#include "match_impl.h"

static u64 any_bytes(const struct optq_match *m)
{
	return ((u64)m->n_dims + 1) * (m->n_groups + m->n_words) * sizeof(u64);
}

static bool build_conjuncts(struct optq_match *m,
			    const struct optq_match_rules *r)
{
	const struct optq_match_term *t = r->terms;
	u64 bytes = (u64)m->n_conjuncts * sizeof(u32);
	u32 i, c, left = 0;

	m->dims = optq_pool_zalloc(&m->pool, bytes);
	m->rule = optq_pool_alloc(&m->pool, bytes);
	if (!m->dims || !m->rule)
		return false;
	for (c = 0; c < r->n_conjuncts; c++) {
		for (i = 0; i < r->conjuncts[c].n_terms; i++)
			m->dims[c] |= 1U << (t++)->dim;
	}
	for (i = 0, c = 0; c < r->n_conjuncts; c++) {
		while (left == r->rules[i].n_conjuncts) {
			left = 0;
			i++;
		}
		m->rule[c] = i;
		left++;
	}
	return true;
}

static bool build_any(struct optq_match *m)
{
	u32 d, s, w;

	m->any = optq_pool_zalloc(&m->pool, any_bytes(m));
	if (!m->any)
		return false;
	for (d = 0; d <= m->n_dims; d++) {
		u64 *sum = optq_match_any(m, d), *word = sum + m->n_groups;

		if (d < m->n_dims)
			m->part[d].any = sum;
		else
			m->open = sum;

		for (s = 0; s < m->n_slots; s++) {
			if (m->conjunct[s] == OPTQ_MATCH_NONE)
				continue;
			if (d == m->n_dims || !(m->dims[m->conjunct[s]] >> d & 1))
				word[s / 64] |= 1ULL << (s % 64);
		}
		for (w = 0; w < m->n_words; w++) {
			if (word[w])
				sum[w / OPTQ_GROUP_WORDS] |=
					1ULL << (w % OPTQ_GROUP_WORDS);
		}
	}
	return true;
}

static bool build(struct optq_match *m, const struct optq_match_rules *r,
		  struct optq_match_error *why)
{
	u32 d;

	m->n_dims = r->n_dims;
	m->n_conjuncts = r->n_conjuncts;
	why->at = m->n_dims;
	if (!build_conjuncts(m, r) || !optq_match_order(m, r) || !build_any(m) ||
	    !optq_bits_init(&m->pool, &m->bits, m->n_slots))
		return false;
	for (d = 0; d < m->n_dims; d++) {
		u8 field = r->dims[d].field;

		m->part[d].words = (u8)optq_field_words(field);
		m->part[d].max = optq_field_max(field);
		why->at = d;
		if (!optq_match_sweep(m, r, d))
			return false;
		optq_pool_pause(&m->pool);
	}
	optq_bits_seal(&m->pool, &m->bits);
	optq_trie_seal(&m->pool, &m->trie);
	return true;
}

struct optq_match *optq_match_build(const struct optq_match_rules *rules,
				    const struct optq_match_mem *mem,
				    struct optq_match_error *why)
{
	struct optq_pool pool = { .mem = *mem };
	struct optq_match *m;

	if (!optq_match_check(rules, why))
		return NULL;
	m = optq_pool_zalloc(&pool, sizeof(*m));
	if (!m) {
		why->fault = pool.fault;
		return NULL;
	}
	m->pool = pool;
	optq_trie_init(&m->trie);
	if (build(m, rules, why)) {
		why->at = 0;
		return m;
	}
	why->fault = m->pool.fault;
	optq_match_free(m);
	return NULL;
}

void optq_match_free(struct optq_match *m)
{
	u64 conjuncts, words;
	u32 d;

	if (!m)
		return;
	conjuncts = (u64)m->n_conjuncts * sizeof(u32);
	words = (u64)m->n_words * sizeof(u32);
	for (d = 0; d < m->n_dims; d++)
		optq_pool_free(&m->pool, m->part[d].direct,
			       ((u64)m->part[d].max + 1) * sizeof(u32));
	optq_bits_free(&m->pool, &m->bits);
	optq_trie_free(&m->pool, &m->trie);
	optq_pool_free(&m->pool, m->any, any_bytes(m));
	optq_pool_free(&m->pool, m->conjunct, (u64)m->n_slots * sizeof(u32));
	optq_pool_free(&m->pool, m->slot, conjuncts);
	optq_pool_free(&m->pool, m->dims, conjuncts);
	optq_pool_free(&m->pool, m->rule, conjuncts);
	optq_pool_free(&m->pool, m->word_dims, words);
	optq_pool_free(&m->pool, m->word_first, words);
	optq_pool_free(&m->pool, m->group_first, words);
	m->pool.mem.free(m->pool.mem.arg, m);
}
