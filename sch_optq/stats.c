// SPDX-License-Identifier: GPL-2.0
#include "graft.h"
#include "stats.h"

static void leaf_stats(const struct optq_class *c, struct optq_stats *st)
{
	const struct optq_leaf *l = &c->leaf;

	st->backlog_bytes = l->bytes;
	st->backlog_packets = l->packets;
	st->flows = l->flows;
	st->flows_new = l->flows_new;
	if (l->by_host)
		st->hosts = l->shares->hosts;
	if (!l->hist)
		return;
	st->sojourn_avg_ns = l->hist->avg_ns;
	st->sojourn_max_ns = l->hist->max_ns;
}

/* Of a class: what went through it, and what was lost at it and below. */
static void count_stats(const struct optq_sched *q, const struct optq_class *c,
			struct optq_stats *st)
{
	const struct optq_class_counters *n = &c->count;

	st->packets = n->packets;
	st->bytes = n->bytes;
	st->drop_overlimit = c->leaf.drop_overlimit;
	st->drop_aqm = c->leaf.drop_aqm;
	st->drop_blue = n->drop_blue;
	st->drop_other = n->drop_other;
	st->ecn_marks = c->leaf.ecn_marks;
	st->dscp_changed = n->dscp_changed;
	st->ecn_marks_l4s = n->ecn_marks_l4s;
	st->drop_ack = n->drop_ack;
	st->guaranteed_bytes = n->guaranteed_bytes;
	st->throttled_ns = n->throttled_ns;
	if (c == &q->tree.root)
		st->enqueued = n->packets + optq_class_drops(c) +
			       optq_queued(q->sch);
	else if (!optq_class_is_leaf(c))
		st->enqueued = n->packets + optq_class_drops(c);
	else
		st->enqueued = n->enqueued;
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

/* The link's sums need what grafted qdiscs have done since the last look. */
static void settle_grafted(struct optq_sched *q)
{
	struct optq_cl *cl;

	if (!q->was_grafted)
		return;
	list_for_each_entry(cl, &q->classes, link) {
		if (cl->qdisc)
			optq_count_grafted(q, cl);
	}
}

bool optq_get_stats(struct optq_sched *q, struct optq_class *c,
		    struct optq_stats *st, struct optq_hist *hist)
{
	bool grafted, sampled = false;
	u64 now;

	memset(st, 0, sizeof(*st));
	sch_tree_lock(q->sch);
	now = ktime_get_ns();
	optq_sole_settle(&q->tree);
	grafted = optq_is_cl(q, c) && optq_cl(c)->qdisc;
	if (grafted)
		optq_count_grafted(q, optq_cl(c));
	if (c == &q->tree.root)
		settle_grafted(q);
	leaf_stats(c, st);
	count_stats(q, c, st);
	if (hist && c->leaf.hist) {
		*hist = *c->leaf.hist;
		sampled = true;
	}
	st->guarantee_missed_ns = optq_class_missed_ago(c, now);
	if (c->red && (c->qlen || c->band_map))
		st->throttled_ns += now - c->red_changed_ns;
	if (c == &q->tree.root) {
		st->backlog_packets = q->sch->q.qlen;
		st->backlog_bytes = q->sch->qstats.backlog;
		st->flows = q->tree.flows.used;
		st->dscp_failed = q->dscp_failed;
		st->hosts = q->tree.flows.hosts.used;
		st->memory_bytes = optq_memory_used(&q->tree.memory);
		st->memory_max_bytes = q->tree.memory.most;
		st->memory_limit_bytes = q->tree.memory.limit;
	} else if (grafted) {
		/* Its own: what the tree knows of it may be of a moment ago. */
		st->backlog_packets += optq_cl(c)->qdisc->q.qlen;
		st->backlog_bytes += optq_cl(c)->qdisc->qstats.backlog;
	}
	sch_tree_unlock(q->sch);
	/* Most classes of a large tree have never had a packet. */
	if (sampled)
		hist_stats(hist, st);
	return sampled;
}
