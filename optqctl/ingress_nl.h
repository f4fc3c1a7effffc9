/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What takes a device's incoming packets to a tree of their own: an ifb that carries
 * the tree, and a filter at the device's ingress that redirects all to it.
 */
#ifndef OPTQCTL_INGRESS_NL_H
#define OPTQCTL_INGRESS_NL_H

#include <net/if.h>
#include <stdbool.h>
#include <stddef.h>

#include "nl.h"

struct ingress {
	int ifindex;		/* the ifb's; 0: there is none */
	char ifb[IFNAMSIZ];
	bool redirected;	/* the filter is there */
};

/* What there is of the device's, given by its index as below. */
void ingress_find(struct nl_sock *route, int device, struct ingress *in,
		  struct nl_answer *answer);
/* Makes the ifb, up and with nothing led to it. */
void ingress_create(struct nl_sock *route, int device, struct ingress *in,
		    struct nl_answer *answer);
/* Leads to it what comes in, behind all other filters; a clsact is added for it. */
void ingress_redirect(struct nl_sock *route, int device, struct ingress *in,
		      struct nl_answer *answer);
/*
 * Takes filter and ifb away, and the clsact where no filter is left in it.  What waits
 * in the tree goes with it.
 */
void ingress_remove(struct nl_sock *route, int device, struct ingress *in,
		    struct nl_answer *answer);

/* The device that an ifb of ours serves; false: @ifindex is another device. */
bool ingress_serves(struct nl_sock *route, int ifindex, char *device,
		    size_t size);

#endif
