/* SPDX-License-Identifier: GPL-2.0 */
/* What the core knows of a packet, and chains of packets. */
#ifndef OPTQ_PKT_H
#define OPTQ_PKT_H

#include "env.h"

/* Longest packet that any caller charges, and so a start tag's reach. */
#define OPTQ_LEN_MAX	1048576U

/* Longest packet that is worth keeping whole: a full super-packet. */
#define OPTQ_SPLIT_MAX	(65536U + 1024U)

/* ECN's codepoint, as the header has it; where it is not 0, marks may replace drops. */
#define OPTQ_PKT_ECN	0x03U
#define OPTQ_PKT_ECT1	0x01U	/* its sender scales (RFC 9331) */
#define OPTQ_PKT_ECT0	0x02U
#define OPTQ_PKT_CE_IN	0x03U	/* came marked */
#define OPTQ_PKT_L4S_ID	0x01U	/* of ECT(1), and of CE, that may be L4S's as well */

#define OPTQ_PKT_CE	0x04U	/* verdict: to be marked on the way out */
#define OPTQ_PKT_L4S	0x08U	/* with it: for L4S's reasons */
#define OPTQ_PKT_UNHEARD 0x10U	/* given up, and nobody is to slow down for it */

/* What the kernel keeps of a packet besides its bytes, about. */
#define OPTQ_PKT_OVERHEAD	576U

/*
 * Lives in the 20 bytes that a qdisc may use of a packet's control block;
 * hence the bit-fields and the packing.
 */
struct optq_pkt {
	struct optq_pkt *next;
	u64 enqueue_ns;
	u32 len:24;		/* 1 .. OPTQ_LEN_MAX, as the link counts it */
	u32 flags:8;
} __packed __aligned(4);

/* What n packets of so many bytes may take of memory: a weight, to compare by. */
static inline u64 optq_pkts_memory(u64 bytes, u32 n)
{
	return bytes + (u64)n * OPTQ_PKT_OVERHEAD;
}

/* Packets that the core gave up; the caller frees them and tells parents. */
struct optq_drops {
	struct optq_pkt *head;
	u32 packets;
	u32 bytes;
};

static inline void optq_drops_add(struct optq_drops *d, struct optq_pkt *pkt)
{
	pkt->next = d->head;
	d->head = pkt;
	d->packets++;
	d->bytes += pkt->len;
}

#endif /* OPTQ_PKT_H */
