// SPDX-License-Identifier: GPL-2.0
/*
 * "not" is taken down to the conditions, where it is the complement of a set; then "or"
 * gathers alternatives and "and" multiplies them.  Alternatives that differ in one
 * condition are one, so only "or" across fields makes more of them.
 */
#include <stdlib.h>
#include <string.h>

#include "match_lower.h"
#include "mem.h"

#define PRODUCT_MAX	1024		/* alternatives before they are reduced */
#define WORK_MAX	100000000	/* ranges that are looked at */

struct lowering {
	size_t work;
	size_t most;		/* alternatives that were too many, or 0 */
};

static bool spend(struct lowering *l, const struct conjunct *c)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		l->work += c->v[i].set->n + 1;
	return l->work <= WORK_MAX;
}

/*
 * Whether two differ in one condition at most, then @which: what both ask of that
 * dimension can be one set.  A dimension that only one of them has makes it wider.
 */
static bool differ_in_one(const struct conjunct *a, const struct conjunct *b,
			  size_t *which)
{
	size_t i, differ = 0;

	if (a->n != b->n)
		return false;
	*which = 0;
	for (i = 0; i < a->n; i++) {
		if (!dim_same(a->v[i].dim, b->v[i].dim))
			return false;
		if (rset_equal(a->v[i].set, b->v[i].set))
			continue;
		if (differ++)
			return false;
		*which = i;
	}
	return true;
}

static void remove_at(struct conjuncts *list, size_t i)
{
	conjunct_free(&list->v[i]);
	list->v[i] = list->v[--list->n];
}

/* @c with condition @which wider by that of @other. */
static void widen(struct conjunct *c, const struct conjunct *other, size_t which)
{
	struct cond *cond = &c->v[which];
	struct rset *both = rset_union(cond->set, other->v[which].set);

	rset_put(cond->set);
	cond->set = both;
	if (!dim_full(cond->dim, both))
		return;
	rset_put(both);
	c->n--;
	memmove(cond, cond + 1, (c->n - which) * sizeof(*cond));
}

/* Takes @c over. */
static bool add_reduced(struct lowering *l, struct conjuncts *list,
			struct conjunct c)
{
	size_t i = 0, which;

	while (i < list->n) {
		if (!spend(l, &c) || !spend(l, &list->v[i])) {
			conjunct_free(&c);
			return false;
		}
		if (conjunct_subset(&c, &list->v[i])) {
			conjunct_free(&c);
			return true;
		}
		if (conjunct_subset(&list->v[i], &c)) {
			remove_at(list, i);
		} else if (c.n && differ_in_one(&c, &list->v[i], &which)) {
			widen(&c, &list->v[i], which);
			remove_at(list, i);
			/* What is wider may fit to those before. */
			i = 0;
		} else {
			i++;
		}
	}
	conjuncts_add(list, c);
	if (list->n <= PRODUCT_MAX)
		return true;
	l->most = list->n;
	return false;
}

/* Either list is taken over. */
static bool multiply(struct lowering *l, struct conjuncts *a,
		     struct conjuncts *b, struct conjuncts *out)
{
	bool good = true;
	size_t i, j, k;

	for (i = 0; good && i < a->n; i++) {
		for (j = 0; good && j < b->n; j++) {
			struct conjunct c = conjunct_copy(&a->v[i]);
			bool some = true;

			for (k = 0; some && k < b->v[j].n; k++)
				some = conjunct_narrow(&c, b->v[j].v[k].dim,
						       rset_get(b->v[j].v[k].set));
			good = spend(l, &a->v[i]) && spend(l, &b->v[j]);
			if (some && good)
				good = add_reduced(l, out, c);
			else
				conjunct_free(&c);
		}
	}
	conjuncts_free(a);
	conjuncts_free(b);
	return good;
}

/* A condition, or one that is not to hold. */
static const struct match_node *leaf_of(const struct match_node *node, bool *not)
{
	while (node->kind == MATCH_NOT) {
		node = node->kids[0];
		*not = !*not;
	}
	return node->kind == MATCH_IS ? node : NULL;
}

struct leaf {
	const struct match_node *node;
	bool not;
	size_t order;
};

static int compare_leaves(const void *a, const void *b)
{
	const struct leaf *x = a, *y = b;
	int order = dim_compare(x->node->dim, y->node->dim);

	if (!order)
		order = x->not - y->not;
	return order ? order : (x->order > y->order) - (x->order < y->order);
}

/*
 * What leaves of one dimension and one sign are together, under "and" or "or".  A union
 * is sorted once, however many they are; an intersection only gets smaller.
 */
static struct rset *together(const struct leaf *leaf, size_t n, bool and)
{
	struct rset **sets = mem_zalloc(n, sizeof(*sets)), *all, *next;
	bool unite = and == leaf->not;
	size_t i;

	for (i = 0; i < n; i++)
		sets[i] = leaf[i].node->set;
	all = n > 1 && unite ? rset_union_all(sets, n) : rset_get(sets[0]);
	for (i = 1; i < n && !unite; i++) {
		next = rset_intersection(all, sets[i]);
		rset_put(all);
		all = next;
	}
	free(sets);
	if (!leaf->not)
		return all;
	next = dim_complement(leaf->node->dim, all);
	rset_put(all);
	return next;
}

struct group {
	const struct match_node *node;
	bool and;		/* what it is, once "not" is taken into account */
	bool not;
	struct leaf *leaves;
	size_t n_leaves;
};

static void find_leaves(struct group *g)
{
	const struct match_node *leaf;
	size_t i;
	bool not;

	g->leaves = mem_zalloc(g->node->n, sizeof(*g->leaves));
	for (i = 0; i < g->node->n; i++) {
		not = g->not;
		leaf = leaf_of(g->node->kids[i], &not);
		if (leaf)
			g->leaves[g->n_leaves++] = (struct leaf){ leaf, not, i };
	}
	qsort(g->leaves, g->n_leaves, sizeof(*g->leaves), compare_leaves);
}

/* The leaves from @i on that are of one dimension and sign. */
static size_t alike(const struct group *g, size_t i)
{
	const struct leaf *leaf = &g->leaves[i];
	size_t n = 1;

	while (i + n < g->n_leaves && leaf[n].not == leaf->not &&
	       dim_same(leaf[n].node->dim, leaf->node->dim))
		n++;
	return n;
}

static bool lower(struct lowering *l, const struct match_node *node, bool not,
		  struct conjuncts *out);

/* False when it takes too long; @c is not possible when *some is false. */
static bool all_leaves(struct lowering *l, const struct group *g,
		       struct conjunct *c, bool *some)
{
	size_t i, n;

	*some = true;
	for (i = 0; i < g->n_leaves && *some; i += n) {
		n = alike(g, i);
		*some = conjunct_narrow(c, g->leaves[i].node->dim,
					together(&g->leaves[i], n, true));
		if (!spend(l, c))
			return false;
	}
	return true;
}

static bool lower_and(struct lowering *l, const struct group *g,
		      struct conjuncts *out)
{
	struct conjuncts left = { 0 }, right, product;
	struct conjunct c = { 0 };
	bool good, some, not;
	size_t i;

	good = all_leaves(l, g, &c, &some);
	if (!good || !some) {
		conjunct_free(&c);
		return good;
	}
	conjuncts_add(&left, c);
	for (i = 0; good && i < g->node->n && left.n; i++) {
		not = g->not;
		if (leaf_of(g->node->kids[i], &not))
			continue;
		memset(&right, 0, sizeof(right));
		memset(&product, 0, sizeof(product));
		good = lower(l, g->node->kids[i], g->not, &right) &&
		       multiply(l, &left, &right, &product);
		conjuncts_free(&left);
		conjuncts_free(&right);
		left = product;
	}
	for (i = 0; i < left.n; i++)
		good = add_reduced(l, out, left.v[i]) && good;
	free(left.v);
	return good;
}

static bool lower_or(struct lowering *l, const struct group *g,
		     struct conjuncts *out)
{
	struct conjunct c;
	size_t i, n;
	bool not;

	for (i = 0; i < g->n_leaves; i += n) {
		n = alike(g, i);
		memset(&c, 0, sizeof(c));
		/* What no packet can be adds nothing. */
		if (!conjunct_narrow(&c, g->leaves[i].node->dim,
				     together(&g->leaves[i], n, false)))
			continue;
		if (!spend(l, &c)) {
			conjunct_free(&c);
			return false;
		}
		if (!add_reduced(l, out, c))
			return false;
	}
	for (i = 0; i < g->node->n; i++) {
		not = g->not;
		if (!leaf_of(g->node->kids[i], &not) &&
		    !lower(l, g->node->kids[i], g->not, out))
			return false;
	}
	return true;
}

/* Adds to @out.  No deeper than the parentheses are. */
static bool lower(struct lowering *l, const struct match_node *node, bool not,
		  struct conjuncts *out)
{
	struct group g = { .node = node, .not = not };
	struct match_node single = { .kind = MATCH_AND, .n = 1 };
	struct match_node *kid;
	bool good;

	while (g.node->kind == MATCH_NOT) {
		g.node = g.node->kids[0];
		g.not = !g.not;
	}
	if (g.node->kind == MATCH_IS) {
		kid = (struct match_node *)g.node;
		single.kids = &kid;
		g.node = &single;
	}
	g.and = (g.node->kind == MATCH_AND) != g.not;
	find_leaves(&g);
	good = g.and ? lower_and(l, &g, out) : lower_or(l, &g, out);
	free(g.leaves);
	return good;
}

static char *too_many(const struct lowering *l, size_t n)
{
	if (l->work > WORK_MAX)
		return mem_printf("the expression takes too long to work out: give it to several matches");
	return mem_printf("the expression comes to %zu%s alternatives of conditions, and %d are possible: \"or\" across fields multiplies them, several matches do not",
			  n, n > PRODUCT_MAX ? " and more" : "",
			  OPTQ_RULE_CONJUNCTS_MAX);
}

bool match_lower(const struct match_node *node, struct conjuncts *out,
		 struct match_error *err)
{
	struct lowering l = { 0 };
	bool good;

	memset(out, 0, sizeof(*out));
	good = lower(&l, node, false, out);
	if (good && out->n <= OPTQ_RULE_CONJUNCTS_MAX)
		return true;
	err->at = node->at;
	err->text = too_many(&l, good ? out->n : l.most);
	return false;
}
