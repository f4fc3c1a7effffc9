/* SPDX-License-Identifier: GPL-2.0 */
/* Bursts and targets follow the longest packet: the device's MTU, as it is counted. */
#ifndef OPTQ_MTU_H
#define OPTQ_MTU_H

#include "stage.h"

/* What the tree of st, parsed, will count as the longest packet of dev. */
u32 optq_mtu_of_stage(const struct net_device *dev, const struct optq_stage *st);

/* What q's tree would, with the wire link, and wire that of class c, which may be new. */
u32 optq_mtu_with(const struct optq_sched *q, const struct optq_wire *link,
		  const struct optq_class *c, const struct optq_wire *wire);

/* A class that counts by w has come.  Call with the tree's lock held. */
void optq_mtu_grow(struct optq_sched *q, const struct optq_wire *w, u64 now);

/* Another wire, MTU of the device or tree is in force.  Likewise. */
void optq_mtu_update(struct optq_sched *q, u64 now);

int optq_mtu_init(void);
void optq_mtu_exit(void);

#endif /* OPTQ_MTU_H */
