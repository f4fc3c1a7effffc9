/* SPDX-License-Identifier: GPL-2.0 */
/* From trees of other qdiscs to a policy. */
#ifndef OPTQCTL_IMPORT_H
#define OPTQCTL_IMPORT_H

#include "foreign.h"
#include "import_notes.h"
#include "model.h"

/* Of the @n devices that are named, or of all that @f has when there is none. */
void import_policy(const struct foreign *f, char *const *names, size_t n,
		   struct policy *policy, struct import_notes *notes);

#endif
