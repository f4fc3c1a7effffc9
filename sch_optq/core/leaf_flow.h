/* SPDX-License-Identifier: GPL-2.0 */
/* What becomes of a flow in its leaf, for leaf.c, leaf_full.c and leaf_move.c alone. */
#ifndef OPTQ_LEAF_FLOW_H
#define OPTQ_LEAF_FLOW_H

#include "leaf.h"

/* Flows looked at for one that gives way, or that is next. */
#define LEAF_SEARCH_MAX		8
#define LEAF_TURNS_MAX		64

static inline struct optq_pkt *leaf_pop(struct optq_flow_table *t,
					struct optq_leaf *l,
					struct optq_flow *f)
{
	struct optq_pkt *pkt = optq_flow_pop(t, f);

	if (pkt) {
		if (unlikely(l->ordered) && f == &l->shared)
			l->ordered--;
		l->packets--;
		l->bytes -= pkt->len;
	}
	return pkt;
}

static inline void leaf_release(struct optq_flow_table *t,
				struct optq_leaf *l, struct optq_flow *f)
{
	optq_list_del(&f->link);
	if (l->fattest == f)
		l->fattest = NULL;
	l->flows--;
	l->flows_old -= !f->fresh;
	if (unlikely(l->by_host))
		optq_share_end(t, l, f);
	optq_flow_put(t, f);
}

/* Where hosts have their share, f stands among the old flows by it. */
static inline void leaf_make_old(struct optq_flow_table *t,
				 struct optq_leaf *l, struct optq_flow *f)
{
	l->flows_old += f->fresh;
	f->fresh = false;
	optq_list_move_tail(&l->old_flows, &f->link);
	if (unlikely(l->by_host))
		optq_share_line_up(t, l, f);
}

/* As many new flows are a flood; fewer fill a small table any day. */
#define LEAF_FLOOD_FLOWS	512

/* Whether most of the table's flows are new ones of this leaf. */
static inline bool leaf_floods_table(const struct optq_flow_table *t,
				     const struct optq_leaf *l)
{
	u32 fresh = l->flows - l->flows_old;

	return fresh >= LEAF_FLOOD_FLOWS && fresh > t->size / 2;
}

/* A new flow has had its turn, of its quantum or of all that it sent. */
static inline void leaf_count_ahead(const struct optq_flow_table *t,
				    struct optq_leaf *l,
				    const struct optq_flow *f)
{
	u64 ahead = l->ahead + (u64)((s64)l->quantum - f->deficit);
	u64 most = LEAF_TURNS_MAX * (u64)l->quantum;

	/* Ahead of nobody; but a flood is ahead of whoever comes again soon. */
	if (optq_list_empty(&l->old_flows) && l->packets <= l->roomy &&
	    !leaf_floods_table(t, l))
		return;
	l->ahead = (u32)optq_min_u64(ahead, most);
}

/* What f holds counts so many times: of a host with many flows, as if alike. */
static inline u64 leaf_load(const struct optq_flow_table *t,
			    const struct optq_leaf *l,
			    const struct optq_flow *f)
{
	return likely(!l->by_host) ? 1 : optq_share_load(optq_share_of(t, l, f));
}

static inline u64 leaf_weight(const struct optq_flow_table *t,
			      const struct optq_leaf *l,
			      const struct optq_flow *f)
{
	return f->bytes * leaf_load(t, l, f);
}

/*
 * New flows without end would keep the old ones waiting for ever: for each quantum
 * that they have sent ahead, an old flow has a turn before more of them.  Returns
 * what is left of budget, at least a step: the caller's.
 */
u32 optq_leaf_repay(struct optq_flow_table *t, struct optq_leaf *l, u32 budget);

/*
 * No entry is free, and packets wait in all: the flow that has taken hash's packets
 * from now on, a new one's where others give way.
 */
struct optq_flow *optq_leaf_make_room(struct optq_flow_table *t,
				      struct optq_leaf *l, u32 hash,
				      struct optq_drops *drops);

/* The entry of f, without packets, is needed before its turn has come round. */
void optq_leaf_end_early(struct optq_flow_table *t, struct optq_flow *f);

/* f began, and took the last entry. */
void optq_leaf_took_last(struct optq_flow_table *t, struct optq_leaf *l,
			 struct optq_flow *f);

/* A packet of f came, and there is room for few more, or for none. */
void optq_leaf_crowded(struct optq_flow_table *t, struct optq_leaf *l,
		       struct optq_flow *f, u64 now, struct optq_drops *drops);

#endif /* OPTQ_LEAF_FLOW_H */
