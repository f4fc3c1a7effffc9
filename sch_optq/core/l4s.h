/* SPDX-License-Identifier: GPL-2.0 */
/*
 * L4S (RFC 9331, RFC 9332) in a leaf of flow queues.
 *
 * A queue of ECT(1) packets is marked as soon as they wait longer than a step.  It
 * is served in turn with the queues of classic flows, so neither starves the other
 * and their marks need no coupling.
 *
 * In a queue that both are in (a tunnel, the shared flow) they wait alike, and what
 * they get is what the marks leave them.  There the coupling of RFC 9332 holds:
 * L4S packets are marked with p_CL = 2 p', where p'^2 = p_C is the part of the
 * classic packets that CoDel signals to.  CoDel signals at times, not with a
 * probability: p_C is one in as many classic packets as came from signal to signal.
 */
#ifndef OPTQ_L4S_H
#define OPTQ_L4S_H

#include "flow.h"

static inline void optq_l4s_forget(struct optq_flow *f)
{
	f->codel.base_p = 0;
	f->codel.since = 0;
	f->codel.classic = 0;
	f->l4s = false;
}

/* As optq_codel_judge(), for a flow that has or had L4S packets. */
enum optq_codel_verdict
optq_l4s_judge(struct optq_flow_table *t, struct optq_flow *f,
	       const struct optq_codel_params *p, u32 flags, u64 now,
	       u64 sojourn_ns, bool first);

#endif /* OPTQ_L4S_H */
