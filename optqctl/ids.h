/* SPDX-License-Identifier: GPL-2.0 */
/* Class ids of a policy's tree, stable over changes of the policy. */
#ifndef OPTQCTL_IDS_H
#define OPTQCTL_IDS_H

#include "live.h"
#include "model.h"

/*
 * A class that lives on under the same path keeps its id, and with it its
 * queue and counters.  New ones get the smallest ids that no live class has:
 * a class must not inherit the counters of one that the policy removes.
 * @live may be NULL.
 */
void assign_ids(struct link *link, const struct live_tree *live);
/*
 * How many live classes the policy, with its ids assigned, does not have. @names
 * gets the paths of the first of them, to be freed.
 */
size_t removed_classes(const struct link *link, const struct live_tree *live,
		       char **names);

#endif
