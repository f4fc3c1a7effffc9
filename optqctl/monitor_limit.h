/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQCTL_MONITOR_LIMIT_H
#define OPTQCTL_MONITOR_LIMIT_H

#include "monitor_events.h"

/* "100", "100/s" or "0.5%"; returns NULL, or what is wrong, to be freed. */
char *drops_limit_parse(const char *s, struct drops_limit *limit);

#endif
