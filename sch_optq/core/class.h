/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A class, its parameters, and the tree.  Who calls here holds the one lock of
 * the tree; nothing below takes or drops it.
 */
#ifndef OPTQ_CLASS_H
#define OPTQ_CLASS_H

#include "bucket.h"
#include "edf.h"
#include "leaf.h"
#include "list.h"
#include "memory.h"
#include "sole.h"
#include "wfq.h"
#include "wheel.h"
#include "wire.h"

#define OPTQ_BANDS	8

/* What an administrator asks of a class; 0 stands for "automatic" or "none". */
struct optq_class_conf {
	u64 rate;		/* bytes per second, guaranteed */
	u64 ceil;		/* bytes per second, at most */
	u64 delay_ns;		/* within which a leaf's guaranteed packets leave */
	u64 target_ns;
	u64 interval_ns;
	u32 burst;		/* bytes over rate */
	u32 cburst;		/* bytes over ceil */
	u32 weight;
	u32 prio;
	u32 quantum;
	u32 limit;
	struct optq_wire wire;
	bool ecn : 1;
	bool l4s : 1;
	bool oversubscribe : 1;
	bool nat : 1;
	u8 isolate;		/* enum optq_isolate */
	u8 ack_filter : 2;	/* enum optq_ack_filter; 0: the parent's */
	u8 dscp;		/* 1 + DSCP, OPTQ_DSCP_NONE, or 0: the parent's */
	u32 step_ns;		/* from which wait on L4S packets are marked */
};

/* As they came, whatever is said above. */
#define OPTQ_DSCP_NONE	65U

/* Zero is "not given" in a conf, so that what is given counts from one. */
static inline u8 optq_dscp_from_uapi(u8 v)
{
	return (u8)(v + 1);	/* OPTQ_DSCP_INHERIT is 0 */
}

static inline u8 optq_dscp_to_uapi(u8 dscp)
{
	return (u8)(dscp - 1);
}

/*
 * Since the class began.  Of a leaf, enqueued is packets + drops + those that
 * wait; of a class with others below it, nobody counts it.
 */
struct optq_class_counters {
	u64 packets;
	u64 bytes;
	u64 enqueued;			/* that came for this leaf */
	u64 guaranteed_bytes;
	u64 throttled_ns;
	u64 missed_ns;			/* when its guarantee was last missed; 0 never */
	u64 drop_other;			/* here and below */
	u64 drop_blue;			/* likewise */
	u64 ecn_marks_l4s;		/* likewise, of all marks */
	u64 dscp_changed;		/* here and below */
	u64 drop_ack;			/* likewise */
};

/* A class's place in the order of delays: a leaf's own, or its most urgent's. */
struct optq_urgent {
	struct optq_tagged tag;
	struct optq_class *c;
	struct optq_police *police;	/* likewise of few; see optq_class_police() */
	/* A leaf's turns taken before they came, in ticks of its rate. */
	u64 ahead;
	u64 ahead_below;		/* paid for by ancestors less deep than */
	u8 below;			/* this; see optq_ahead_take() */
};

/* What a class with others below it has besides: its children, in sets. */
struct optq_inner {
	struct optq_list children;
	u64 rate_below;			/* guarantees of the children */
	struct optq_tagset urgents;
	struct optq_urgent urgent;
	struct optq_edf guarantees;
	struct optq_wfq bands[OPTQ_BANDS];
};

struct optq_class {
	struct optq_class *parent;	/* NULL: the link */
	struct optq_inner *inner;	/* NULL: nothing was ever below it */
	struct optq_urgent *urgent;	/* NULL: never had a delay, nor a policer */
	u8 band_map;			/* bands with a member */
	u8 depth;			/* 0: the link */
	bool attached;			/* in the tree */
	bool red;			/* over its ceiling */
	bool blocked;			/* had nothing to give this time */
	bool has_delay;			/* is a leaf with one */
	bool policed;
	u32 n_children;
	u32 qlen;			/* packets in this leaf and its qdisc */
	u32 own_qlen;			/* of those, in the leaf's own queue */
	u32 split_bytes;		/* longest packet its burst allows */

	struct optq_wfq_node excess;	/* in the parent's band of prio */
	struct optq_tagged guaranteed;	/* in the parent's guarantees */
	/*
	 * Until its ceiling lets it send again while it is red, else until its
	 * rate has tokens: what is over its ceiling has no place to wait for.
	 */
	struct optq_timer timer;
	struct optq_list blocked_link;

	struct optq_bucket rate;
	struct optq_bucket ceil;
	u64 red_changed_ns;		/* when red last began, or ended */

	struct optq_list sibling;
	struct optq_leaf leaf;
	struct optq_class_conf conf;
	struct optq_class_counters count;
};

struct optq_ack;

struct optq_tree {
	struct optq_class root;
	struct optq_inner root_inner;
	struct optq_class direct;	/* unclassified traffic, served first */
	struct optq_flow_table flows;
	struct optq_wheel red;		/* classes over their ceiling */
	struct optq_wheel waiting;	/* backlogged beyond their rate */
	struct optq_list blocked;
	struct optq_class *lender;	/* of the last pick; NULL: excess */
	struct optq_class *urgent_top;	/* whence on its delay was the reason */
	struct optq_sole sole;		/* its leaf is unlinked */
	bool picked_sole;		/* the last pick was that one */
	bool has_parent;		/* another qdisc counts what is in this one */
	struct optq_class *fattest;	/* guess at the longest leaf */
	struct optq_memory memory;	/* of what is in leaves' own queues */
	u32 mtu;
	u32 qlen;			/* packets in all leaves */
	u32 own_qlen;			/* of those, in leaves' own queues */
	u32 limit;			/* of own_qlen: a grafted qdisc has its own */
	u32 next_salt;
	u32 secret;			/* seeds the flow table */
	/* Of a whole segment of TCP; false: it is none.  NULL: no ACK is given up. */
	bool (*read_ack)(const struct optq_pkt *pkt, struct optq_ack *ack);
};

static inline bool optq_class_is_leaf(const struct optq_class *c)
{
	return !c->n_children;
}

static inline u64 optq_class_drops(const struct optq_class *c)
{
	return c->leaf.drop_overlimit + c->leaf.drop_aqm +
	       c->count.drop_blue + c->count.drop_ack + c->count.drop_other;
}

/*
 * NULL: c can have no place among the urgent.  A leaf's is looked at with its delay
 * alone, which is set under the lock, as its memory may not be.
 */
static inline struct optq_urgent *optq_class_urgent(const struct optq_class *c)
{
	if (c->n_children)
		return &c->inner->urgent;
	return c->conf.delay_ns ? c->urgent : NULL;
}

/* Whether c stands among its parent's urgent ones. */
static inline bool optq_class_is_urgent(const struct optq_class *c)
{
	const struct optq_urgent *u = optq_class_urgent(c);

	return u && optq_tagged_linked(&u->tag);
}

/* Where turns that c has tokens for are waited for. */
static inline const struct optq_tagged *
optq_class_turn_tag(const struct optq_class *c)
{
	return c->has_delay ? &c->urgent->tag : &c->guaranteed;
}

/*
 * From when a packet of c, a leaf with a delay, has tokens until it is due, ticks.
 * Never longer than the rate takes for the burst: that is its guarantee, and by
 * then it asks for no more than its rate.
 */
static inline u64 optq_class_delay_span(const struct optq_class *c)
{
	return optq_min_u64(optq_tag_floor(optq_ticks(c->conf.delay_ns)),
			    optq_tag_ceil((u64)c->rate.cap));
}

/* NULL: c itself has none. */
static inline struct optq_police *optq_class_police(const struct optq_class *c)
{
	return c->policed ? c->urgent->police : NULL;
}

/* A packet of c has left with another DSCP than its own. */
static inline void optq_count_dscp(struct optq_class *c)
{
	for (; c; c = c->parent)
		c->count.dscp_changed++;
}

/* Its last child has gone: from now on c counts itself what comes for it. */
static inline void optq_class_count_anew(struct optq_class *c)
{
	c->count.enqueued = c->count.packets + optq_class_drops(c) +
			    c->leaf.packets;
}

/*
 * What a leaf counts is counted above it too, where no leaf is that counts for
 * itself.
 */
static inline void optq_count_overlimit_above(struct optq_class *c, u64 n)
{
	while ((c = c->parent))
		c->leaf.drop_overlimit += n;
}

/* n packets of c were given up for a reason that is not the core's own. */
static inline void optq_count_drop_other(struct optq_class *c, u64 n)
{
	for (; c; c = c->parent)
		c->count.drop_other += n;
}

static inline bool optq_class_has_guarantees(const struct optq_class *c)
{
	return c->n_children && !optq_edf_empty(&c->inner->guarantees);
}

/* Guarantees of the classes below c, bytes per second. */
static inline u64 optq_class_rate_below(const struct optq_class *c)
{
	return c->inner ? c->inner->rate_below : 0;
}

/*
 * Guarantee that c needs from its parent, bytes per second: its own rate; that
 * of the classes below it when it has none.  What is below a class does not
 * weigh on its siblings beyond its rate, whether it fits or not.
 */
static inline u64 optq_class_need(const struct optq_class *c)
{
	return c->conf.rate ? c->conf.rate : optq_class_rate_below(c);
}

/* c's turns are as far apart as what it needs asks for: call with c off its set. */
static inline void optq_class_set_pace(struct optq_class *c)
{
	if (!optq_bucket_on(&c->rate))
		optq_bucket_set_pace(&c->rate, optq_class_rate_below(c));
}

/*
 * Ticks that a packet of another class on each level may cost c.  A jumbo frame
 * of more than 64 KiB counts as that.
 */
static inline s64 optq_class_turns(const struct optq_class *c, u32 mtu)
{
	s64 most = 1LL << 56;
	s64 turn = optq_bucket_cost(&c->rate, optq_min_u32(mtu, OPTQ_SPLIT_MAX));

	return (turn < most ? turn : most) * c->depth;
}

/*
 * The most that c's rate bucket holds while c has traffic, in ticks.  burst
 * bounds what an idle class saves.  A class that waits for its turn must not
 * lose what it cannot spend meanwhile: at each level that is at most its share
 * of one packet of each sibling, and one packet that had begun.
 */
static inline s64 optq_class_rate_most(const struct optq_tree *t,
				       const struct optq_class *c)
{
	u32 longest = optq_min_u32(t->root.split_bytes, OPTQ_SPLIT_MAX);

	return c->rate.cap +
	       optq_bucket_cost(&c->rate, longest) * 2 * (s64)(c->depth + 1);
}

/* An idle class saves its burst; one that waits saves what it is owed. */
static inline void optq_class_refill_rate(const struct optq_tree *t,
					  struct optq_class *c, u64 now)
{
	/* With a delay it is refilled before a packet comes as well. */
	bool waits = optq_wfq_linked(&c->excess) ||
		     (c->leaf.in_order && c->qlen);

	optq_bucket_refill_to(&c->rate, now, waits ?
			      optq_class_rate_most(t, c) : c->rate.cap);
}

/* Whether c waits for a guaranteed turn longer than its burst can make good for. */
static inline bool optq_class_behind(const struct optq_class *c, u64 now)
{
	const struct optq_tagged *tag = optq_class_turn_tag(c);
	s64 late = (s64)(optq_ticks(now) - tag->start);

	return late > c->rate.cap && optq_bucket_on(&c->rate) &&
	       optq_tagged_linked(tag);
}

/* How long ago c last was that far behind its rate, ns; 0: never. */
static inline u64 optq_class_missed_ago(const struct optq_class *c, u64 now)
{
	if (optq_class_behind(c, now))
		return 1;
	return c->count.missed_ns ? optq_max_u64(now - c->count.missed_ns, 1) :
				    0;
}

#endif /* OPTQ_CLASS_H */
