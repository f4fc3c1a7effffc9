/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A leaf at the head of a line, and senders that respond to it or do not: Reno
 * (half the window a round trip), a scalable one (DCTCP's: by the part that was
 * marked), and one that is deaf.  What is dropped is known a round trip later.
 */
#ifndef CORE_SOURCES_H
#define CORE_SOURCES_H

#include "core_util.h"
#include "../../sch_optq/core/l4s.h"

#define LINE_FLOWS	64
#define PENDING		65536	/* a power of two */

enum source_kind { RENO, SCALABLE, DEAF };

struct source {
	enum source_kind kind;
	u32 queue;		/* hash: sources of one share a queue */
	u32 flags;		/* ECN */
	u64 rtt_ns;
	u64 gap_ns;		/* of a deaf one */
	bool paused;

	double cwnd, alpha;
	bool grown;		/* slow start is over */
	u64 round_end;		/* until when one response is enough */
	u32 round, round_marked;
	u32 in_flight;
	u64 next_ns;
	struct { u64 at; u32 what; } pending[PENDING];
	u32 head, tail;
	/* what came of it since the last look */
	u64 sent, got, marked, lost;
	double sojourn_ns, longest_ns;
};

struct line {
	struct optq_flow_table t;
	struct optq_flow mem[LINE_FLOWS];
	struct optq_flow *buckets[LINE_FLOWS];
	struct optq_leaf leaf;
	struct optq_drops drops;
	struct source *source;
	u32 n;
	u64 now;
	u64 packet_ns;		/* that one packet takes */
	u64 blue, idle_ns;
};

static inline void line_init(struct line *l, u64 mbit, struct source *source,
			     u32 n)
{
	u32 i;

	memset(l, 0, sizeof(*l));
	optq_flow_table_init(&l->t, l->mem, LINE_FLOWS, l->buckets, LINE_FLOWS);
	optq_leaf_init(&l->leaf, 1);
	l->leaf.quantum = MTU;
	optq_leaf_set_limit(&l->leaf, 1000);
	l->leaf.codel = (struct optq_codel_params){
		.target_ns = 5 * MSEC, .interval_ns = 100 * MSEC, .mtu = MTU,
		.step_ns = MSEC, .ecn = true, .l4s = true,
	};
	l->source = source;
	l->n = n;
	l->now = SEC;
	l->packet_ns = MTU * 8 * 1000 / mbit;
	for (i = 0; i < n; i++) {
		source[i].cwnd = 10;
		source[i].next_ns = l->now;
	}
}

enum { GOT, MARKED, LOST };

static inline void source_tell(struct source *s, u64 at, u32 what)
{
	if (s->kind == DEAF)
		return;
	s->pending[s->tail & (PENDING - 1)].at = at;
	s->pending[s->tail++ & (PENDING - 1)].what = what;
	assert_true(s->tail - s->head <= PENDING);
}

static inline void source_respond(struct source *s, u64 now, u32 what)
{
	if (what != GOT && now >= s->round_end) {
		s->cwnd *= s->kind == SCALABLE && what == MARKED ?
			   1 - s->alpha / 2 : 0.5;
		if (s->cwnd < 2)
			s->cwnd = 2;
		s->grown = true;
		s->round_end = now + s->rtt_ns;
	} else if (what == GOT) {
		s->cwnd += s->grown ? 1 / s->cwnd : 1;
	}
	/* A window's worth is a round, of which alpha is the mean. */
	s->round++;
	s->round_marked += what == MARKED;
	if (s->round >= s->cwnd) {
		s->alpha += ((double)s->round_marked / s->round - s->alpha) / 16;
		s->round = 0;
		s->round_marked = 0;
	}
}

static inline void line_lost(struct line *l)
{
	while (l->drops.head) {
		struct optq_pkt *next = l->drops.head->next;
		struct source *s = &l->source[tpkt(l->drops.head)->flow];

		s->lost++;
		source_tell(s, l->now + s->rtt_ns, LOST);
		pkt_free(l->drops.head);
		l->drops.head = next;
	}
	l->drops.packets = 0;
	l->drops.bytes = 0;
}

static inline void source_send(struct line *l, u32 i)
{
	struct source *s = &l->source[i];
	struct optq_pkt *p = pkt_new(MTU, i, s->sent++);

	p->flags = s->flags;
	l->blue += !optq_leaf_enqueue(&l->t, &l->leaf, p, s->queue, NULL,
				      false, l->now, &l->drops);
	line_lost(l);
}

/* Acknowledgements that are due, and what they and the time allow to send. */
static inline void source_run(struct line *l, u32 i)
{
	struct source *s = &l->source[i];

	while (s->head != s->tail &&
	       s->pending[s->head & (PENDING - 1)].at <= l->now) {
		source_respond(s, l->now,
			       s->pending[s->head++ & (PENDING - 1)].what);
		s->in_flight--;
	}
	if (s->paused) {
		s->next_ns = l->now;
		return;
	}
	if (s->kind == DEAF) {
		for (; s->next_ns <= l->now; s->next_ns += s->gap_ns)
			source_send(l, i);
		return;
	}
	while (s->in_flight < s->cwnd) {
		s->in_flight++;
		source_send(l, i);
	}
}

static inline void line_take(struct line *l)
{
	struct optq_pkt *p = optq_leaf_dequeue(&l->t, &l->leaf, l->now, &l->drops);
	struct source *s;
	double waited;

	line_lost(l);
	if (!p) {
		l->now += 20000;
		l->idle_ns += 20000;
		return;
	}
	s = &l->source[tpkt(p)->flow];
	waited = (double)(l->now - p->enqueue_ns);
	l->now += l->packet_ns;
	s->got++;
	s->marked += !!(p->flags & OPTQ_PKT_CE);
	s->sojourn_ns += waited;
	s->longest_ns = waited > s->longest_ns ? waited : s->longest_ns;
	source_tell(s, l->now + s->rtt_ns, p->flags & OPTQ_PKT_CE ? MARKED : GOT);
	pkt_free(p);
}

static inline void line_run(struct line *l, u64 ns)
{
	u64 end = l->now + ns;
	u32 i;

	l->blue = 0;
	l->idle_ns = 0;
	for (i = 0; i < l->n; i++) {
		struct source *s = &l->source[i];

		s->sent = s->got = s->marked = s->lost = 0;
		s->sojourn_ns = s->longest_ns = 0;
	}
	while (l->now < end) {
		for (i = 0; i < l->n; i++)
			source_run(l, i);
		line_take(l);
	}
}

static inline double source_share(const struct line *l, u32 i)
{
	double all = 0;
	u32 j;

	for (j = 0; j < l->n; j++)
		all += (double)l->source[j].got;
	return (double)l->source[i].got / all;
}

static inline double source_wait_ms(const struct source *s)
{
	return s->got ? s->sojourn_ns / (double)s->got / 1e6 : 0;
}

/* Nothing is left behind; leaks are the sanitizer's to find. */
static inline void line_free(struct line *l)
{
	optq_leaf_purge(&l->t, &l->leaf, &l->drops);
	line_lost(l);
	assert_int_equal(l->t.used, 0);
}

#endif /* CORE_SOURCES_H */
