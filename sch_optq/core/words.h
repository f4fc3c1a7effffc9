/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQ_WORDS_H
#define OPTQ_WORDS_H

#include "env.h"

/*
 * Hash of n words and a byte under 2 + n random keys: a sum of products, its upper
 * half.  No two inputs are more likely to collide than 2^-32, whoever chooses them
 * (Lemire and Kaser, "Strongly universal string hashing is fast", 2014).
 */
static __always_inline u32 optq_hash_words(const u64 *key, const u32 *word,
					   u32 n, u8 byte)
{
	u64 sum = key[0] + key[1] * byte;
	u32 i;

	for (i = 0; i < n; i++)
		sum += key[2 + i] * word[i];
	return (u32)(sum >> 32);
}

#endif /* OPTQ_WORDS_H */
