// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "mem.h"

/*
 * Errors and warnings are bounded apart: a flood of warnings must not hide an
 * error, and a policy of many thousand lines must not print a screen for each.
 */
static void add(struct diags *d, enum diag_severity severity, struct span at,
		const char *fmt, va_list ap)
{
	size_t *count = severity == DIAG_ERROR ? &d->errors : &d->warnings;
	struct diag *new;

	if ((*count)++ >= DIAG_SHOWN_MAX)
		return;
	d->list = mem_grow(d->list, &d->room, d->n + 1, sizeof(*d->list));
	new = &d->list[d->n++];
	new->severity = severity;
	new->at = at;
	new->text = mem_vprintf(fmt, ap);
}

void diag_error(struct diags *d, struct span at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(d, DIAG_ERROR, at, fmt, ap);
	va_end(ap);
}

void diag_warning(struct diags *d, struct span at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(d, DIAG_WARNING, at, fmt, ap);
	va_end(ap);
}

void diags_sort(struct diags *d)
{
	struct diag key;
	size_t i, j;

	/* At most 2 * DIAG_SHOWN_MAX, and equal places keep their order. */
	for (i = 1; i < d->n; i++) {
		key = d->list[i];
		for (j = i; j && d->list[j - 1].at.off > key.at.off; j--)
			d->list[j] = d->list[j - 1];
		d->list[j] = key;
	}
}

void diags_free(struct diags *d)
{
	size_t i;

	for (i = 0; i < d->n; i++)
		free(d->list[i].text);
	free(d->list);
	memset(d, 0, sizeof(*d));
}
