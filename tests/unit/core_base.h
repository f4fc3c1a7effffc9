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

/* What leaves need in which hosts have their share. */
struct hosts_mem {
	struct optq_share *shares;
	struct optq_host *hosts;
	struct optq_host **buckets;
	struct optq_flow_past *past;
	u16 *signs;
};

/* t is ready, but for this; any number of buckets works. */
static inline void hosts_give(struct hosts_mem *m, struct optq_flow_table *t,
			      u32 buckets)
{
	m->shares = calloc(t->size, sizeof(*m->shares));
	m->hosts = calloc(2 * t->size, sizeof(*m->hosts));
	m->buckets = calloc(buckets, sizeof(*m->buckets));
	m->past = calloc(t->bucket_mask + 1, sizeof(*m->past));
	optq_flow_table_give_hosts(t, m->shares, m->hosts, m->buckets, buckets);
	m->signs = calloc(OPTQ_FLOW_SIGNS, sizeof(*m->signs));
	optq_flow_table_give_past(t, m->past);
	optq_flow_table_give_signs(t, m->signs);
}

static inline void hosts_free(struct hosts_mem *m)
{
	free(m->shares);
	free(m->hosts);
	free(m->buckets);
	free(m->past);
	free(m->signs);
}

/* The key of a flow between two hosts, as l tells them apart. */
static inline u32 flow_key_of(const struct optq_leaf *l, u32 flow,
			 const struct optq_hosts *hosts)
{
	switch (l->isolate) {
	case OPTQ_ISOLATE_SRC_HOST:
		return (u32)hosts->src;
	case OPTQ_ISOLATE_DST_HOST:
		return (u32)hosts->dst;
	default:
		/* What is translated has other keys. */
		return l->nat ? ~flow : flow;
	}
}

#endif /* CORE_BASE_H */
