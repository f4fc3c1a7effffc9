/* SPDX-License-Identifier: GPL-2.0 */
/* Rules that a policy loads: which packet belongs to which class. */
#ifndef OPTQ_RULE_H
#define OPTQ_RULE_H

#include "env.h"

/* What rules can ask of a packet. */
struct optq_key {
	u8 family;		/* 4, 6, or 0 for neither */
	u8 proto;		/* after IPv6 extension headers */
	u8 dscp;
	bool has_ports;
	u16 sport, dport;	/* host order */
	u32 mark;
	u8 src[16], dst[16];	/* an IPv4 address stands in the first four */
};

#define OPTQ_RULE_FAMILY	0x01U
#define OPTQ_RULE_PROTO		0x02U
#define OPTQ_RULE_SRC		0x04U
#define OPTQ_RULE_DST		0x08U
#define OPTQ_RULE_SPORT		0x10U
#define OPTQ_RULE_DPORT		0x20U
#define OPTQ_RULE_DSCP		0x40U
#define OPTQ_RULE_MARK		0x80U

struct optq_rule {
	u32 class_id;
	u32 fields;		/* which of the following must match */
	u8 family;
	u8 proto;
	u8 dscp;
	u8 src_len, dst_len;	/* prefix lengths, bits */
	u16 sport_min, sport_max;
	u16 dport_min, dport_max;
	u32 mark, mark_mask;
	u8 src[16], dst[16];
};

bool optq_rule_matches(const struct optq_rule *r, const struct optq_key *k);

#endif /* OPTQ_RULE_H */
