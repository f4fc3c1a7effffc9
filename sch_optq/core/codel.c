// SPDX-License-Identifier: GPL-2.0
#include "codel.h"

/*
 * Marks after which a flow that still waits longer than an interval does not
 * respond to them: a sender has then heard of congestion for eleven intervals.
 */
#define CODEL_DEAF	32

/*
 * One Newton step towards 1/sqrt(count): x' = x (3 - count x^2) / 2, as
 * RFC 8289 section 5.4 suggests.  x has 16 fraction bits, its square all 32 of
 * them.  count moves by one between steps, so one step keeps the error under
 * 1 % from 5 on.
 */
static void codel_newton(struct optq_codel *c)
{
	u64 x = c->inv_sqrt;
	u64 val = 3ULL << 32;
	u64 cx2 = c->count * (x * x);

	if (cx2 >= val) {
		/* Far above the root: halving converges from this side. */
		x >>= 1;
	} else {
		/* Two bits fewer, or the product would not fit. */
		x = (x * ((val - cx2) >> 2)) >> 31;
	}
	if (x > 0xffff)
		x = 0xffff;
	c->inv_sqrt = x ? (u16)x : 1;
}

/* A count from anywhere: the root lies within 16 halvings or doublings. */
static void codel_set_count(struct optq_codel *c, u32 count)
{
	int i;

	c->count = count;
	c->inv_sqrt = 0xffff;
	for (i = 0; count > 1 && i < 20; i++)
		codel_newton(c);
}

u16 optq_inv_sqrt(u32 n)
{
	struct optq_codel c;

	codel_set_count(&c, n);
	return c.inv_sqrt;
}

static u64 codel_next(const struct optq_codel *c,
		      const struct optq_codel_params *p, u64 from)
{
	return from + ((p->interval_ns * c->inv_sqrt) >> 16);
}

/* Sojourn has stood above target for a whole interval. */
static bool codel_should_drop(struct optq_codel *c,
			      const struct optq_codel_params *p, u64 now,
			      u64 sojourn_ns, u64 backlog)
{
	if (sojourn_ns < p->target_ns || backlog <= p->mtu) {
		c->first_above_ns = 0;
		return false;
	}
	if (!c->first_above_ns) {
		c->first_above_ns = now + p->interval_ns;
		/* 0 says "below". */
		if (!c->first_above_ns)
			c->first_above_ns = 1;
		return false;
	}
	return !optq_before(now, c->first_above_ns);
}

static enum optq_codel_verdict
codel_dropping(struct optq_codel *c, const struct optq_codel_params *p,
	       u64 now, bool ect)
{
	if (optq_before(now, c->drop_next_ns))
		return OPTQ_CODEL_PASS;
	c->count++;
	if (!c->count)
		c->count = ~0U;
	codel_newton(c);
	c->drop_next_ns = codel_next(c, p, c->drop_next_ns);
	return ect ? OPTQ_CODEL_MARK : OPTQ_CODEL_DROP;
}

static enum optq_codel_verdict
codel_begin(struct optq_codel *c, const struct optq_codel_params *p, u64 now,
	    bool ect)
{
	u32 delta = c->count - c->last_count;
	bool recent = (s64)(now - c->drop_next_ns) < (s64)(16 * p->interval_ns);

	c->dropping = true;
	/* Dropping ended a moment ago: start near the rate that held. */
	codel_set_count(c, delta > 1 && recent ? delta : 1);
	c->last_count = c->count;
	c->drop_next_ns = codel_next(c, p, now);
	return ect ? OPTQ_CODEL_MARK : OPTQ_CODEL_DROP;
}

enum optq_codel_verdict
optq_codel_control(struct optq_codel *c, const struct optq_codel_params *p,
		   u64 now, u64 sojourn_ns, u64 backlog, bool ect, bool first)
{
	bool drop = codel_should_drop(c, p, now, sojourn_ns, backlog);

	ect = ect && p->ecn;
	if (c->dropping) {
		if (!drop) {
			c->dropping = false;
			return OPTQ_CODEL_PASS;
		}
		/* RFC 3168, section 7: drop where marks do not help. */
		if (c->count >= CODEL_DEAF && sojourn_ns > p->interval_ns)
			ect = false;
		return codel_dropping(c, p, now, ect);
	}
	/* Dropping ended within this very dequeue: let this one through. */
	if (!drop || !first)
		return OPTQ_CODEL_PASS;
	return codel_begin(c, p, now, ect);
}
