/* SPDX-License-Identifier: GPL-2.0 */
/* Matches that no packet can meet. */
#ifndef OPTQCTL_MATCH_NEVER_H
#define OPTQCTL_MATCH_NEVER_H

#include "match_lower.h"

/*
 * The first alternative of @root that no packet can meet, of @from and those behind it;
 * *why, to be freed, says why.  NULL: there is none, or it could not be decided.  One
 * that names a set without a value is let be: the set may have some tomorrow.
 */
const struct match_node *match_never(const struct match_node *root, size_t *from,
				     const struct match_names *names,
				     char **why);

#endif
