/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which delays can be met together, at one place that many share: a link, or a
 * class with a ceiling.
 *
 * What a leaf may ask for within any time t is its burst and its rate from then
 * on, due a delay later; what the guarantees ask for is their rates.  All of it
 * has to fit into what the place sends (the demand bound of earliest deadline
 * first: Baruah, Rosier and Howell, 1990; for a link, Liebeherr, Wrege and
 * Ferrari, IEEE/ACM ToN 1996).  That one packet may have begun is not counted: it
 * is the packet that a delay may be exceeded by.
 */
#ifndef OPTQ_ADMIT_H
#define OPTQ_ADMIT_H

#include "env.h"

struct optq_delay_demand {
	u64 delay_ns;
	u64 rate;		/* bytes per second */
	u32 burst;		/* bytes */
};

/* The first delay within which more is asked for than can be sent. */
struct optq_delay_short {
	u64 delay_ns;
	u64 asked_bytes;	/* within that time, by delays and guarantees */
	u64 sent_bytes;		/* that can be sent in it */
};

/*
 * Whether the n leaves' delays are met where rate_below bytes/s are guaranteed,
 * theirs included, and rate bytes/s are sent.  d is sorted by delay.  *why is set
 * when they are not.
 */
bool optq_delays_fit(struct optq_delay_demand *d, u32 n, u64 rate_below,
		     u64 rate, struct optq_delay_short *why);

#endif /* OPTQ_ADMIT_H */
