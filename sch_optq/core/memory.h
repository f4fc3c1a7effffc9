/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A bound on the memory that waiting packets take.  What a packet takes only whoever
 * made it knows, and it is nowhere near its length: so it is charged from outside,
 * as long as the packet is in a leaf's own queue or among those given up.
 */
#ifndef OPTQ_MEMORY_H
#define OPTQ_MEMORY_H

#include "pkt.h"

struct optq_class;
struct optq_tree;

struct optq_memory {
	s64 left;			/* bytes until something has to be looked at */
	u32 look_from;			/* when so many are used */
	u32 most;			/* that were ever in use */
	u32 limit;			/* 0: none */
	struct optq_class *heaviest;	/* a guess, from half of the limit on */
	/* What pkt takes, the same as long as it is charged. */
	u32 (*of)(const struct optq_pkt *pkt);
};

/* Charges what a packet takes that comes; false: optq_memory_make_room() is to follow. */
static inline bool optq_memory_charge(struct optq_memory *m, u32 bytes)
{
	m->left -= bytes;
	return likely(m->left >= 0);
}

/* A packet has been sent or freed. */
static inline void optq_memory_uncharge(struct optq_memory *m, u32 bytes)
{
	m->left += bytes;
}

static inline u32 optq_memory_used(const struct optq_memory *m)
{
	return (u32)(m->look_from - m->left);
}

/*
 * pkt, charged, is about to be queued in leaf: where there is no room for it, the
 * longest flow of the leaf that takes most gives up a packet, at most 128 times.  False:
 * pkt was given up too, as without it there would still be more than the limit.  So
 * no more than one packet ever is above it.  What is given up stays charged until
 * the caller frees it.
 */
bool optq_memory_make_room(struct optq_tree *t, struct optq_class *leaf,
			   struct optq_pkt *pkt, u64 now,
			   struct optq_drops *drops);

/* limit: bytes, 0 for none.  Nothing is given up before optq_tree_trim(). */
void optq_memory_set_limit(struct optq_memory *m, u32 limit);

/*
 * Cuts what waits in leaves' own queues to the limit, from those that take most.
 * drops: all that is given up and still charged.
 */
void optq_memory_trim(struct optq_tree *t, u64 now, struct optq_drops *drops);

/*
 * The limit where none is asked for, bytes: fq_codel's 32 MiB; more where so many full
 * frames as may wait take more, or where the link, at rate bytes per second, sends
 * more in CoDel's interval.  That at most 256 MiB: it is no reason to hold a router's
 * memory.
 */
u32 optq_memory_auto(u32 packets, u64 rate);

#endif /* OPTQ_MEMORY_H */
