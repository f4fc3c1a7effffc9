/* SPDX-License-Identifier: GPL-2.0 */
/* A match as alternatives of conditions that are all to hold: its normal form. */
#ifndef OPTQCTL_MATCH_LOWER_H
#define OPTQCTL_MATCH_LOWER_H

#include "match.h"

struct cond {
	struct dim dim;
	struct rset *set;	/* neither empty nor all that there is */
};

/* All hold; none: any packet.  In the order of dim_compare(), each dimension once. */
struct conjunct {
	struct cond *v;
	size_t n, room;
};

/* Any holds; none: no packet.  None of them is within another. */
struct conjuncts {
	struct conjunct *v;
	size_t n, room;
};

/*
 * At most OPTQ_RULE_CONJUNCTS_MAX of them; fails when there would be more, or when to
 * find them would take too long.  conjuncts_free() either way.
 */
bool match_lower(const struct match_node *node, struct conjuncts *out,
		 struct match_error *err);
void conjuncts_free(struct conjuncts *list);

int dim_compare(struct dim a, struct dim b);
struct rset *dim_complement(struct dim dim, const struct rset *set);
/* All that the dimension can be. */
bool dim_full(struct dim dim, const struct rset *set);
struct rset *dim_everything(struct dim dim);

/* Takes @set over.  False, and @c is not altered, when nothing would be left. */
bool conjunct_narrow(struct conjunct *c, struct dim dim, struct rset *set);
/* NULL: the conjunct says nothing of it. */
const struct rset *conjunct_set(const struct conjunct *c, struct dim dim);
struct conjunct conjunct_copy(const struct conjunct *c);
void conjunct_free(struct conjunct *c);
/* Condition by condition. */
bool conjunct_subset(const struct conjunct *a, const struct conjunct *b);
bool conjunct_disjoint(const struct conjunct *a, const struct conjunct *b);
/* Takes @c over. */
void conjuncts_add(struct conjuncts *list, struct conjunct c);

#endif
