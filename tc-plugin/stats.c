// SPDX-License-Identifier: GPL-2.0
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <linux/optq.h>

#include "print.h"
#include "tc_abi.h"
#include "units.h"

struct counter {
	const char *key;	/* in JSON; differs from all of tc's own */
	size_t offset;
	const char *plain;	/* NULL: tc prints the same figure itself */
	const char *(*text)(__u64 value, char buf[UNITS_BUF]);
	bool line;		/* begins a line of plain output */
	bool rare;		/* 0 says nothing, and is not in plain output */
};

#define COUNTER(key_, field) \
	.key = key_, .offset = offsetof(struct optq_stats, field)

static const struct counter counters[] = {
	{ COUNTER("sent_packets", packets) },
	{ COUNTER("sent_bytes", bytes) },
	{ COUNTER("backlog_packets", backlog_packets) },
	{ COUNTER("backlog_bytes", backlog_bytes) },
	{ COUNTER("enqueued", enqueued), .plain = "enqueued", .line = true },
	{ COUNTER("flows", flows), .plain = "flows" },
	{ COUNTER("flows_new", flows_new), .plain = "new_flows" },
	{ COUNTER("hosts", hosts), .plain = "hosts", .rare = true },
	{ COUNTER("drop_overlimit", drop_overlimit),
	  .plain = "dropped: overlimit", .line = true },
	{ COUNTER("drop_aqm", drop_aqm), .plain = "aqm" },
	{ COUNTER("drop_blue", drop_blue), .plain = "blue" },
	{ COUNTER("drop_ack", drop_ack), .plain = "ack", .rare = true },
	{ COUNTER("drop_other", drop_other), .plain = "other" },
	{ COUNTER("ecn_marks", ecn_marks), .plain = "ecn_marked" },
	{ COUNTER("ecn_marks_l4s", ecn_marks_l4s), .plain = "l4s_marked" },
	{ COUNTER("dscp_changed", dscp_changed), .plain = "dscp_changed",
	  .rare = true },
	{ COUNTER("dscp_failed", dscp_failed), .plain = "dscp_failed",
	  .rare = true },
	{ COUNTER("memory_limit_bytes", memory_limit_bytes),
	  .plain = "memory: limit", .text = size_text, .line = true, .rare = true },
	{ COUNTER("memory_bytes", memory_bytes), .plain = "used",
	  .text = size_text, .rare = true },
	{ COUNTER("memory_max_bytes", memory_max_bytes), .plain = "most",
	  .text = size_text, .rare = true },
	{ COUNTER("guaranteed_bytes", guaranteed_bytes),
	  .plain = "guaranteed", .text = size_text, .line = true },
	{ COUNTER("throttled_ns", throttled_ns), .plain = "throttled",
	  .text = time_text },
	{ COUNTER("guarantee_missed_ns", guarantee_missed_ns),
	  .plain = "guarantee missed", .text = ago_text, .rare = true },
	{ COUNTER("sojourn_avg_ns", sojourn_avg_ns), .plain = "sojourn: avg",
	  .text = time_text, .line = true },
	{ COUNTER("sojourn_max_ns", sojourn_max_ns), .plain = "max",
	  .text = time_text },
	{ COUNTER("sojourn_p50_ns", sojourn_p50_ns), .plain = "p50",
	  .text = time_text },
	{ COUNTER("sojourn_p90_ns", sojourn_p90_ns), .plain = "p90",
	  .text = time_text },
	{ COUNTER("sojourn_p99_ns", sojourn_p99_ns), .plain = "p99",
	  .text = time_text },
	{ COUNTER("sojourn_p999_ns", sojourn_p999_ns), .plain = "p99.9",
	  .text = time_text },
};

static void print_counter(const struct counter *c, __u64 value, bool first)
{
	char buf[UNITS_BUF];

	print_color_u64(PRINT_JSON, COLOR_NONE, c->key, NULL, value);
	if (!c->plain || (c->rare && !value))
		return;
	if (c->line && !first)
		print_nl();
	print_color_string(PRINT_FP, COLOR_NONE, NULL,
			   c->line ? "  %s " : "%s ", c->plain);
	if (!c->text)
		snprintf(buf, sizeof(buf), "%llu", (unsigned long long)value);
	print_color_string(PRINT_FP, COLOR_NONE, NULL, "%s ",
			   c->text ? c->text(value, buf) : buf);
}

int optq_print_stats(struct rtattr *xstats)
{
	bool first = true;
	size_t i, len;
	__u64 value;

	if (!xstats)
		return 0;
	len = RTA_PAYLOAD(xstats);
	for (i = 0; i < sizeof(counters) / sizeof(counters[0]); i++) {
		if (counters[i].offset + sizeof(value) > len)
			continue;
		memcpy(&value, (char *)RTA_DATA(xstats) + counters[i].offset,
		       sizeof(value));
		print_counter(&counters[i], value, first);
		first = first && !counters[i].plain;
	}
	return 0;
}
