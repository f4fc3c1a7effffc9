// SPDX-License-Identifier: GPL-2.0
#include "match_bits.h"

#define BITS_INDEX_MIN	64U

static u64 mix(u64 h, u64 word)
{
	h = (h ^ word) * 0x9e3779b97f4a7c15ULL;
	return h ^ (h >> 29);
}

static u32 hash_words(const u64 *word, u32 n, u64 h)
{
	u32 i;

	for (i = 0; i < n; i++)
		h = mix(h, word[i]);
	return (u32)(h >> 32);
}

static const u64 *words_at(const struct optq_bits *b, u32 at)
{
	return (const u64 *)b->word.at + at;
}

static const struct optq_bits_group *group_of(const struct optq_bits *b, u32 i)
{
	return (const struct optq_bits_group *)b->group.at + i;
}

static u32 hash_group(const struct optq_bits *b, u32 i)
{
	const struct optq_bits_group *g = group_of(b, i);

	return hash_words(words_at(b, g->at), (u32)hweight64(g->sum), g->sum);
}

static u32 hash_vec(const struct optq_bits *b, u32 i)
{
	return hash_words(optq_bits_sums(b->vec.at, b->stride, i), b->stride, 0);
}

/* Twice the slots, before more than half are taken. */
static bool index_grow(struct optq_pool *p, const struct optq_bits *b,
		       struct optq_bits_index *x,
		       u32 (*hash)(const struct optq_bits *b, u32 i))
{
	u32 size = x->slot ? (x->mask + 1) * 2 : BITS_INDEX_MIN, i, at;
	u32 *slot;

	if (x->slot && x->n < (x->mask + 1) / 2)
		return true;
	slot = optq_pool_zalloc(p, (u64)size * sizeof(*slot));
	if (!slot)
		return false;
	for (i = 0; i < x->n; i++) {
		at = hash(b, i) & (size - 1);
		while (slot[at])
			at = (at + 1) & (size - 1);
		slot[at] = i + 1;
	}
	optq_pool_free(p, x->slot, ((u64)x->mask + 1) * sizeof(*slot));
	x->slot = slot;
	x->mask = size - 1;
	return true;
}

static void index_free(struct optq_pool *p, struct optq_bits_index *x)
{
	optq_pool_free(p, x->slot, ((u64)x->mask + 1) * sizeof(*x->slot));
	x->slot = NULL;
}

bool optq_bits_init(struct optq_pool *p, struct optq_bits *b, u32 n_bits)
{
	memset(b, 0, sizeof(*b));
	b->n_groups = optq_bits_groups(n_bits);
	b->stride = optq_bits_stride(b->n_groups);
	b->word.size = sizeof(u64);
	b->vec.size = sizeof(u64);
	b->group.size = sizeof(struct optq_bits_group);
	b->now = optq_pool_zalloc(p, (u64)b->n_groups * OPTQ_GROUP_WORDS *
				  sizeof(u64));
	b->now_vec = optq_pool_zalloc(p, (u64)b->stride * sizeof(u64));
	/* A group that is all 0 has no words: its place is 0. */
	return b->now && b->now_vec && optq_array_reserve(p, &b->word, 1);
}

/* What only finding what is there already takes. */
static void bits_forget(struct optq_pool *p, struct optq_bits *b)
{
	index_free(p, &b->by_group);
	index_free(p, &b->by_vec);
	optq_array_free(p, &b->group);
	optq_pool_free(p, b->now, (u64)b->n_groups * OPTQ_GROUP_WORDS *
		       sizeof(u64));
	optq_pool_free(p, b->now_vec, (u64)b->stride * sizeof(u64));
	b->now = NULL;
	b->now_vec = NULL;
}

void optq_bits_seal(struct optq_pool *p, struct optq_bits *b)
{
	bits_forget(p, b);
	optq_array_trim(p, &b->word);
	optq_array_trim(p, &b->vec);
}

void optq_bits_free(struct optq_pool *p, struct optq_bits *b)
{
	bits_forget(p, b);
	optq_array_free(p, &b->word);
	optq_array_free(p, &b->vec);
}

void optq_bits_clear(struct optq_bits *b)
{
	memset(b->now, 0, (size_t)b->n_groups * OPTQ_GROUP_WORDS * sizeof(u64));
	memset(b->now_vec, 0, (size_t)b->stride * sizeof(u64));
	b->dirty = 0;
}

/* The words of group i that are not 0, and which they are. */
static u64 pack(const struct optq_bits *b, u32 i, u64 *packed, u32 *n)
{
	const u64 *now = b->now + (size_t)i * OPTQ_GROUP_WORDS;
	u64 sum = 0;
	u32 w;

	*n = 0;
	for (w = 0; w < OPTQ_GROUP_WORDS; w++) {
		if (!now[w])
			continue;
		sum |= 1ULL << w;
		packed[(*n)++] = now[w];
	}
	return sum;
}

static bool group_add(struct optq_pool *p, struct optq_bits *b, u64 sum,
		      const u64 *packed, u32 n, u32 *at)
{
	struct optq_bits_group g = { .sum = sum, .at = b->word.n };

	if (!optq_array_reserve(p, &b->word, n) ||
	    !optq_array_reserve(p, &b->group, 1))
		return false;
	memcpy((u64 *)b->word.at + b->word.n, packed, n * sizeof(u64));
	b->word.n += n;
	((struct optq_bits_group *)b->group.at)[b->group.n++] = g;
	*at = g.at;
	return true;
}

/* Puts group i into now_vec as it is now. */
static bool group_intern(struct optq_pool *p, struct optq_bits *b, u32 i)
{
	struct optq_bits_index *x = &b->by_group;
	u64 packed[OPTQ_GROUP_WORDS], sum, *place;
	u32 n, slot, at = 0;

	sum = pack(b, i, packed, &n);
	if (!sum)
		goto found;
	if (!index_grow(p, b, x, hash_group))
		return false;
	slot = hash_words(packed, n, sum) & x->mask;
	for (; x->slot[slot]; slot = (slot + 1) & x->mask) {
		const struct optq_bits_group *g = group_of(b, x->slot[slot] - 1);

		if (g->sum == sum && !memcmp(words_at(b, g->at), packed,
					     n * sizeof(u64))) {
			at = g->at;
			goto found;
		}
	}
	if (!group_add(p, b, sum, packed, n, &at))
		return false;
	x->slot[slot] = ++x->n;
found:
	b->now_vec[i] = sum;
	place = &b->now_vec[b->n_groups + i / 2];
	*place &= 0xffffffffULL << (i % 2 ? 0 : 32);
	*place |= (u64)at << i % 2 * 32;
	return true;
}

static u32 vec_intern(struct optq_pool *p, struct optq_bits *b)
{
	size_t bytes = b->stride * sizeof(u64);
	struct optq_bits_index *x = &b->by_vec;
	u32 slot;

	if (!index_grow(p, b, x, hash_vec))
		return OPTQ_MATCH_NONE;
	slot = hash_words(b->now_vec, b->stride, 0) & x->mask;
	for (; x->slot[slot]; slot = (slot + 1) & x->mask) {
		u32 i = x->slot[slot] - 1;

		if (!memcmp(optq_bits_sums(b->vec.at, b->stride, i), b->now_vec,
			    bytes))
			return i;
	}
	if (!optq_array_reserve(p, &b->vec, b->stride))
		return OPTQ_MATCH_NONE;
	memcpy((u64 *)b->vec.at + b->vec.n, b->now_vec, bytes);
	b->vec.n += b->stride;
	x->slot[slot] = ++x->n;
	return x->n - 1;
}

u32 optq_bits_intern(struct optq_pool *p, struct optq_bits *b)
{
	u64 dirty = b->dirty;

	for (; dirty; dirty &= dirty - 1) {
		if (!group_intern(p, b, (u32)__ffs64(dirty)))
			return OPTQ_MATCH_NONE;
	}
	b->dirty = 0;
	return vec_intern(p, b);
}
