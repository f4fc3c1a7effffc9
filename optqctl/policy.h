/* SPDX-License-Identifier: GPL-2.0 */
/* From the text of a policy to its model. */
#ifndef OPTQCTL_POLICY_H
#define OPTQCTL_POLICY_H

#include "model.h"
#include "source.h"
#include "yaml.h"

/* False when @d holds errors; @policy is to be freed either way. */
bool policy_parse(const struct source *src, struct policy *policy,
		  struct diags *d);

/* The steps of it: what the keys say, what they mean together. */
void policy_read(const struct source *src, const struct ynode *root,
		 struct policy *policy, struct diags *d);
void policy_check(struct policy *policy, struct diags *d);

#endif
