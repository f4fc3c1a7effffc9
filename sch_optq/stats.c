// SPDX-License-Identifier: GPL-2.0
#include "stats.h"

static void leaf_stats(const struct optq_class *c, struct optq_stats *st)
{
	const struct optq_leaf *l = &c->leaf;

	st->drop_overlimit = l->drop_overlimit;
	st->drop_aqm = l->drop_aqm;
	st->ecn_marks = l->ecn_marks;
	st->backlog_bytes = l->bytes;
	st->backlog_packets = l->packets;
	st->flows = l->flows;
	st->flows_new = l->flows_new;
	st->sojourn_avg_ns = l->sojourn_avg_ns;
	st->sojourn_max_ns = l->sojourn_max_ns;
}

static void hist_stats(const struct optq_hist *hist, struct optq_stats *st)
{
	static const u32 permille[] = { 500, 900, 990, 999 };
	u64 ns[ARRAY_SIZE(permille)];

	optq_hist_quantiles(hist, permille, ns, ARRAY_SIZE(permille));
	/* A bucket's middle may lie beyond the longest, which is exact. */
	st->sojourn_p50_ns = min(ns[0], st->sojourn_max_ns);
	st->sojourn_p90_ns = min(ns[1], st->sojourn_max_ns);
	st->sojourn_p99_ns = min(ns[2], st->sojourn_max_ns);
	st->sojourn_p999_ns = min(ns[3], st->sojourn_max_ns);
}

void optq_get_stats(struct optq_sched *q, const struct optq_class *c,
		    struct optq_stats *st, struct optq_hist *hist)
{
	u64 now;

	memset(st, 0, sizeof(*st));
	if (hist)
		memset(hist, 0, sizeof(*hist));
	sch_tree_lock(q->sch);
	now = ktime_get_ns();
	leaf_stats(c, st);
	if (hist && c->leaf.hist)
		*hist = *c->leaf.hist;
	st->packets = c->count.packets;
	st->bytes = c->count.bytes;
	st->enqueued = c->count.enqueued;
	st->drop_other = c->count.drop_other;
	st->guaranteed_bytes = c->count.guaranteed_bytes;
	st->throttled_ns = c->count.throttled_ns;
	if (c->red && (c->qlen || c->band_map))
		st->throttled_ns += now - c->red_since_ns;
	if (c == &q->tree.root) {
		st->backlog_packets = q->sch->q.qlen;
		st->backlog_bytes = q->sch->qstats.backlog;
		st->flows = q->tree.flows.used;
	} else if (optq_is_cl(q, c) && optq_cl(c)->qdisc) {
		/* Its own: what the tree knows of it may be of a moment ago. */
		st->backlog_packets += optq_cl(c)->qdisc->q.qlen;
		st->backlog_bytes += optq_cl(c)->qdisc->qstats.backlog;
	}
	sch_tree_unlock(q->sch);
	if (hist)
		hist_stats(hist, st);
}
