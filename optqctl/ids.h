/* SPDX-License-Identifier: GPL-2.0 */
/* Class ids of a policy's tree, stable over changes of the policy. */
#ifndef OPTQCTL_IDS_H
#define OPTQCTL_IDS_H

#include "live.h"
#include "model.h"

/* A class of the tree before. */
struct known_class {
	uint32_t id, parent;	/* 0: the link */
	const char *name;	/* NULL: it has none, and nothing goes on from it */
	bool taken;		/* something does; false at first */
};

/*
 * Gets into @ids which of the @n classes of before each of the link's goes on from, 0:
 * none.  It is the one with its path; else the one with its last name, if no other of
 * that name is left over on either side; and what is below a class moves with it.
 */
void keep_ids(const struct link *link, struct known_class *known, size_t n,
	      uint32_t *ids);

/*
 * A class that lives on, as above, keeps its id, and with it its
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
