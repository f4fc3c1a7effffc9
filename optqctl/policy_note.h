/* SPDX-License-Identifier: GPL-2.0 */
/* What a policy that was made from something else has to say of it: comments. */
#ifndef OPTQCTL_POLICY_NOTE_H
#define OPTQCTL_POLICY_NOTE_H

#include "model.h"

#define NOTE_POLICY	SIZE_MAX	/* about all of it, not a link */

struct policy_note {
	size_t link;			/* index, or NOTE_POLICY */
	uint32_t class_index;		/* NO_CLASS: the link itself */
	char *text;
};

struct policy_notes {
	struct policy_note *list;
	size_t n, room;
};

void policy_note(struct policy_notes *notes, size_t link, uint32_t class_index,
		 const char *fmt, ...) __attribute__((format(printf, 4, 5)));
void policy_notes_free(struct policy_notes *notes);

#endif
