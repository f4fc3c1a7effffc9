/* SPDX-License-Identifier: GPL-2.0 */
/* The matches of a policy's classes. */
#ifndef OPTQCTL_POLICY_MATCH_H
#define OPTQCTL_POLICY_MATCH_H

#include "model.h"
#include "yaml.h"

struct match_reader {
	const struct source *src;
	struct diags *d;
	struct policy *policy;
	struct link *link;
};

/* The value of "match:" of class @index, to rules at the link's end. */
void policy_read_matches(struct match_reader *r, const struct ynode *value,
			 uint32_t index);
/*
 * Likewise @text as a rule of a policy that is made from something else, its sets with
 * it.  NULL, or what is wrong, to be freed; then there is no such rule.
 */
char *policy_add_match(struct policy *policy, struct link *link, uint32_t index,
		       const char *text);
/* Another text for a rule that is there; likewise, and then it is as it was. */
char *policy_change_match(struct policy *policy, struct link *link,
			  struct rule *rule, const char *text);
/* Says where each rule stands, once presets have their places. */
void policy_place_rules(struct policy *policy, const struct source *src);

#endif
