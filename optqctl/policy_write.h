/* SPDX-License-Identifier: GPL-2.0 */
/* From a policy's model to its text: read again, it gives the same model. */
#ifndef OPTQCTL_POLICY_WRITE_H
#define OPTQCTL_POLICY_WRITE_H

#include <stdio.h>

#include "policy_note.h"

struct json_object;

/*
 * As YAML, with @notes, which may be NULL, as comments.  Only what is not the default is
 * written, keys for leaves on leaves only; a class's matches stand in the order of rules,
 * the children of a class in that of classes.  Where the order of rules is not that of
 * classes policy_order() comes before.
 *
 * Of a rule only text and class_index are looked at, of a default its index, or its path
 * where there is none; the same goes for where a policer moves packets.
 */
void policy_write(FILE *out, const struct policy *policy,
		  const struct policy_notes *notes);

/*
 * The same as a JSON object, which is YAML too.  What is noted of an object is its
 * userdata, a text of as many lines as there are notes.
 */
struct json_object *policy_json(const struct policy *policy,
				const struct policy_notes *notes);

#endif
