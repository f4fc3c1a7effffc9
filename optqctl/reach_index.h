/* SPDX-License-Identifier: GPL-2.0 */
/* Which conjuncts of a link's matches may have packets in common. */
#ifndef OPTQCTL_REACH_INDEX_H
#define OPTQCTL_REACH_INDEX_H

#include "model.h"

struct reach_entry {
	struct conjunct said;		/* the link's, not a copy */
	struct conjunct meant;		/* with what follows from it */
	uint32_t rule;
	uint32_t same;			/* an earlier entry that says the same, or its own */
};

struct reach_index {
	struct reach_entry *entries;	/* in the order of rules */
	size_t n;
	/* The field whose values tell most of them apart, and by it: */
	struct dim dim;
	struct reach_span {
		struct value min, max;	/* all values of the entry are in it */
		struct value max_before;	/* the greatest of this and those before */
		uint32_t entry;
	} *spans;			/* sorted by min */
	size_t n_spans;
	uint32_t *others;		/* entries that it tells nothing of */
	size_t n_others;
};

void reach_index_build(struct reach_index *index, const struct policy *policy,
		       const struct link *link);
void reach_index_free(struct reach_index *index);

/*
 * Entries before @end that may meet entry @i, in their order, to be freed; those that
 * say the same as one before are left out.  *steps grows by what was looked at.
 */
uint32_t *reach_candidates(const struct reach_index *index, size_t i, size_t end,
			   size_t *n, uint64_t *steps);

#endif
