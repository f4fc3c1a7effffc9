/* SPDX-License-Identifier: GPL-2.0 */
/* Flows that wait in a tree or have just sent. */
#ifndef OPTQCTL_LIVE_FLOWS_H
#define OPTQCTL_LIVE_FLOWS_H

#include "live.h"

struct live_flow {
	uint32_t class_id, hash, flags, packets, drops, host_flows;
	int32_t deficit;
	uint64_t bytes, wait_ns;
	uint8_t family, proto;		/* family 0: not told */
	uint8_t src[16], dst[16];
	bool has_ports;
	uint16_t sport, dport;
};

struct live_flows {
	struct live_flow *list;		/* by class, longest queues first */
	size_t n, room;
};

void flows_read(struct nl_sock *genl, int family, int ifindex,
		struct live_flows *flows, struct nl_answer *answer);
/* Appends the flow that an OPTQ_A_FLOW of the kernel's describes. */
void flows_add(struct live_flows *flows, struct nlattr *nest);
void flows_sort(struct live_flows *flows);
void flows_free(struct live_flows *flows);

#endif
