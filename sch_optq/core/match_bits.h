/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Distinct vectors of bits, each kept once.
 *
 * 64 words are a group, of which only the words that are not 0 are kept, and groups
 * that are alike only once.  A vector is, of each group, a word that says which of
 * its words are not 0 and where they are: vectors that differ in a bit
 * share all groups but one.
 */
#ifndef OPTQ_MATCH_BITS_H
#define OPTQ_MATCH_BITS_H

#include "match_pool.h"

#define OPTQ_GROUP_WORDS	64U
#define OPTQ_GROUP_BITS		(OPTQ_GROUP_WORDS * 64U)

/* Finds by content: entry + 1, 0 is free; mask + 1 a power of two. */
struct optq_bits_index {
	u32 *slot;
	u32 mask;
	u32 n;
};

struct optq_bits_group {
	u64 sum;		/* which words are not 0 */
	u32 at;			/* of the first of those */
};

struct optq_bits {
	struct optq_array word;		/* u64 */
	struct optq_array vec;		/* u64, stride each: sums, then places, two in one */
	struct optq_array group;	/* struct optq_bits_group */
	struct optq_bits_index by_group;
	struct optq_bits_index by_vec;
	u64 *now;			/* the vector being put together */
	u64 *now_vec;			/* the same, as in vec */
	u64 dirty;			/* its groups that are not there as they are */
	u32 n_groups;			/* of a vector: at most 64 */
	u32 stride;
};

static inline u32 optq_bits_groups(u32 n_bits)
{
	return (n_bits + OPTQ_GROUP_BITS - 1) / OPTQ_GROUP_BITS;
}

/* u64 that a vector takes. */
static inline u32 optq_bits_stride(u32 n_groups)
{
	return n_groups + (n_groups + 1) / 2;
}

static inline const u64 *optq_bits_sums(const u64 *vec, u32 stride, u32 number)
{
	return vec + (size_t)number * stride;
}

/* Where the words of group i of a vector begin. */
static inline u32 optq_bits_place(const u64 *sums, u32 n_groups, u32 i)
{
	return (u32)(sums[n_groups + i / 2] >> i % 2 * 32);
}

/* False: p->fault says why; optq_bits_free() follows either way. */
bool optq_bits_init(struct optq_pool *p, struct optq_bits *b, u32 n_bits);
void optq_bits_free(struct optq_pool *p, struct optq_bits *b);

/* Once no more are put together: leaves word and vec alone, and no larger than need be. */
void optq_bits_seal(struct optq_pool *p, struct optq_bits *b);

static inline void optq_bits_flip(struct optq_bits *b, u32 i)
{
	b->now[i / 64] ^= 1ULL << (i % 64);
	b->dirty |= 1ULL << (i / OPTQ_GROUP_BITS);
}

/* All bits off. */
void optq_bits_clear(struct optq_bits *b);

/*
 * The number of the vector that is being put together, which goes on as it is.  They
 * are given out from 0 on.  OPTQ_MATCH_NONE: no memory.
 */
u32 optq_bits_intern(struct optq_pool *p, struct optq_bits *b);

#endif /* OPTQ_MATCH_BITS_H */
