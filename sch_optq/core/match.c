// SPDX-License-Identifier: GPL-2.0
#include "match_check.h"
#include "match_impl.h"

/* What a dimension says of a packet: its own vector, and who does not ask. */
struct said {
	const u64 *own;
	const u64 *any;
};

static __always_inline u32 part_find(const struct optq_match *m,
				     const struct optq_match_part *part,
				     const u32 *word)
{
	if (part->direct)
		return part->direct[optq_min_u32(*word, part->max)];
	if (part->words == 4 && word[2] == OPTQ_MATCH_V4 &&
	    !(word[0] | word[1]))
		return optq_trie_find(&m->trie, part->root_v4, word + 3);
	return optq_trie_find(&m->trie, part->root, word);
}

static __always_inline void part_ask(const struct optq_match *m, u32 dim,
				     const struct optq_match_key *key,
				     struct said *said)
{
	const struct optq_match_part *part = &m->part[dim];
	u32 vec = part->absent;

	if (key->present >> dim & 1)
		vec = part_find(m, part, key->value[dim]);
	said->own = optq_bits_sums(m->bits.vec.at, m->bits.stride, vec);
	said->any = part->any;
}

/* Word at, of all groups, as a dimension has it. */
static __always_inline u64 said_word(const struct said *said, const u64 *own,
				     u32 n_groups, u32 at)
{
	u32 g = at / OPTQ_GROUP_WORDS, w = at % OPTQ_GROUP_WORDS;
	u64 word = said->any[n_groups + at], sum = said->own[g];

	if (sum >> w & 1)
		word |= own[optq_bits_place(said->own, n_groups, g) +
			    hweight64(sum & ((1ULL << w) - 1))];
	return word;
}

/* The slots of a word, without those of conjuncts before number from. */
static u64 word_from(const struct optq_match *m, u32 at, u64 word, u32 from)
{
	while (word && m->conjunct[at * 64 + __ffs64(word)] < from)
		word &= word - 1;
	return word;
}

/* Slots of word at that all dimensions have. */
static __always_inline u64 word_ask(const struct optq_match *m,
				    const struct said *said, u32 at)
{
	u32 dims = m->word_dims[at];
	u64 word = ~0ULL;

	for (; word && dims; dims &= dims - 1)
		word &= said_word(&said[__ffs(dims)], m->bits.word.at,
				  m->n_groups, at);
	return word;
}

/*
 * The first conjunct, from number from on, that all dimensions have.  Where others
 * before it cannot be, nothing is looked at.
 */
static __always_inline u32 match_first(const struct optq_match *m,
				       const struct said *said, u32 from)
{
	u32 first = OPTQ_MATCH_NONE, n = m->n_dims, g, at, i;
	u64 sum, word;

	for (g = 0; g < m->n_groups; g++) {
		if (m->group_first[g] >= first)
			continue;
		for (sum = ~0ULL, i = 0; i < n; i++)
			sum &= said[i].own[g] | said[i].any[g];
		for (; sum; sum &= sum - 1) {
			at = g * OPTQ_GROUP_WORDS + (u32)__ffs64(sum);
			if (m->word_first[at] >= first)
				continue;
			word = word_ask(m, said, at);
			if (from)
				word = word_from(m, at, word, from);
			if (!word)
				continue;
			/* In an empty slot is no less than any. */
			at = at * 64 + (u32)__ffs64(word);
			first = optq_min_u32(first, m->conjunct[at]);
		}
	}
	return first;
}

u32 optq_match_find(const struct optq_match *m,
		    const struct optq_match_key *key)
{
	struct said said[OPTQ_DIMS_MAX];
	u32 first, i;

	for (i = 0; i < m->n_dims; i++)
		part_ask(m, i, key, &said[i]);
	first = match_first(m, said, 0);
	return first == OPTQ_MATCH_NONE ? first : m->rule[first];
}

u32 optq_match_next(const struct optq_match *m,
		    const struct optq_match_key *key, u32 known, u32 from)
{
	struct said said[OPTQ_DIMS_MAX];
	u32 i;

	for (i = 0; i < m->n_dims; i++) {
		if (known >> i & 1) {
			part_ask(m, i, key, &said[i]);
			continue;
		}
		/* As though no conjunct asked for it. */
		said[i].own = optq_bits_sums(m->bits.vec.at, m->bits.stride, 0);
		said[i].any = m->open;
	}
	return match_first(m, said, from);
}

void optq_match_tell(const struct optq_match *m,
		     const struct optq_match_key *key, u32 known, u32 conjunct,
		     u32 *differs, u32 *open)
{
	u32 slot = m->slot[conjunct], dims = m->dims[conjunct] & known;
	struct said said;

	*open = m->dims[conjunct] & ~known;
	*differs = 0;
	for (; dims; dims &= dims - 1) {
		u32 d = (u32)__ffs(dims);

		part_ask(m, d, key, &said);
		if (!(said_word(&said, m->bits.word.at, m->n_groups,
				slot / 64) >> slot % 64 & 1))
			*differs |= 1U << d;
	}
}

u32 optq_match_conjuncts(const struct optq_match *m)
{
	return m->n_conjuncts;
}

u32 optq_match_conjunct_dims(const struct optq_match *m, u32 conjunct)
{
	return m->dims[conjunct];
}

u32 optq_match_rule_of(const struct optq_match *m, u32 conjunct)
{
	return m->rule[conjunct];
}

u64 optq_match_bytes(const struct optq_match *m)
{
	return m->pool.used;
}
