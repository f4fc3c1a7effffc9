/* SPDX-License-Identifier: GPL-2.0 */
/* `police`, the words behind it, and what the kernel tells of a policer. */
#ifndef OPTQ_TC_POLICE_H
#define OPTQ_TC_POLICE_H

#include <stdbool.h>

#include <linux/netlink.h>
#include <linux/optq.h>
#include <linux/rtnetlink.h>
#include <linux/types.h>

#define POLICE_COLOURS	3	/* green, yellow, red */

struct police_act {
	bool given, drop, dscp_given, pcp_given;
	__u8 dscp, pcp;
};

struct police {
	bool given, none;
	bool has[OPTQ_POLICE_A_MAX + 1];	/* by attribute */
	__u64 value[OPTQ_POLICE_A_MAX + 1];
	struct police_act act[POLICE_COLOURS];
};

/*
 * Reads the words behind `police` up to the first that is none of its own.  Returns
 * how many, or -1 when the reason is on stderr.
 */
int police_read(struct police *p, int argc, char **argv, const char *dev);

int police_add(struct nlmsghdr *n, int maxlen, int attr, const struct police *p);

/* The words that set it, and with -s its figures. */
void police_print(struct rtattr *nest);

void police_help(void);

#endif /* OPTQ_TC_POLICE_H */
