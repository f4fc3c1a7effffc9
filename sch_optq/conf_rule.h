/* SPDX-License-Identifier: GPL-2.0 */
/* Rules as a message has them. */
#ifndef OPTQ_CONF_RULE_H
#define OPTQ_CONF_RULE_H

#include "conf.h"
#include "rules.h"

/* For the core to compile, with the attributes that it comes from. */
struct optq_rule_input {
	struct optq_match_rules rules;
	struct optq_match_dim dim[OPTQ_DIMS_MAX];
	const struct nlattr *dim_attr[OPTQ_DIMS_MAX];
	const struct nlattr **set_attr;		/* the first of each */
	const struct nlattr **rule_attr;
	struct optq_match_set *set;
	struct optq_match_term *term;
	struct optq_match_conjunct *conjunct;
	struct optq_match_rule *rule;
	u32 *range;
	u64 range_words;
};

/*
 * Counts what a message has, and makes room for it.  -EINVAL, -E2BIG with extack;
 * optq_rule_input_free() follows either way.
 */
int optq_rule_input_alloc(struct optq_rule_input *in,
			  const struct optq_part *part,
			  struct netlink_ext_ack *extack);

/* Reads it; where and text of the slots point into the message. */
int optq_rule_input_read(struct optq_rule_input *in, const struct optq_part *part,
			 struct optq_rule_slot *slot,
			 struct netlink_ext_ack *extack);

/* Says what the core found, at the attribute that it is about. */
void optq_rule_input_blame(const struct optq_rule_input *in,
			   const struct optq_match_error *why,
			   struct netlink_ext_ack *extack);

void optq_rule_input_free(struct optq_rule_input *in);

/* What a reply tells of a rule, and of a field that rules read; -EMSGSIZE when the message is full. */
int optq_put_rule(struct sk_buff *skb, const struct optq_rule_slot *slot);
int optq_put_dim(struct sk_buff *skb, const struct optq_match_dim *dim);

#endif /* OPTQ_CONF_RULE_H */
