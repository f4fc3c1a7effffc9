/* SPDX-License-Identifier: GPL-2.0 */
/* A device without OptQ again, both ways. */
#ifndef OPTQCTL_REMOVAL_H
#define OPTQCTL_REMOVAL_H

#include <net/if.h>
#include <stdbool.h>

struct json_object;
struct nl_sock;

struct removal {
	struct nl_sock *route;
	const char *device;
	int ifindex;
	bool egress, ingress;	/* gone */
	char ifb[IFNAMSIZ];
};

/* False with a complaint; there being none is in order. */
bool removal_run(struct removal *r);
void removal_free(struct removal *r);

void removal_print(const struct removal *r);
struct json_object *removal_json(const struct removal *r);

#endif
