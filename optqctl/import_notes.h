/* SPDX-License-Identifier: GPL-2.0 */
/* What an import could not carry over, each with its place. */
#ifndef OPTQCTL_IMPORT_NOTES_H
#define OPTQCTL_IMPORT_NOTES_H

#include "diag.h"
#include "foreign.h"

struct import_note {
	struct span at;		/* in the script; off DIAG_NOWHERE: of the kernel */
	char *object;		/* "eth0: class htb 1:10"; NULL: a line of the script */
	char *text;
};

struct import_notes {
	struct import_note *v;
	size_t n, room;
};

/* @object is taken over. */
void import_note(struct import_notes *notes, struct span at, char *object,
		 const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void import_note_qdisc(struct import_notes *notes, const struct foreign_device *dev,
		       const struct foreign_qdisc *q, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void import_note_class(struct import_notes *notes, const struct foreign_device *dev,
		       const struct foreign_class *c, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void import_note_filter(struct import_notes *notes, const struct foreign_device *dev,
			const struct foreign_filter *f, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
void import_notes_free(struct import_notes *notes);

#endif
