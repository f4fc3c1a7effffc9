/* SPDX-License-Identifier: GPL-2.0 */
/* "did you mean …?": the known word that is nearest to a mistyped one. */
#ifndef OPTQCTL_SUGGEST_H
#define OPTQCTL_SUGGEST_H

#include <stddef.h>

struct suggestion {
	const char *typed;
	const char *best;
	size_t best_distance;
};

void suggest_begin(struct suggestion *s, const char *typed);
void suggest_offer(struct suggestion *s, const char *known);
/* NULL when nothing known is near. */
const char *suggest_end(const struct suggestion *s);

/* Edits (insert, delete, replace, swap neighbours) from @a to @b. */
size_t edit_distance(const char *a, const char *b);

#endif
