/* SPDX-License-Identifier: GPL-2.0 */
/* What a shell offers for a word of the command line: "optqctl complete WORD...". */
#ifndef OPTQCTL_COMPLETE_H
#define OPTQCTL_COMPLETE_H

#include <stddef.h>
#include <stdio.h>

#include "verb.h"

/*
 * @words stand after "optqctl", the last of them being typed.  A line for each word that
 * it may become: the word, a tab, what it is.  A line without a word: a policy's file.
 */
void complete(FILE *out, const struct verb *verbs, size_t n_verbs,
	      char **words, int n_words);

#endif
