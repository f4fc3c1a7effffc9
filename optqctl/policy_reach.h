/* SPDX-License-Identifier: GPL-2.0 */
/* Matches that earlier ones leave nothing of, or a part. */
#ifndef OPTQCTL_POLICY_REACH_H
#define OPTQCTL_POLICY_REACH_H

#include "model.h"

/*
 * Whether the matches of a link can be compiled; an error if not.  Then warns of those whose
 * every packet an earlier match takes, be it that several do so together.  Work is
 * bounded: where it does not suffice that is said.
 */
void check_rules(const struct policy *policy, const struct link *link,
		 struct diags *d);
/*
 * Warns of two matches of different classes of which neither has all packets of the
 * other, but both have some: the earlier gets them.
 */
void warn_overlaps(const struct policy *policy, struct diags *d);

#endif
