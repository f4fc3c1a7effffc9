/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Acknowledgements of TCP that say nothing which the next one does not say, given up
 * while they wait: where the way back is narrow, there would be more of them than fit.
 */
#ifndef OPTQ_ACK_H
#define OPTQ_ACK_H

#include "class.h"

#define OPTQ_ACK_SACKS		4	/* that fit beside nothing else */

/* Packets of a flow looked at for one packet that comes. */
#define OPTQ_ACK_WALK_MAX	32

/* A segment of TCP, numbers in the host's order. */
struct optq_ack {
	u32 conn[9];		/* addresses, zeroed behind, and ports */
	u8 family;		/* 4 or 6 */
	bool pure;		/* no data, no flag besides, no option but those below */
	u8 ecn;			/* AE, CWR and ECE (RFC 3168, RFC 9768) */
	bool has_ts;
	u16 window;
	u8 n_sacks;
	u32 seq, ack;
	u32 ts_val, ts_ecr;
	struct { u32 from, to; } sack[OPTQ_ACK_SACKS];
};

bool optq_ack_same_conn(const struct optq_ack *a, const struct optq_ack *b);

/*
 * Whether next, the segment of the connection behind a, says all that a says, so that
 * who gets only next is told the same.
 */
bool optq_ack_covers(const struct optq_ack *next, const struct optq_ack *a);

/*
 * Before pkt is queued in leaf: gives up at most one acknowledgement that waits where
 * pkt will, and that pkt or another behind it covers.  It is added to drops, with
 * OPTQ_PKT_UNHEARD.
 */
void optq_ack_filter(struct optq_tree *t, struct optq_class *leaf,
		     const struct optq_pkt *pkt, u32 hash, bool in_order,
		     struct optq_drops *drops);

#endif /* OPTQ_ACK_H */
