/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQCTL_IMPORT_VIEW_H
#define OPTQCTL_IMPORT_VIEW_H

#include <stdio.h>

#include "import_notes.h"
#include "policy_note.h"
#include "source.h"

struct json_object;

/* @src: the script, or NULL. */
void import_notes_print(FILE *out, const struct source *src,
			const struct import_notes *notes);
struct json_object *import_notes_json(const struct source *src,
				      const struct import_notes *notes);
/* As comments at the head of a policy. */
void import_notes_comment(const struct source *src, const struct import_notes *notes,
			  struct policy_notes *comments);

#endif
