/* SPDX-License-Identifier: GPL-2.0 */
/* What the core knows of a packet, and chains of packets. */
#ifndef OPTQ_PKT_H
#define OPTQ_PKT_H

#include "env.h"

/* Longest packet that any caller charges, and so a start tag's reach. */
#define OPTQ_LEN_MAX	1048576U

/* Longest packet that is worth keeping whole: a full super-packet. */
#define OPTQ_SPLIT_MAX	(65536U + 1024U)

#define OPTQ_PKT_ECT	0x01U	/* ECN-capable: may be marked, not dropped */
#define OPTQ_PKT_CE	0x02U	/* verdict: to be marked on the way out */

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
