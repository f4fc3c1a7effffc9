// SPDX-License-Identifier: GPL-2.0
/* What rules say, term by term: what the compiled form is held against. */
#include <stdlib.h>

#include "rules.h"

static int cmp(const u32 *a, const u32 *b, u32 words)
{
	u32 i;

	for (i = 0; i < words; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

static bool in_set(const struct optq_match_set *s, const u32 *value)
{
	u32 i, w = s->words;

	for (i = 0; i < s->n; i++)
		if (cmp(s->range + i * 2 * w, value, w) <= 0 &&
		    cmp(value, s->range + i * 2 * w + w, w) <= 0)
			return true;
	if (w < 4 || value[0] || value[1] || value[2] != OPTQ_MATCH_V4)
		return false;
	for (i = 0; i < s->n_v4; i++)
		if (s->range_v4[i * 2] <= value[3] &&
		    value[3] <= s->range_v4[i * 2 + 1])
			return true;
	return false;
}

static bool term_holds(const struct optq_match_rules *r,
		       const struct optq_match_term *t,
		       const struct optq_match_key *key)
{
	const struct optq_match_set *s = &r->sets[t->set];
	bool in = key->present >> t->dim & 1 ?
		  in_set(s, key->value[t->dim]) : s->absent;

	return in != t->negate;
}

u32 plain_next(const struct optq_match_rules *r,
	       const struct optq_match_key *key, u32 known, u32 from)
{
	const struct optq_match_term *t = r->terms;
	u32 c, i;

	for (c = 0; c < r->n_conjuncts; c++) {
		bool holds = c >= from;

		for (i = 0; i < r->conjuncts[c].n_terms; i++, t++)
			if (holds && known >> t->dim & 1)
				holds = term_holds(r, t, key);
		if (holds)
			return c;
	}
	return OPTQ_MATCH_NONE;
}

void plain_tell(const struct optq_match_rules *r,
		const struct optq_match_key *key, u32 known, u32 conjunct,
		u32 *differs, u32 *open)
{
	const struct optq_match_term *t = r->terms;
	u32 c, i;

	for (c = 0; c < conjunct; c++)
		t += r->conjuncts[c].n_terms;
	*differs = 0;
	*open = 0;
	for (i = 0; i < r->conjuncts[conjunct].n_terms; i++, t++) {
		if (!(known >> t->dim & 1))
			*open |= 1U << t->dim;
		else if (!term_holds(r, t, key))
			*differs |= 1U << t->dim;
	}
}

u32 plain_find(const struct optq_match_rules *r,
	       const struct optq_match_key *key)
{
	u32 c = plain_next(r, key, ~0U, 0), i, n = 0;

	for (i = 0; c != OPTQ_MATCH_NONE && i < r->n_rules; i++) {
		n += r->rules[i].n_conjuncts;
		if (c < n)
			return i;
	}
	return OPTQ_MATCH_NONE;
}

static void *counted_alloc(void *arg, size_t bytes)
{
	struct counted *c = arg;

	if (!c->fail_in)
		return NULL;
	if (c->fail_in > 0)
		c->fail_in--;
	c->blocks++;
	return malloc(bytes);
}

static void counted_free(void *arg, void *mem)
{
	struct counted *c = arg;

	c->blocks--;
	free(mem);
}

void counted_init(struct counted *c, u64 limit)
{
	c->blocks = 0;
	c->fail_in = -1;
	c->mem.alloc = counted_alloc;
	c->mem.free = counted_free;
	c->mem.pause = NULL;
	c->mem.arg = c;
	c->mem.limit = limit;
}
