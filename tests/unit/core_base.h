/* SPDX-License-Identifier: GPL-2.0 */
/* Packets and random numbers, for every program that drives the core. */
#ifndef CORE_BASE_H
#define CORE_BASE_H

#include <stdio.h>
#include <stdlib.h>

#include "../../sch_optq/core/sched.h"
#include "../../sch_optq/core/tree.h"
#include "../../sch_optq/core/verify.h"

#define SEC	OPTQ_NSEC_PER_SEC
#define MSEC	1000000ULL
#define MTU	1514U

/* splitmix64 (Steele, Lea, Flood 2014). */
static inline u64 rnd(u64 *state)
{
	u64 z = (*state += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

/* lo..hi, both included. */
static inline u64 rnd_in(u64 *state, u64 lo, u64 hi)
{
	return lo + rnd(state) % (hi - lo + 1);
}

/* A packet that remembers where it came from. */
struct tpkt {
	struct optq_pkt pkt;
	u32 flow;
	u64 seq;
} __packed __aligned(4);

static inline struct optq_pkt *pkt_new(u32 len, u32 flow, u64 seq)
{
	struct tpkt *t = calloc(1, sizeof(*t));

	t->pkt.len = len & 0xffffffU;
	t->flow = flow;
	t->seq = seq;
	return &t->pkt;
}

static inline struct tpkt *tpkt(struct optq_pkt *p)
{
	return (struct tpkt *)p;
}

static inline void pkt_free(struct optq_pkt *p)
{
	free(tpkt(p));
}

#endif /* CORE_BASE_H */
