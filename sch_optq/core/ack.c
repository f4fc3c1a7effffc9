// SPDX-License-Identifier: GPL-2.0
#include "ack.h"
#include "../uapi/linux/optq.h"

/* On the circle of 2^32 numbers; of two that are half of it apart, none is. */
static bool is_after(u32 a, u32 b)
{
	return (s32)(a - b) > 0;
}

static bool reaches(u32 a, u32 b)
{
	return a == b || is_after(a, b);
}

bool optq_ack_same_conn(const struct optq_ack *a, const struct optq_ack *b)
{
	return a->family == b->family &&
	       !memcmp(a->conn, b->conn, sizeof(a->conn));
}

/* A segment that came twice (RFC 2883), or what makes no sense: said only once. */
static bool has_odd_sack(const struct optq_ack *a)
{
	int i;

	for (i = 0; i < a->n_sacks; i++) {
		if (!is_after(a->sack[i].to, a->sack[i].from) ||
		    !is_after(a->sack[i].from, a->ack))
			return true;
	}
	return a->n_sacks > 1 && reaches(a->sack[0].from, a->sack[1].from) &&
	       reaches(a->sack[1].to, a->sack[0].to);
}

static bool sack_covered(const struct optq_ack *next, u32 from, u32 to)
{
	int i;

	if (reaches(next->ack, to))
		return true;
	if (is_after(next->ack, from))
		from = next->ack;
	for (i = 0; i < next->n_sacks; i++) {
		if (reaches(from, next->sack[i].from) &&
		    reaches(next->sack[i].to, to))
			return true;
	}
	return false;
}

static bool sacks_covered(const struct optq_ack *next, const struct optq_ack *a)
{
	int i;

	if (has_odd_sack(a))
		return false;
	for (i = 0; i < a->n_sacks; i++) {
		if (!sack_covered(next, a->sack[i].from, a->sack[i].to))
			return false;
	}
	return true;
}

static u64 sacked(const struct optq_ack *a)
{
	u64 sum = 0;
	int i;

	for (i = 0; i < a->n_sacks; i++)
		sum += a->sack[i].to - a->sack[i].from;
	return sum;
}

/*
 * Of two with the same number the first may be a duplicate that is counted for a
 * fast retransmit, or the second open the window.  With SACK blocks it is those that
 * are counted (RFC 6675): then the one that has more of them stands for both.
 */
static bool repeats(const struct optq_ack *next, const struct optq_ack *a)
{
	return next->window != a->window || has_odd_sack(next) ||
	       sacked(next) <= sacked(a);
}

bool optq_ack_covers(const struct optq_ack *next, const struct optq_ack *a)
{
	if (!a->pure || !next->pure || a->ecn != next->ecn ||
	    a->has_ts != next->has_ts)
		return false;
	/* A receiver discards what lies before it, with the number in it. */
	if (!reaches(next->seq, a->seq) || !reaches(next->ack, a->ack))
		return false;
	/* Likewise (RFC 7323). */
	if (a->has_ts && (!reaches(next->ts_val, a->ts_val) ||
			  !reaches(next->ts_ecr, a->ts_ecr)))
		return false;
	if (next->ack == a->ack && repeats(next, a))
		return false;
	return sacks_covered(next, a);
}

/* The last segment of a connection that a walk along its queue has met. */
struct ack_walk {
	struct optq_ack seg[2];		/* that one, and room for the next */
	int last;
	struct optq_pkt *pkt;		/* NULL: none yet */
	struct optq_pkt *before;	/* in the queue; NULL: it is the head */
	u32 place;
	bool counted;			/* a duplicate of one that waits as well */
};

static bool goes_for(const struct ack_walk *w, const struct optq_ack *next)
{
	return w->pkt && !w->counted &&
	       optq_ack_covers(next, &w->seg[w->last]);
}

static void walk_to(struct ack_walk *w, struct optq_pkt *pkt,
		    struct optq_pkt *before, u32 place)
{
	const struct optq_ack *next = &w->seg[!w->last];

	w->counted = w->pkt && !next->n_sacks &&
		     next->ack == w->seg[w->last].ack;
	w->last = !w->last;
	w->pkt = pkt;
	w->before = before;
	w->place = place;
}

/*
 * The first that the next of its connection covers: each of those that stay is told
 * from the one before it just as it was, ECN's marks too.  Conservative, the packet
 * that comes does not count as the next: so two stay.
 */
static bool walk_finds(struct ack_walk *w, const struct optq_tree *t,
		       const struct optq_flow *f, const struct optq_ack *newest,
		       bool conservative)
{
	struct optq_pkt *pkt, *before = NULL;
	u32 place = 0;

	w->pkt = NULL;
	w->last = 0;
	for (pkt = f->head; pkt; before = pkt, pkt = pkt->next, place++) {
		struct optq_ack *next = &w->seg[!w->last];

		if (place == OPTQ_ACK_WALK_MAX)
			return false;
		if (!t->read_ack(pkt, next) || !optq_ack_same_conn(next, newest))
			continue;
		if (goes_for(w, next))
			return true;
		walk_to(w, pkt, before, place);
	}
	return !conservative && goes_for(w, newest);
}

static void give_up(struct optq_tree *t, struct optq_leaf *l,
		    struct optq_flow *f, const struct ack_walk *w,
		    struct optq_drops *drops)
{
	optq_flow_remove(&t->flows, f, w->before, w->pkt);
	if (f == &l->shared && w->place < l->ordered)
		l->ordered--;
	l->packets--;
	l->bytes -= w->pkt->len;
	w->pkt->flags |= OPTQ_PKT_UNHEARD;
	optq_drops_add(drops, w->pkt);
}

/*
 * Two stay, where conservative: and where BLUE may refuse the one that comes, or
 * a qdisc above would see this one empty before it hears of the one that comes.
 */
static bool two_stay(const struct optq_tree *t, const struct optq_leaf *l,
		     const struct optq_flow *f)
{
	return l->ack_filter != OPTQ_ACK_FILTER_AGGRESSIVE || f->blue_p ||
	       (t->has_parent && t->qlen < 2);
}

void optq_ack_filter(struct optq_tree *t, struct optq_class *leaf,
		     const struct optq_pkt *pkt, u32 hash, bool in_order,
		     struct optq_drops *drops)
{
	struct optq_leaf *l = &leaf->leaf;
	struct optq_flow *f = NULL;
	struct optq_ack newest;
	struct ack_walk w;

	if (!l->packets || !t->read_ack || !t->read_ack(pkt, &newest) ||
	    !newest.pure)
		return;
	if (!in_order)
		f = optq_flow_find(&t->flows, l, hash);
	if (!f)
		f = &l->shared;
	if (!walk_finds(&w, t, f, &newest, two_stay(t, l, f)))
		return;
	give_up(t, l, f, &w, drops);
	for (; leaf; leaf = leaf->parent)
		leaf->count.drop_ack++;
}
