// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "rset.h"

struct value value_next(struct value v)
{
	v.lo++;
	v.hi += !v.lo;
	return v;
}

struct value value_before(struct value v)
{
	v.hi -= !v.lo;
	v.lo--;
	return v;
}

struct value value_max(unsigned int bits)
{
	if (bits >= 128)
		return (struct value){ UINT64_MAX, UINT64_MAX };
	if (bits > 64)
		return (struct value){ (1ULL << (bits - 64)) - 1, UINT64_MAX };
	return value_of(bits == 64 ? UINT64_MAX : (1ULL << bits) - 1);
}

static bool value_is_last(struct value v)
{
	return v.hi == UINT64_MAX && v.lo == UINT64_MAX;
}

void ranges_add(struct ranges *r, struct value min, struct value max)
{
	r->v = mem_grow(r->v, &r->room, r->n + 1, sizeof(*r->v));
	r->v[r->n].min = min;
	r->v[r->n++].max = max;
}

static int compare_ranges(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	return value_compare(x->min, y->min);
}

/* Appends to ranges that are in order, merged with the last where they touch. */
static void append(struct ranges *r, struct range add)
{
	struct range *last = r->n ? &r->v[r->n - 1] : NULL;

	if (last && (value_is_last(last->max) ||
		     value_compare(add.min, value_next(last->max)) <= 0)) {
		if (value_compare(add.max, last->max) > 0)
			last->max = add.max;
		return;
	}
	ranges_add(r, add.min, add.max);
}

static struct rset *make(struct ranges *r, bool absent)
{
	struct rset *set = mem_zalloc(1, sizeof(*set));

	set->refs = 1;
	set->absent = absent;
	set->n = r->n;
	set->v = r->v;
	memset(r, 0, sizeof(*r));
	return set;
}

static bool in_order(const struct ranges *r)
{
	size_t i;

	for (i = 1; i < r->n; i++)
		if (value_compare(r->v[i - 1].min, r->v[i].min) > 0)
			return false;
	return true;
}

struct rset *rset_of(struct ranges *r, bool absent)
{
	size_t n = r->n, i;

	if (!in_order(r))
		qsort(r->v, n, sizeof(*r->v), compare_ranges);
	/* What is appended never overtakes what is read. */
	for (r->n = 0, i = 0; i < n; i++)
		append(r, r->v[i]);
	return make(r, absent);
}

struct rset *rset_get(struct rset *set)
{
	set->refs++;
	return set;
}

void rset_put(struct rset *set)
{
	if (!set || --set->refs)
		return;
	free(set->v);
	free(set);
}

struct rset *rset_union(const struct rset *a, const struct rset *b)
{
	struct ranges out = { 0 };
	size_t i = 0, j = 0;

	while (i < a->n || j < b->n) {
		if (j == b->n || (i < a->n && value_compare(a->v[i].min,
							    b->v[j].min) <= 0))
			append(&out, a->v[i++]);
		else
			append(&out, b->v[j++]);
	}
	return make(&out, a->absent || b->absent);
}

struct rset *rset_union_all(struct rset *const *sets, size_t n)
{
	struct ranges out = { 0 };
	bool absent = false;
	size_t i, j;

	for (i = 0; i < n; i++) {
		absent |= sets[i]->absent;
		for (j = 0; j < sets[i]->n; j++)
			ranges_add(&out, sets[i]->v[j].min, sets[i]->v[j].max);
	}
	return rset_of(&out, absent);
}

struct rset *rset_intersection(const struct rset *a, const struct rset *b)
{
	struct ranges out = { 0 };
	size_t i = 0, j = 0;

	while (i < a->n && j < b->n) {
		const struct range *x = &a->v[i], *y = &b->v[j];
		bool x_first = value_compare(x->max, y->max) < 0;
		struct value min = value_compare(x->min, y->min) > 0 ?
				   x->min : y->min;
		struct value max = x_first ? x->max : y->max;

		if (value_compare(min, max) <= 0)
			ranges_add(&out, min, max);
		if (x_first)
			i++;
		else
			j++;
	}
	return make(&out, a->absent && b->absent);
}

struct rset *rset_complement(const struct rset *a, struct value max)
{
	struct value next = value_of(0);
	struct ranges out = { 0 };
	size_t i;

	for (i = 0; i < a->n; i++) {
		if (value_compare(next, a->v[i].min) < 0)
			ranges_add(&out, next, value_before(a->v[i].min));
		next = value_next(a->v[i].max);
	}
	if (!a->n || value_compare(a->v[a->n - 1].max, max) < 0)
		ranges_add(&out, next, max);
	return make(&out, !a->absent);
}

bool rset_empty(const struct rset *set)
{
	return !set->n && !set->absent;
}

bool rset_full(const struct rset *set, struct value max)
{
	return set->absent && set->n == 1 &&
	       !value_compare(set->v[0].min, value_of(0)) &&
	       !value_compare(set->v[0].max, max);
}

/* The first range from @from on that does not end before @v, or n. */
static size_t range_at(const struct rset *set, size_t from, struct value v)
{
	size_t lo = from, hi = set->n, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (value_compare(set->v[mid].max, v) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

bool rset_has(const struct rset *set, struct value v)
{
	size_t i = range_at(set, 0, v);

	return i < set->n && value_compare(set->v[i].min, v) <= 0;
}

bool rset_equal(const struct rset *a, const struct rset *b)
{
	if (a == b)
		return true;
	if (a->absent != b->absent || a->n != b->n)
		return false;
	/* memcmp may not be given NULL. */
	return !a->n || !memcmp(a->v, b->v, a->n * sizeof(*a->v));
}

bool rset_subset(const struct rset *a, const struct rset *b)
{
	size_t i, j = 0;

	if (a == b)
		return true;
	if (a->absent && !b->absent)
		return false;
	for (i = 0; i < a->n; i++) {
		j = range_at(b, j, a->v[i].min);
		if (j == b->n || value_compare(b->v[j].min, a->v[i].min) > 0 ||
		    value_compare(b->v[j].max, a->v[i].max) < 0)
			return false;
	}
	return true;
}

bool rset_disjoint(const struct rset *a, const struct rset *b)
{
	const struct rset *few = a->n < b->n ? a : b, *many = few == a ? b : a;
	size_t i, j = 0;

	if (a->absent && b->absent)
		return false;
	for (i = 0; i < few->n; i++) {
		j = range_at(many, j, few->v[i].min);
		if (j == many->n)
			return true;
		if (value_compare(many->v[j].min, few->v[i].max) <= 0)
			return false;
	}
	return true;
}

uint64_t rset_count(const struct rset *set)
{
	uint64_t count = 0, size;
	struct value max, min;
	size_t i;

	for (i = 0; i < set->n; i++) {
		max = set->v[i].max;
		min = set->v[i].min;
		if (max.hi - min.hi - (max.lo < min.lo))
			return UINT64_MAX;
		size = max.lo - min.lo;
		if (__builtin_add_overflow(count, size, &count) ||
		    __builtin_add_overflow(count, 1, &count))
			return UINT64_MAX;
	}
	return count;
}
