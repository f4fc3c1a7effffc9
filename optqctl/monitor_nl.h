/* SPDX-License-Identifier: GPL-2.0 */
/* What the kernel tells by itself: of trees, of devices, of the module. */
#ifndef OPTQCTL_MONITOR_NL_H
#define OPTQCTL_MONITOR_NL_H

#include <linux/optq.h>
#include <net/if.h>
#include <stdbool.h>
#include <stdint.h>

#include "nl.h"

#define COMM_MAX	16	/* the kernel's TASK_COMM_LEN */

/* Who made a change. */
struct doer {
	bool has_uid;		/* else it was the kernel, or is not known */
	uint32_t uid;
	char comm[COMM_MAX];	/* empty: not told */
	uint32_t portid;	/* of the request; 0: it came through tc */
};

struct tree_notice {
	uint8_t cmd;		/* OPTQ_CMD_*_NTF */
	int ifindex;
	uint32_t generation, handle, classes, dropped;
	struct doer by;
	struct nlattr *class;	/* as live_add_class() takes it, or NULL */
};

struct link_notice {
	int ifindex;
	char device[IFNAMSIZ];
	bool gone, enabled, carrier;
};

struct monitor_taker {
	void (*tree)(const struct tree_notice *n, void *arg);
	void (*link)(const struct link_notice *n, void *arg);
	void (*module)(bool here, void *arg);
	void (*lost)(void *arg);	/* there were more than the socket holds */
	void *arg;
};

struct monitor_nl {
	struct nl_sock *genl, *route;
	const struct monitor_taker *taker;
};

/* Subscribes to devices and to the module's coming and going. */
void monitor_nl_open(struct monitor_nl *nl, struct nl_answer *answer);
/* Subscribes to trees, once there is a module; @genl: for requests. */
void monitor_nl_join(struct monitor_nl *nl, struct nl_sock *genl,
		     struct nl_answer *answer);
/* Takes what has come; false: there may be more. */
bool monitor_nl_read(struct monitor_nl *nl);
void monitor_nl_close(struct monitor_nl *nl);

/* The present state of the device, or of all when @ifindex is 0; @route: for requests. */
void monitor_nl_links(struct nl_sock *route, int ifindex,
		      const struct monitor_taker *taker, struct nl_answer *answer);

/* For tests: what a message tells; false: it is no notification of a tree. */
bool tree_notice_parse(struct nlmsghdr *nlh, struct tree_notice *n);
bool link_notice_parse(struct nlmsghdr *nlh, struct link_notice *n);

#endif
