// SPDX-License-Identifier: GPL-2.0
#include "exact.h"

/* No rule has that number, and OPTQ_MATCH_NONE is another. */
#define NO_ENTRY	(OPTQ_MATCH_NONE - 1)

/* A row: the rule, which values are present, and those values side by side. */
#define ROW_RULE	0
#define ROW_PRESENT	1
#define ROW_VALUES	2

static u32 row_words(const struct optq_match_dim *dims, u32 n)
{
	u32 words = ROW_VALUES, i;

	for (i = 0; i < n; i++)
		words += optq_field_words(dims[i].field);
	return words;
}

size_t optq_exact_words(const struct optq_match_dim *dims, u32 n, u32 entries)
{
	return (size_t)row_words(dims, n) * entries;
}

void optq_exact_init(struct optq_exact *x, const struct optq_match *match,
		     const struct optq_match_dim *dims, u32 n, u32 entries,
		     u32 *row)
{
	u32 i;

	x->match = match;
	x->row = row;
	x->mask = entries / 2 - 1;
	x->row_words = row_words(dims, n);
	x->n_dims = n;
	x->hits = x->misses = 0;
	for (i = 0; i < n; i++)
		x->words[i] = (u8)optq_field_words(dims[i].field);
	for (i = 0; i < entries; i++)
		row[(size_t)i * x->row_words + ROW_RULE] = NO_ENTRY;
}

/* What is not present counts as no more than that. */
static u32 hash(const struct optq_exact *x, const struct optq_match_key *key)
{
	u64 sum = x->key[0] + x->key[1] * key->present;
	const u64 *k = x->key + 2;
	u32 i, w;

	for (i = 0; i < x->n_dims; i++) {
		if (key->present & 1U << i)
			for (w = 0; w < x->words[i]; w++)
				sum += k[w] * key->value[i][w];
		k += x->words[i];
	}
	return (u32)(sum >> 32);
}

static bool row_is(const struct optq_exact *x, const u32 *row,
		   const struct optq_match_key *key)
{
	const u32 *v = row + ROW_VALUES;
	u32 i, w;

	if (row[ROW_RULE] == NO_ENTRY || row[ROW_PRESENT] != key->present)
		return false;
	for (i = 0; i < x->n_dims; v += x->words[i++]) {
		if (!(key->present & 1U << i))
			continue;
		for (w = 0; w < x->words[i]; w++)
			if (v[w] != key->value[i][w])
				return false;
	}
	return true;
}

static void row_set(const struct optq_exact *x, u32 *row,
		    const struct optq_match_key *key, u32 rule)
{
	u32 *v = row + ROW_VALUES;
	u32 i;

	row[ROW_RULE] = rule;
	row[ROW_PRESENT] = key->present;
	for (i = 0; i < x->n_dims; v += x->words[i++])
		if (key->present & 1U << i)
			memcpy(v, key->value[i], x->words[i] * sizeof(*v));
}

u32 optq_exact_find(struct optq_exact *x, const struct optq_match_key *key)
{
	u32 *first = x->row + (size_t)(hash(x, key) & x->mask) * 2 * x->row_words;
	u32 *second = first + x->row_words, rule;

	if (row_is(x, first, key)) {
		x->hits++;
		return first[ROW_RULE];
	}
	if (row_is(x, second, key)) {
		x->hits++;
		return second[ROW_RULE];
	}
	x->misses++;
	rule = optq_match_find(x->match, key);
	memcpy(second, first, x->row_words * sizeof(*first));
	row_set(x, first, key, rule);
	return rule;
}
