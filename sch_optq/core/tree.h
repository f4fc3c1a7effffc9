/* SPDX-License-Identifier: GPL-2.0 */
/* Building and changing the tree. */
#ifndef OPTQ_TREE_H
#define OPTQ_TREE_H

#include "burst.h"
#include "class.h"

enum optq_fault {
	OPTQ_OK,
	OPTQ_FAULT_RATE,	/* rate out of range */
	OPTQ_FAULT_CEIL,	/* ceil out of range */
	OPTQ_FAULT_RATE_CEIL,	/* rate above ceil */
	OPTQ_FAULT_BURST,
	OPTQ_FAULT_PRIO,
	OPTQ_FAULT_QUANTUM,
	OPTQ_FAULT_LIMIT,
	OPTQ_FAULT_TARGET,	/* target or interval out of range */
	OPTQ_FAULT_WIRE,	/* layer, overhead or mpu out of range */
	OPTQ_FAULT_STEP,	/* L4S's step out of range */
	OPTQ_FAULT_DELAY,	/* delay out of range, or no rate to go with it */
	OPTQ_FAULT_DSCP,
	OPTQ_FAULT_ISOLATE,
	OPTQ_FAULT_DEPTH,
	OPTQ_FAULT_CYCLE,
};

/* What a class has that nothing is asked of: marks, not drops, and L4S. */
void optq_conf_init(struct optq_class_conf *conf);

/* Checks one class's parameters, each by itself and against each other. */
enum optq_fault optq_conf_check(const struct optq_class_conf *conf);

/*
 * limit: packets in the whole tree; mtu: bytes of a full frame, clamped to
 * what the core can count.  The flow table is initialised by the caller.
 */
void optq_tree_init(struct optq_tree *t, u32 limit, u32 direct_limit, u32 mtu,
		    u32 secret);

/* What is counted of packets on the link, valid, where no class says another. */
void optq_tree_set_wire(struct optq_tree *t, const struct optq_wire *wire);

/* Ceiling of the link, bytes per second, 0 for none. */
void optq_tree_set_link(struct optq_tree *t, u64 rate, u32 burst, u64 now);

/* With what DSCP, as in a class's conf, packets leave where no class says another. */
void optq_tree_set_dscp(struct optq_tree *t, u8 dscp);

/* Likewise, what acknowledgements are given up. */
void optq_tree_set_ack_filter(struct optq_tree *t, u8 filter);

/* Readies a class that is not in a tree yet. */
void optq_class_init(struct optq_tree *t, struct optq_class *c);

/*
 * Gives c what it needs to have classes below it, once, and before one is
 * attached.  The memory stays the caller's and must outlive the class.
 */
void optq_class_give_inner(struct optq_class *c, struct optq_inner *inner);

/* Likewise for a delay of c, before one is configured; without it there is none. */
void optq_class_give_urgent(struct optq_class *c, struct optq_urgent *urgent);

/* Puts c with all below it under parent: OPTQ_OK, or DEPTH or CYCLE. */
enum optq_fault optq_class_may_attach(const struct optq_class *c,
				      const struct optq_class *parent);

/*
 * Attaches c, checked as above, to a parent that has its inner part.  Packets of a parent that was a leaf go to the
 * first leaf at or below c, so that they leave under the same parent.
 */
void optq_class_attach(struct optq_tree *t, struct optq_class *c,
		       struct optq_class *parent, u64 now);

/* Takes c, with all that is below it, out of the tree; queues stay. */
void optq_class_detach(struct optq_tree *t, struct optq_class *c, u64 now);

/* Applies parameters, checked before; keeps tokens, queue and counters. */
void optq_class_configure(struct optq_tree *t, struct optq_class *c,
			  const struct optq_class_conf *conf, u64 now);

/* Next class in pre-order at or below top, c's own first; NULL at the end. */
struct optq_class *optq_class_walk(struct optq_class *c,
				   const struct optq_class *top);

/* Likewise, but not what is below c. */
struct optq_class *optq_class_skip(struct optq_class *c,
				   const struct optq_class *top);

/* Guarantees below c that do not fit into it, bytes per second; 0: they fit. */
u64 optq_class_overflow(const struct optq_class *c);

/*
 * Cuts what waits in leaves' own queues to the tree's limits, from the longest
 * ones; what is given up goes to drops, which are to be empty.
 */
void optq_tree_trim(struct optq_tree *t, u64 now, struct optq_drops *drops);

/* The device's full frame has another length: bursts and targets follow. */
void optq_tree_set_mtu(struct optq_tree *t, u32 mtu, u64 now);

/* Longest packet that may be queued in this leaf whole. */
u32 optq_class_split_bytes(const struct optq_class *leaf);

/* The burst over rate that stands for "automatic" at c, bytes. */
u32 optq_auto_burst(const struct optq_class *c, u64 rate, u32 mtu);

#endif /* OPTQ_TREE_H */
