/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Flows: one queue per flow, one table for the whole tree.  A flow without
 * packets keeps its entry until its turn has come round, or until a flow that
 * has packets needs the entry: classes at rest keep none from those at work.
 */
#ifndef OPTQ_FLOW_H
#define OPTQ_FLOW_H

#include "blue.h"
#include "codel.h"
#include "host.h"
#include "list.h"
#include "pkt.h"

struct optq_leaf;
struct optq_share;

/*
 * A flood is told from flows by these: for as long as it takes to overwrite half of
 * them.  At 100,000 packets a second given up that is a sixth of a second.
 */
#define OPTQ_FLOW_SIGNS	32768U

struct optq_flow {
	struct optq_pkt *head, *tail;
	struct optq_list link;		/* leaf's new or old flows; free list */
	struct optq_list idle;		/* in the table, without packets */
	struct optq_flow *hash_next;
	struct optq_leaf *leaf;
	u32 hash;
	u32 blue_tick;			/* when blue_p last changed */
	u64 bytes;
	u32 packets;
	s32 deficit;
	u16 blue_p;			/* BLUE's drop probability, of 2^16 */
	bool hashed;			/* false: the leaf's shared flow */
	bool fresh;			/* on the new list */
	bool l4s;			/* has had ECT(1) */
	struct optq_codel codel;
};

/* CoDel's drops of a flow that has gone; how many is 0: none. */
struct optq_flow_past {
	u32 hash;
	u32 leaf;			/* salt of the leaf */
	u32 drops;
	u64 drop_next_ns;
};

struct optq_flow_table {
	struct optq_flow **buckets;	/* bucket_mask + 1, a power of two */
	struct optq_flow_past *past;	/* as many; NULL: none is kept */
	u16 *signs;			/* of flows that were here; may be NULL */
	struct optq_flow *flows;
	struct optq_share *shares;	/* a flow's stands as its flow does */
	struct optq_host_table hosts;	/* without buckets: no leaf has any */
	struct optq_list free;
	struct optq_list idle;		/* entries without packets, oldest first */
	u32 bucket_mask;
	u32 size;
	u32 used;
	u32 pasts;			/* that hold something */
	u32 random;			/* of all that is decided by chance */
	struct optq_blue blue;
};

/* Xorshift (Marsaglia, 2003), of 32 bits; 0 is a seed like any other. */
static inline u32 optq_random(struct optq_flow_table *t)
{
	u32 x = t->random ? t->random : 0x9e3779b9U;

	x ^= x << 13;
	x ^= x >> 17;
	x ^= x << 5;
	t->random = x;
	return x;
}

/*
 * flows: size entries; buckets: a power of two of them.  The memory stays the
 * caller's and must outlive the table.
 */
void optq_flow_table_init(struct optq_flow_table *t, struct optq_flow *flows,
			  u32 size, struct optq_flow **buckets, u32 n_buckets);

/*
 * Room for what CoDel had learned of flows that have gone, one for each bucket: who
 * pauses until its queue is empty does not begin anew.
 */
void optq_flow_table_give_past(struct optq_flow_table *t,
			       struct optq_flow_past *past);

/*
 * What leaves need in which hosts have their share: a share for each flow, and
 * twice as many hosts in n_buckets, a power of two.
 */
void optq_flow_table_give_hosts(struct optq_flow_table *t,
				struct optq_share *shares,
				struct optq_host *hosts,
				struct optq_host **buckets, u32 n_buckets);

/* signs: OPTQ_FLOW_SIGNS of them, all 0; the caller's likewise. */
void optq_flow_table_give_signs(struct optq_flow_table *t, u16 *signs);

/*
 * Whether f was here not long ago, and was noted as one that was served or given up.
 * Few are served and many given up: each have their half of the memory, in which the
 * last to come takes the place.  One in 32,768 that was never here counts as well.
 */
bool optq_flow_seen(const struct optq_flow_table *t, const struct optq_flow *f);
void optq_flow_note(const struct optq_flow_table *t, const struct optq_flow *f,
		    bool served);

/* The leaf's own entry, for packets that find no free one. */
void optq_flow_init_shared(struct optq_flow *f, struct optq_leaf *leaf);

/* The flow of hash in leaf, new if need be; NULL when the table is full. */
struct optq_flow *optq_flow_get(struct optq_flow_table *t,
				struct optq_leaf *leaf, u32 hash);

/* Likewise, but NULL when there is none. */
struct optq_flow *optq_flow_find(const struct optq_flow_table *t,
				 const struct optq_leaf *leaf, u32 hash);

/* The flow that has been without packets longest; NULL when none is. */
struct optq_flow *optq_flow_oldest_idle(const struct optq_flow_table *t);

/* Gives back an empty flow that is on no list. */
void optq_flow_put(struct optq_flow_table *t, struct optq_flow *f);

/* Makes f a flow of another leaf, which must not have one of the same hash. */
void optq_flow_rehash(struct optq_flow_table *t, struct optq_flow *f,
		      struct optq_leaf *leaf);

static inline void optq_flow_push(struct optq_flow *f, struct optq_pkt *pkt)
{
	pkt->next = NULL;
	if (f->tail) {
		f->tail->next = pkt;
	} else {
		f->head = pkt;
		optq_list_del(&f->idle);
	}
	f->tail = pkt;
	f->bytes += pkt->len;
	f->packets++;
}

static inline struct optq_pkt *optq_flow_pop(struct optq_flow_table *t,
					     struct optq_flow *f)
{
	struct optq_pkt *pkt = f->head;

	if (!pkt)
		return NULL;
	f->head = pkt->next;
	if (!f->head) {
		f->tail = NULL;
		if (f->hashed)
			optq_list_add_tail(&t->idle, &f->idle);
	}
	pkt->next = NULL;
	f->bytes -= pkt->len;
	f->packets--;
	return pkt;
}

/* Takes pkt out, wherever it stands; before is the one in front, NULL: none. */
void optq_flow_remove(struct optq_flow_table *t, struct optq_flow *f,
		      struct optq_pkt *before, struct optq_pkt *pkt);

/*
 * Merges src's packets into dst, oldest first; src is left without any.  Unless all of them
 * came later, both are walked along.
 */
void optq_flow_splice(struct optq_flow *dst, struct optq_flow *src);

/*
 * Likewise where many follow: src's packets, of which there are some, go behind dst's in no
 * time, and dst to the list of those that optq_flow_sort() is to put right, by its idle.
 */
void optq_flow_append(struct optq_flow *dst, struct optq_flow *src,
		      struct optq_list *unsorted);

/* Puts f's packets in order of arrival: n packets in r runs take n log r steps. */
void optq_flow_sort(struct optq_flow *f);

#endif /* OPTQ_FLOW_H */
