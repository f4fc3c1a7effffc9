// SPDX-License-Identifier: GPL-2.0
/*
 * Where each conjunct has its bit.
 *
 * In the order of the rules those that ask for the same would be scattered, and a word
 * in which some do not ask for a dimension is never ruled out by it.  So conjuncts of
 * the same dimensions stand together, and among them those whose values are close, by
 * the dimension that tells most of them apart.  Where there are many of the same
 * dimensions they have words of their own, at the price of slots that stay empty.  Within
 * a word they stand in the order of the rules: its first bit is the one that counts.
 */
#include "match_check.h"
#include "match_impl.h"

/* Conjuncts of the same dimensions that have words of their own, if there is room. */
#define ORDER_RUN	8U

struct order {
	struct optq_pool *p;
	const struct optq_match_rules *r;
	u32 *set_rank;		/* by their first value */
	u32 *set_order;
	u32 *seen;		/* of each set, the dimensions that use it, as bits */
	u32 *term_at;		/* of each conjunct in rank; one more at the end */
	u32 *rank;		/* of each term's set, by dimension */
	u32 *sorted;		/* conjuncts */
	const u32 *dims;	/* of each, as bits */
	u32 place[OPTQ_DIMS_MAX]; /* of a dimension among them */
};

static bool order_alloc(struct order *o)
{
	u64 sets = (u64)o->r->n_sets * sizeof(u32);

	o->set_rank = optq_pool_alloc(o->p, sets);
	o->set_order = optq_pool_alloc(o->p, sets);
	o->seen = optq_pool_zalloc(o->p, sets);
	o->term_at = optq_pool_alloc(o->p, ((u64)o->r->n_conjuncts + 1) *
				     sizeof(u32));
	o->rank = optq_pool_alloc(o->p, (u64)o->r->n_terms * sizeof(u32));
	o->sorted = optq_pool_alloc(o->p, (u64)o->r->n_conjuncts * sizeof(u32));
	return o->set_rank && o->set_order && o->seen && o->term_at &&
	       o->rank && o->sorted;
}

static void order_free(struct order *o)
{
	u64 sets = (u64)o->r->n_sets * sizeof(u32);

	optq_pool_free(o->p, o->set_rank, sets);
	optq_pool_free(o->p, o->set_order, sets);
	optq_pool_free(o->p, o->seen, sets);
	optq_pool_free(o->p, o->term_at, ((u64)o->r->n_conjuncts + 1) *
		       sizeof(u32));
	optq_pool_free(o->p, o->rank, (u64)o->r->n_terms * sizeof(u32));
	optq_pool_free(o->p, o->sorted, (u64)o->r->n_conjuncts * sizeof(u32));
}

/* Heap sort: in place, and never worse than n log n. */
static void sort_u32(struct order *o, u32 *a, u32 n,
		     int (*cmp)(const struct order *o, u32 x, u32 y))
{
	u32 i = n / 2, at, child, v;

	while (n > 1) {
		if (i) {
			v = a[--i];
		} else {
			v = a[--n];
			a[n] = a[0];
		}
		for (at = i; (child = 2 * at + 1) < n; at = child) {
			if (child + 1 < n && cmp(o, a[child], a[child + 1]) < 0)
				child++;
			if (cmp(o, v, a[child]) >= 0)
				break;
			a[at] = a[child];
		}
		a[at] = v;
	}
}

/* What comes first in a set, as a value of four words; those without are first. */
static void set_first(const struct optq_match_set *s, u32 *v)
{
	u32 v4[OPTQ_MATCH_WORDS] = { 0, 0, OPTQ_MATCH_V4, 0 };

	memset(v, 0, sizeof(v4));
	if (s->n)
		memcpy(v, s->range, s->words * sizeof(*v));
	if (!s->n_v4)
		return;
	v4[3] = s->range_v4[0];
	if (!s->n || optq_words_cmp(v4, v, OPTQ_MATCH_WORDS) < 0)
		memcpy(v, v4, sizeof(v4));
}

static int cmp_sets(const struct order *o, u32 x, u32 y)
{
	u32 a[OPTQ_MATCH_WORDS], b[OPTQ_MATCH_WORDS];

	set_first(&o->r->sets[x], a);
	set_first(&o->r->sets[y], b);
	return optq_words_cmp(a, b, OPTQ_MATCH_WORDS);
}

static void order_sets(struct order *o)
{
	u32 i;

	for (i = 0; i < o->r->n_sets; i++)
		o->set_order[i] = i;
	sort_u32(o, o->set_order, o->r->n_sets, cmp_sets);
	for (i = 0; i < o->r->n_sets; i++)
		o->set_rank[o->set_order[i]] = i;
}

/* Those of which most sets are asked come first. */
static void order_dims(struct order *o)
{
	u32 sets[OPTQ_DIMS_MAX] = {}, i, j;

	for (i = 0; i < o->r->n_terms; i++) {
		const struct optq_match_term *t = &o->r->terms[i];

		sets[t->dim] += !(o->seen[t->set] >> t->dim & 1);
		o->seen[t->set] |= 1U << t->dim;
	}
	for (i = 0; i < o->r->n_dims; i++) {
		o->place[i] = 0;
		for (j = 0; j < o->r->n_dims; j++)
			o->place[i] += sets[j] > sets[i] ||
				       (sets[j] == sets[i] && j < i);
	}
}

/* The ranks of each conjunct's sets, by dimension. */
static void order_terms(struct order *o)
{
	const struct optq_match_term *t = o->r->terms;
	u32 rank[OPTQ_DIMS_MAX], c, i, used, at = 0;

	for (c = 0; c < o->r->n_conjuncts; c++) {
		o->term_at[c] = at;
		used = 0;
		for (i = 0; i < o->r->conjuncts[c].n_terms; i++, t++) {
			rank[o->place[t->dim]] = o->set_rank[t->set];
			used |= 1U << o->place[t->dim];
		}
		for (; used; used &= used - 1)
			o->rank[at++] = rank[__ffs(used)];
	}
	o->term_at[c] = at;
}

static int cmp_conjuncts(const struct order *o, u32 x, u32 y)
{
	u32 a = o->term_at[x], b = o->term_at[y], end = o->term_at[x + 1];

	if (o->dims[x] != o->dims[y])
		return o->dims[x] < o->dims[y] ? -1 : 1;
	for (; a < end; a++, b++) {
		if (o->rank[a] != o->rank[b])
			return o->rank[a] < o->rank[b] ? -1 : 1;
	}
	return x < y ? -1 : x > y;
}

/* Up to 64, nearly sorted as they come. */
static void sort_word(u32 *a, u32 n)
{
	u32 i, j, v;

	for (i = 1; i < n; i++) {
		v = a[i];
		for (j = i; j && a[j - 1] > v; j--)
			a[j] = a[j - 1];
		a[j] = v;
	}
}

/* How many that follow ask for the same dimensions as that at position i. */
static u32 run_length(const struct optq_match *m, const u32 *sorted, u32 i)
{
	u32 end = i + 1;

	while (end < m->n_conjuncts && m->dims[sorted[end]] == m->dims[sorted[i]])
		end++;
	return end - i;
}

/*
 * Gives slots to runs, those of least and more in words of their own.  Returns how many
 * that takes, whole words; OPTQ_MATCH_NONE: more than there are.
 */
static u32 lay_runs(const struct optq_match *m, const u32 *sorted, u32 least,
		    u32 *slots, u32 n_slots)
{
	bool own, before = false;
	u32 i, n, at = 0;

	for (i = 0; i < n_slots; i++)
		slots[i] = OPTQ_MATCH_NONE;
	for (i = 0; i < m->n_conjuncts; i += n, before = own) {
		n = run_length(m, sorted, i);
		own = n >= least;
		if (own || before)
			at = (at + 63) / 64 * 64;
		if (n > n_slots - at)
			return OPTQ_MATCH_NONE;
		memcpy(slots + at, sorted + i, n * sizeof(*sorted));
		at += n;
	}
	return (at + 63) / 64 * 64;
}

/* Slots that there are: enough for runs of 64 and more, see lay_runs(). */
static u32 most_slots(u32 n)
{
	return (3 * n + 127) / 64 * 64;
}

/* m->conjunct by o->sorted, no longer than need be. */
static bool order_slots(struct order *o, struct optq_match *m)
{
	u32 most = most_slots(m->n_conjuncts), least = ORDER_RUN / 2;
	u32 *slots = optq_pool_alloc(o->p, (u64)most * sizeof(*slots));

	if (!slots)
		return false;
	do {
		least *= 2;
		m->n_slots = lay_runs(m, o->sorted, least, slots, most);
	} while (m->n_slots == OPTQ_MATCH_NONE);
	m->n_groups = optq_bits_groups(m->n_slots);
	m->n_words = m->n_groups * OPTQ_GROUP_WORDS;
	m->conjunct = optq_pool_alloc(o->p, (u64)m->n_slots * sizeof(u32));
	if (m->conjunct)
		memcpy(m->conjunct, slots, m->n_slots * sizeof(u32));
	optq_pool_free(o->p, slots, (u64)most * sizeof(*slots));
	return m->conjunct;
}

/* Room for what stands for words and groups. */
static bool order_alloc_words(struct optq_match *m)
{
	u64 words = (u64)m->n_words * sizeof(u32);

	m->word_dims = optq_pool_zalloc(&m->pool, words);
	m->word_first = optq_pool_alloc(&m->pool, words);
	m->group_first = optq_pool_alloc(&m->pool, words);
	m->slot = optq_pool_alloc(&m->pool, (u64)m->n_conjuncts * sizeof(u32));
	return m->word_dims && m->word_first && m->group_first && m->slot;
}

static void order_words(struct optq_match *m)
{
	u32 s, w, n;

	for (w = 0; w < m->n_groups; w++)
		m->group_first[w] = OPTQ_MATCH_NONE;
	for (w = 0; w < m->n_words; w++) {
		n = w * 64 < m->n_slots ? 64 : 0;
		/* Empty slots come last, as the greatest number does. */
		if (n)
			sort_word(m->conjunct + w * 64, n);
		m->word_first[w] = n ? m->conjunct[w * 64] : OPTQ_MATCH_NONE;
		m->group_first[w / OPTQ_GROUP_WORDS] =
			optq_min_u32(m->group_first[w / OPTQ_GROUP_WORDS],
				     m->word_first[w]);
	}
	for (s = 0; s < m->n_slots; s++) {
		if (m->conjunct[s] == OPTQ_MATCH_NONE)
			continue;
		m->slot[m->conjunct[s]] = s;
		m->word_dims[s / 64] |= m->dims[m->conjunct[s]];
	}
}

static bool order_make(struct order *o, struct optq_match *m)
{
	u32 c;

	if (!order_alloc(o))
		return false;
	order_sets(o);
	order_dims(o);
	order_terms(o);
	for (c = 0; c < m->n_conjuncts; c++)
		o->sorted[c] = c;
	sort_u32(o, o->sorted, m->n_conjuncts, cmp_conjuncts);
	return order_slots(o, m) && order_alloc_words(m);
}

bool optq_match_order(struct optq_match *m, const struct optq_match_rules *r)
{
	struct order o = { .p = &m->pool, .r = r, .dims = m->dims };
	bool ok = order_make(&o, m);

	order_free(&o);
	if (ok)
		order_words(m);
	return ok;
}
