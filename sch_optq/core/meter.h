/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What of a stream keeps to what was agreed: green, yellow or red.  RFC 2697 (one
 * rate, two bursts), RFC 2698 (a committed and a peak rate) and RFC 4115 (a committed
 * and an excess rate), blind to the colour a packet came with or aware of it.
 *
 * Tokens are bytes / 10^9, so that a nanosecond at a rate of r bytes per second brings
 * r of them: nothing is ever rounded, and what was decided can be checked to the byte
 * however long a stream runs.  RFC 2697 and 2698 add a whole byte at a time; where
 * packets come at such times both are the same, in between a byte comes in parts.
 */
#ifndef OPTQ_METER_H
#define OPTQ_METER_H

#include "env.h"

#define OPTQ_METER_BYTE	OPTQ_NSEC_PER_SEC

/* A burst that nobody gave: Cisco's is a quarter of a second; TCP needs a round trip. */
#define OPTQ_METER_BURST_PART	10
#define OPTQ_METER_BURST_LEAST	(10 * 1514U)

static inline u32 optq_meter_burst(u64 rate)
{
	u64 burst = div64_u64(rate, OPTQ_METER_BURST_PART);

	return burst < OPTQ_METER_BURST_LEAST ? OPTQ_METER_BURST_LEAST :
	       burst > ~0U ? ~0U : (u32)burst;
}

/* In order: what is greater is worse. */
enum optq_colour {
	OPTQ_GREEN,
	OPTQ_YELLOW,
	OPTQ_RED,
	OPTQ_COLOURS,
};

enum optq_meter_kind {
	OPTQ_METER_2697,
	OPTQ_METER_2698,
	OPTQ_METER_4115,
};

/* What was agreed.  Rates: bytes per second; bursts: bytes. */
struct optq_meter_conf {
	u64 cir;
	u64 xir;		/* 2698: PIR; 4115: EIR; 2697: none */
	u32 cbs;
	u32 xbs;		/* 2698: PBS; else EBS */
	u8 kind;		/* enum optq_meter_kind */
};

/* The same, ready for use: one for any number of meters. */
struct optq_meter_rates {
	u64 cir, xir;
	u64 c_cap, x_cap;	/* tokens, less than 2^62 */
	u64 c_fill_ns, x_fill_ns; /* after which an empty bucket is full */
	u8 kind;
};

/* RFC 2697 and 4115: Tc and Te; RFC 2698: Tc and Tp. */
struct optq_meter {
	u64 c, x;		/* tokens, at t_ns */
	u64 t_ns;
};

enum optq_meter_fault {
	OPTQ_METER_OK,
	OPTQ_METER_CIR,		/* out of range, or no rate at all */
	OPTQ_METER_XIR,		/* out of range, or PIR below CIR */
	OPTQ_METER_BURST,	/* a rate without a burst, or none at all */
};

/* Rates up to OPTQ_RATE_MAX, each of them 0 if the RFC lets it. */
enum optq_meter_fault optq_meter_check(const struct optq_meter_conf *conf);

/* conf: checked. */
void optq_meter_rates_set(struct optq_meter_rates *r,
			  const struct optq_meter_conf *conf);

/* As at the RFCs' time 0: full. */
static inline void optq_meter_init(struct optq_meter *m,
				   const struct optq_meter_rates *r, u64 now)
{
	m->c = r->c_cap;
	m->x = r->x_cap;
	m->t_ns = now;
}

/*
 * Brings m to now, ns, on a clock that may wrap.  One that steps back, or by more
 * than 2^63, has not moved.
 */
void optq_meter_refill(struct optq_meter *m, const struct optq_meter_rates *r,
		       u64 now);

/* Refilled, m holds nothing that a new one would not. */
static inline bool optq_meter_full(const struct optq_meter *m,
				   const struct optq_meter_rates *r)
{
	return m->c == r->c_cap && m->x == r->x_cap;
}

/*
 * The colour of a packet of len bytes that came with colour in (blind: green).
 * Nothing is spent.  m: refilled.
 */
static inline enum optq_colour
optq_meter_judge(const struct optq_meter *m, const struct optq_meter_rates *r,
		 u32 len, enum optq_colour in)
{
	u64 need = len * OPTQ_METER_BYTE;

	if (r->kind == OPTQ_METER_2698) {
		if (in == OPTQ_RED || m->x < need)
			return OPTQ_RED;
		return in == OPTQ_YELLOW || m->c < need ? OPTQ_YELLOW :
							  OPTQ_GREEN;
	}
	if (in == OPTQ_GREEN && m->c >= need)
		return OPTQ_GREEN;
	return in != OPTQ_RED && m->x >= need ? OPTQ_YELLOW : OPTQ_RED;
}

/* What a packet costs that was judged to be of that colour just now. */
static inline void optq_meter_spend(struct optq_meter *m,
				    const struct optq_meter_rates *r, u32 len,
				    enum optq_colour colour)
{
	u64 need = len * OPTQ_METER_BYTE;

	if (colour == OPTQ_GREEN)
		m->c -= need;
	if (colour == OPTQ_YELLOW ||
	    (colour == OPTQ_GREEN && r->kind == OPTQ_METER_2698))
		m->x -= need;
}

/*
 * What was agreed changes: until now it was old, from now on it is r.  Tokens are
 * bytes and stay; what does not fit any more goes, and nothing is given.
 */
void optq_meter_change(struct optq_meter *m, const struct optq_meter_rates *old,
		       const struct optq_meter_rates *r, u64 now);

#endif /* OPTQ_METER_H */
