/* SPDX-License-Identifier: GPL-2.0 */
/* A link's rules as the kernel takes them: dimensions, sets, conjuncts of terms. */
#ifndef OPTQCTL_RULES_NL_H
#define OPTQCTL_RULES_NL_H

#include <linux/optq.h>
#include <netlink/msg.h>

#include "match_rules.h"

/* An upper bound of what they take in a request, in bytes. */
size_t rules_nl_bytes(const struct match_rules *rules);

/* The attributes of dimensions and sets; negative: no room. */
int rules_nl_put_sets(struct nl_msg *msg, const struct match_rules *rules);

/* Where the next rule's conjuncts begin; all 0 at first. */
struct rules_nl_place {
	uint32_t rule, conjunct, term;
};

/* A rule's text as the kernel keeps it: too long, it ends in dots.  In @cut, or @text. */
const char *rules_nl_text(const char *text, char cut[OPTQ_RULE_TEXT_MAX + 1]);

/* The attribute of the rule at @at, which goes on to the next. */
int rules_nl_put_rule(struct nl_msg *msg, const struct link *link,
		      const struct match_rules *rules,
		      struct rules_nl_place *at);

#endif
