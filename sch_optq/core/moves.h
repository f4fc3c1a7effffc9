/* SPDX-License-Identifier: GPL-2.0 */
/* Which policers move packets on to which: never round in a circle. */
#ifndef OPTQ_MOVES_H
#define OPTQ_MOVES_H

#include "meter.h"

#define OPTQ_MOVES_NONE	(~0U)

/* A class, or the link.  Indices; a class stands after its parent. */
struct optq_moves_node {
	u32 parent;		/* OPTQ_MOVES_NONE: the link */
	u32 target[OPTQ_COLOURS]; /* where its policer moves packets to, if it does */
	u8 hops;		/* policers that may move a packet one after another, */
	u8 hops_path;		/* it the first; the most at the class and above */
};

/*
 * Sets hops of all n.  The first class whose policer begins a chain of more than
 * OPTQ_POLICE_MOVES_MAX, as one that leads back to itself does; OPTQ_MOVES_NONE: none.
 */
u32 optq_moves_check(struct optq_moves_node *node, u32 n);

#endif /* OPTQ_MOVES_H */
