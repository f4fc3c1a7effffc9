/* SPDX-License-Identifier: GPL-2.0 */
/* The attributes that optq_nl has words for. */
#ifndef OPTQ_NL_KEYS_H
#define OPTQ_NL_KEYS_H

#include <linux/optq.h>
#include <stddef.h>

/*
 * Lines of optq_nl, each a top-level attribute:
 *	ifindex N | flags N | generation N
 *	link KEY=VALUE... | class KEY=VALUE... | rule KEY=VALUE...
 *	dim KEY=VALUE... | set KEY=VALUE... | elem KEY=VALUE...
 *	raw TYPE HEX			any attribute, any payload
 * KEY is a name below, or @TYPE with VALUE in hex.  DEV gives the
 * ifindex unless a line does; `-` gives none.
 */

struct key {
	const char *name;
	int type;
	int bytes;		/* 0: a string */
};

/* In place of bytes: 32-bit numbers A,B,...; terms SET:DIM or SET!DIM, negated, ... */
#define KEY_WORDS	-1
#define KEY_TERMS	-2
/* A policer: words of police_keys, KEY:VALUE,... */
#define KEY_POLICE	-3

static const struct key police_keys[] = {
	{ "cir", OPTQ_POLICE_A_CIR, 8 },
	{ "each", OPTQ_POLICE_A_EACH, 1 },
	{ "entries", OPTQ_POLICE_A_ENTRIES, 4 },
	{ NULL, 0, 0 }
};

static const struct key link_keys[] = {
	{ "default", OPTQ_LINK_A_DEFAULT, 4 },
	{ "rate", OPTQ_LINK_A_RATE, 8 },
	{ "burst", OPTQ_LINK_A_BURST, 4 },
	{ "limit", OPTQ_LINK_A_LIMIT, 4 },
	{ "direct_limit", OPTQ_LINK_A_DIRECT_LIMIT, 4 },
	{ "memory", OPTQ_LINK_A_MEMORY, 4 },
	{ "flows", OPTQ_LINK_A_FLOWS, 4 },
	{ "oversubscribe", OPTQ_LINK_A_OVERSUBSCRIBE, 1 },
	{ "sysfs", OPTQ_LINK_A_SYSFS, 1 },
	{ "dscp", OPTQ_LINK_A_DSCP, 1 },
	{ "ack_filter", OPTQ_LINK_A_ACK_FILTER, 1 },
	{ "police", OPTQ_LINK_A_POLICE, KEY_POLICE },
	{ NULL, 0, 0 }
};

static const struct key class_keys[] = {
	{ "id", OPTQ_CLASS_A_ID, 4 },
	{ "parent", OPTQ_CLASS_A_PARENT, 4 },
	{ "name", OPTQ_CLASS_A_NAME, 0 },
	{ "rate", OPTQ_CLASS_A_RATE, 8 },
	{ "ceil", OPTQ_CLASS_A_CEIL, 8 },
	{ "burst", OPTQ_CLASS_A_BURST, 4 },
	{ "cburst", OPTQ_CLASS_A_CBURST, 4 },
	{ "weight", OPTQ_CLASS_A_WEIGHT, 4 },
	{ "prio", OPTQ_CLASS_A_PRIO, 4 },
	{ "quantum", OPTQ_CLASS_A_QUANTUM, 4 },
	{ "limit", OPTQ_CLASS_A_LIMIT, 4 },
	{ "target", OPTQ_CLASS_A_TARGET, 8 },
	{ "interval", OPTQ_CLASS_A_INTERVAL, 8 },
	{ "delay", OPTQ_CLASS_A_DELAY, 8 },
	{ "dscp", OPTQ_CLASS_A_DSCP, 1 },
	{ "ack_filter", OPTQ_CLASS_A_ACK_FILTER, 1 },
	{ "ecn", OPTQ_CLASS_A_ECN, 1 },
	{ "l4s", OPTQ_CLASS_A_L4S, 1 },
	{ "step_thresh", OPTQ_CLASS_A_STEP_THRESH, 8 },
	{ "isolate", OPTQ_CLASS_A_ISOLATE, 1 },
	{ "nat", OPTQ_CLASS_A_NAT, 1 },
	{ "oversubscribe", OPTQ_CLASS_A_OVERSUBSCRIBE, 1 },
	{ "police", OPTQ_CLASS_A_POLICE, KEY_POLICE },
	{ NULL, 0, 0 }
};

static const struct key dim_keys[] = {
	{ "field", OPTQ_DIM_A_FIELD, 1 },
	{ "param", OPTQ_DIM_A_PARAM, 4 },
	{ NULL, 0, 0 }
};

static const struct key set_keys[] = {
	{ "words", OPTQ_SET_A_WORDS, 1 },
	{ "absent", OPTQ_SET_A_ABSENT, 1 },
	{ "ranges", OPTQ_SET_A_RANGES, KEY_WORDS },
	{ "ranges_v4", OPTQ_SET_A_RANGES_V4, KEY_WORDS },
	{ NULL, 0, 0 }
};

static const struct key rule_keys[] = {
	{ "class", OPTQ_RULE_A_CLASS, 4 },
	{ "terms", OPTQ_RULE_A_CONJUNCT, KEY_TERMS },
	{ "where", OPTQ_RULE_A_WHERE, 0 },
	{ "text", OPTQ_RULE_A_TEXT, 0 },
	{ NULL, 0, 0 }
};

static const struct key elem_keys[] = {
	{ "field", OPTQ_ELEM_A_FIELD, 1 },
	{ "id", OPTQ_ELEM_A_ID, 4 },
	{ "proto", OPTQ_ELEM_A_PROTO, 1 },
	{ "sport", OPTQ_ELEM_A_SPORT, 2 },
	{ "dport", OPTQ_ELEM_A_DPORT, 2 },
	{ "timeout", OPTQ_ELEM_A_TIMEOUT, 4 },
	{ NULL, 0, 0 }
};

#endif /* OPTQ_NL_KEYS_H */
