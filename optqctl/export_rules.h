/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQCTL_EXPORT_RULES_H
#define OPTQCTL_EXPORT_RULES_H

#include "export_class.h"

/* False, and *why to be freed, when the kernel does not tell enough of one of them. */
bool export_rules(struct export_link *x, const struct live_rules *rules,
		  char **why);

#endif
