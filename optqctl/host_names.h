/* SPDX-License-Identifier: GPL-2.0 */
/* What this host's kernel calls the names that matches have. */
#ifndef OPTQCTL_HOST_NAMES_H
#define OPTQCTL_HOST_NAMES_H

#include "match_rules.h"

/* For match_rules_make(). */
struct match_numbers host_numbers(const struct match_names *names);
/* That the host has nothing of that name, in words; to be freed. */
char *host_name_missing(const struct match_names *names, struct dim dim,
			uint64_t number);

#endif
