/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Delays that cannot all be met are refused before anything changes.  All calls
 * hold the RTNL, may sleep, and take time in proportion to the tree; they return
 * 0, or an error with the reason in extack.
 */
#ifndef OPTQ_DELAY_H
#define OPTQ_DELAY_H

#include "stage.h"

/* mtu: of the device, which bounds bursts from below. */
int optq_delay_check_stage(const struct optq_stage *st, u32 mtu,
			   struct netlink_ext_ack *extack);

/* c, in the tree or new, with conf under parent. */
int optq_delay_check_class(struct optq_sched *q, const struct optq_class *c,
			   const struct optq_class *parent,
			   const struct optq_class_conf *conf,
			   struct netlink_ext_ack *extack);

/* The link with another rate or burst. */
int optq_delay_check_link(struct optq_sched *q,
			  const struct optq_link_conf *conf,
			  struct netlink_ext_ack *extack);

#endif /* OPTQ_DELAY_H */
