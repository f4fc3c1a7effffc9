/* SPDX-License-Identifier: GPL-2.0 */
/* What one policy has that another has not. */
#ifndef OPTQCTL_POLICY_DELTA_H
#define OPTQCTL_POLICY_DELTA_H

#include <stdio.h>

#include "delta.h"

struct json_object;

struct link_delta {
	const struct link *old, *new;	/* NULL: only the other policy has it */
	struct delta delta;
};

struct policy_delta {
	struct link_delta *links;
	size_t n;
};

/* A link is known by its device and direction.  Good as long as both policies. */
void policy_delta_make(const struct policy *old, const struct policy *new,
		       struct policy_delta *out);
void policy_delta_free(struct policy_delta *pd);

/* How the links differ, those that do not in a line. */
void policy_delta_print(FILE *out, const struct policy_delta *pd);
struct json_object *policy_delta_json(const struct policy_delta *pd);

#endif
