/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQCTL_DELTA_VIEW_H
#define OPTQCTL_DELTA_VIEW_H

#include <stdio.h>

#include "delta.h"

struct json_object;

/* A line or more for each thing that differs. */
void delta_print(FILE *out, const struct delta *d);
/*
 * "wan0: 1 to add, 2 to change; 37 packets wait, none is lost", in one line if that
 * fits; @prefix NULL, or what comes first.  Not planned: "1 added, 2 changed".
 */
void delta_print_summary(FILE *out, const char *title, const char *prefix,
			 const struct delta *d, bool planned);
/* Adds to a link's object. */
void delta_add_json(struct json_object *o, const struct delta *d);

#endif
