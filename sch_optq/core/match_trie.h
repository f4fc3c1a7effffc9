/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which interval a value falls into.
 *
 * A value is read word by word, most significant first.  A node holds where intervals
 * begin, as sorted words, and for each either what stands for the interval or, where
 * one word holds several, the node for the word after it.  Above the sorted words
 * stand every 16th, above those every 256th, and so on: one cache line a level, and
 * no branch that depends on the value.
 */
#ifndef OPTQ_MATCH_TRIE_H
#define OPTQ_MATCH_TRIE_H

#include "match_pool.h"

#define OPTQ_TRIE_LINE		16U	/* words side by side */
#define OPTQ_TRIE_LEVELS	7U	/* 16^7 is past OPTQ_RANGES_MAX */
#define OPTQ_TRIE_CHILD		0x80000000U	/* a node's number, not an interval's */

struct optq_trie_node {
	u32 n;
	u32 levels;
	u32 level_at[OPTQ_TRIE_LEVELS];	/* in keys; all words at the last */
	u32 value_at;
};

struct optq_trie {
	struct optq_array key;		/* u32 */
	struct optq_array value;	/* u32 */
	struct optq_array node;		/* struct optq_trie_node */
};

/*
 * Where intervals of a dimension begin, sorted, the first at 0: words words, then what
 * stands for it, less than OPTQ_TRIE_CHILD.
 */
struct optq_bounds {
	u32 *at;		/* words + 1 an entry */
	u32 n;
	u32 words;
};

static inline const u32 *optq_bound(const struct optq_bounds *b, u32 i)
{
	return b->at + (size_t)i * (b->words + 1);
}

static inline u32 optq_bound_value(const struct optq_bounds *b, u32 i)
{
	return optq_bound(b, i)[b->words];
}

void optq_trie_init(struct optq_trie *t);
void optq_trie_free(struct optq_pool *p, struct optq_trie *t);

/* No larger than need be, once all is in it. */
void optq_trie_seal(struct optq_pool *p, struct optq_trie *t);

/*
 * Puts intervals in; *root: a node with OPTQ_TRIE_CHILD, or what stands for the only
 * interval.  False: no memory.
 */
bool optq_trie_add(struct optq_pool *p, struct optq_trie *t,
		   const struct optq_bounds *b, u32 *root);

/* From root on, be it a node or not; word: the first that is still to be read. */
u32 optq_trie_find(const struct optq_trie *t, u32 root, const u32 *word);

/* Likewise by n words alone: what has not ended by then is still a node. */
u32 optq_trie_descend(const struct optq_trie *t, u32 root, const u32 *word,
		      u32 n);

#endif /* OPTQ_MATCH_TRIE_H */
