// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "diag.h"
#include "mem.h"
#include "source.h"

/*
 * Errors and warnings are bounded apart: a flood of warnings must not hide an
 * error, and a policy of many thousand lines must not print a screen for each.
 */
static struct diag *add(struct diags *d, enum diag_severity severity,
			struct span at, const char *fmt, va_list ap)
{
	size_t *count = severity == DIAG_ERROR ? &d->errors : &d->warnings;
	struct diag *new;

	if ((*count)++ >= DIAG_SHOWN_MAX)
		return NULL;
	d->list = mem_grow(d->list, &d->room, d->n + 1, sizeof(*d->list));
	new = &d->list[d->n++];
	new->severity = severity;
	new->at = at;
	new->text = mem_vprintf(fmt, ap);
	return new;
}

void diag_error(struct diags *d, struct span at, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(d, DIAG_ERROR, at, fmt, ap);
	va_end(ap);
}

void diag_error_in(struct diags *d, struct span at, const struct source *file,
		   struct span in_file, const char *fmt, ...)
{
	struct diag_file *place;
	struct diag *new;
	const char *line;
	size_t start, len;
	va_list ap;

	va_start(ap, fmt);
	new = add(d, DIAG_ERROR, at, fmt, ap);
	va_end(ap);
	if (!new)
		return;
	place = mem_zalloc(1, sizeof(*place));
	line = source_line(file, in_file.off, &start, &len);
	place->name = mem_strndup(file->name, strlen(file->name));
	place->line = mem_strndup(line, len);
	place->line_number = source_position(file, in_file.off).line;
	place->at = (struct span){ in_file.off - start, in_file.len };
	new->file = place;
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

	for (i = 0; i < d->n; i++) {
		free(d->list[i].text);
		if (!d->list[i].file)
			continue;
		free(d->list[i].file->name);
		free(d->list[i].file->line);
		free(d->list[i].file);
	}
	free(d->list);
	memset(d, 0, sizeof(*d));
}
