/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who sends next.
 *
 * Every class has a bucket for its rate and one for its ceil.  A backlogged
 * class is
 *   over its ceiling   out of its parent's sets until the bucket has refilled;
 *   urgent             a leaf with a delay while its rate bucket holds tokens, or
 *                      a class with such a leaf below it: member of its parent's
 *                      set of urgents, due when its packet came and the delay;
 *   guaranteed         while its rate bucket holds tokens, or a class below it
 *                      is guaranteed: member of its parent's set of
 *                      guarantees, by the rate that it and those below need;
 *   for the excess     always: member of its parent's band of its prio, by
 *                      weight.
 * While one leaf alone has packets it is the tree's sole leaf, see sole.h.
 *
 * A pick goes from the link downwards, to what is urgent where it is due first,
 * through guarantees as long as there are any, then through the lowest band.  What a class sends as excess is not
 * counted against its rate, nor against its parents' below the lender: the
 * excess is a share of what is left over, and costs nobody a guarantee.
 */
#ifndef OPTQ_SCHED_H
#define OPTQ_SCHED_H

#include "class.h"

/* qlen of c, a leaf, or its place in the tree has changed. */
void optq_class_update(struct optq_tree *t, struct optq_class *c, u64 now);

/* As above, for the usual: packets of the sole leaf. */
static inline void optq_leaf_update(struct optq_tree *t,
				    struct optq_class *leaf, u64 now)
{
	if (t->sole.leaf != leaf || unlikely(leaf->red || leaf->blocked))
		optq_class_update(t, leaf, now);
}

/*
 * Takes c out of its parent's sets and off every timer.  A class over its
 * ceiling stays so; optq_class_arm() sets its timer again.
 */
void optq_class_unlink(struct optq_tree *t, struct optq_class *c, u64 now);
void optq_class_arm(struct optq_tree *t, struct optq_class *c);

/* c, over its ceiling, is out of its parent's sets after optq_class_update(). */
void optq_class_set_red(struct optq_tree *t, struct optq_class *c, u64 now);

/* Its ceiling holds c no longer; optq_class_update() is to follow. */
void optq_class_end_red(struct optq_tree *t, struct optq_class *c, u64 now);

/*
 * Queues pkt, of the flow of hash and of hosts, in a leaf's own queue.  Packets
 * given up are added to drops; pkt may be among them.  hosts is asked for where
 * leaf->leaf.by_host; NULL: nobody's.
 */
void optq_enqueue_of(struct optq_tree *t, struct optq_class *leaf,
		     struct optq_pkt *pkt, u32 hash,
		     const struct optq_hosts *hosts, u64 now,
		     struct optq_drops *drops);

static inline void optq_enqueue(struct optq_tree *t, struct optq_class *leaf,
				struct optq_pkt *pkt, u32 hash, u64 now,
				struct optq_drops *drops)
{
	optq_enqueue_of(t, leaf, pkt, hash, NULL, now, drops);
}

/* As optq_leaf_drop_longest(), counted. */
void optq_drop_longest(struct optq_tree *t, struct optq_class *leaf,
		       bool memory, struct optq_drops *drops);

/* Packets have left leaf's own queue, and another is about to come: its place stays. */
void optq_leaf_counted(struct optq_tree *t, struct optq_class *leaf);

/* Packets have left c's own queue by another way than those below. */
void optq_class_requeued(struct optq_tree *t, struct optq_class *c, u64 now);

/* The qdisc grafted onto leaf now holds qlen packets. */
void optq_foreign_qlen(struct optq_tree *t, struct optq_class *leaf, u32 qlen,
		       u64 now);

/* The leaf that may send now; NULL: none, see optq_next_event(). */
struct optq_class *optq_pick(struct optq_tree *t, u64 now);

/*
 * The leaf that was picked had nothing to give although it has packets: leave
 * it out until the next optq_unblock().
 */
void optq_block(struct optq_tree *t, struct optq_class *leaf, u64 now);
void optq_unblock(struct optq_tree *t, u64 now);

/* len bytes of the leaf picked last have left. Once per pick at most. */
void optq_sent(struct optq_tree *t, struct optq_class *leaf, u32 len, u64 now);

/*
 * A packet of the picked leaf's own queue, charged as sent; NULL when the work
 * that one call may do ended before a packet was found.  The packet's flags hold the verdict.
 */
struct optq_pkt *optq_take(struct optq_tree *t, struct optq_class *leaf,
			   u64 now, struct optq_drops *drops);

/* pkt, which c gave out to be marked, could not be. */
void optq_count_unmarked(struct optq_class *c, const struct optq_pkt *pkt);

/*
 * A whole dequeue for a tree without grafted qdiscs: the packet, or NULL with
 * the time to try again in next_ns (0: when something is queued).
 */
struct optq_pkt *optq_dequeue(struct optq_tree *t, u64 now,
			      struct optq_drops *drops, u64 *next_ns);

/* When a class comes under its ceiling again; 0: nothing is waiting. */
u64 optq_next_event(const struct optq_tree *t, u64 now);

/* Empties c's own queue into drops. */
void optq_purge(struct optq_tree *t, struct optq_class *c, u64 now,
		struct optq_drops *drops);

/* Moves what waits in src's own queue to dst's, both leaves or just split. */
void optq_move_queue(struct optq_tree *t, struct optq_class *dst,
		     struct optq_class *src, u64 now);

/*
 * Packets go from leaf to leaf one by one, as when rules change: lifted from where they
 * are, see optq_leaf_lift(), each counted as if it had never come, and joined to where they
 * are to be, a run of packets of one flow at a time, of which there is at least one.  In
 * between the tree may change.  At the end, before anything else is done with the tree,
 * the queues that were joined out of order, unsorted, are put in order.
 */
void optq_lift(struct optq_tree *t, struct optq_class *leaf,
	       bool (*goes)(void *arg, struct optq_pkt *pkt), void *arg,
	       u64 now, struct optq_flow *lifted);
void optq_join(struct optq_tree *t, struct optq_class *leaf,
	       struct optq_flow *run, u32 hash, const struct optq_hosts *hosts,
	       u64 now, struct optq_list *unsorted);
void optq_join_end(struct optq_tree *t, u64 now, struct optq_list *unsorted);

/*
 * Takes c alone out of the tree, whatever is above and below it, for a tree
 * that is laid anew: call it on every class, then attach each to its parent.
 * Queues, tokens and counters stay.
 */
void optq_class_unhook(struct optq_tree *t, struct optq_class *c, u64 now);

/* Forgets debts and what waits for a timer, for a link that was reset. */
void optq_class_reset(struct optq_tree *t, struct optq_class *c, u64 now);

#endif /* OPTQ_SCHED_H */
