// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "policy_note.h"

void policy_note(struct policy_notes *notes, size_t link, uint32_t class_index,
		 const char *fmt, ...)
{
	struct policy_note *note;
	va_list ap;

	notes->list = mem_grow(notes->list, &notes->room, notes->n + 1,
			       sizeof(*notes->list));
	note = &notes->list[notes->n++];
	note->link = link;
	note->class_index = class_index;
	va_start(ap, fmt);
	note->text = mem_vprintf(fmt, ap);
	va_end(ap);
}

void policy_notes_free(struct policy_notes *notes)
{
	size_t i;

	for (i = 0; i < notes->n; i++)
		free(notes->list[i].text);
	free(notes->list);
	memset(notes, 0, sizeof(*notes));
}
