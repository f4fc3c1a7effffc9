// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "suggest.h"

#define WORD_MAX	64

static bool same(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment; three rows are enough. */
size_t edit_distance(const char *a, const char *b)
{
	size_t row[3][WORD_MAX + 1];
	size_t na = strlen(a), nb = strlen(b), i, j;
	size_t *above, *two_above, *now, d;

	if (na > WORD_MAX || nb > WORD_MAX)
		return WORD_MAX;
	for (j = 0; j <= nb; j++)
		row[0][j] = j;
	for (i = 1; i <= na; i++) {
		now = row[i % 3];
		above = row[(i + 2) % 3];
		two_above = row[(i + 1) % 3];
		now[0] = i;
		for (j = 1; j <= nb; j++) {
			d = above[j - 1] + !same(a[i - 1], b[j - 1]);
			d = least(d, least(above[j], now[j - 1]) + 1);
			if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) &&
			    same(a[i - 2], b[j - 1]))
				d = least(d, two_above[j - 2] + 1);
			now[j] = d;
		}
	}
	return row[na % 3][nb];
}

void suggest_begin(struct suggestion *s, const char *typed)
{
	s->typed = typed;
	s->best = NULL;
	/* A third of the word may be wrong; more is another word. */
	s->best_distance = strlen(typed) < 3 ? 1 : strlen(typed) / 3;
}

void suggest_offer(struct suggestion *s, const char *known)
{
	size_t typed = strlen(s->typed), len = strlen(known), distance;

	if ((typed > len ? typed - len : len - typed) > s->best_distance)
		return;
	distance = edit_distance(s->typed, known);
	if (distance > s->best_distance || distance >= len ||
	    (s->best && distance == s->best_distance))
		return;
	s->best = known;
	s->best_distance = distance;
}

const char *suggest_end(const struct suggestion *s)
{
	return s->best;
}
