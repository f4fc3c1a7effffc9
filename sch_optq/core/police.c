// SPDX-License-Identifier: GPL-2.0
#include "police.h"

void optq_police_init(struct optq_police *p, const struct optq_police_conf *conf,
		      u64 now)
{
	/* With what stands between its fields: confs are compared as memory. */
	memcpy(&p->conf, conf, sizeof(*conf));
	optq_meter_rates_set(&p->rates, &conf->meter);
	optq_meter_init(&p->meter, &p->rates, now);
	optq_each_set_prefix(&p->each, conf->prefix4, conf->prefix6);
}

void optq_police_inherit(struct optq_police *p, const struct optq_police *old,
			 u64 now)
{
	p->count = old->count;
	if (p->conf.each || old->conf.each)
		return;
	p->meter = old->meter;
	optq_meter_change(&p->meter, &old->rates, &p->rates, now);
}

void optq_police_set(struct optq_class *c, struct optq_police *p)
{
	if (c->urgent)
		c->urgent->police = p;
	c->policed = p;
}

enum optq_colour optq_dscp_colour(u8 dscp)
{
	u32 class = dscp >> 3, precedence = (dscp >> 1) & 3;

	if (class < 1 || class > 4 || (dscp & 1))
		return OPTQ_GREEN;
	return precedence == 3 ? OPTQ_RED :
	       precedence == 2 ? OPTQ_YELLOW : OPTQ_GREEN;
}

static enum optq_colour colour_in(const struct optq_police *p,
				  const struct optq_policed *pkt)
{
	switch (p->conf.mode) {
	case OPTQ_POLICE_BLIND:
		return OPTQ_GREEN;
	case OPTQ_POLICE_AWARE:
		return pkt->own > pkt->colour ? pkt->own : pkt->colour;
	default:
		return pkt->colour;
	}
}

/* The packet's meter, refilled. */
static struct optq_meter *meter_of(struct optq_police *p,
				   const struct optq_policed *pkt, u64 now)
{
	switch (p->conf.each) {
	case OPTQ_POLICE_EACH_SRC:
		return optq_each_meter(&p->each, &p->rates, &pkt->src, now);
	case OPTQ_POLICE_EACH_DST:
		return optq_each_meter(&p->each, &p->rates, &pkt->dst, now);
	default:
		optq_meter_refill(&p->meter, &p->rates, now);
		return &p->meter;
	}
}

static void look(struct optq_police *p, struct optq_policed *pkt, u32 len,
		 u64 now)
{
	enum optq_colour in = colour_in(p, pkt);

	p->found_at = meter_of(p, pkt, now);
	p->colour = optq_meter_judge(p->found_at, &p->rates, len, in);
	p->len = len;
	p->moves = false;
	p->next = pkt->found;
	pkt->found = p;
	pkt->worse |= p->colour != in;
	pkt->colour = p->colour;
}

static void mark(struct optq_policed *pkt, const struct optq_police_act *act)
{
	if (act->dscp)
		pkt->dscp = act->dscp;
	if (act->pcp)
		pkt->pcp = act->pcp;
}

/*
 * Those who have looked since before, but for the last: it goes elsewhere.  They do not
 * look again, should a tree that tc has changed lead it back to them.
 */
static void refuse_below(struct optq_policed *pkt, struct optq_police *last,
			 struct optq_police *before)
{
	struct optq_police *p = last->next;

	while (p != before) {
		struct optq_police *next = p->next;

		p->next = pkt->refused;
		pkt->refused = p;
		p = next;
	}
	last->next = before;
}

/*
 * One way up from leaf.  What it is to be looked at for next, with its *len there;
 * NULL: nothing, or *drop.
 */
static struct optq_class *look_up(struct optq_policed *pkt,
				  struct optq_class *leaf, u32 *len, u64 now,
				  bool *drop)
{
	struct optq_police *before = pkt->found, *p;
	u8 dscp = pkt->dscp, pcp = pkt->pcp;
	struct optq_class *c, *to;

	for (c = leaf; c; c = c->parent) {
		const struct optq_police_act *act;

		p = optq_class_police(c);
		/* A class deleted and added elsewhere may lead back to where it was. */
		if (!p || p->found_at)
			continue;
		look(p, pkt, *len, now);
		act = &p->conf.act[p->colour];
		*drop = act->drop;
		if (*drop)
			return NULL;
		to = act->class_id && pkt->moves < OPTQ_POLICE_MOVES_MAX ?
		     pkt->find(pkt, act->class_id, len) : NULL;
		if (to) {
			p->moves = true;
			refuse_below(pkt, p, before);
			pkt->dscp = dscp;
			pkt->pcp = pcp;
		}
		mark(pkt, act);
		if (to)
			return to;
	}
	return NULL;
}

bool optq_police_look(struct optq_policed *pkt, struct optq_class *leaf, u32 len,
		      u64 now)
{
	bool drop = false;

	for (; leaf; pkt->moves++) {
		pkt->leaf = leaf;
		leaf = look_up(pkt, leaf, &len, now, &drop);
	}
	return !drop;
}

static void spend(struct optq_police *p, bool drop)
{
	struct optq_police_count *n = &p->count;

	optq_meter_spend(p->found_at, &p->rates, p->len, p->colour);
	optq_each_count(&p->each, p->found_at);
	n->packets[p->colour]++;
	n->bytes[p->colour] += p->len;
	n->dropped += drop;
	n->moved += p->moves;
}

void optq_police_end(struct optq_policed *pkt, bool passes)
{
	struct optq_police *p, *last = pkt->found;

	for (p = last; p; p = p->next) {
		if (passes || p == last)
			spend(p, !passes);
		else
			p->count.refused++;
	}
	for (p = pkt->refused; p; p = p->next)
		p->count.refused++;
	optq_police_forget(pkt);
}

void optq_police_forget(struct optq_policed *pkt)
{
	struct optq_police *p;

	for (p = pkt->found; p; p = p->next)
		p->found_at = NULL;
	for (p = pkt->refused; p; p = p->next)
		p->found_at = NULL;
	pkt->found = pkt->refused = NULL;
}
