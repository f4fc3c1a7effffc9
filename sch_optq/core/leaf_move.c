// SPDX-License-Identifier: GPL-2.0
/* What waits goes to another leaf, or is told apart in another way. */
#include "leaf_flow.h"

static void leaf_join_old(struct optq_flow_table *t, struct optq_leaf *l,
			  struct optq_flow *f, const struct optq_hosts *hosts)
{
	f->deficit = (s32)l->quantum;
	f->fresh = false;
	optq_list_add_tail(&l->old_flows, &f->link);
	l->flows++;
	l->flows_old++;
	if (l->by_host) {
		optq_share_begin(t, l, f, hosts);
		optq_share_line_up(t, l, f);
	}
}

static struct optq_flow *leaf_first_flow(struct optq_leaf *l)
{
	return optq_list_entry(l->old_flows.next, struct optq_flow, link);
}

/*
 * All that waits becomes the shared flow's, in order of arrival, and goes before
 * what comes from now on.  Merged in pairs: the longest way is the logarithm.
 */
static void leaf_merge(struct optq_flow_table *t, struct optq_leaf *l)
{
	struct optq_flow *a, *b;

	while (!optq_list_empty(&l->new_flows))
		leaf_make_old(t, l, optq_list_entry(l->new_flows.next,
						    struct optq_flow, link));
	while (l->flows > 1) {
		a = leaf_first_flow(l);
		optq_list_move_tail(&l->old_flows, &a->link);
		b = leaf_first_flow(l);
		optq_flow_splice(a, b);
		leaf_release(t, l, b);
	}
	if (l->flows) {
		a = leaf_first_flow(l);
		if (a != &l->shared)
			optq_flow_splice(&l->shared, a);
		leaf_release(t, l, a);
	}
	if (l->shared.packets)
		leaf_join_old(t, l, &l->shared, NULL);
	l->fattest = NULL;
	l->ahead = 0;
	l->ordered = l->shared.packets;
}

void optq_leaf_set_isolate(struct optq_flow_table *t, struct optq_leaf *l,
			   u32 isolate, bool nat)
{
	bool by_host = isolate >= OPTQ_ISOLATE_DUAL_SRC && l->shares &&
		       t->hosts.buckets;

	if (likely(l->isolate == isolate && l->nat == nat &&
		   l->by_host == by_host))
		return;
	leaf_merge(t, l);
	if (l->flows && l->by_host)
		optq_share_end(t, l, &l->shared);
	l->isolate = isolate & 7U;
	l->nat = nat;
	l->by_host = by_host;
	if (l->flows && by_host) {
		optq_share_begin(t, l, &l->shared, NULL);
		optq_share_line_up(t, l, &l->shared);
	}
}

/* src's entry goes over whole, or its packets join the flow dst has. */
static void leaf_move_flow(struct optq_flow_table *t, struct optq_leaf *dst,
			   struct optq_leaf *src, struct optq_flow *f)
{
	struct optq_flow *to;

	if (!f->packets) {
		leaf_release(t, src, f);
		return;
	}
	to = f->hashed ? optq_flow_find(t, dst, f->hash) : &dst->shared;
	if (src->fattest == f)
		src->fattest = NULL;
	src->flows--;
	src->flows_old -= !f->fresh;
	optq_list_del(&f->link);
	if (src->by_host)
		optq_share_end(t, src, f);
	if (!to) {
		optq_flow_rehash(t, f, dst);
		to = f;
	} else {
		optq_flow_splice(to, f);
		optq_flow_put(t, f);
	}
	if (optq_list_empty(&to->link))
		leaf_join_old(t, dst, to, NULL);
	if (!dst->fattest || to->bytes > dst->fattest->bytes)
		dst->fattest = to;
}

void optq_leaf_move(struct optq_flow_table *t, struct optq_leaf *dst,
		    struct optq_leaf *src)
{
	struct optq_list *heads[2] = { &src->new_flows, &src->old_flows };
	bool moves = src->packets, ordered;
	int i;

	/* Keys that tell other things apart do not meet; those of nothing may. */
	if (moves && (src->by_host || dst->by_host ||
		      src->isolate != dst->isolate || src->nat != dst->nat)) {
		leaf_merge(t, src);
		leaf_merge(t, dst);
	}
	ordered = src->ordered || dst->ordered;
	dst->packets += src->packets;
	dst->bytes += src->bytes;
	for (i = 0; i < 2; i++) {
		while (!optq_list_empty(heads[i]))
			leaf_move_flow(t, dst, src,
				       optq_list_entry(heads[i]->next,
						       struct optq_flow, link));
	}
	src->packets = 0;
	src->bytes = 0;
	src->ahead = 0;
	src->ordered = 0;
	/* By time of arrival the two are mixed: all of them go first. */
	if (moves)
		dst->ordered = ordered ? dst->shared.packets : 0;
}

static void leaf_lift_flow(struct optq_flow_table *t, struct optq_leaf *l,
			   struct optq_flow *f,
			   bool (*goes)(void *arg, struct optq_pkt *pkt),
			   void *arg, struct optq_flow *lifted)
{
	struct optq_pkt *pkt, *next, *before = NULL;
	u32 place = 0, ordered = f == &l->shared ? l->ordered : 0;

	for (pkt = f->head; pkt; pkt = next, place++) {
		next = pkt->next;
		if (!goes(arg, pkt)) {
			before = pkt;
			continue;
		}
		optq_flow_remove(t, f, before, pkt);
		l->ordered -= place < ordered;
		l->packets--;
		l->bytes -= pkt->len;
		optq_flow_push(lifted, pkt);
	}
}

void optq_leaf_lift(struct optq_flow_table *t, struct optq_leaf *l,
		    bool (*goes)(void *arg, struct optq_pkt *pkt), void *arg,
		    struct optq_flow *lifted)
{
	struct optq_list *heads[2] = { &l->new_flows, &l->old_flows }, *pos;
	struct optq_flow *f;
	int i;

	/* What of a flow is there came before what has a queue of its own. */
	leaf_lift_flow(t, l, &l->shared, goes, arg, lifted);
	for (i = 0; i < 2; i++) {
		optq_list_for_each(pos, heads[i]) {
			f = optq_list_entry(pos, struct optq_flow, link);
			if (f != &l->shared)
				leaf_lift_flow(t, l, f, goes, arg, lifted);
		}
	}
}

/* Where packets of hash stand, or may: as when they come, but none is given up. */
static struct optq_flow *leaf_join_flow(struct optq_flow_table *t,
					struct optq_leaf *l, u32 hash)
{
	struct optq_flow *f = optq_flow_find(t, l, hash), *idle;

	if (f || l->shared.packets > l->ordered)
		return f ? f : &l->shared;
	f = optq_flow_get(t, l, hash);
	idle = f ? NULL : optq_flow_oldest_idle(t);
	if (idle) {
		optq_leaf_end_early(t, idle);
		f = optq_flow_get(t, l, hash);
	}
	return f ? f : &l->shared;
}

void optq_leaf_join(struct optq_flow_table *t, struct optq_leaf *l,
		    struct optq_flow *run, u32 hash,
		    const struct optq_hosts *hosts,
		    struct optq_list *unsorted)
{
	struct optq_flow *f = leaf_join_flow(t, l, hash);

	l->packets += run->packets;
	l->bytes += run->bytes;
	optq_flow_append(f, run, unsorted);
	/* By time of arrival the two are mixed: all of them go first. */
	if (f == &l->shared && l->ordered)
		l->ordered = f->packets;
	if (optq_list_empty(&f->link))
		leaf_join_old(t, l, f, f->hashed ? hosts : NULL);
	if (!l->fattest ||
	    leaf_weight(t, l, f) > leaf_weight(t, l, l->fattest))
		l->fattest = f;
}
