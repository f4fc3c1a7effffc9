/* SPDX-License-Identifier: GPL-2.0 */
/* Whose turn it is among the children of a class, and why. */
#ifndef OPTQ_TURN_H
#define OPTQ_TURN_H

#include "class.h"

/* Why a class's turn has come; most often what is below it has it for the same. */
enum optq_turn {
	OPTQ_TURN_ANY,		/* the link's own */
	OPTQ_TURN_EXCESS,
	OPTQ_TURN_GUARANTEED,
	OPTQ_TURN_EARLY,	/* for a delay, and no guarantee was due */
	OPTQ_TURN_URGENT,	/* for a delay that was due before the guarantees */
};

/*
 * The child of c, which is runnable, whose turn it is.  turn: in, why it is c's;
 * out, why it is the child's.
 */
struct optq_class *optq_turn_next(const struct optq_class *c, u64 now,
				  enum optq_turn *turn);

/* Length of the packet that c, runnable, is expected to send next, bytes. */
u32 optq_turn_len(const struct optq_tree *t, const struct optq_class *c, u64 now);

#endif /* OPTQ_TURN_H */
