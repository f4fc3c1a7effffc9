/* SPDX-License-Identifier: GPL-2.0 */
/* From the text of a policy to its model. */
#ifndef OPTQCTL_POLICY_H
#define OPTQCTL_POLICY_H

#include "for_each.h"
#include "model.h"
#include "source.h"
#include "yaml.h"

/*
 * False when @d holds errors; @policy is to be freed either way.  Files that the policy
 * names become parts of @src.
 */
bool policy_parse(struct source *src, struct policy *policy,
		  struct diags *d);

/* The steps of it: what the keys say, what they mean together. */
void policy_read(const struct source *src, const struct ynode *root,
		 const struct for_eaches *each, struct policy *policy,
		 struct diags *d);
void policy_check(struct policy *policy, struct diags *d);

#endif
