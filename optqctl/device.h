/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQCTL_DEVICE_H
#define OPTQCTL_DEVICE_H

#include <net/if.h>

#include <stdbool.h>
#include <stdint.h>

struct nl_sock;

/* The device's txqueuelen.  False: it is not known. */
bool device_queue(struct nl_sock *route, int ifindex, uint32_t *packets);
/* Index of the device with that name or altname, or 0. */
int device_index(const char *name);

/* What the kernel calls the device that has that name or altname; @name itself if none has. */
const char *device_own_name(const char *name, char own[IFNAMSIZ]);

#endif
