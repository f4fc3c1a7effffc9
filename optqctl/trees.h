/* SPDX-License-Identifier: GPL-2.0 */
/* Which devices have a tree. */
#ifndef OPTQCTL_TREES_H
#define OPTQCTL_TREES_H

#include "qdisc_nl.h"

/* Root qdiscs of a device and, with it, of the ifb for what comes in; 0: of all. */
void trees_list(struct nl_sock *route, int ifindex, struct root_qdiscs *roots,
		struct nl_answer *answer);
/* That @device, or with NULL any, has none: for people, on standard error. */
void complain_of_no_tree(const char *device, const struct root_qdiscs *roots);

#endif
