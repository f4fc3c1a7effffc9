// SPDX-License-Identifier: GPL-2.0
#include "ahead.h"

bool optq_ahead_wanted(const struct optq_tree *t, const struct optq_class *c)
{
	u64 most;

	if (!optq_class_is_leaf(c) || !c->conf.delay_ns || !c->urgent)
		return false;
	most = (u64)(c->rate.cap + optq_class_turns(c, t->mtu) +
		     optq_bucket_cost(&c->rate, t->mtu));
	return optq_ticks(c->conf.delay_ns) < most;
}

void optq_ahead_set_leaf(const struct optq_tree *t, struct optq_class *c)
{
	c->has_delay = optq_ahead_wanted(t, c);
	if (!c->has_delay)
		optq_ahead_forget(c);
}

/* Whether a turn is given only as nobody at the link has one to come. */
static bool ahead_is_idle(const struct optq_class *c, u64 now)
{
	while (c->parent->parent)
		c = c->parent;
	return optq_before(optq_ticks(now), c->guaranteed.start);
}

void optq_ahead_take(const struct optq_tree *t, struct optq_class *c, u32 len,
		     u8 depth)
{
	u64 cost = (u64)optq_bucket_cost(&c->rate, len);
	struct optq_urgent *u = c->urgent;

	if (depth == 1) {
		u->ahead += cost;
		return;
	}
	if (!optq_ahead_turn(t, c, u->ahead_below) || u->below > depth)
		u->below = depth;
	u->ahead_below += cost;
}

void optq_ahead_forgive_idle(struct optq_class *leaf, u64 now)
{
	struct optq_edf *set = &leaf->parent->inner->guarantees;
	u64 idle = set->busy - leaf->guaranteed.start;
	struct optq_urgent *u = leaf->urgent;
	u64 below;

	if ((s64)idle <= 0)
		return;
	below = optq_min_u64(u->ahead_below, idle);
	u->ahead_below -= below;
	u->ahead -= optq_min_u64(u->ahead, idle - below);
	optq_edf_advance(set, &leaf->guaranteed, idle, 0, optq_ticks(now));
}

void optq_ahead_pass(const struct optq_tree *t, struct optq_class *leaf, u64 now)
{
	struct optq_urgent *u = leaf->urgent;
	struct optq_class *c;
	u64 *ahead;
	u8 depth;
	u32 len;

	if (ahead_is_idle(leaf, now)) {
		optq_ahead_forget(leaf);
		return;
	}
	optq_ahead_forgive_idle(leaf, now);
	len = optq_ahead_len(t, leaf);
	if (!len)
		return;
	ahead = u->ahead_below > u->ahead ? &u->ahead_below : &u->ahead;
	depth = ahead == &u->ahead ? 1 : u->below;
	*ahead -= (u64)optq_bucket_cost(&leaf->rate, len);
	for (c = leaf; c->depth >= depth; c = c->parent)
		optq_edf_charge(&c->parent->inner->guarantees, &c->guaranteed,
				(u64)optq_bucket_cost(&c->rate, len),
				optq_ticks(now));
}
