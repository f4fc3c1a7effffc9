/* SPDX-License-Identifier: GPL-2.0 */
/* The rules of a tree, as they are in force. */
#ifndef OPTQ_RULES_H
#define OPTQ_RULES_H

#include "core/exact.h"
#include "key.h"

/* Bytes that they may take, while they are compiled. */
#define OPTQ_RULES_BYTES	(256ULL << 20)

struct optq_part;

struct optq_rule_slot {
	u32 class_id;
	const char *where;	/* NULL: not told */
	const char *text;
	u64 hits;		/* packets */
};

struct optq_rules {
	struct optq_match *match;
	struct optq_exact known;	/* packets of flows that were seen */
	u32 *known_mem;
	struct optq_key_plan plan;
	char *texts;		/* of all slots */
	u64 digest;		/* of what decides in them */
	u32 n;
	struct optq_rule_slot slot[];
};

/*
 * Reads the dimensions, sets and rules of a message, and compiles them.  ERR_PTR with
 * the reason in extack.  Sleeps, and may take seconds: not under RTNL.
 */
struct optq_rules *optq_rules_parse(const struct optq_part *part,
				    struct netlink_ext_ack *extack);

/* Makes room for what so many flows come to, before they are in force.  -ENOMEM. */
int optq_rules_know(struct optq_rules *rules, u32 flows);

void optq_rules_free(struct optq_rules *rules);

/* Whether they find the same class for every packet, as they are written; NULL: none. */
bool optq_rules_same(const struct optq_rules *a, const struct optq_rules *b);

/* The rule of a packet; NULL: it has none.  Under the tree lock; rules, elems may be NULL. */
struct optq_rule_slot *optq_rules_find(struct optq_rules *rules,
				       struct optq_elems *elems,
				       const struct sk_buff *skb);

#endif /* OPTQ_RULES_H */
