/* SPDX-License-Identifier: GPL-2.0 */
/* What is said of words in a match that are not known, or not here. */
#ifndef OPTQCTL_MATCH_WORDS_H
#define OPTQCTL_MATCH_WORDS_H

#include "match_lex.h"

/* What is wrong, to be freed, where a term should begin with @word. */
char *match_unknown_word(const char *word);
/* Likewise of a mark or of the end of the text. */
char *match_no_term(const struct token *t);

#endif
