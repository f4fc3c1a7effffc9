// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include <linux/optq.h>

#include "../optqctl/isolate_names.h"
#include "keyword.h"
#include "link_layer.h"
#include "police.h"
#include "tc_abi.h"
#include "units.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* The highest minor that names a class: 0xffff is left out by the ABI. */
#define MINOR_MAX	0xfffe

/* Both objects have these; A begins their attributes' names. */
#define WIRE_KEYWORDS(A, htb) \
	{ .name = "raw", .kind = KW_LAYER, .attr = A##_LAYER, \
	  .flag = OPTQ_WIRE_RAW, \
	  .help = "count the device's length; first, what follows goes on top of it" }, \
	{ .name = "overhead", .kind = KW_OVERHEAD, .attr = A##_OVERHEAD, \
	  .prefix = htb, .min = (__u64)(__s64)OPTQ_OVERHEAD_MIN, \
	  .max = OPTQ_OVERHEAD_MAX, .meta = "BYTES", \
	  .help = htb ? "bytes on top of the device's length, as in HTB, unless a layer is given" : \
			"bytes on top of the IP packet" }, \
	{ .name = "mpu", .kind = KW_MPU, .attr = A##_MPU, .prefix = htb, \
	  .max = OPTQ_MPU_MAX, .meta = "BYTES", \
	  .help = "bytes that a packet takes at least, overhead included" }, \
	{ .name = "noatm", .kind = KW_LAYER, .attr = A##_LAYER, \
	  .flag = OPTQ_WIRE_NOATM, \
	  .help = "no cells; with overhead: of the IP packet" }, \
	{ .name = "atm", .kind = KW_LAYER, .attr = A##_LAYER, \
	  .flag = OPTQ_WIRE_ATM, \
	  .help = "count it in cells, 53 bytes for 48" }, \
	{ .name = "ptm", .kind = KW_LAYER, .attr = A##_LAYER, \
	  .flag = OPTQ_WIRE_PTM, \
	  .help = "count it with 65 bytes for 64" }

/* As in CAKE; what sets another of them goes by the same attribute. */
#define ACK_KEYWORDS(A) \
	{ .name = "ack-filter", .kind = KW_ACK, .attr = A##_ACK_FILTER, \
	  .flag = OPTQ_ACK_FILTER_CONSERVATIVE, \
	  .help = "drop TCP's ACKs that two later ones make redundant" }, \
	{ .name = "ack-filter-aggressive", .kind = KW_ACK, \
	  .attr = A##_ACK_FILTER, .flag = OPTQ_ACK_FILTER_AGGRESSIVE, \
	  .help = "also those that one does" }, \
	{ .name = "no-ack-filter", .kind = KW_ACK, .attr = A##_ACK_FILTER, \
	  .flag = OPTQ_ACK_FILTER_OFF, .help = "drop none" }

#define POLICE_KEYWORD(A) \
	{ .name = "police", .kind = KW_POLICE, .attr = A##_POLICE, \
	  .meta = "POLICER|none", \
	  .help = "drop or mark what is more than was agreed; its words follow" }

/*
 * Tables are in the order of the help text and of printed lines; where two
 * HTB keywords begin alike, the one that HTB tries first comes first.
 */
static const struct keyword link_table[] = {
	{ .name = "default", .kind = KW_MINOR, .attr = OPTQ_LINK_A_DEFAULT,
	  .prefix = true, .zero_number = true, .min = 1, .max = MINOR_MAX,
	  .zero = "none", .meta = "MINOR",
	  .help = "class for traffic that nothing classifies, in hex" },
	{ .name = "rate", .kind = KW_RATE, .attr = OPTQ_LINK_A_RATE,
	  .min = OPTQ_RATE_MIN, .max = OPTQ_RATE_MAX, .zero = "none",
	  .meta = "RATE", .help = "ceiling of the whole link" },
	{ .name = "burst", .kind = KW_SIZE, .attr = OPTQ_LINK_A_BURST,
	  .zero_number = true, .min = 1, .max = OPTQ_BURST_MAX, .zero = "auto",
	  .meta = "SIZE", .help = "bytes back to back over the link's rate" },
	{ .name = "limit", .kind = KW_COUNT, .attr = OPTQ_LINK_A_LIMIT,
	  .min = 1, .max = OPTQ_LIMIT_MAX, .meta = "PACKETS",
	  .help = "packets queued in the whole tree" },
	{ .name = "memory", .kind = KW_SIZE, .attr = OPTQ_LINK_A_MEMORY,
	  .zero_number = true, .min = OPTQ_MEMORY_MIN, .max = OPTQ_MEMORY_MAX,
	  .zero = "auto", .meta = "SIZE",
	  .help = "bytes of memory that those take at most" },
	{ .name = "direct_qlen", .kind = KW_COUNT,
	  .attr = OPTQ_LINK_A_DIRECT_LIMIT, .prefix = true,
	  .min = 1, .max = OPTQ_LIMIT_MAX, .meta = "PACKETS",
	  .help = "packets queued that belong to no class" },
	{ .name = "flows", .kind = KW_COUNT, .attr = OPTQ_LINK_A_FLOWS,
	  .min = 1, .max = OPTQ_FLOWS_MAX, .meta = "N",
	  .help = "entries of the flow table; only when added" },
	{ .name = "oversubscribe", .kind = KW_FLAG,
	  .attr = OPTQ_LINK_A_OVERSUBSCRIBE, .flag = 1,
	  .help = "the classes' guarantees may add up to more than `rate`" },
	{ .name = "nooversubscribe", .kind = KW_FLAG,
	  .attr = OPTQ_LINK_A_OVERSUBSCRIBE, .help = "they may not" },
	{ .name = "sysfs", .kind = KW_SWITCH, .attr = OPTQ_LINK_A_SYSFS,
	  .max = 1, .meta = "on|off",
	  .help = "the figures as files under /sys/class/net/DEV/optq" },
	WIRE_KEYWORDS(OPTQ_LINK_A, false),
	{ .name = "dscp", .kind = KW_DSCP, .attr = OPTQ_LINK_A_DSCP,
	  .max = OPTQ_DSCP_KEEP, .meta = "DSCP",
	  .help = "that packets leave with: ef, af41, 0..63; or `keep`" },
	{ .name = "wash", .kind = KW_DSCP_IS, .attr = OPTQ_LINK_A_DSCP,
	  .help = "clear the DSCP, as CAKE does" },
	{ .name = "nodscp", .kind = KW_DSCP_IS, .attr = OPTQ_LINK_A_DSCP,
	  .flag = OPTQ_DSCP_KEEP, .help = "leave it as it is" },
	{ .name = "nowash", .kind = KW_DSCP_IS, .attr = OPTQ_LINK_A_DSCP,
	  .flag = OPTQ_DSCP_KEEP, .help = "likewise" },
	ACK_KEYWORDS(OPTQ_LINK_A),
	POLICE_KEYWORD(OPTQ_LINK_A),
	{ .name = "r2q", .kind = KW_COUNT, .prefix = true, .max = UINT32_MAX,
	  .meta = "N", .help = "HTB's; no meaning here",
	  .notice = "has no meaning: siblings share by `weight`, which follows `rate` by itself" },
	{ .name = "debug", .kind = KW_COUNT, .prefix = true, .max = UINT64_MAX,
	  .meta = "N", .help = "HTB's; no meaning here",
	  .notice = "has no meaning: see `tc -s -d class show`" },
	{ .name = "offload", .kind = KW_REFUSED, .prefix = true,
	  .help = "HTB's; refused",
	  .notice = "the tree runs in software only; leave the keyword out" },
};

static const struct keyword class_table[] = {
	{ .name = "name", .kind = KW_NAME, .attr = OPTQ_CLASS_A_NAME,
	  .min = 1, .max = OPTQ_NAME_MAX, .meta = "NAME",
	  .help = "one component of the class's path" },
	{ .name = "prio", .kind = KW_COUNT, .attr = OPTQ_CLASS_A_PRIO,
	  .prefix = true, .max = OPTQ_PRIO_MAX, .meta = "0..7",
	  .help = "strict band for what is above the guarantees, 0 first" },
	{ .name = "rate", .kind = KW_RATE, .attr = OPTQ_CLASS_A_RATE,
	  .min = OPTQ_RATE_MIN, .max = OPTQ_RATE_MAX, .zero = "none",
	  .meta = "RATE", .help = "guaranteed rate" },
	{ .name = "ceil", .kind = KW_RATE, .attr = OPTQ_CLASS_A_CEIL,
	  .min = OPTQ_RATE_MIN, .max = OPTQ_RATE_MAX, .zero = "none",
	  .meta = "RATE",
	  .help = "maximum rate; not given with `rate`: that rate" },
	{ .name = "burst", .alias = { "buffer", "maxburst" }, .kind = KW_SIZE,
	  .attr = OPTQ_CLASS_A_BURST, .cell = true, .zero_number = true,
	  .min = 1, .max = OPTQ_BURST_MAX, .zero = "auto", .meta = "SIZE",
	  .help = "bytes back to back over `rate`" },
	{ .name = "cburst", .alias = { "cbuffer", "cmaxburst" },
	  .kind = KW_SIZE, .attr = OPTQ_CLASS_A_CBURST, .cell = true,
	  .zero_number = true, .min = 1, .max = OPTQ_BURST_MAX,
	  .zero = "auto", .meta = "SIZE",
	  .help = "bytes back to back over `ceil`" },
	{ .name = "delay", .kind = KW_TIME, .attr = OPTQ_CLASS_A_DELAY,
	  .min = OPTQ_TIME_MIN_NS, .max = OPTQ_TIME_MAX_NS, .zero = "none",
	  .meta = "TIME",
	  .help = "what comes within `rate` and `burst` leaves within it" },
	{ .name = "weight", .kind = KW_COUNT, .attr = OPTQ_CLASS_A_WEIGHT,
	  .min = 1, .max = UINT32_MAX, .zero = "auto", .meta = "N",
	  .help = "share among siblings of a band; automatic: by `rate`" },
	{ .name = "quantum", .kind = KW_COUNT, .attr = OPTQ_CLASS_A_QUANTUM,
	  .prefix = true, .zero_number = true, .min = OPTQ_QUANTUM_MIN,
	  .max = OPTQ_QUANTUM_MAX, .zero = "auto", .meta = "BYTES",
	  .help = "what a flow of the class sends in its turn",
	  .notice = "is a flow's turn inside the class; siblings share by `weight`, not by HTB's quantum" },
	{ .name = "limit", .kind = KW_COUNT, .attr = OPTQ_CLASS_A_LIMIT,
	  .min = 1, .max = OPTQ_LIMIT_MAX, .zero = "auto", .meta = "PACKETS",
	  .help = "packets queued in the class" },
	{ .name = "target", .kind = KW_TIME, .attr = OPTQ_CLASS_A_TARGET,
	  .min = OPTQ_TIME_MIN_NS, .max = OPTQ_TIME_MAX_NS, .zero = "auto",
	  .meta = "TIME", .help = "CoDel's target" },
	{ .name = "interval", .kind = KW_TIME, .attr = OPTQ_CLASS_A_INTERVAL,
	  .min = OPTQ_TIME_MIN_NS, .max = OPTQ_TIME_MAX_NS, .zero = "auto",
	  .meta = "TIME", .help = "CoDel's interval" },
	{ .name = "ecn", .kind = KW_FLAG, .attr = OPTQ_CLASS_A_ECN, .flag = 1,
	  .help = "mark ECN-capable packets instead of dropping them" },
	{ .name = "noecn", .kind = KW_FLAG, .attr = OPTQ_CLASS_A_ECN,
	  .help = "drop them" },
	{ .name = "l4s", .kind = KW_FLAG, .attr = OPTQ_CLASS_A_L4S, .flag = 1,
	  .help = "mark ECT(1) packets from `step_thresh` on; needs `ecn`" },
	{ .name = "nol4s", .kind = KW_FLAG, .attr = OPTQ_CLASS_A_L4S,
	  .help = "leave them to CoDel" },
	{ .name = "step_thresh", .kind = KW_TIME,
	  .attr = OPTQ_CLASS_A_STEP_THRESH, .min = OPTQ_TIME_MIN_NS,
	  .max = OPTQ_STEP_MAX_NS, .zero = "auto", .meta = "TIME",
	  .help = "wait from which on L4S packets are marked" },
	{ .name = "isolate", .kind = KW_ISOLATE, .attr = OPTQ_CLASS_A_ISOLATE,
	  .meta = "WHAT",
	  .help = "what has an even share: flow, src-host, dst-host, dual-src, dual-dst or triple" },
	{ .name = "nat", .kind = KW_FLAG, .attr = OPTQ_CLASS_A_NAT, .flag = 1,
	  .help = "by the addresses before translation" },
	{ .name = "nonat", .kind = KW_FLAG, .attr = OPTQ_CLASS_A_NAT,
	  .help = "by those in the packet" },
	{ .name = "oversubscribe", .kind = KW_FLAG,
	  .attr = OPTQ_CLASS_A_OVERSUBSCRIBE, .flag = 1,
	  .help = "guarantees below may add up to more than `rate`" },
	{ .name = "nooversubscribe", .kind = KW_FLAG,
	  .attr = OPTQ_CLASS_A_OVERSUBSCRIBE, .help = "they may not" },
	{ .name = "dscp", .kind = KW_DSCP, .attr = OPTQ_CLASS_A_DSCP,
	  .max = OPTQ_DSCP_INHERIT, .meta = "DSCP",
	  .help = "that packets leave with: ef, af41, 0..63; `keep`; or `inherit`" },
	{ .name = "wash", .kind = KW_DSCP_IS, .attr = OPTQ_CLASS_A_DSCP,
	  .help = "clear the DSCP, as CAKE does" },
	{ .name = "nodscp", .kind = KW_DSCP_IS, .attr = OPTQ_CLASS_A_DSCP,
	  .flag = OPTQ_DSCP_KEEP,
	  .help = "leave it as it is, whatever is said above" },
	{ .name = "nowash", .kind = KW_DSCP_IS, .attr = OPTQ_CLASS_A_DSCP,
	  .flag = OPTQ_DSCP_KEEP, .help = "likewise" },
	ACK_KEYWORDS(OPTQ_CLASS_A),
	{ .name = "ack-filter-inherit", .kind = KW_ACK,
	  .attr = OPTQ_CLASS_A_ACK_FILTER, .flag = OPTQ_ACK_FILTER_UNSPEC,
	  .help = "as the parent does, as at first" },
	POLICE_KEYWORD(OPTQ_CLASS_A),
	{ .name = "mtu", .kind = KW_COUNT, .prefix = true, .max = UINT32_MAX,
	  .meta = "BYTES", .help = "HTB's; no meaning here",
	  .notice = "has no meaning: there is no rate table; for the bytes of a flow's turn use `quantum`" },
	WIRE_KEYWORDS(OPTQ_CLASS_A, true),
	{ .name = "inherit", .kind = KW_LAYER, .attr = OPTQ_CLASS_A_LAYER,
	  .flag = OPTQ_WIRE_UNSPEC,
	  .help = "count as the parent does, as at first" },
	{ .name = "linklayer", .kind = KW_LINKLAYER, .prefix = true,
	  .meta = "TYPE",
	  .help = "HTB's: ethernet is `raw`, atm and adsl are `raw atm`" },
};

_Static_assert(ARRAY_SIZE(class_table) <= KEYWORDS_MAX, "KEYWORDS_MAX");
_Static_assert(ARRAY_SIZE(link_table) <= KEYWORDS_MAX, "KEYWORDS_MAX");

const struct keyword_set optq_link_keywords = {
	.object = "qdisc",
	.table = link_table,
	.len = ARRAY_SIZE(link_table),
	.attr_max = OPTQ_LINK_A_MAX,
	.attr_layer = OPTQ_LINK_A_LAYER,
	.attr_overhead = OPTQ_LINK_A_OVERHEAD,
	.attr_mpu = OPTQ_LINK_A_MPU,
	.attr_police = OPTQ_LINK_A_POLICE,
};

const struct keyword_set optq_class_keywords = {
	.object = "class",
	.table = class_table,
	.len = ARRAY_SIZE(class_table),
	.attr_max = OPTQ_CLASS_A_MAX,
	.attr_rate = OPTQ_CLASS_A_RATE,
	.attr_ceil = OPTQ_CLASS_A_CEIL,
	.attr_quantum = OPTQ_CLASS_A_QUANTUM,
	.attr_weight = OPTQ_CLASS_A_WEIGHT,
	.attr_layer = OPTQ_CLASS_A_LAYER,
	.attr_overhead = OPTQ_CLASS_A_OVERHEAD,
	.attr_mpu = OPTQ_CLASS_A_MPU,
	.attr_police = OPTQ_CLASS_A_POLICE,
	.inherits = true,
};

const char *isolate_word(__u64 value)
{
	return value <= OPTQ_ISOLATE_MAX ? isolate_names[value].name : NULL;
}

int isolate_parse(const char *word, __u64 *value)
{
	size_t i;

	for (i = 0; i < N_ISOLATE_NAMES; i++) {
		if (strcmp(word, isolate_names[i].name) &&
		    strcmp(word, isolate_names[i].cake))
			continue;
		*value = i;
		return 0;
	}
	return -1;
}

const struct keyword *keyword_find(const struct keyword_set *set,
				   const char *word)
{
	const struct keyword *kw, *end = set->table + set->len;
	size_t i, len = strlen(word);

	for (kw = set->table; kw < end; kw++) {
		if (!strcmp(kw->name, word))
			return kw;
		for (i = 0; i < ARRAY_SIZE(kw->alias); i++)
			if (kw->alias[i] && !strcmp(kw->alias[i], word))
				return kw;
	}
	for (kw = set->table; len && kw < end; kw++)
		if (kw->prefix && !strncmp(kw->name, word, len))
			return kw;
	return NULL;
}

void keyword_help(const struct keyword_set *set)
{
	const struct keyword *kw;

	fprintf(stderr, "Usage: ... %s add ... optq", set->object);
	for (kw = set->table; kw < set->table + set->len; kw++) {
		if ((kw - set->table) % 4 == 3)
			fprintf(stderr, "\n                         ");
		fprintf(stderr, " [ %s%s%s ]", kw->name, kw->meta ? " " : "",
			kw->meta ? kw->meta : "");
	}
	fprintf(stderr, " [ LINK-LAYER ]\n\n");
	for (kw = set->table; kw < set->table + set->len; kw++) {
		fprintf(stderr, " %-22s%s", kw->name, kw->help);
		if (kw->alias[0])
			fprintf(stderr, "; also %s, %s", kw->alias[0],
				kw->alias[1]);
		if (kw->zero)
			fprintf(stderr, "; or `%s`", kw->zero);
		fprintf(stderr, "\n");
	}
	link_layer_help();
	police_help();
	fprintf(stderr,
		"\nRates are in bit/s (10mbit, or 10%% of the device's speed), sizes in bytes\n"
		"(15k), times in us (5ms).  See tc-optq(8).\n");
}

static void expected_range(const struct keyword *kw, const char *what,
			   const char *min, const char *max,
			   const char *example, char *buf, size_t len)
{
	snprintf(buf, len, "%s from %s to %s%s%s%s%s", what, min, max,
		 example ? ", such as " : "", example ? example : "",
		 kw->zero ? ", or " : "", kw->zero ? kw->zero : "");
}

void keyword_expected(const struct keyword *kw, char *buf, size_t len)
{
	char min[UNITS_BUF], max[UNITS_BUF];

	switch (kw->kind) {
	case KW_RATE:
		expected_range(kw, "a rate", rate_text(kw->min, false, min),
			       rate_text(kw->max, false, max),
			       "10mbit or 10%", buf, len);
		break;
	case KW_SIZE:
		expected_range(kw, "a size in bytes", size_text(kw->min, min),
			       size_text(kw->max, max),
			       kw->cell ? "15k or 15k/8" :
			       kw->min > 15 << 10 ? "32m" : "15k", buf, len);
		break;
	case KW_TIME:
		expected_range(kw, "a time", time_text(kw->min, min),
			       time_text(kw->max, max), "5ms", buf, len);
		break;
	case KW_COUNT:
	case KW_MPU:
		snprintf(min, sizeof(min), "%llu", (unsigned long long)kw->min);
		snprintf(max, sizeof(max), "%llu", (unsigned long long)kw->max);
		expected_range(kw, "a number", min, max, NULL, buf, len);
		break;
	case KW_OVERHEAD:
		snprintf(min, sizeof(min), "%lld", (long long)kw->min);
		snprintf(max, sizeof(max), "%lld", (long long)kw->max);
		expected_range(kw, "a number", min, max, NULL, buf, len);
		break;
	case KW_MINOR:
		snprintf(min, sizeof(min), "%llx", (unsigned long long)kw->min);
		snprintf(max, sizeof(max), "%llx", (unsigned long long)kw->max);
		expected_range(kw, "the minor of a class of this qdisc, in hex,",
			       min, max, "10 or 1:10", buf, len);
		break;
	case KW_NAME:
		snprintf(buf, len,
			 "%llu to %llu printable ASCII characters without space and `/`, the first neither `-` nor `.`",
			 (unsigned long long)kw->min,
			 (unsigned long long)kw->max);
		break;
	case KW_LINKLAYER:
		snprintf(buf, len, "ethernet, atm or adsl");
		break;
	case KW_SWITCH:
		snprintf(buf, len, "on or off");
		break;
	case KW_DSCP:
		snprintf(buf, len, "a name such as ef, af41 or cs6, a number from 0 to 63, or keep%s",
			 kw->max == OPTQ_DSCP_INHERIT ? " or inherit" : "");
		break;
	case KW_ISOLATE:
		snprintf(buf, len,
			 "flow, src-host, dst-host, dual-src, dual-dst or triple");
		break;
	case KW_ACK:
	case KW_DSCP_IS:
	case KW_FLAG:
	case KW_LAYER:
	case KW_POLICE:
	case KW_REFUSED:
		snprintf(buf, len, "no value");
		break;
	}
}
