/* SPDX-License-Identifier: GPL-2.0 */
/* The devices, in a network namespace of the program's own. */
#ifndef NLFUZZ_DEVICES_H
#define NLFUZZ_DEVICES_H

#include "request.h"

/*
 * Numbers that are asked for, so that messages name them whatever was made before: one of a
 * veth pair and a dummy get the qdiscs; the other of the pair is there to receive.  One
 * more is in another namespace.
 */
enum {
	DEV_VETH = 101,
	DEV_DUMMY,
	DEV_PEER,
	DEV_FOREIGN = 200,
};

/* Enters namespaces of its own, and makes the one with DEV_FOREIGN. */
void devices_init(void);
/* Makes the devices, all up. */
void devices_make(void);
/* Deletes them, with all that hangs on them. */
void devices_delete(void);
void device_set(uint32_t ifindex, bool up);

/* One of those two, mostly the first. */
uint32_t own_ifindex(struct rnd *r);
/* Right or wrong, of another namespace, of none. */
uint32_t any_ifindex(struct rnd *r);

#endif /* NLFUZZ_DEVICES_H */
