/* SPDX-License-Identifier: GPL-2.0 */
/* How long a packet is on the wire that the shaper stands for. */
#ifndef OPTQ_WIRE_H
#define OPTQ_WIRE_H

#include "env.h"
#include "../uapi/linux/optq.h"

/* What comes on top of an IP packet; layer: one of OPTQ_WIRE_*. */
struct optq_wire {
	s16 overhead;		/* bytes */
	u16 mpu;		/* bytes, the least that is sent */
	u8 layer;
};

static inline bool optq_wire_on(const struct optq_wire *w)
{
	return w->layer > OPTQ_WIRE_RAW;
}

static inline bool optq_wire_same(const struct optq_wire *a,
				  const struct optq_wire *b)
{
	return a->layer == b->layer && a->overhead == b->overhead &&
	       a->mpu == b->mpu;
}

static inline bool optq_wire_valid(const struct optq_wire *w)
{
	if (!optq_wire_on(w))
		return !w->overhead && !w->mpu;
	return w->layer <= OPTQ_WIRE_PTM && w->mpu <= OPTQ_MPU_MAX &&
	       w->overhead >= OPTQ_OVERHEAD_MIN &&
	       w->overhead <= OPTQ_OVERHEAD_MAX;
}

/*
 * Bytes that an IP packet of len bytes takes.  ATM sends cells of 53 bytes with 48
 * of payload, the last one filled up (ITU-T I.363.5); PTM adds one to 64 bytes (IEEE
 * 802.3 clause 61, 64/65-octet encapsulation).
 */
static inline u32 optq_wire_len(const struct optq_wire *w, u32 len)
{
	s64 on_wire = (s64)len + w->overhead;
	u32 bytes = on_wire > w->mpu ? (u32)on_wire : w->mpu;

	if (w->layer == OPTQ_WIRE_ATM)
		return (bytes + 47) / 48 * 53;
	if (w->layer == OPTQ_WIRE_PTM)
		return bytes + (bytes + 63) / 64;
	return bytes;
}

/*
 * Likewise of a super-packet that becomes segments of size bytes of the payload (not
 * 0) with headers of headers bytes each.
 */
static inline u32 optq_wire_super_len(const struct optq_wire *w, u32 headers,
				      u32 payload, u32 size)
{
	u32 full = payload / size, rest = payload - full * size;
	u32 len = full * optq_wire_len(w, headers + size);

	return rest ? len + optq_wire_len(w, headers + rest) : len;
}

#endif /* OPTQ_WIRE_H */
