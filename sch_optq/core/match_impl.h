/* SPDX-License-Identifier: GPL-2.0 */
/* The compiled form, for the files that build it and look things up in it. */
#ifndef OPTQ_MATCH_IMPL_H
#define OPTQ_MATCH_IMPL_H

#include "match_bits.h"
#include "match_trie.h"

/* A dimension: which vector a value has. */
struct optq_match_part {
	u32 root;		/* in the trie */
	u32 root_v4;		/* of its last word, for IPv4 addresses */
	u32 max;		/* of one word */
	u32 absent;		/* the vector of who has no value */
	u8 words;
	const u64 *any;		/* slots that it does not matter to, see below */
	u32 *direct;		/* of max + 1 values, in place of the trie */
};

struct optq_match {
	struct optq_pool pool;
	struct optq_match_part part[OPTQ_DIMS_MAX];
	struct optq_trie trie;
	struct optq_bits bits;		/* by slot: see match_order.c */
	/*
	 * Slots whose conjunct has no term of a dimension stand in none of its vectors,
	 * but here: n_groups sums and n_words words for each.  Behind the last stands
	 * what no conjunct has a term of.
	 */
	u64 *any;
	const u64 *open;	/* that is, all ones */
	u32 *conjunct;		/* in each slot; OPTQ_MATCH_NONE: empty */
	u32 *slot;		/* of each conjunct */
	u32 *word_dims;		/* that conjuncts of a word ask for, as bits */
	u32 *word_first;	/* the first of them; OPTQ_MATCH_NONE: none */
	u32 *group_first;
	u32 *dims;		/* of each conjunct, as bits */
	u32 *rule;		/* likewise: what it is of */
	u32 n_dims;
	u32 n_conjuncts;
	u32 n_slots;		/* whole words */
	u32 n_groups;
	u32 n_words;		/* whole groups */
};

static inline u64 *optq_match_any(const struct optq_match *m, u32 dim)
{
	return m->any + (size_t)dim * (m->n_groups + m->n_words);
}

/*
 * Gives each conjunct its slot, and sets what follows from that; m->dims is there.
 * False: no memory.
 */
bool optq_match_order(struct optq_match *m, const struct optq_match_rules *r);

/*
 * Fills in part dim, its vectors and what it has in m->trie.  False: m->pool.fault
 * says why.
 */
bool optq_match_sweep(struct optq_match *m, const struct optq_match_rules *r,
		      u32 dim);

#endif /* OPTQ_MATCH_IMPL_H */
