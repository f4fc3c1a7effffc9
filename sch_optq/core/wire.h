/* SPDX-License-Identifier: GPL-2.0 */
/* How long a packet is on the wire that the shaper stands for. */
#ifndef OPTQ_WIRE_H
#define OPTQ_WIRE_H

#include "env.h"
#include "../uapi/linux/optq.h"

/* What comes on top of a packet; layer: one of OPTQ_WIRE_*. */
struct optq_wire {
	s16 overhead;		/* bytes */
	u16 mpu;		/* bytes, the least that is sent */
	u8 layer;
};

/* Not simply the device's length. */
static inline bool optq_wire_on(const struct optq_wire *w)
{
	return w->layer > OPTQ_WIRE_RAW || w->overhead || w->mpu;
}

/* On top of the device's length; otherwise of the packet from its network header on. */
static inline bool optq_wire_raw(const struct optq_wire *w)
{
	return w->layer <= OPTQ_WIRE_RAW || w->layer >= OPTQ_WIRE_RAW_ATM;
}

static inline bool optq_wire_same(const struct optq_wire *a,
				  const struct optq_wire *b)
{
	return a->layer == b->layer && a->overhead == b->overhead &&
	       a->mpu == b->mpu;
}

static inline bool optq_wire_valid(const struct optq_wire *w)
{
	if (!w->layer)
		return !w->overhead && !w->mpu;
	return w->layer <= OPTQ_WIRE_RAW_PTM && w->mpu <= OPTQ_MPU_MAX &&
	       w->overhead >= OPTQ_OVERHEAD_MIN &&
	       w->overhead <= OPTQ_OVERHEAD_MAX;
}

/*
 * Bytes that a packet of len bytes, 2^31 at most, takes.  ATM sends cells of 53 bytes
 * with 48 of payload, the last one filled up (ITU-T I.363.5); PTM adds one to 64 bytes
 * (IEEE 802.3 clause 61, 64/65-octet encapsulation).
 */
static inline u32 optq_wire_len(const struct optq_wire *w, u32 len)
{
	s64 on_wire = (s64)len + w->overhead;
	u32 bytes = on_wire > w->mpu ? (u32)on_wire : w->mpu;

	switch (w->layer) {
	case OPTQ_WIRE_ATM:
	case OPTQ_WIRE_RAW_ATM:
		return (bytes + 47) / 48 * 53;
	case OPTQ_WIRE_PTM:
	case OPTQ_WIRE_RAW_PTM:
		return bytes + (bytes + 63) / 64;
	default:
		return bytes;
	}
}

/*
 * Likewise, 2^32 - 1 at most, of a super-packet that becomes segs segments with headers
 * of headers bytes each, and size bytes of the payload in all but the last.
 */
static inline u32 optq_wire_super_len(const struct optq_wire *w, u32 headers,
				      u32 payload, u32 size, u32 segs)
{
	u64 len = (u64)(segs - 1) * optq_wire_len(w, headers + size) +
		  optq_wire_len(w, headers + payload - (segs - 1) * size);

	return len > ~0U ? ~0U : (u32)len;
}

#endif /* OPTQ_WIRE_H */
