/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQ_MATCH_CHECK_H
#define OPTQ_MATCH_CHECK_H

#include "match.h"

/* Whether rules are what match.h says; *why when they are not. */
bool optq_match_check(const struct optq_match_rules *r,
		      struct optq_match_error *why);

/* Which of two values is less: negative, 0 or positive. */
int optq_words_cmp(const u32 *a, const u32 *b, u32 words);

#endif /* OPTQ_MATCH_CHECK_H */
