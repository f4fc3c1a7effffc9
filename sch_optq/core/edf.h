/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A set of siblings each of which is due a rate: earliest deadline first (Liu
 * and Layland, 1973) among those that are due a packet, on a clock of real time.
 *
 * A packet's start tag is where the one before ended, not before its class came
 * back; its deadline is the start tag plus its length by the rate.  While the rates
 * fit into what the set is served, every packet leaves by its deadline and the
 * longest packet that had begun.  When they do not, the clock waits for the
 * deadline that was served last, so that all fall behind alike, newcomers too.
 *
 * A member that is not due is served when nobody is: it had saved its burst.  That
 * turn costs it nothing beyond now, so no tag is further ahead than one packet, and
 * what comes new below a class never waits for a burst that the class has spent.
 *
 * Times are ticks of 1/1024 ns, and wrap after 208 days.
 */
#ifndef OPTQ_EDF_H
#define OPTQ_EDF_H

#include "tagset.h"

struct optq_edf {
	struct optq_tagset set;
	u64 clock;		/* deadline served last, or when that was */
	u64 busy;		/* since when there has been traffic, the caller says */
};

void optq_edf_init(struct optq_edf *s);

static inline bool optq_edf_empty(const struct optq_edf *s)
{
	return optq_tagset_empty(&s->set);
}

/*
 * n is due since then, not after now.  reach: the most that one packet takes of
 * its rate; a tag further ahead is one that the clock has wrapped around.
 */
void optq_edf_insert(struct optq_edf *s, struct optq_tagged *n, u64 reach,
		     u64 since, u64 now);
void optq_edf_remove(struct optq_edf *s, struct optq_tagged *n);

/* n's next packet takes span ticks of its rate. */
void optq_edf_set_span(struct optq_edf *s, struct optq_tagged *n, u64 span,
		       u64 now);

/* The member to serve next; NULL when the set is empty. */
static inline struct optq_tagged *optq_edf_pick(const struct optq_edf *s,
						u64 now)
{
	return optq_tagset_first(&s->set, now);
}

/* n, picked at now, has sent what takes cost ticks of its rate. */
void optq_edf_charge(struct optq_edf *s, struct optq_tagged *n, u64 cost,
		     u64 now);

/*
 * n has sent out of turn what takes cost ticks of its rate: all of it counts, up
 * to reach ahead of now.
 */
void optq_edf_advance(struct optq_edf *s, struct optq_tagged *n, u64 cost,
		      u64 reach, u64 now);

#endif /* OPTQ_EDF_H */
