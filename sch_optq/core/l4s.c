// SPDX-License-Identifier: GPL-2.0
#include "l4s.h"

/* A queue is mixed while more than one packet in 16 is classic. */
#define L4S_CLASSIC	16U
#define L4S_MIXED	64U
/* Of 2^16: p' at which 2 p' would be 1 and p'^2 is a quarter. */
#define L4S_FULL	0x8000U

/*
 * p' = sqrt(p_C), from the classic packets since the signal before.  Root and
 * mean are taken in this order to have one root a signal; CoDel's signals come
 * so evenly that it hardly matters.
 */
static void l4s_signalled(struct optq_codel *c)
{
	u16 p = optq_inv_sqrt(optq_max_u32(c->since, 1));

	c->base_p = c->base_p ? (u16)((3U * c->base_p + p) / 4) : p;
	c->since = 0;
}

/* No signal for twice as long as was usual: half the p_C, and so p' by its root. */
static void l4s_not_signalled(struct optq_codel *c)
{
	u64 p = c->base_p;

	if ((p * p * c->since) >> 32 < 2)
		return;
	c->base_p = (u16)((p * 46341) >> 16);
}

static enum optq_codel_verdict
l4s_classic(struct optq_flow *f, const struct optq_codel_params *p, u32 flags,
	    u64 now, u64 sojourn_ns, bool first)
{
	struct optq_codel *c = &f->codel;
	enum optq_codel_verdict v;

	c->classic = (u8)optq_min_u32(c->classic + L4S_CLASSIC, 255);
	c->since += c->since < 0xffff;
	v = optq_codel_judge(c, p, now, sojourn_ns, f->bytes,
			     flags & OPTQ_PKT_ECN, first);
	if (v != OPTQ_CODEL_PASS)
		l4s_signalled(c);
	else
		l4s_not_signalled(c);
	return v;
}

static enum optq_codel_verdict l4s_coupled(struct optq_flow_table *t, u32 p)
{
	u32 chance = optq_random(t) >> 16;

	if (p < L4S_FULL)
		return chance < 2 * p ? OPTQ_CODEL_MARK_L4S : OPTQ_CODEL_PASS;
	/* RFC 9332, section 4.2: past that, marks say no more and drops do. */
	return chance < (p * p) >> 16 ? OPTQ_CODEL_DROP : OPTQ_CODEL_MARK_L4S;
}

static enum optq_codel_verdict
l4s_alone(struct optq_flow *f, const struct optq_codel_params *p, u64 now,
	  u64 sojourn_ns, bool first)
{
	enum optq_codel_verdict v;

	/* What does not respond to marks is CoDel's to drop. */
	v = optq_codel_judge(&f->codel, p, now, sojourn_ns, f->bytes, true,
			     first);
	if (v == OPTQ_CODEL_DROP)
		return v;
	/* Two packets are no queue yet, however slow they leave. */
	if (sojourn_ns >= p->step_ns && f->bytes > p->mtu)
		return OPTQ_CODEL_MARK_L4S;
	return v;
}

enum optq_codel_verdict
optq_l4s_judge(struct optq_flow_table *t, struct optq_flow *f,
	       const struct optq_codel_params *p, u32 flags, u64 now,
	       u64 sojourn_ns, bool first)
{
	struct optq_codel *c = &f->codel;

	if (unlikely(!p->l4s && f->l4s))
		optq_l4s_forget(f);
	f->l4s |= p->l4s && (flags & OPTQ_PKT_ECN) == OPTQ_PKT_ECT1;
	/* RFC 9331, section 5.3: what came marked is what the flow is. */
	if (!f->l4s || !(flags & OPTQ_PKT_L4S_ID))
		return l4s_classic(f, p, flags, now, sojourn_ns, first);
	c->classic -= !!c->classic;
	if (c->classic >= L4S_MIXED)
		return l4s_coupled(t, c->base_p);
	return l4s_alone(f, p, now, sojourn_ns, first);
}
