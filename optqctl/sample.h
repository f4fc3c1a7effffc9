/* SPDX-License-Identifier: GPL-2.0 */
/* What happened between two snapshots of a live tree: rates, waits, the last minute. */
#ifndef OPTQCTL_SAMPLE_H
#define OPTQCTL_SAMPLE_H

#include "live.h"

#define HISTORY_SLOTS	60
#define HISTORY_SLOT_NS	1000000000ULL

/* Between the last two snapshots. */
struct rates {
	bool known;		/* it was in both */
	double sent;		/* bytes per second */
	double packets, drops;	/* per second */
	double throttled;	/* share of the time, 0 to 1 */
	uint64_t waits;		/* packets in the histogram */
	uint64_t p50_ns, p99_ns;	/* of these; 0: there were none */
};

enum rate_state { RATE_WITHIN, RATE_OVER, RATE_AT_CEIL };

struct track;

/* All zero: nothing taken yet. */
struct sampler {
	struct live_tree tree;		/* the newest */
	uint64_t *ceil;			/* of live_ceilings() */
	size_t *order;			/* of live_order() */
	struct rates link, *rates;	/* as the classes stand in the tree */
	uint64_t began_ns, at_ns;
	uint64_t span_ns;		/* from the snapshot before; 0: there was none */
	size_t appeared, gone;		/* classes, since that one */

	struct track *link_track, **tracks, **track_of;
	size_t n_tracks;
	double covered_s[HISTORY_SLOTS];
	uint64_t slot;			/* the one that time has come to */
};

/* Takes @tree over, which is left empty; @at_ns never goes back. */
void sampler_take(struct sampler *s, struct live_tree *tree, uint64_t at_ns);
/* The tree was away: the next snapshot is not compared with the last. */
void sampler_interrupt(struct sampler *s);
void sampler_free(struct sampler *s);
/* Bytes per second, the oldest second first; @index SIZE_MAX: of the link. */
void sampler_history(const struct sampler *s, size_t index,
		     float history[HISTORY_SLOTS]);

/* @per_second as a whole number, whatever it is. */
uint64_t rounded(double per_second);
uint64_t stats_drops(const struct optq_stats *stats);
/* Where it stands between its guarantee and its ceiling, each in bytes per second or 0. */
enum rate_state rate_state(const struct rates *r, uint64_t rate, uint64_t ceil);

#endif
