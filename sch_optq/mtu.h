/* SPDX-License-Identifier: GPL-2.0 */
/* Bursts and targets follow the longest packet: the device's MTU, as it is counted. */
#ifndef OPTQ_MTU_H
#define OPTQ_MTU_H

#include "stage.h"

/* What the tree of st, parsed, will count as the longest packet of dev. */
u32 optq_mtu_of_stage(const struct net_device *dev, const struct optq_stage *st);

/* A class has come to count by w.  Call with the tree's lock held. */
void optq_mtu_grow(struct optq_sched *q, const struct optq_wire *w, u64 now);

/* The link's wire, the device's MTU or the whole tree has changed.  Likewise. */
void optq_mtu_update(struct optq_sched *q, u64 now);

int optq_mtu_init(void);
void optq_mtu_exit(void);

#endif /* OPTQ_MTU_H */
