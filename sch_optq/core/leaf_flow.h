/* SPDX-License-Identifier: GPL-2.0 */
/* What becomes of a flow in its leaf, for leaf.c and leaf_move.c alone. */
#ifndef OPTQ_LEAF_FLOW_H
#define OPTQ_LEAF_FLOW_H

#include "leaf.h"

static inline void leaf_release(struct optq_flow_table *t,
				struct optq_leaf *l, struct optq_flow *f)
{
	optq_list_del(&f->link);
	if (l->fattest == f)
		l->fattest = NULL;
	l->flows--;
	if (unlikely(l->by_host))
		optq_share_end(t, l, f);
	optq_flow_put(t, f);
}

/* A new flow has had what it may send first, or has no more to send. */
static inline void leaf_grow_old(struct optq_flow_table *t,
				 struct optq_leaf *l, struct optq_flow *f)
{
	f->fresh = false;
	optq_list_move_tail(&l->old_flows, &f->link);
	if (unlikely(l->by_host))
		optq_share_line_up(t, l, f);
}

#endif /* OPTQ_LEAF_FLOW_H */
