// SPDX-License-Identifier: GPL-2.0
#include "l4s.h"
#include "leaf_flow.h"

/*
 * Steps that one dequeue may take, each a drop, a turn that passes, or a flow
 * found empty: bounds the time under the lock.
 */
#define LEAF_STEPS_MAX		128

void optq_leaf_init(struct optq_leaf *l, u32 salt)
{
	memset(l, 0, sizeof(*l));
	optq_list_init(&l->new_flows);
	optq_list_init(&l->old_flows);
	l->salt = salt;
	optq_flow_init_shared(&l->shared, l);
}

/* Old flows have waited for new ones long enough. */
static bool leaf_owes(const struct optq_leaf *l)
{
	return l->ahead >= l->quantum;
}

u32 optq_leaf_repay(struct optq_flow_table *t, struct optq_leaf *l, u32 budget)
{
	if (likely(!leaf_owes(l)) || l->by_host ||
	    optq_list_empty(&l->new_flows))
		return budget;
	for (; budget > 1 && !optq_list_empty(&l->old_flows); budget--) {
		struct optq_flow *f = optq_list_entry(l->old_flows.next,
						      struct optq_flow, link);

		if (f->deficit <= 0) {
			f->deficit += (s32)l->quantum;
			optq_list_move_tail(&l->old_flows, &f->link);
		} else if (f->packets) {
			optq_list_del(&f->link);
			optq_list_add_tail(l->new_flows.next, &f->link);
			return budget;
		} else {
			optq_flow_note(t, f, true);
			leaf_release(t, l, f);
		}
	}
	return budget;
}

/* An old flow has had a turn of bytes. */
static void leaf_count_repaid(struct optq_leaf *l, u32 bytes)
{
	l->ahead -= optq_min_u32(l->ahead, bytes);
}

static noinline u32 leaf_grow_old(struct optq_flow_table *t,
				  struct optq_leaf *l, struct optq_flow *f,
				  u32 budget)
{
	leaf_count_ahead(t, l, f);
	if (f->deficit <= 0)
		f->deficit += (s32)l->quantum;
	leaf_make_old(t, l, f);
	return optq_leaf_repay(t, l, budget);
}

noinline void optq_leaf_end_early(struct optq_flow_table *t,
				  struct optq_flow *f)
{
	struct optq_leaf *l = f->leaf;

	if (f->fresh)
		leaf_count_ahead(t, l, f);
	optq_flow_note(t, f, true);
	leaf_release(t, l, f);
}

/* The table is full: a flow that has no packets gives way. */
static noinline struct optq_flow *leaf_flow_full(struct optq_flow_table *t,
						 struct optq_leaf *l, u32 hash,
						 struct optq_drops *drops)
{
	struct optq_flow *idle = optq_flow_oldest_idle(t);

	if (!idle)
		return optq_leaf_make_room(t, l, hash, drops);
	optq_leaf_end_early(t, idle);
	optq_leaf_repay(t, l, LEAF_SEARCH_MAX);
	return optq_flow_get(t, l, hash);
}

/* The flow of hash; one that has no packets gives way to it if need be. */
static struct optq_flow *leaf_flow(struct optq_flow_table *t,
				   struct optq_leaf *l, u32 hash,
				   struct optq_drops *drops)
{
	struct optq_flow *f;

	/* Its earlier packets may wait among the shared: none may overtake. */
	if (unlikely(l->shared.packets > l->ordered)) {
		f = optq_flow_find(t, l, hash);
		return f ? f : &l->shared;
	}
	f = optq_flow_get(t, l, hash);
	return likely(f) ? f : leaf_flow_full(t, l, hash, drops);
}

/* An entry that was taken for pkt alone is given back. */
static noinline void leaf_give_up(struct optq_flow_table *t,
				  struct optq_flow *f, struct optq_pkt *pkt,
				  struct optq_drops *drops)
{
	if (optq_list_empty(&f->link) && f->hashed) {
		optq_blue_remember(t, f);
		optq_flow_put(t, f);
	}
	optq_drops_add(drops, pkt);
}

/* It has no turn yet. */
static void leaf_begin(struct optq_flow_table *t, struct optq_leaf *l,
		       struct optq_flow *f, const struct optq_hosts *hosts)
{
	f->deficit = (s32)l->quantum;
	f->fresh = true;
	l->flows++;
	l->flows_new++;
	/* What shares a queue is of many hosts. */
	if (unlikely(l->by_host) &&
	    !optq_share_begin(t, l, f, f->hashed ? hosts : NULL)) {
		leaf_make_old(t, l, f);
		return;
	}
	optq_list_add_tail(&l->new_flows, &f->link);
	if (unlikely(optq_list_empty(&t->free)))
		optq_leaf_took_last(t, l, f);
}

bool optq_leaf_enqueue(struct optq_flow_table *t, struct optq_leaf *l,
		       struct optq_pkt *pkt, u32 hash,
		       const struct optq_hosts *hosts, bool in_order, u64 now,
		       struct optq_drops *drops)
{
	struct optq_flow *f = in_order ? &l->shared :
					 leaf_flow(t, l, hash, drops);

	/* What goes in order keeps to its rate. */
	if (unlikely(t->blue.active) && !in_order &&
	    optq_blue_drops(t, f, now)) {
		leaf_give_up(t, f, pkt, drops);
		return false;
	}
	pkt->enqueue_ns = now;
	optq_flow_push(f, pkt);
	l->ordered += in_order;
	l->packets++;
	l->bytes += pkt->len;
	if (optq_list_empty(&f->link))
		leaf_begin(t, l, f, hosts);
	if (l->fattest != f &&
	    (!l->fattest ||
	     leaf_weight(t, l, f) > leaf_weight(t, l, l->fattest)))
		l->fattest = f;
	if (unlikely(l->packets > l->roomy))
		optq_leaf_crowded(t, l, f, now, drops);
	return true;
}

/* Apart from what most packets go through. */
static noinline enum optq_codel_verdict
leaf_judge_l4s(struct optq_flow_table *t, struct optq_leaf *l,
	       struct optq_pkt *pkt, struct optq_flow *f, u64 now, bool first)
{
	u64 sojourn = optq_before(now, pkt->enqueue_ns) ?
		      0 : now - pkt->enqueue_ns;
	enum optq_codel_verdict v;

	v = optq_l4s_judge(t, f, &l->codel, pkt->flags, now, sojourn, first);
	if (v != OPTQ_CODEL_MARK_L4S)
		return v;
	pkt->flags |= OPTQ_PKT_L4S;
	return OPTQ_CODEL_MARK;
}

/* The head packet of f that CoDel lets pass; NULL when none is left. */
static struct optq_pkt *leaf_take(struct optq_flow_table *t,
				  struct optq_leaf *l, struct optq_flow *f,
				  u64 now, u32 *budget,
				  struct optq_drops *drops)
{
	bool first = true;

	while (f->packets && *budget) {
		struct optq_pkt *pkt = leaf_pop(t, l, f);
		u64 sojourn = now - pkt->enqueue_ns;
		enum optq_codel_verdict v;

		if (unlikely(f->blue_p) && !f->packets)
			optq_blue_empty(t, f, now);
		if ((s64)sojourn < 0)
			sojourn = 0;
		if (likely(!(pkt->flags & OPTQ_PKT_L4S_ID) && !f->l4s))
			v = optq_codel_judge(&f->codel, &l->codel, now, sojourn,
					     f->bytes, pkt->flags & OPTQ_PKT_ECN,
					     first);
		else
			v = leaf_judge_l4s(t, l, pkt, f, now, first);
		if (v != OPTQ_CODEL_DROP) {
			if (v == OPTQ_CODEL_MARK) {
				pkt->flags |= OPTQ_PKT_CE;
				l->ecn_marks++;
			}
			if (likely(l->hist))
				optq_hist_add(l->hist, sojourn);
			return pkt;
		}
		first = false;
		l->drop_aqm++;
		(*budget)--;
		optq_drops_add(drops, pkt);
	}
	return NULL;
}

/* The flow whose turn it is where hosts have their share first. */
static struct optq_flow *leaf_turn_by_host(struct optq_flow_table *t,
					   struct optq_leaf *l, u32 *budget)
{
	struct optq_flow *f;

	for (; *budget && !optq_list_empty(&l->new_flows); (*budget)--) {
		if (unlikely(leaf_owes(l)) && optq_share_first(l))
			break;
		f = optq_list_entry(l->new_flows.next, struct optq_flow, link);
		if (f->deficit > 0)
			return f;
		*budget = leaf_grow_old(t, l, f, *budget);
	}
	f = *budget ? optq_share_first(l) : NULL;
	if (f)
		optq_share_turn(t, l, f);
	return f;
}

/* Likewise, and where some go in order of arrival. */
static struct optq_flow *leaf_turn_special(struct optq_flow_table *t,
					   struct optq_leaf *l, u32 *budget)
{
	if (l->ordered)
		return *budget ? &l->shared : NULL;
	return leaf_turn_by_host(t, l, budget);
}

/* The flow whose turn it is; NULL when there is none within the budget. */
static struct optq_flow *leaf_turn(struct optq_flow_table *t,
				   struct optq_leaf *l, u32 *budget)
{
	if (unlikely(l->ordered || l->by_host))
		return leaf_turn_special(t, l, budget);
	for (; *budget; (*budget)--) {
		struct optq_list *head = &l->new_flows;
		struct optq_flow *f;

		if (optq_list_empty(head))
			head = &l->old_flows;
		if (optq_list_empty(head))
			return NULL;
		f = optq_list_entry(head->next, struct optq_flow, link);
		if (f->deficit > 0)
			return f;
		if (f->fresh) {
			*budget = leaf_grow_old(t, l, f, *budget);
			continue;
		}
		f->deficit += (s32)l->quantum;
		optq_list_move_tail(&l->old_flows, &f->link);
		leaf_count_repaid(l, l->quantum);
		*budget = optq_leaf_repay(t, l, *budget);
	}
	return NULL;
}

/* A packet costs a flow at most this many turns, however small the quantum. */
static void leaf_charge(struct optq_flow_table *t, struct optq_leaf *l,
			struct optq_flow *f, u32 len)
{
	s64 floor = -LEAF_TURNS_MAX * (s64)l->quantum;
	s64 deficit = (s64)f->deficit - len;

	if (unlikely(l->by_host)) {
		optq_share_charge(t, l, f, len);
		if (!f->fresh)
			leaf_count_repaid(l, len);
	}
	f->deficit = (s32)(deficit < floor ? floor : deficit);
}

/* Quanta that f needs before it is its turn. */
static u32 flow_turns(const struct optq_leaf *l, const struct optq_flow *f)
{
	return f->deficit > 0 ? 0 : (u32)-f->deficit / l->quantum + 1;
}

/* The packet that is next where hosts have their share first, as below. */
static const struct optq_pkt *next_by_host(const struct optq_leaf *l)
{
	const struct optq_list *heads[2] = { &l->new_flows, &l->old_flows };
	const struct optq_flow *first = optq_share_first(l), *f;
	int i, seen = 0;

	if (leaf_owes(l) && first && first->head)
		return first->head;
	for (i = 0; i < 2 && seen < LEAF_SEARCH_MAX; i++) {
		const struct optq_list *pos;

		if (i && first && first->head)
			return first->head;
		optq_list_for_each(pos, heads[i]) {
			f = optq_list_entry(pos, struct optq_flow, link);
			if (f->head && (i || f->deficit > 0))
				return f->head;
			if (++seen == LEAF_SEARCH_MAX)
				break;
		}
	}
	return first ? first->head : NULL;
}

/*
 * As leaf_turn() will, but nothing moves: a flow that is empty now may have a
 * packet by its turn.  New flows that have had their quantum go before old ones.
 */
const struct optq_pkt *optq_leaf_find_next(const struct optq_leaf *l)
{
	const struct optq_list *heads[2] = { &l->new_flows, &l->old_flows };
	const struct optq_flow *best = NULL;
	u32 least = ~0U;
	int i, seen = 0;

	if (l->ordered)
		return l->shared.head;
	if (l->by_host)
		return next_by_host(l);
	for (i = 0; i < 2 && seen < LEAF_SEARCH_MAX; i++) {
		const struct optq_list *pos;

		optq_list_for_each(pos, heads[i]) {
			const struct optq_flow *f =
				optq_list_entry(pos, struct optq_flow, link);
			u32 turns = 2 * flow_turns(l, f);

			if (f->head && !turns)
				return f->head;
			turns -= !i && turns;
			if (f->head && turns < least) {
				least = turns;
				best = f;
			}
			if (++seen == LEAF_SEARCH_MAX)
				break;
		}
	}
	return best ? best->head : NULL;
}

/* Where hosts have accounts, new flows of others count as well. */
static bool leaf_others_wait(const struct optq_leaf *l)
{
	return !optq_list_empty(&l->old_flows) || (l->by_host && l->flows > 1);
}

struct optq_pkt *optq_leaf_dequeue(struct optq_flow_table *t,
				   struct optq_leaf *l, u64 now,
				   struct optq_drops *drops)
{
	u32 budget = LEAF_STEPS_MAX;
	struct optq_flow *f;

	while ((f = leaf_turn(t, l, &budget))) {
		struct optq_pkt *pkt = leaf_take(t, l, f, now, &budget,
						 drops);

		if (pkt) {
			leaf_charge(t, l, f, pkt->len);
			return pkt;
		}
		if (f->packets)
			continue;
		budget -= !!budget;
		/* A new flow that empties must wait for the old ones once. */
		if (f->fresh && leaf_others_wait(l)) {
			budget = leaf_grow_old(t, l, f, budget);
			continue;
		}
		if (!f->fresh)
			optq_flow_note(t, f, true);
		leaf_release(t, l, f);
	}
	return NULL;
}

void optq_leaf_purge(struct optq_flow_table *t, struct optq_leaf *l,
		     struct optq_drops *drops)
{
	struct optq_list *heads[2] = { &l->new_flows, &l->old_flows };
	int i;

	for (i = 0; i < 2; i++) {
		while (!optq_list_empty(heads[i])) {
			struct optq_flow *f = optq_list_entry(heads[i]->next,
							      struct optq_flow,
							      link);
			struct optq_pkt *pkt;

			while ((pkt = leaf_pop(t, l, f)))
				optq_drops_add(drops, pkt);
			f->blue_p = 0;
			leaf_release(t, l, f);
		}
	}
	l->ahead = 0;
	optq_codel_init(&l->shared.codel);
	l->shared.blue_p = 0;
	if (l->hist)
		l->hist->avg_ns = 0;
}
