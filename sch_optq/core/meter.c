// SPDX-License-Identifier: GPL-2.0
#include "meter.h"
#include "../uapi/linux/optq.h"

/*
 * RFC 2697 wants a burst that is not 0, 2698 two.  Of RFC 4115's two rates one may be
 * left out, with its burst.
 */
enum optq_meter_fault optq_meter_check(const struct optq_meter_conf *conf)
{
	if (conf->cir > OPTQ_RATE_MAX)
		return OPTQ_METER_CIR;
	if (conf->xir > OPTQ_RATE_MAX)
		return OPTQ_METER_XIR;
	switch (conf->kind) {
	case OPTQ_METER_2697:
		if (!conf->cir)
			return OPTQ_METER_CIR;
		if (conf->xir)
			return OPTQ_METER_XIR;
		return conf->cbs || conf->xbs ? OPTQ_METER_OK : OPTQ_METER_BURST;
	case OPTQ_METER_2698:
		if (!conf->xir || conf->xir < conf->cir)
			return OPTQ_METER_XIR;
		return conf->xbs && conf->cbs ? OPTQ_METER_OK : OPTQ_METER_BURST;
	case OPTQ_METER_4115:
		if (!conf->cir && !conf->xir)
			return OPTQ_METER_CIR;
		return !conf->cir != !conf->cbs || !conf->xir != !conf->xbs ?
		       OPTQ_METER_BURST : OPTQ_METER_OK;
	}
	return OPTQ_METER_CIR;
}

static u64 fill_ns(u64 cap, u64 rate)
{
	return rate ? div64_u64(cap + rate - 1, rate) : ~0ULL;
}

void optq_meter_rates_set(struct optq_meter_rates *r,
			  const struct optq_meter_conf *conf)
{
	memset(r, 0, sizeof(*r));
	r->kind = conf->kind;
	r->cir = conf->cir;
	r->xir = conf->xir;
	r->c_cap = conf->cbs * OPTQ_METER_BYTE;
	r->x_cap = conf->xbs * OPTQ_METER_BYTE;
	r->c_fill_ns = fill_ns(r->c_cap, r->cir);
	/* One rate fills C first, and what is over goes to E. */
	r->x_fill_ns = conf->kind == OPTQ_METER_2697 ?
		       fill_ns(r->c_cap + r->x_cap, r->cir) :
		       fill_ns(r->x_cap, r->xir);
}

/* Less than a full bucket and a nanosecond are added: no product overflows. */
static u64 fill(u64 tokens, u64 cap, u64 rate, u64 full_ns, u64 elapsed)
{
	if (elapsed >= full_ns)
		return cap;
	return optq_min_u64(tokens + elapsed * rate, cap);
}

/* Both buckets take less than 2^63 tokens, and so does their sum with c. */
static void refill_2697(struct optq_meter *m, const struct optq_meter_rates *r,
			u64 elapsed)
{
	u64 c;

	if (elapsed >= r->x_fill_ns) {
		m->c = r->c_cap;
		m->x = r->x_cap;
		return;
	}
	c = m->c + elapsed * r->cir;
	m->c = optq_min_u64(c, r->c_cap);
	m->x = optq_min_u64(m->x + (c - m->c), r->x_cap);
}

void optq_meter_refill(struct optq_meter *m, const struct optq_meter_rates *r,
		       u64 now)
{
	u64 elapsed = now - m->t_ns;

	if ((s64)elapsed <= 0)
		return;
	m->t_ns = now;
	if (r->kind == OPTQ_METER_2697) {
		refill_2697(m, r, elapsed);
		return;
	}
	m->c = fill(m->c, r->c_cap, r->cir, r->c_fill_ns, elapsed);
	m->x = fill(m->x, r->x_cap, r->xir, r->x_fill_ns, elapsed);
}

void optq_meter_change(struct optq_meter *m, const struct optq_meter_rates *old,
		       const struct optq_meter_rates *r, u64 now)
{
	optq_meter_refill(m, old, now);
	m->c = optq_min_u64(m->c, r->c_cap);
	m->x = optq_min_u64(m->x, r->x_cap);
}
