// SPDX-License-Identifier: GPL-2.0
#include "ahead.h"
#include "turn.h"

static bool tag_started(const struct optq_tagged *tag, u64 ticks)
{
	return tag && !optq_before(ticks, tag->start);
}

static bool tag_before(const struct optq_tagged *a, const struct optq_tagged *b)
{
	return optq_before(a->start + a->span, b->start + b->span);
}

/*
 * Whether gua, the guaranteed child of c, goes before urg, the most urgent.  At the
 * link it does if it is due, and due first.  Further down urgent turns are for
 * urg, and guaranteed ones for gua: those take from what c is guaranteed, and what a
 * delay sends is ahead of that.  But a ceiling has only so much for both: there an
 * early turn is gua's if at the link it would have been, and a guaranteed one urg's
 * if that is due first.
 */
static bool guaranteed_first(const struct optq_class *c, enum optq_turn turn,
			     const struct optq_tagged *gua,
			     const struct optq_tagged *urg, u64 ticks)
{
	bool ceil = optq_bucket_on(&c->ceil);

	switch (turn) {
	case OPTQ_TURN_URGENT:
		return false;
	case OPTQ_TURN_GUARANTEED:
		return tag_started(gua, ticks) &&
		       (!ceil || tag_before(gua, urg));
	case OPTQ_TURN_EARLY:
		return ceil && tag_started(gua, ticks) && tag_before(gua, urg);
	default:
		return tag_started(gua, ticks) && tag_before(gua, urg);
	}
}

/* What has a delay is guaranteed as well: with urgents there is a gua. */
static struct optq_class *turn_urgent(const struct optq_class *c,
				      const struct optq_tagged *gua, u64 ticks,
				      enum optq_turn *turn)
{
	struct optq_tagged *urg = optq_tagset_first(&c->inner->urgents, ticks);

	if (guaranteed_first(c, *turn, gua, urg, ticks))
		return NULL;
	if (*turn < OPTQ_TURN_EARLY)
		*turn = tag_started(gua, ticks) ? OPTQ_TURN_URGENT :
						  OPTQ_TURN_EARLY;
	return optq_container_of(urg, struct optq_urgent, tag)->c;
}

struct optq_class *optq_turn_next(const struct optq_class *c, u64 now,
				  enum optq_turn *turn)
{
	u64 ticks = optq_ticks(now);
	struct optq_class *urgent;
	struct optq_tagged *gua;
	struct optq_wfq_node *n;

	gua = optq_edf_pick(&c->inner->guarantees, ticks);
	if (unlikely(!optq_tagset_empty(&c->inner->urgents))) {
		urgent = turn_urgent(c, gua, ticks, turn);
		if (urgent)
			return urgent;
	}
	if (gua) {
		*turn = OPTQ_TURN_GUARANTEED;
		return optq_container_of(gua, struct optq_class, guaranteed);
	}
	*turn = OPTQ_TURN_EXCESS;
	n = optq_wfq_pick(&c->inner->bands[__ffs(c->band_map)]);
	return optq_container_of(n, struct optq_class, excess);
}

u32 optq_turn_len(const struct optq_tree *t, const struct optq_class *c, u64 now)
{
	enum optq_turn turn = OPTQ_TURN_GUARANTEED;
	const struct optq_class *next;
	const struct optq_pkt *pkt;
	u32 len;

	if (!optq_class_is_leaf(c)) {
		next = optq_turn_next(c, now, &turn);
		len = turn == OPTQ_TURN_GUARANTEED ? optq_ahead_passes(t, next, optq_ticks(now)) : 0;
		return len ? len : next->excess.len;
	}
	if (!c->own_qlen)
		return t->mtu;
	pkt = optq_leaf_next(&c->leaf);
	return pkt ? pkt->len : 1;
}
