/* SPDX-License-Identifier: GPL-2.0 */
/* CoDel (Nichols, Jacobson, McGregor, Iyengar; RFC 8289), per flow. */
#ifndef OPTQ_CODEL_H
#define OPTQ_CODEL_H

#include "env.h"

struct optq_codel_params {
	u64 target_ns;
	u64 interval_ns;
	u32 mtu;		/* a queue of one packet is never too long */
	u32 step_ns;		/* L4S: from which wait on packets are marked */
	bool ecn;
	bool l4s;
};

struct optq_codel {
	u64 first_above_ns;	/* 0: sojourn is below target */
	u64 drop_next_ns;
	u32 count;		/* drops since dropping began */
	u32 last_count;
	u16 inv_sqrt;		/* 1/sqrt(count), 16 fraction bits */
	bool dropping;
	/* What L4S takes from it; see l4s.h. */
	u8 classic;		/* how many packets of late were classic */
	u16 since;		/* classic packets since the last signal */
	u16 base_p;		/* p', 16 fraction bits */
};

enum optq_codel_verdict {
	OPTQ_CODEL_PASS,
	OPTQ_CODEL_DROP,	/* drop this one, then ask about the next */
	OPTQ_CODEL_MARK,	/* pass this one with a congestion mark */
	OPTQ_CODEL_MARK_L4S,	/* likewise, for L4S's reasons: see l4s.h */
};

static inline void optq_codel_init(struct optq_codel *c)
{
	memset(c, 0, sizeof(*c));
}

/* 1/sqrt(n), n > 0, 16 fraction bits. */
u16 optq_inv_sqrt(u32 n);

/* As optq_codel_judge(), of a queue that may be too long. */
enum optq_codel_verdict
optq_codel_control(struct optq_codel *c, const struct optq_codel_params *p,
		   u64 now, u64 sojourn_ns, u64 backlog, bool ect, bool first);

/*
 * Asks about the packet at the head of a flow.
 * @sojourn_ns: its time in the queue
 * @backlog:    bytes behind it in the same flow
 * @ect:        it can be marked
 * @first:      the first packet asked about in this dequeue
 */
static inline enum optq_codel_verdict
optq_codel_judge(struct optq_codel *c, const struct optq_codel_params *p,
		 u64 now, u64 sojourn_ns, u64 backlog, bool ect, bool first)
{
	if (likely(!c->dropping && (sojourn_ns < p->target_ns ||
				    backlog <= p->mtu))) {
		c->first_above_ns = 0;
		return OPTQ_CODEL_PASS;
	}
	return optq_codel_control(c, p, now, sojourn_ns, backlog, ect, first);
}

#endif /* OPTQ_CODEL_H */
