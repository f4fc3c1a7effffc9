/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What packets came to, before compiled rules: one that has all the values of another
 * has its rule, by one probe of a table, however many rules there are.  (An
 * exact-match cache, as the microflow cache of Open vSwitch: Pfaff et al., NSDI 2015.)
 *
 * The table never grows and is never out of date: it belongs to one compiled set of
 * rules, whose only input is the key.  Where it has no room, the older of two entries
 * goes.
 */
#ifndef OPTQ_EXACT_H
#define OPTQ_EXACT_H

#include "match.h"

/* Random keys that the hash takes, for values of every dimension. */
#define OPTQ_EXACT_KEYS		(2 + OPTQ_DIMS_MAX * OPTQ_MATCH_WORDS)

struct optq_exact {
	const struct optq_match *match;
	u32 *row;
	u32 mask;		/* pairs of rows, less 1 */
	u32 row_words;
	u32 n_dims;
	u8 words[OPTQ_DIMS_MAX];	/* of each dimension's value */
	u64 key[OPTQ_EXACT_KEYS];
	u64 hits, misses;
};

/* Words of memory for entries, a power of two and 2 at least; OPTQ_DIMS_MAX dims. */
size_t optq_exact_words(const struct optq_match_dim *dims, u32 n, u32 entries);

/*
 * row: that many words; x->key is random already.  dims are those of match, which
 * must live as long.
 */
void optq_exact_init(struct optq_exact *x, const struct optq_match *match,
		     const struct optq_match_dim *dims, u32 n, u32 entries,
		     u32 *row);

/* As optq_match_find().  Whoever calls is alone with x. */
u32 optq_exact_find(struct optq_exact *x, const struct optq_match_key *key);

#endif /* OPTQ_EXACT_H */
