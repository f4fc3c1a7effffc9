/* SPDX-License-Identifier: GPL-2.0 */
/* Which devices have an optq at their root. */
#ifndef OPTQCTL_ROOTS_H
#define OPTQCTL_ROOTS_H

#include "qdisc_nl.h"

/*
 * The optqs alone: of the device and of what takes its incoming packets, or, with
 * @ifindex 0, of all devices.
 */
void roots_find(struct nl_sock *route, int ifindex, struct root_qdiscs *roots,
		struct nl_answer *answer);
/* Why there is none on @device, which may be NULL; to be freed. */
char *roots_none_text(const char *device, const struct root_qdiscs *roots);

#endif
