/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQ_STATS_H
#define OPTQ_STATS_H

#include "qdisc.h"

/*
 * Copies the counters of a class, the direct queue or the link, and those of its
 * histogram unless hist is NULL, under the lock.  False: there is no histogram
 * yet; hist was not written, and percentiles are 0.
 */
bool optq_get_stats(struct optq_sched *q, struct optq_class *c,
		    struct optq_stats *st, struct optq_hist *hist);

#endif /* OPTQ_STATS_H */
