/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The sole leaf: while one leaf alone has packets there is nothing to choose.  It
 * stands in no set, and stays the sole leaf when it is empty, until another has
 * packets: the next packet is likely to be one of its own.
 *
 * Once all buckets on its path are full, a packet leaves each of them full but for
 * its own cost, whatever was sent before.  So a packet that finds them full is only
 * noted, and the note of the one before it needs no charge any more: the classes are
 * charged when a packet finds a bucket that is not full, or when somebody looks.
 */
#ifndef OPTQ_SOLE_H
#define OPTQ_SOLE_H

#include "bucket.h"

struct optq_class;
struct optq_tree;

struct optq_sole {
	struct optq_class *leaf;	/* NULL: several, or none */
	u64 full_ns;			/* all buckets are full from then on */
	const struct optq_bucket *slowest; /* to be full again; NULL: not known */
	u64 bytes;			/* noted, and counted in no class yet */
	u64 packets;
	u64 sent_ns;			/* when the last of them was sent */
	u32 len;			/* its length */
	u32 longest;			/* that no ceiling objects to, bytes */
	bool seen;			/* it has sent a packet since it is alone */
};

/* Nothing is known of its buckets any more; to be charged first. */
static inline void optq_sole_forget(struct optq_sole *s)
{
	s->full_ns = ~0ULL;
	s->slowest = NULL;
	s->seen = false;
}

/*
 * Notes len bytes of the sole leaf, sent at now; false: they must be charged.  A
 * leaf that is not the sole one any more has full_ns at the end of time.
 */
static inline bool optq_sole_note(struct optq_sole *s, u32 len, u64 now)
{
	if (now < s->full_ns || len > s->longest)
		return false;
	/* Rounded up twice: another bucket may round its cost up where this does not. */
	s->full_ns = now + 2 +
		     ((u64)optq_bucket_cost(s->slowest, len) >> OPTQ_TICK_SHIFT);
	s->sent_ns = now;
	s->len = len;
	s->packets++;
	s->bytes += len;
	return true;
}

/*
 * Charges the classes what was noted: before anything else looks at their buckets
 * or counters, or changes either or the path.
 */
void optq_sole_settle(struct optq_tree *t);

/* leaf is the sole one from now on; NULL: none is. */
void optq_sole_set(struct optq_tree *t, struct optq_class *leaf);

/*
 * Charges leaf and the classes above it len bytes.  The lender is the first class
 * from below that has tokens of its own rate.  True when one of them, but for the
 * link, is over its ceiling now.
 */
bool optq_sole_charge(struct optq_tree *t, struct optq_class *leaf, u32 len,
		      u64 now);

#endif /* OPTQ_SOLE_H */
