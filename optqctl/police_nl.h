/* SPDX-License-Identifier: GPL-2.0 */
/* Policers to the kernel and back. */
#ifndef OPTQCTL_POLICE_NL_H
#define OPTQCTL_POLICE_NL_H

#include <linux/optq.h>
#include <netlink/attr.h>

#include "model.h"

/* Upper bound of what a policer takes in a message. */
#define POLICE_BYTES	192

/* Of a class, or of the link, whose classes have their ids.  0, or libnl's error. */
int police_put(struct nl_msg *msg, int attr, const struct link *link,
	       const struct police *police);

struct live_act {
	bool drop;
	uint8_t dscp, pcp;	/* 1 + value */
	uint32_t class_id;	/* 0: stays */
};

/* As the kernel has it. */
struct live_police {
	uint64_t cir, eir, pir;	/* bytes per second */
	uint32_t cbs, ebs, pbs;
	uint8_t colour, each, prefix4, prefix6;
	uint32_t entries;
	struct live_act act[POLICE_COLOURS];
	struct optq_police_stats stats;
};

/* NULL when there is none; to be freed. */
struct live_police *police_get(struct nlattr *nest);

#endif
