/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Guaranteed turns that leaves with a delay took ahead of time.
 *
 * A packet that an urgent turn sends would have had a guaranteed turn later.  That
 * turn stays where it was, in the order of earliest deadlines, and when it comes
 * nothing is sent for it.  So the guaranteed turns of all classes, and the time
 * they take, are those of a tree without delays: nobody waits for the burst that a
 * leaf sent at once, and no class gets more than its rate for having such a leaf.
 */
#ifndef OPTQ_AHEAD_H
#define OPTQ_AHEAD_H

#include "class.h"

/*
 * Whether c is a leaf that urgent turns are for: what a longer delay allows, its
 * guarantee keeps by itself.
 */
bool optq_ahead_wanted(const struct optq_tree *t, const struct optq_class *c);

/* That may have changed.  If it is none any more, what it took is forgotten. */
void optq_ahead_set_leaf(const struct optq_tree *t, struct optq_class *c);

/*
 * c, a leaf with a delay, sent len bytes on a turn that was urgent for it and its
 * ancestors as far up as depth.  Those above, if any, gave a guaranteed turn of
 * theirs, and are not to pay again when c's comes.
 */
void optq_ahead_take(const struct optq_tree *t, struct optq_class *c, u32 len,
		     u8 depth);

/* What is taken of ahead, ticks of c's rate, with one turn; bytes, 0: too little. */
static inline u32 optq_ahead_turn(const struct optq_tree *t,
				  const struct optq_class *c, u64 ahead)
{
	u32 len;

	for (len = t->mtu; len >= t->mtu / 16; len /= 4) {
		if (ahead >= (u64)optq_bucket_cost(&c->rate, len))
			return len;
	}
	return 0;
}

/*
 * Length of the next turn that c has taken ahead of time, bytes; 0: of none.  That
 * of a full packet, or a fourth or a sixteenth of one: none is for less.
 */
static inline u32 optq_ahead_len(const struct optq_tree *t,
				 const struct optq_class *c)
{
	const struct optq_urgent *u = c->urgent;

	if (likely(!c->has_delay) || !(u->ahead | u->ahead_below))
		return 0;
	return optq_ahead_turn(t, c, optq_max_u64(u->ahead, u->ahead_below));
}

/*
 * Likewise, of the turn that c is given now, at ticks.  It is not passed over when c
 * has had a packet and tokens for so long that by its next one it might be behind
 * its rate by more than its burst, with what the order of turns may cost it.
 */
static inline u32 optq_ahead_passes(const struct optq_tree *t,
				    const struct optq_class *c, u64 ticks)
{
	s64 most;

	if (likely(!c->has_delay))
		return 0;
	most = c->rate.cap - optq_class_turns(c, t->mtu) -
	       optq_bucket_cost(&c->rate, t->mtu + t->mtu / 8);
	if (optq_tagged_linked(&c->urgent->tag) &&
	    (s64)(ticks - c->urgent->tag.start) > most)
		return 0;
	return optq_ahead_len(t, c);
}

/* c, a leaf, has taken nothing. */
static inline void optq_ahead_forget(struct optq_class *c)
{
	if (c->urgent) {
		c->urgent->ahead = 0;
		c->urgent->ahead_below = 0;
	}
}

/* Forgives leaf turns that came while the class above had nothing to send. */
void optq_ahead_forgive_idle(struct optq_class *leaf, u64 now);

/* The guaranteed turn of leaf, which took it before, has come at now. */
void optq_ahead_pass(const struct optq_tree *t, struct optq_class *leaf, u64 now);

#endif /* OPTQ_AHEAD_H */
