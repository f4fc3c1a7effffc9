/* SPDX-License-Identifier: GPL-2.0 */
/* The rules of a live tree, in the order in which they are tried. */
#ifndef OPTQCTL_LIVE_RULES_H
#define OPTQCTL_LIVE_RULES_H

#include "live.h"

struct live_rule {
	uint32_t class_id;
	uint64_t hits;		/* packets */
	char *where, *text;	/* NULL: who made it did not tell */
	enum optq_outcome outcome;	/* see rules_explain() */
	uint32_t dims;
};

struct live_rules {
	struct live_rule *list;
	size_t n, room;
	uint32_t generation;
};

void rules_read(struct nl_sock *genl, int family, int ifindex,
		struct live_rules *rules, struct nl_answer *answer);
/*
 * Those that the kernel tries on the packet that put() tells of in the request, each with
 * what it does, up to the first that takes it in any case.
 */
void rules_explain(struct nl_sock *genl, int family, int ifindex,
		   int (*put)(struct nl_msg *msg, void *arg), void *arg,
		   struct live_rules *rules, struct nl_answer *answer);
/* Appends the rule that an OPTQ_A_RULE of the kernel's describes. */
void rules_add(struct live_rules *rules, struct nlattr *nest);
void rules_free(struct live_rules *rules);

#endif
