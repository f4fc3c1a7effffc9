// SPDX-License-Identifier: GPL-2.0
/* Conditions that are all to hold. */
#include <stdlib.h>
#include <string.h>

#include "match_lower.h"
#include "mem.h"

int dim_compare(struct dim a, struct dim b)
{
	if (a.field != b.field)
		return a.field < b.field ? -1 : 1;
	return a.param < b.param ? -1 : a.param > b.param;
}

struct rset *dim_complement(struct dim dim, const struct rset *set)
{
	struct rset *rest = rset_complement(set, dim_max(dim));

	if (!field_may_be_absent(dim.field))
		rest->absent = false;
	return rest;
}

bool dim_full(struct dim dim, const struct rset *set)
{
	return (set->absent || !field_may_be_absent(dim.field)) &&
	       set->n == 1 && !value_compare(set->v[0].min, value_of(0)) &&
	       !value_compare(set->v[0].max, dim_max(dim));
}

struct rset *dim_everything(struct dim dim)
{
	struct ranges r = { 0 };

	ranges_add(&r, value_of(0), dim_max(dim));
	return rset_of(&r, field_may_be_absent(dim.field));
}

/* Where it is, or belongs. */
static size_t place_of(const struct conjunct *c, struct dim dim)
{
	size_t i = 0;

	while (i < c->n && dim_compare(c->v[i].dim, dim) < 0)
		i++;
	return i;
}

const struct rset *conjunct_set(const struct conjunct *c, struct dim dim)
{
	size_t i = place_of(c, dim);

	return i < c->n && dim_same(c->v[i].dim, dim) ? c->v[i].set : NULL;
}

static void insert(struct conjunct *c, size_t i, struct dim dim,
		   struct rset *set)
{
	c->v = mem_grow(c->v, &c->room, c->n + 1, sizeof(*c->v));
	memmove(&c->v[i + 1], &c->v[i], (c->n - i) * sizeof(*c->v));
	c->v[i].dim = dim;
	c->v[i].set = set;
	c->n++;
}

bool conjunct_narrow(struct conjunct *c, struct dim dim, struct rset *set)
{
	size_t i = place_of(c, dim);
	struct rset *both;

	if (i < c->n && dim_same(c->v[i].dim, dim)) {
		both = rset_intersection(c->v[i].set, set);
		rset_put(set);
		if (rset_empty(both)) {
			rset_put(both);
			return false;
		}
		rset_put(c->v[i].set);
		c->v[i].set = both;
		return true;
	}
	if (rset_empty(set)) {
		rset_put(set);
		return false;
	}
	if (dim_full(dim, set))
		rset_put(set);
	else
		insert(c, i, dim, set);
	return true;
}

struct conjunct conjunct_copy(const struct conjunct *c)
{
	struct conjunct copy = { 0 };
	size_t i;

	copy.v = mem_grow(NULL, &copy.room, c->n + 1, sizeof(*copy.v));
	for (i = 0; i < c->n; i++) {
		copy.v[i] = c->v[i];
		rset_get(copy.v[i].set);
	}
	copy.n = c->n;
	return copy;
}

void conjunct_free(struct conjunct *c)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		rset_put(c->v[i].set);
	free(c->v);
	memset(c, 0, sizeof(*c));
}

void conjuncts_add(struct conjuncts *list, struct conjunct c)
{
	list->v = mem_grow(list->v, &list->room, list->n + 1, sizeof(*list->v));
	list->v[list->n++] = c;
}

void conjuncts_free(struct conjuncts *list)
{
	size_t i;

	for (i = 0; i < list->n; i++)
		conjunct_free(&list->v[i]);
	free(list->v);
	memset(list, 0, sizeof(*list));
}

bool conjunct_subset(const struct conjunct *a, const struct conjunct *b)
{
	size_t i = 0, j;

	/* Of what @b asks @a must ask as much. */
	for (j = 0; j < b->n; j++) {
		while (i < a->n && dim_compare(a->v[i].dim, b->v[j].dim) < 0)
			i++;
		if (i == a->n || !dim_same(a->v[i].dim, b->v[j].dim) ||
		    !rset_subset(a->v[i].set, b->v[j].set))
			return false;
	}
	return true;
}

bool conjunct_disjoint(const struct conjunct *a, const struct conjunct *b)
{
	size_t i = 0, j = 0;
	int order;

	while (i < a->n && j < b->n) {
		order = dim_compare(a->v[i].dim, b->v[j].dim);
		if (!order && rset_disjoint(a->v[i].set, b->v[j].set))
			return true;
		i += order <= 0;
		j += order >= 0;
	}
	return false;
}
