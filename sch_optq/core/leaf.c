// SPDX-License-Identifier: GPL-2.0
#include "l4s.h"
#include "leaf_flow.h"

/*
 * Steps that one dequeue may take, each a drop, a turn that passes, or a flow
 * found empty: bounds the time under the lock.
 */
#define LEAF_STEPS_MAX		128
/* Flows looked at for a longer one when the leaf is full. */
#define LEAF_SEARCH_MAX		8
#define LEAF_TURNS_MAX		64

void optq_leaf_init(struct optq_leaf *l, u32 salt)
{
	memset(l, 0, sizeof(*l));
	optq_list_init(&l->new_flows);
	optq_list_init(&l->old_flows);
	l->salt = salt;
	optq_flow_init_shared(&l->shared, l);
}

/* Bytes that it holds; of a host with many flows, what they hold if alike. */
static u64 flow_weight(const struct optq_flow_table *t,
		       const struct optq_leaf *l, const struct optq_flow *f)
{
	if (likely(!l->by_host))
		return f->bytes;
	return f->bytes * optq_share_load(optq_share_of(t, l, f));
}

static struct optq_flow *leaf_longest(const struct optq_flow_table *t,
				      struct optq_leaf *l)
{
	struct optq_flow *best = l->fattest, *f;
	struct optq_list *pos;
	int seen = 0;

	optq_list_for_each(pos, &l->old_flows) {
		f = optq_list_entry(pos, struct optq_flow, link);
		if (!best || flow_weight(t, l, f) > flow_weight(t, l, best))
			best = f;
		if (++seen == LEAF_SEARCH_MAX)
			break;
	}
	optq_list_for_each(pos, &l->new_flows) {
		f = optq_list_entry(pos, struct optq_flow, link);
		if (!best || flow_weight(t, l, f) > flow_weight(t, l, best))
			best = f;
		if (++seen >= 2 * LEAF_SEARCH_MAX)
			break;
	}
	return best;
}

static struct optq_pkt *leaf_pop(struct optq_flow_table *t, struct optq_leaf *l,
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

/*
 * A flow with packets, when the search above met only empty ones.  An enqueue
 * never gets here: the flow that it filled is a candidate.
 */
static struct optq_flow *leaf_any(struct optq_leaf *l)
{
	struct optq_list *heads[2] = { &l->old_flows, &l->new_flows };
	struct optq_list *pos;
	struct optq_flow *f;
	int i;

	for (i = 0; i < 2; i++) {
		optq_list_for_each(pos, heads[i]) {
			f = optq_list_entry(pos, struct optq_flow, link);
			if (f->packets)
				return f;
		}
	}
	return NULL;
}

struct optq_flow *optq_leaf_drop_longest(struct optq_flow_table *t,
					 struct optq_leaf *l,
					 struct optq_drops *drops)
{
	struct optq_flow *f = leaf_longest(t, l);
	struct optq_pkt *pkt;

	if (!f || !f->packets)
		f = leaf_any(l);
	if (!f)
		return NULL;
	pkt = leaf_pop(t, l, f);
	l->drop_overlimit++;
	optq_drops_add(drops, pkt);
	if (f->packets)
		return f;
	if (f->blue_p)
		optq_blue_remember(t, f);
	/* The longest flow with one packet: it is as new as it can be. */
	leaf_release(t, l, f);
	return NULL;
}

/*
 * CoDel has been telling f to slow down for a whole interval, after the one that it
 * waits: a sender that responds has.
 */
void optq_leaf_overflow(struct optq_flow_table *t, struct optq_leaf *l, u64 now,
			struct optq_drops *drops)
{
	struct optq_flow *f = optq_leaf_drop_longest(t, l, drops);
	u64 since;

	if (!f)
		return;
	since = f->codel.dropping ? f->codel.first_above_ns : 0;
	optq_blue_overflow(t, f, since ? since + l->codel.interval_ns : 0, now);
}

/* The flow of hash; one that has no packets gives way to it if need be. */
static struct optq_flow *leaf_flow(struct optq_flow_table *t,
				   struct optq_leaf *l, u32 hash)
{
	struct optq_flow *f, *idle;

	/* Its earlier packets may wait among the shared: none may overtake. */
	if (unlikely(l->shared.packets > l->ordered)) {
		f = optq_flow_find(t, l, hash);
		return f ? f : &l->shared;
	}
	f = optq_flow_get(t, l, hash);
	if (likely(f))
		return f;
	idle = optq_flow_oldest_idle(t);
	if (!idle)
		return &l->shared;
	leaf_release(t, idle->leaf, idle);
	return optq_flow_get(t, l, hash);
}

/* An entry that was taken for pkt alone is given back. */
static noinline enum optq_leaf_loss leaf_give_up(struct optq_flow_table *t,
					struct optq_flow *f,
					struct optq_pkt *pkt,
					struct optq_drops *drops)
{
	if (optq_list_empty(&f->link) && f->hashed) {
		optq_blue_remember(t, f);
		optq_flow_put(t, f);
	}
	optq_drops_add(drops, pkt);
	return OPTQ_LEAF_BLUE;
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
		f->fresh = false;
		optq_list_add_tail(&l->old_flows, &f->link);
		optq_share_line_up(t, l, f);
		return;
	}
	optq_list_add_tail(&l->new_flows, &f->link);
}

enum optq_leaf_loss
optq_leaf_enqueue(struct optq_flow_table *t, struct optq_leaf *l,
		  struct optq_pkt *pkt, u32 hash,
		  const struct optq_hosts *hosts, bool in_order, u64 now,
		  struct optq_drops *drops)
{
	struct optq_flow *f = in_order ? &l->shared : leaf_flow(t, l, hash);

	/* What goes in order keeps to its rate. */
	if (unlikely(t->blue.active) && !in_order && optq_blue_drops(t, f, now))
		return leaf_give_up(t, f, pkt, drops);
	pkt->enqueue_ns = now;
	optq_flow_push(f, pkt);
	l->ordered += in_order;
	l->packets++;
	l->bytes += pkt->len;
	if (optq_list_empty(&f->link))
		leaf_begin(t, l, f, hosts);
	if (l->fattest != f &&
	    (!l->fattest ||
	     flow_weight(t, l, f) > flow_weight(t, l, l->fattest)))
		l->fattest = f;
	if (likely(l->packets <= l->limit))
		return OPTQ_LEAF_NONE;
	optq_leaf_overflow(t, l, now, drops);
	return OPTQ_LEAF_OVERLIMIT;
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
		f = optq_list_entry(l->new_flows.next, struct optq_flow, link);
		if (f->deficit > 0)
			return f;
		leaf_grow_old(t, l, f);
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
		f->deficit += (s32)l->quantum;
		f->fresh = false;
		optq_list_move_tail(&l->old_flows, &f->link);
	}
	return NULL;
}

/* A packet costs a flow at most this many turns, however small the quantum. */
static void leaf_charge(struct optq_flow_table *t, struct optq_leaf *l,
			struct optq_flow *f, u32 len)
{
	s64 floor = -LEAF_TURNS_MAX * (s64)l->quantum;
	s64 deficit = (s64)f->deficit - len;

	if (unlikely(l->by_host))
		optq_share_charge(t, l, f, len);
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
		if (f->fresh && leaf_others_wait(l))
			leaf_grow_old(t, l, f);
		else
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
	optq_codel_init(&l->shared.codel);
	l->shared.blue_p = 0;
	if (l->hist)
		l->hist->avg_ns = 0;
}
