// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "rules.h"

u32 choose(struct choices *c, u32 n)
{
	u64 z;

	if (n < 2)
		return 0;
	if (c->data) {
		u32 v = c->data < c->end ? *c->data++ : 0;

		if (n > 256)
			v |= (c->data < c->end ? (u32)*c->data++ : 0) << 8;
		return v % n;
	}
	/* splitmix64 (Steele, Lea, Flood 2014). */
	z = (c->seed += 0x9e3779b97f4a7c15ULL);
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return (u32)((z ^ (z >> 31)) >> 11) % n;
}

/* A word that others are near to, or one at an end. */
static u32 word(struct choices *c, u32 max)
{
	static const u32 some[] = { 0, 1, 0x0a000000, 0x0a010000, 0x0a0100ff,
				    0x20010db8, 0xffff, 0xfffffffe, ~0U };

	switch (choose(c, 4)) {
	case 0:
		return (some[choose(c, 9)] + choose(c, 3)) & max;
	case 1:
		return choose(c, 16) & max;
	case 2:
		return (choose(c, 65536) << 16 | choose(c, 65536)) & max;
	default:
		return max - (choose(c, 4) & max);
	}
}

static void value(struct choices *c, u32 *v, u32 words, u32 max)
{
	u32 i;

	memset(v, 0, 4 * sizeof(*v));
	if (words == 4 && choose(c, 2)) {
		v[2] = OPTQ_MATCH_V4;
		v[3] = word(c, ~0U);
		return;
	}
	for (i = 0; i < words; i++)
		v[i] = word(c, words == 1 ? max : ~0U);
}

static int cmp_words(const u32 *a, const u32 *b, u32 words)
{
	u32 i;

	for (i = 0; i < words; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

/* From lo on: itself, a little more, a prefix, or to some other value. */
static void range_end(struct choices *c, const u32 *lo, u32 *hi, u32 words,
		      u32 max)
{
	u32 bits, i;

	memcpy(hi, lo, 4 * sizeof(*hi));
	switch (choose(c, 4)) {
	case 0:
		return;
	case 1:
		i = choose(c, 8);
		hi[words - 1] += (words == 1 ? max : ~0U) - hi[words - 1] < i ?
				 0 : i;
		return;
	case 2:
		bits = choose(c, words * 32);
		for (i = 0; i < words; i++, bits -= bits < 32 ? bits : 32)
			if (bits < 32)
				hi[i] |= ~0U >> bits;
		if (words == 1)
			hi[0] = hi[0] > max ? max : hi[0];
		return;
	default:
		value(c, hi, words, max);
	}
}

static u32 sort_words;

static int by_start(const void *a, const void *b)
{
	return cmp_words(a, b, sort_words);
}

static void words_inc(u32 *v, u32 words)
{
	while (words-- && !++v[words])
		;
}

u32 ranges_tidy(u32 *range, u32 n, u32 words)
{
	u32 out = 0, i, w = words;

	sort_words = words;
	qsort(range, n, 2 * w * sizeof(*range), by_start);
	for (i = 0; i < n; i++) {
		u32 *last = range + (size_t)(out - 1) * 2 * w + w;
		u32 *r = range + (size_t)i * 2 * w;

		if (out && cmp_words(r, last, w) <= 0) {
			if (cmp_words(r + w, last, w) > 0)
				memcpy(last, r + w, w * sizeof(*r));
			continue;
		}
		memmove(range + (size_t)out++ * 2 * w, r, 2 * w * sizeof(*r));
	}
	return out;
}

/* Takes what is within ::ffff:0:0/96 out of r, sorted, to stand by itself. */
static void split_v4(struct optq_match_set *s, u32 *r, u32 n)
{
	static const u32 first[4] = { 0, 0, OPTQ_MATCH_V4, 0 };
	static const u32 last[4] = { 0, 0, OPTQ_MATCH_V4, ~0U };
	u32 *v4 = malloc((n + 1) * 2 * sizeof(*v4));
	u32 *out = malloc((n + 1) * 8 * sizeof(*out)), i;

	s->n = 0;
	s->n_v4 = 0;
	for (i = 0; i < n; i++, r += 8) {
		u32 *o = out + s->n * 8;

		if (cmp_words(r + 4, first, 4) < 0 || cmp_words(r, last, 4) > 0) {
			memcpy(o, r, 8 * sizeof(*r));
			s->n++;
			continue;
		}
		if (cmp_words(r, first, 4) < 0) {
			memcpy(o, r, 4 * sizeof(*r));
			memcpy(o + 4, first, 4 * sizeof(*r));
			o[6] = OPTQ_MATCH_V4 - 1;
			o[7] = ~0U;
			s->n++;
			o += 8;
		}
		v4[s->n_v4 * 2] = cmp_words(r, first, 4) < 0 ? 0 : r[3];
		v4[s->n_v4++ * 2 + 1] = cmp_words(r + 4, last, 4) > 0 ? ~0U : r[7];
		if (cmp_words(r + 4, last, 4) > 0) {
			memcpy(o, last, 4 * sizeof(*r));
			words_inc(o, 4);
			memcpy(o + 4, r + 4, 4 * sizeof(*r));
			s->n++;
		}
	}
	s->range = out;
	s->range_v4 = v4;
}

static void make_set(struct choices *c, struct optq_match_set *s, u32 words,
		     u32 max)
{
	u32 n = choose(c, 4) ? choose(c, 4) : choose(c, 40), i;
	u32 *range = malloc((n + 1) * 2 * words * sizeof(*range));

	for (i = 0; i < n; i++) {
		u32 lo[4], hi[4], *r = range + i * 2 * words;

		value(c, lo, words, max);
		range_end(c, lo, hi, words, max);
		if (cmp_words(lo, hi, words) > 0) {
			memcpy(r, hi, words * sizeof(*r));
			memcpy(r + words, lo, words * sizeof(*r));
		} else {
			memcpy(r, lo, words * sizeof(*r));
			memcpy(r + words, hi, words * sizeof(*r));
		}
	}
	n = ranges_tidy(range, n, words);
	s->words = (u8)words;
	s->absent = !choose(c, 4);
	s->n_v4 = 0;
	s->range_v4 = NULL;
	if (words == 4 && choose(c, 2)) {
		split_v4(s, range, n);
		free(range);
		return;
	}
	s->n = n;
	s->range = range;
}

static void make_dims(struct made *m, struct choices *c)
{
	struct optq_match_dim *d = m->dims;
	u32 want = choose(c, 20) ? choose(c, 7) : OPTQ_DIMS_MAX, i, j;

	for (i = 0; i < want; i++) {
		d[i].field = (u8)(1 + choose(c, OPTQ_FIELD_MAX));
		d[i].param = 0;
		if (d[i].field == OPTQ_FIELD_MARK ||
		    d[i].field == OPTQ_FIELD_CTMARK ||
		    d[i].field == OPTQ_FIELD_CGROUP)
			d[i].param = 1 + choose(c, 200);
		for (j = 0; j < i; j++)
			if (d[j].field == d[i].field && d[j].param == d[i].param)
				break;
		if (j < i) {
			want--;
			i--;
		}
	}
	m->rules.n_dims = want;
}

/* A set that suits a dimension: one that is there, or a new one. */
static u32 pick_set(struct made *m, struct choices *c, u32 dim, u32 *n_sets)
{
	u8 field = m->dims[dim].field;
	u32 words = optq_field_words(field), tries, s;

	for (tries = 0; tries < 3 && *n_sets; tries++) {
		s = choose(c, *n_sets);
		if (m->sets[s].words == words &&
		    (words > 1 || !m->sets[s].n ||
		     m->sets[s].range[m->sets[s].n * 2 - 1] <=
		     optq_field_max(field)))
			return s;
	}
	make_set(c, &m->sets[*n_sets], words, optq_field_max(field));
	return (*n_sets)++;
}

static u32 make_conjunct(struct made *m, struct choices *c, u32 n_terms,
			 u32 *n_sets)
{
	u32 d, n = 0, of = 1 + choose(c, 3);

	for (d = 0; d < m->rules.n_dims; d++) {
		struct optq_match_term *t = &m->terms[n_terms + n];

		if (choose(c, of))
			continue;
		t->dim = (u8)d;
		t->negate = !choose(c, 5);
		t->set = pick_set(m, c, d, n_sets);
		n++;
	}
	return n;
}

void made_rules(struct made *m, struct choices *c, u32 max_rules)
{
	u32 rules = choose(c, max_rules + 1), n_sets = 0, i, j;
	struct optq_match_rules *r = &m->rules;
	u32 most = rules * 4 + 1;

	memset(m, 0, sizeof(*m));
	make_dims(m, c);
	m->terms = malloc((size_t)most * (r->n_dims + 1) * sizeof(*m->terms));
	m->sets = malloc((size_t)most * (r->n_dims + 1) * sizeof(*m->sets));
	m->conjuncts = malloc(most * sizeof(*m->conjuncts));
	m->rule = malloc((rules + 1) * sizeof(*m->rule));
	for (i = 0; i < rules; i++) {
		m->rule[i].class_id = i;
		m->rule[i].n_conjuncts = choose(c, 3) ? 1 : choose(c, 5);
		for (j = 0; j < m->rule[i].n_conjuncts; j++) {
			u32 n = make_conjunct(m, c, r->n_terms, &n_sets);

			m->conjuncts[r->n_conjuncts++].n_terms = n;
			r->n_terms += n;
		}
	}
	r->dims = m->dims;
	r->sets = m->sets;
	r->terms = m->terms;
	r->conjuncts = m->conjuncts;
	r->rules = m->rule;
	r->n_sets = n_sets;
	r->n_rules = rules;
}

void made_free(struct made *m)
{
	u32 i;

	for (i = 0; i < m->rules.n_sets; i++) {
		free((void *)m->sets[i].range);
		free((void *)m->sets[i].range_v4);
	}
	free(m->sets);
	free(m->terms);
	free(m->conjuncts);
	free(m->rule);
}

/* An end of some range of a set, or a step past it. */
static void near(const struct optq_match_set *s, struct choices *c, u32 *v)
{
	u32 at = choose(c, 2 * (s->n + s->n_v4)), off = choose(c, 3), i;

	memset(v, 0, 4 * sizeof(*v));
	if (at < 2 * s->n) {
		memcpy(v, s->range + (size_t)at * s->words, s->words * sizeof(*v));
	} else {
		v[2] = OPTQ_MATCH_V4;
		v[3] = s->range_v4[at - 2 * s->n];
	}
	if (off == 1)
		words_inc(v, s->words);
	for (i = s->words; off == 2 && i-- && !v[i]--; )
		;
}

void made_key(const struct made *m, struct choices *c,
	      struct optq_match_key *key)
{
	u32 d;

	key->present = 0;
	for (d = 0; d < m->rules.n_dims; d++) {
		u8 field = m->dims[d].field;
		u32 words = optq_field_words(field), max = optq_field_max(field);
		const struct optq_match_set *s = NULL;

		/* Poison: what is not there is not read. */
		memset(key->value[d], 0xa5, sizeof(key->value[d]));
		if (!choose(c, 6))
			continue;
		key->present |= 1U << d;
		if (m->rules.n_sets)
			s = &m->sets[choose(c, m->rules.n_sets)];
		if (s && s->words == words && s->n + s->n_v4 && choose(c, 4))
			near(s, c, key->value[d]);
		else
			value(c, key->value[d], words, max);
		if (words == 1 && key->value[d][0] > max)
			key->value[d][0] = max;
	}
}
