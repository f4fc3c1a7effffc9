/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The scheduler core on a simulated link: classes with traffic sources, a line
 * that takes its time for every packet, and checks at every step of what must
 * hold whatever the traffic is.
 */
#ifndef SIM_H
#define SIM_H

#include "../unit/core_base.h"

#define SIM_CLASSES	512
#define SIM_FLOWS	4		/* per source */
#define SIM_NEVER	(~0ULL)

enum source_kind {
	SOURCE_OFF,
	SOURCE_GREEDY,		/* always has something queued */
	SOURCE_BURSTS,		/* trains of packets, then silence */
	SOURCE_STEADY,		/* one packet at a time */
	SOURCE_CONFORMING,	/* all that its class's rate and burst allow */
};

struct source {
	enum source_kind kind;
	u32 len_min, len_max;
	u32 depth;		/* greedy: packets kept queued; bursts: of one */
	u64 gap_ns;		/* between packets or trains, on average */
	u64 next_ns;
	double tokens;		/* conforming: bytes that it may send */
	u64 tokens_ns;
	u32 flow[SIM_FLOWS];
};

/* A token bucket that checks instead of holding back. */
struct limit_check {
	double left;		/* bytes that may still be sent */
	u64 t_ns;
};

/*
 * How far a class has fallen behind its rate: the worst, over every interval
 * that ends now and within which it had traffic, of what is missing.
 */
struct lag_check {
	double bytes, worst;
	u64 t_ns;
	bool on;
};

struct node {
	struct optq_inner inner;	/* in use once it has had a child */
	struct optq_urgent urgent;
	struct optq_shares shares;
	struct optq_class own;	/* but for the link */
	struct optq_class *c;
	struct node *parent;
	int index;
	struct source src;
	struct limit_check limit;
	struct lag_check lag;
	double late;			/* most over its delay, ns */
	u64 enqueued, sent;		/* packets of this leaf's queue */
	u64 dropped;			/* packets, here and below */
	u64 sent_bytes;			/* at or below this class */
	u64 marked_bytes;		/* of these, before the warm-up's end */
};

struct sim_flow {
	u32 hash;
	u64 next_seq, last_out;
};

struct sim {
	struct optq_tree t;
	struct optq_flow *flow_mem;
	struct optq_flow **buckets;
	struct hosts_mem hosts;
	struct node *node[SIM_CLASSES];	/* the first is the link */
	int n;
	struct sim_flow *flow;
	u32 n_flows, room_flows;
	u64 seed, now, busy_until;
	double busy_rest_ns;		/* less than one */
	double line;			/* bytes per second */
	u32 longest;			/* packet that a source sends */
	u64 late_ns;			/* most that the line starts too late */
	u64 in, out, dropped;		/* packets */
	bool check_lag;
	bool check_delay;
	bool shared_flows;		/* the table may overflow: no order */
	int verify_every;		/* operations; 0: never */
	int ops;
	char why[256];			/* what went wrong first */
};

void sim_init(struct sim *s, u64 seed, double line, u32 flows);
void sim_free(struct sim *s);

/* Notes a failure; the first one stays. */
void sim_fail(struct sim *s, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

static inline bool sim_failed(const struct sim *s)
{
	return s->why[0];
}

struct node *sim_node_of(struct sim *s, const struct optq_class *c);

/* A new class, configured and attached; NULL when the core refuses it. */
struct node *sim_add(struct sim *s, struct node *parent,
		     const struct optq_class_conf *conf);
/* optq_class_attach() of the two nodes' classes. */
void sim_attach(struct sim *s, struct node *n, struct node *parent);
void sim_configure(struct sim *s, struct node *n,
		   const struct optq_class_conf *conf);
/* Forgets a class that has been detached and holds no packet. */
void sim_remove(struct sim *s, struct node *n);

void sim_set_source(struct sim *s, struct node *leaf, enum source_kind kind,
		    u32 len_min, u32 len_max, u32 depth, u64 gap_ns);
void sim_enqueue(struct sim *s, struct node *leaf);

/* Lets the line take up to packets, but not after until_ns. */
void sim_run(struct sim *s, u64 packets, u64 until_ns);

/* Checks what must hold between operations. */
void sim_verify(struct sim *s);
void sim_check_counts(struct sim *s);

/* Stops the sources and lets every queue run empty. */
void sim_drain(struct sim *s);

/* Packets of a conforming source with a delay may take that and so much longer. */
double sim_delay_slack_ns(const struct sim *s);

/* The burst that the core lets a class have over its ceiling. */
double sim_ceil_burst(const struct sim *s, const struct node *n);

#endif /* SIM_H */
