/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which delays can be met together, at one place that many share: a link, or a
 * class with a ceiling.
 *
 * What a leaf may ask for within any time t is its burst and its rate from then
 * on, due a delay later; what the guarantees ask for is their rates.  All of it
 * has to fit into what the place sends (the demand bound of earliest deadline
 * first: Baruah, Rosier and Howell, 1990; for a link, Liebeherr, Wrege and
 * Ferrari, IEEE/ACM ToN 1996).  That one packet may have begun at the link is not
 * counted: it is the packet that a delay may be exceeded by.  At a ceiling, where
 * its debt is waited for, it is.
 */
#ifndef OPTQ_ADMIT_H
#define OPTQ_ADMIT_H

#include "tagset.h"

struct optq_delay_demand {
	u64 delay_ns;
	u64 rate;		/* bytes per second */
	u32 burst;		/* bytes */
};

/*
 * A place that many share.  A ceiling saves a little while others have the line.
 * Where that does not cover all they may have at once, the rest is lost to those
 * below, and again with each of the others' bursts.
 */
struct optq_delay_place {
	u64 rate;		/* bytes per second sent there at most */
	u64 rate_below;		/* guaranteed there */
	u64 bursts;		/* bytes, of all leaves with a delay below it */
	u64 away_ns;		/* at most as long others have the line at once */
	u32 away_part;		/* of all time, in the long run; of 2^16 */
	u32 packet;		/* bytes, the longest that goes unsplit there */
	u32 room;		/* bytes that its ceiling saves */
	bool is_link;
};

/* The first delay within which more is asked for than can be sent. */
struct optq_delay_short {
	u64 delay_ns;
	u64 kept_ns;		/* what it is counted as */
	u64 asked_bytes;	/* within kept_ns, by delays and guarantees */
	u64 sent_bytes;		/* that can be sent in it */
};

/*
 * What a delay is counted as, ns: leaves whose delays differ by less than an
 * eighth go by arrival alone, so the longer is kept as the shorter.
 */
static inline u64 optq_delay_kept(u64 ns)
{
	return optq_tag_floor(ns);
}

/*
 * Sets what follows from p's limits, cburst as asked for (0: automatic), bytes of
 * a device's mtu; p->is_link, p->rate, p->rate_below and p->bursts are set.
 * above, set already, is the next place above a class; NULL: there is none.
 * need: what p needs of it for guarantees, bytes/s.
 */
void optq_delay_place_set(struct optq_delay_place *p, u32 cburst, u32 mtu,
			  const struct optq_delay_place *above, u64 need);

/*
 * Whether the n leaves' delays are met at p.  d is sorted by delay.  *why is set
 * when they are not.
 */
bool optq_delays_fit(struct optq_delay_demand *d, u32 n,
		     const struct optq_delay_place *p,
		     struct optq_delay_short *why);

#endif /* OPTQ_ADMIT_H */
