/* SPDX-License-Identifier: GPL-2.0 */
/* The kernel's trees for top, one at a time. */
#ifndef OPTQCTL_TOP_NL_H
#define OPTQCTL_TOP_NL_H

#include "top.h"

struct top_nl {
	const char *device;	/* NULL: any that has an optq */
	struct nl_sock *genl, *route;
	int family, ifindex;	/* 0: to be found again */
	char ingress_of[IFNAMSIZ];
	size_t which;		/* of the trees there are */
};

/* False: there are no sockets. */
bool top_nl_open(struct top_nl *nl);
void top_nl_close(struct top_nl *nl);
/* For struct top_source. */
bool top_nl_read(void *arg, struct live_tree *tree, char **why);
void top_nl_next(void *arg);

#endif
