// SPDX-License-Identifier: GPL-2.0
#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <stdlib.h>
#include <string.h>

#include "live_flows.h"
#include "mem.h"

/* 0 when it is missing or too short. */
static uint64_t get_number(struct nlattr *attr, size_t bytes)
{
	uint64_t v64;
	uint32_t v32;
	uint16_t v16;

	if (!attr || (size_t)nla_len(attr) < bytes)
		return 0;
	switch (bytes) {
	case sizeof(v64):
		memcpy(&v64, nla_data(attr), bytes);
		return v64;
	case sizeof(v32):
		memcpy(&v32, nla_data(attr), bytes);
		return v32;
	case sizeof(v16):
		memcpy(&v16, nla_data(attr), bytes);
		return v16;
	default:
		return *(uint8_t *)nla_data(attr);
	}
}

static void get_tuple(struct live_flow *f, struct nlattr **tb)
{
	size_t len = get_number(tb[OPTQ_FLOW_A_FAMILY], 1) == 4 ? 4 : 16;
	struct nlattr *src = tb[OPTQ_FLOW_A_SRC], *dst = tb[OPTQ_FLOW_A_DST];

	if (!src || !dst || (size_t)nla_len(src) != len ||
	    (size_t)nla_len(dst) != len)
		return;
	f->family = len == 4 ? 4 : 6;
	f->proto = (uint8_t)get_number(tb[OPTQ_FLOW_A_PROTO], 1);
	memcpy(f->src, nla_data(src), len);
	memcpy(f->dst, nla_data(dst), len);
	f->has_ports = tb[OPTQ_FLOW_A_SPORT] && tb[OPTQ_FLOW_A_DPORT];
	f->sport = (uint16_t)get_number(tb[OPTQ_FLOW_A_SPORT], 2);
	f->dport = (uint16_t)get_number(tb[OPTQ_FLOW_A_DPORT], 2);
}

void flows_add(struct live_flows *flows, struct nlattr *nest)
{
	struct nlattr *tb[OPTQ_FLOW_A_MAX + 1];
	struct live_flow *f;

	if (nla_parse_nested(tb, OPTQ_FLOW_A_MAX, nest, NULL))
		return;
	flows->list = mem_grow(flows->list, &flows->room, flows->n + 1,
			       sizeof(*flows->list));
	f = &flows->list[flows->n++];
	memset(f, 0, sizeof(*f));
	f->class_id = (uint32_t)get_number(tb[OPTQ_FLOW_A_CLASS], 4);
	f->hash = (uint32_t)get_number(tb[OPTQ_FLOW_A_HASH], 4);
	f->flags = (uint32_t)get_number(tb[OPTQ_FLOW_A_FLAGS], 4);
	f->packets = (uint32_t)get_number(tb[OPTQ_FLOW_A_PACKETS], 4);
	f->bytes = get_number(tb[OPTQ_FLOW_A_BYTES], 8);
	f->deficit = (int32_t)get_number(tb[OPTQ_FLOW_A_DEFICIT], 4);
	f->drops = (uint32_t)get_number(tb[OPTQ_FLOW_A_DROPS], 4);
	f->wait_ns = get_number(tb[OPTQ_FLOW_A_WAIT], 8);
	f->host_flows = (uint32_t)get_number(tb[OPTQ_FLOW_A_HOST_FLOWS], 4);
	get_tuple(f, tb);
}

static int take_flows(struct nlmsghdr *nlh, void *arg)
{
	struct nlattr *attr;
	int rest;

	nlmsg_for_each_attr(attr, nlh, GENL_HDRLEN, rest)
		if (nla_type(attr) == OPTQ_A_FLOW)
			flows_add(arg, attr);
	return NL_OK;
}

static int compare_flows(const void *a, const void *b)
{
	const struct live_flow *x = a, *y = b;

	if (x->class_id != y->class_id)
		return x->class_id < y->class_id ? -1 : 1;
	if (x->bytes != y->bytes)
		return x->bytes > y->bytes ? -1 : 1;
	return x->hash < y->hash ? -1 : x->hash > y->hash;
}

void flows_sort(struct live_flows *flows)
{
	if (flows->n)
		qsort(flows->list, flows->n, sizeof(*flows->list),
		      compare_flows);
}

static void forget_flows(void *arg)
{
	struct live_flows *flows = arg;

	flows->n = 0;
}

void flows_read(struct nl_sock *genl, int family, int ifindex,
		struct live_flows *flows, struct nl_answer *answer)
{
	const struct live_taker taker = {
		.take = take_flows, .forget = forget_flows, .arg = flows
	};

	live_dump(genl, family, ifindex, OPTQ_CMD_FLOW_GET, &taker, answer);
	flows_sort(flows);
}

void flows_free(struct live_flows *flows)
{
	free(flows->list);
	memset(flows, 0, sizeof(*flows));
}
