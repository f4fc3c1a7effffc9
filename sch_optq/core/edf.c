// SPDX-License-Identifier: GPL-2.0
#include "edf.h"

void optq_edf_init(struct optq_edf *s)
{
	memset(s, 0, sizeof(*s));
}

/*
 * Where a newcomer starts: when it is due, or as far back as those are that wait
 * already.  The set has been busy since then, so that costs nobody a deadline.
 */
static u64 edf_clock(const struct optq_edf *s, u64 since)
{
	u64 clock = s->clock, start;

	if (optq_edf_empty(s))
		return since;
	start = optq_tagset_start(&s->set);
	if (optq_before(clock, start))
		clock = start;
	if (optq_before(clock, s->busy))
		clock = s->busy;
	return optq_before(clock, since) ? clock : since;
}

void optq_edf_insert(struct optq_edf *s, struct optq_tagged *n, u64 reach,
		     u64 since, u64 now)
{
	u64 clock = edf_clock(s, since);
	s64 ahead = (s64)(n->start - clock);

	if (ahead < 0 || (u64)ahead > reach + (now - clock))
		n->start = clock;
	optq_tagset_add(&s->set, n, now);
}

void optq_edf_remove(struct optq_edf *s, struct optq_tagged *n)
{
	if (optq_tagged_linked(n))
		optq_tagset_del(&s->set, n);
}

void optq_edf_set_span(struct optq_edf *s, struct optq_tagged *n, u64 span,
		       u64 now)
{
	optq_tagset_set_span(&s->set, n, span, now);
}

static void edf_move(struct optq_edf *s, struct optq_tagged *n, u64 start,
		     u64 now)
{
	bool linked = optq_tagged_linked(n);

	if (linked)
		optq_tagset_del(&s->set, n);
	n->start = start;
	if (linked)
		optq_tagset_add(&s->set, n, now);
}

void optq_edf_charge(struct optq_edf *s, struct optq_tagged *n, u64 cost,
		     u64 now)
{
	bool due = !optq_before(now, n->start);
	u64 deadline = n->start + n->span;

	s->clock = due && optq_before(deadline, now) ? deadline : now;
	edf_move(s, n, (due ? n->start : now) + cost, now);
}

void optq_edf_advance(struct optq_edf *s, struct optq_tagged *n, u64 cost,
		      u64 reach, u64 now)
{
	u64 start = n->start + cost;

	/* Off the set it may be stale: nothing is known of it but now. */
	if (!optq_tagged_linked(n) && optq_before(n->start, now))
		start = now + cost;
	if (optq_before(now + reach, start))
		start = now + reach;
	edf_move(s, n, start, now);
}
