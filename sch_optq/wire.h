/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQ_WIRE_SKB_H
#define OPTQ_WIRE_SKB_H

#include <net/pkt_sched.h>

#include "core/pkt.h"
#include "core/wire.h"

/* As below, of a wire that counts more or less than the device. */
u32 optq_wire_skb_len(const struct sk_buff *skb, const struct optq_wire *w);

/* Bytes, 1 to OPTQ_LEN_MAX, that skb, of any kind, is charged for on w, a leaf's. */
static inline u32 optq_skb_len(const struct sk_buff *skb,
			       const struct optq_wire *w)
{
	u32 len = unlikely(w->layer) ? optq_wire_skb_len(skb, w) :
					      qdisc_pkt_len(skb);

	return clamp_t(u32, len, 1, OPTQ_LEN_MAX);
}

#endif /* OPTQ_WIRE_SKB_H */
