/* SPDX-License-Identifier: GPL-2.0 */
/* The qdisc at the root of a device, by rtnetlink. */
#ifndef OPTQCTL_QDISC_NL_H
#define OPTQCTL_QDISC_NL_H

#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "model.h"
#include "nl.h"

#define OPTQ_KIND	"optq"

struct root_qdisc {
	int ifindex;
	char device[IFNAMSIZ];
	char kind[32];
	uint32_t handle;
	uint32_t waiting;	/* packets */
};

struct root_qdiscs {
	struct root_qdisc *list;
	size_t n, room;
	/* The first optq that is not at a root: 0 handle, there is none. */
	uint32_t inner_handle, inner_parent;
};

/* Roots of every device, or of @ifindex alone when it is not 0. */
void qdisc_list(struct nl_sock *route, int ifindex, struct root_qdiscs *roots,
		struct nl_answer *answer);
/* A handle that no qdisc of the device has. */
uint32_t qdisc_free_handle(struct nl_sock *route, int ifindex,
			   struct nl_answer *answer);
/* Puts an optq without classes at the root, in place of what is there. */
void qdisc_create(struct nl_sock *route, int ifindex, uint32_t handle,
		  const struct link *link, struct nl_answer *answer);
void qdisc_delete(struct nl_sock *route, int ifindex, uint32_t handle,
		  struct nl_answer *answer);

/* Whether tc filters at the qdisc lead packets to classes. */
bool qdisc_has_filters(struct nl_sock *route, int ifindex, uint32_t handle,
		       struct nl_answer *answer);

#endif
