// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "import_notes.h"
#include "mem.h"

/* Takes @object over. */
static void add(struct import_notes *notes, struct span at, char *object,
		const char *fmt, va_list ap)
{
	struct import_note *note;

	notes->v = mem_grow(notes->v, &notes->room, notes->n + 1, sizeof(*notes->v));
	note = &notes->v[notes->n++];
	note->at = at;
	note->object = object;
	note->text = mem_vprintf(fmt, ap);
}

void import_note(struct import_notes *notes, struct span at, char *object,
		 const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(notes, at, object, fmt, ap);
	va_end(ap);
}

/* Takes @what over. */
static char *of_device(const struct foreign_device *dev, char *what)
{
	char *object = mem_printf("%s: %s", dev->name, what);

	free(what);
	return object;
}

void import_note_qdisc(struct import_notes *notes, const struct foreign_device *dev,
		       const struct foreign_qdisc *q, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(notes, q->at, of_device(dev, foreign_qdisc_text(q)), fmt, ap);
	va_end(ap);
}

void import_note_class(struct import_notes *notes, const struct foreign_device *dev,
		       const struct foreign_class *c, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(notes, c->at, of_device(dev, foreign_class_text(c)), fmt, ap);
	va_end(ap);
}

void import_note_filter(struct import_notes *notes, const struct foreign_device *dev,
			const struct foreign_filter *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add(notes, f->at, of_device(dev, foreign_filter_text(f)), fmt, ap);
	va_end(ap);
}

void import_notes_free(struct import_notes *notes)
{
	size_t i;

	for (i = 0; i < notes->n; i++) {
		free(notes->v[i].object);
		free(notes->v[i].text);
	}
	free(notes->v);
	memset(notes, 0, sizeof(*notes));
}
