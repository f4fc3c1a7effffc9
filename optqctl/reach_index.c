// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "match_imply.h"
#include "mem.h"
#include "reach_index.h"

static uint64_t mix(uint64_t h, uint64_t v)
{
	h = (h ^ v) * 0x9e3779b97f4a7c15ULL;
	return h ^ h >> 29;
}

/* Ends of sets tell them apart well enough; what is alike is compared. */
static uint64_t hash(const struct conjunct *c)
{
	uint64_t h = c->n;
	size_t i;

	for (i = 0; i < c->n; i++) {
		const struct rset *set = c->v[i].set;

		h = mix(h, (uint64_t)c->v[i].dim.field << 32 | c->v[i].dim.param);
		h = mix(h, set->n << 1 | set->absent);
		if (!set->n)
			continue;
		h = mix(mix(h, set->v[0].min.hi), set->v[0].min.lo);
		h = mix(mix(h, set->v[0].max.hi), set->v[0].max.lo);
		h = mix(mix(h, set->v[set->n - 1].max.hi),
			set->v[set->n - 1].max.lo);
	}
	return h;
}

static bool same(const struct conjunct *a, const struct conjunct *b)
{
	size_t i;

	if (a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++)
		if (!dim_same(a->v[i].dim, b->v[i].dim) ||
		    !rset_equal(a->v[i].set, b->v[i].set))
			return false;
	return true;
}

static void find_same(struct reach_index *index)
{
	size_t slots = 16, i, at;
	uint32_t *slot;

	while (slots < 2 * index->n)
		slots *= 2;
	slot = mem_zalloc(slots, sizeof(*slot));
	for (i = 0; i < index->n; i++) {
		struct reach_entry *e = &index->entries[i];

		for (at = hash(&e->said) & (slots - 1); slot[at] &&
		     !same(&index->entries[slot[at] - 1].said, &e->said);
		     at = (at + 1) & (slots - 1))
			;
		if (!slot[at])
			slot[at] = (uint32_t)i + 1;
		e->same = slot[at] - 1;
	}
	free(slot);
}

/* Of sets that have the absent value too the ranges do not tell all. */
static const struct rset *told_by(const struct reach_entry *e, struct dim dim)
{
	const struct rset *set = conjunct_set(&e->meant, dim);

	return set && !set->absent ? set : NULL;
}

static int compare_spans(const void *a, const void *b)
{
	const struct reach_span *x = a, *y = b;
	int order = value_compare(x->min, y->min);

	return order ? order : value_compare(x->max, y->max);
}

/* Fills spans and others; returns how many different spans there are. */
static size_t arrange(struct reach_index *index, struct dim dim)
{
	size_t i, different = 0;

	index->dim = dim;
	index->n_spans = index->n_others = 0;
	for (i = 0; i < index->n; i++) {
		const struct reach_entry *e = &index->entries[i];
		const struct rset *set = told_by(e, dim);

		if (e->same != i)
			continue;
		if (!set)
			index->others[index->n_others++] = (uint32_t)i;
		else
			index->spans[index->n_spans++] = (struct reach_span){
				.min = set->v[0].min,
				.max = set->v[set->n - 1].max,
				.entry = (uint32_t)i,
			};
	}
	qsort(index->spans, index->n_spans, sizeof(*index->spans), compare_spans);
	for (i = 0; i < index->n_spans; i++)
		different += !i || compare_spans(&index->spans[i],
						 &index->spans[i - 1]);
	return different;
}

static void choose_dim(struct reach_index *index, const struct link *link)
{
	struct dim best = { OPTQ_FIELD_FAMILY, 0 };
	size_t most = 0, n, i;

	index->spans = mem_zalloc(index->n, sizeof(*index->spans));
	index->others = mem_zalloc(index->n, sizeof(*index->others));
	for (i = 0; i < link->n_dims; i++) {
		n = arrange(index, link->dims[i]);
		if (n <= most)
			continue;
		most = n;
		best = link->dims[i];
	}
	arrange(index, best);
	for (i = 0; i < index->n_spans; i++) {
		struct reach_span *s = &index->spans[i];

		s->max_before = s->max;
		if (i && value_compare(s[-1].max_before, s->max) > 0)
			s->max_before = s[-1].max_before;
	}
}

void reach_index_build(struct reach_index *index, const struct policy *policy,
		       const struct link *link)
{
	size_t room = 0, i, j;
	struct reach_entry *e;

	memset(index, 0, sizeof(*index));
	for (i = 0; i < link->n_rules; i++) {
		for (j = 0; j < link->rules[i].any.n; j++) {
			index->entries = mem_grow(index->entries, &room,
						  index->n + 1, sizeof(*e));
			e = &index->entries[index->n];
			e->said = link->rules[i].any.v[j];
			e->meant = conjunct_copy(&e->said);
			e->rule = (uint32_t)i;
			/* What no packet can be takes none away. */
			if (conjunct_imply(&e->meant, &policy->names, NULL))
				index->n++;
			else
				conjunct_free(&e->meant);
		}
	}
	find_same(index);
	choose_dim(index, link);
}

void reach_index_free(struct reach_index *index)
{
	size_t i;

	for (i = 0; i < index->n; i++)
		conjunct_free(&index->entries[i].meant);
	free(index->entries);
	free(index->spans);
	free(index->others);
	memset(index, 0, sizeof(*index));
}

struct candidates {
	uint32_t *v;
	size_t n, room, end;
};

static void add(struct candidates *c, uint32_t entry)
{
	if (entry >= c->end)
		return;
	c->v = mem_grow(c->v, &c->room, c->n + 1, sizeof(*c->v));
	c->v[c->n++] = entry;
}

static void add_spans(const struct reach_index *index, const struct rset *set,
		      struct candidates *c, uint64_t *steps)
{
	const struct reach_span *s = index->spans;
	size_t lo = 0, hi = index->n_spans, mid;

	/* Those that begin before the set ends, back to where none reaches it. */
	while (set && lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (value_compare(s[mid].min, set->v[set->n - 1].max) <= 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; hi && (!set || value_compare(s[hi - 1].max_before,
					    set->v[0].min) >= 0); hi--) {
		++*steps;
		if (!set || value_compare(s[hi - 1].max, set->v[0].min) >= 0)
			add(c, s[hi - 1].entry);
	}
}

static int compare_entries(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

uint32_t *reach_candidates(const struct reach_index *index, size_t i, size_t end,
			   size_t *n, uint64_t *steps)
{
	struct candidates c = { .end = end };
	size_t j;

	for (j = 0; j < index->n_others && index->others[j] < end; j++)
		add(&c, index->others[j]);
	*steps += j;
	add_spans(index, told_by(&index->entries[i], index->dim), &c, steps);
	/* qsort may not be given NULL. */
	if (c.n)
		qsort(c.v, c.n, sizeof(*c.v), compare_entries);
	*n = c.n;
	return c.v;
}
