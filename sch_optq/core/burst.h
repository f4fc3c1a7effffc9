/* SPDX-License-Identifier: GPL-2.0 */
/* How long bursts are in force, whoever has to know: bytes, of a device's mtu. */
#ifndef OPTQ_BURST_H
#define OPTQ_BURST_H

#include "pkt.h"
#include "../uapi/linux/optq.h"

#define OPTQ_MTU_MIN	256U

/* What the core counts with, whatever the device says. */
static inline u32 optq_clamp_mtu(u32 mtu)
{
	return optq_min_u32(optq_max_u32(mtu, OPTQ_MTU_MIN), OPTQ_LEN_MAX);
}

/* A millisecond at rate: it covers the lateness of a timer. */
static inline u32 optq_late_bytes(u64 rate)
{
	return (u32)optq_min_u64(div64_u64(rate, 1000),
				 OPTQ_BURST_MAX - 2 * OPTQ_LEN_MAX);
}

/*
 * Over the rate of a class at depth (1: below the link); asked 0: automatic.  At
 * each level a packet of another class may go first, and what it is behind then
 * must not be more than its burst and one packet.
 */
static inline u32 optq_rate_burst(u64 rate, u32 asked, u32 mtu, u32 depth)
{
	return optq_max_u32(asked ? asked : optq_late_bytes(rate) + 2 * mtu,
			    (optq_max_u32(depth, 1) + 1) * mtu);
}

/*
 * Likewise of a leaf with a delay.  What it asks for is what others have to wait
 * for, so a burst of a few small packets stays one.
 */
static inline u32 optq_delay_burst(u64 rate, u32 asked, u32 mtu)
{
	return asked ? asked : optq_rate_burst(rate, 0, mtu, 1);
}

/*
 * Over the ceil of a class.  A packet more than the one that must pass covers the
 * wait behind a sibling's.
 */
static inline u32 optq_ceil_burst(u64 ceil, u32 asked, u32 mtu)
{
	return optq_max_u32(asked ? asked : optq_late_bytes(ceil) + 2 * mtu,
			    mtu);
}

/* The longest packet that leaves a burst over a ceil a refill. */
static inline u32 optq_burst_split(u32 burst, u32 mtu)
{
	return optq_max_u32(mtu, optq_min_u32(burst / 2, OPTQ_SPLIT_MAX));
}

/*
 * Whether a ceil lets a burst over the rate pass at once, so that a delay depends
 * on others alone.  An automatic cburst (0) is made for it: twice the burst.
 */
static inline bool optq_ceil_passes(u32 burst, u32 cburst, u32 mtu)
{
	return !cburst || (cburst > burst &&
			   cburst - burst >= optq_burst_split(cburst, mtu));
}

/*
 * At once over a policer's rate where nobody said: a tenth of a second, or ten frames.
 * Cisco's is a quarter of a second; TCP needs a round trip.
 */
static inline u32 optq_police_burst(u64 rate)
{
	return (u32)optq_min_u64(optq_max_u64(div64_u64(rate, 10), 10 * 1514U),
				 0xffffffffU);
}

#endif /* OPTQ_BURST_H */
