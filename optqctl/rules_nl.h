/* SPDX-License-Identifier: GPL-2.0 */
/* A link's rules as the kernel takes them: dimensions, sets, terms. */
#ifndef OPTQCTL_RULES_NL_H
#define OPTQCTL_RULES_NL_H

#include <linux/optq.h>
#include <netlink/msg.h>

#include "model.h"

/* Upper bounds of what the rules of a link take, in bytes. */
#define RULES_HEAD_BYTES	(OPTQ_DIMS_MAX * 24)
#define RULE_BYTES		512

/* Sets that are alike are one. */
struct rules_nl {
	const struct link *link;
	struct {
		uint8_t field;
		uint32_t param;
	} dims[OPTQ_DIMS_MAX];
	uint32_t n_dims;
	bool no_room;		/* more masks of a mark than there are dimensions */
	struct set_nl *sets;
	size_t n_sets, sets_room;
	uint32_t *by_hash;	/* set + 1; 0: none */
	size_t mask;
};

void rules_nl_init(struct rules_nl *rules, const struct link *link);
void rules_nl_free(struct rules_nl *rules);

/* The attributes of dimensions and sets, and of rule @i; negative: no room. */
int rules_nl_put_sets(struct nl_msg *msg, const struct rules_nl *rules);
int rules_nl_put_rule(struct nl_msg *msg, struct rules_nl *rules, size_t i);

#endif
