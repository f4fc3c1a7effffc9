/* SPDX-License-Identifier: GPL-2.0 */
/*
 * BLUE (Feng, Shin, Kandlur, Saha, 2002), per flow, as a second term beside CoDel
 * (COBALT: Palmei et al., 2019): what does not respond to CoDel is dropped with a
 * probability that rises while its queue overflows and falls while it is empty.
 *
 * It is dropped as it comes, so one arrival costs one drop at most.  Whether it can
 * be marked does not count: it has been told.
 */
#ifndef OPTQ_BLUE_H
#define OPTQ_BLUE_H

#include "env.h"

struct optq_flow;
struct optq_flow_table;

#define OPTQ_BLUE_SLOTS	64	/* a power of two */

/* What is known of a flow that has lost its entry. */
struct optq_blue_slot {
	u32 tag;
	u32 tick;
	u16 p;
};

struct optq_blue {
	bool active;		/* some flow may have a probability */
	u32 until;		/* tick by when none has, unless it rises */
	struct optq_blue_slot slot[OPTQ_BLUE_SLOTS];
};

/*
 * f had to give up a packet as its leaf or the tree was full, and has more.
 * @heard_ns: since when its sender could have responded to CoDel; 0: it could not
 */
void optq_blue_overflow(struct optq_flow_table *t, struct optq_flow *f,
			u64 heard_ns, u64 now);

/* f, which has a probability, has sent its last packet: its entry may go. */
void optq_blue_empty(struct optq_flow_table *t, struct optq_flow *f, u64 now);

/* Whether to give up a packet that comes for f. */
bool optq_blue_drops(struct optq_flow_table *t, struct optq_flow *f, u64 now);

/* f, which has a probability, may lose its entry. */
void optq_blue_remember(struct optq_flow_table *t, const struct optq_flow *f);

#endif /* OPTQ_BLUE_H */
