/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table that classes are found in.  Not the kernel's (struct Qdisc_class_hash): its
 * memory is on nobody's account and stays when the classes have gone, and ids, which a
 * policy chooses, can be chosen so that all are in one bucket of it.
 *
 * An id x goes to the bucket (a * x + b) / 2^32 mod the table's size, a and b random: of
 * two ids that differ the chance to meet is one in that size (multiply-shift: M. Thorup,
 * "High speed hashing for integers and strings", 2015, 3.3).
 */
#ifndef OPTQ_CLHASH_H
#define OPTQ_CLHASH_H

#include <linux/list.h>
#include <net/sch_generic.h>

struct optq_sched;

struct optq_clhash {
	struct hlist_head *bucket;	/* mask + 1, a power of two */
	u64 a, b;
	u32 mask;
	u32 n;				/* classes in it */
};

/* A table that is to be; zeroed: none. */
struct optq_clhash_room {
	struct hlist_head *bucket;
	u32 size;
};

/* -ENOMEM.  Sleeps. */
int optq_clhash_init(struct optq_clhash *h);
void optq_clhash_free(struct optq_clhash *h);

/*
 * Room for n classes, where the table has less: packets look into it as soon as they are
 * there.  -ENOMEM.  Sleeps; RTNL held.
 */
int optq_clhash_reserve(const struct optq_sched *q, u32 n,
			struct optq_clhash_room *room);
/* The table is room's, if there is any, which then has what it was.  RTNL held. */
void optq_clhash_use(struct optq_sched *q, struct optq_clhash_room *room);
void optq_clhash_room_free(struct optq_clhash_room *room);

/*
 * After some have come or gone one by one: a table for those that are.  Without memory it
 * stays as it is.  Sleeps; RTNL held, the tree lock not.
 */
void optq_clhash_fit(struct optq_sched *q);

static inline struct hlist_head *optq_clhash_bucket(const struct optq_clhash *h,
						    u32 id)
{
	return &h->bucket[(u32)((h->a * id + h->b) >> 32) & h->mask];
}

/* The tree lock is held, or RTNL and nobody changes it. */
static inline struct Qdisc_class_common *
optq_clhash_find(const struct optq_clhash *h, u32 id)
{
	struct Qdisc_class_common *c;

	hlist_for_each_entry(c, optq_clhash_bucket(h, id), hnode) {
		if (c->classid == id)
			return c;
	}
	return NULL;
}

/* The tree lock is held. */
static inline void optq_clhash_insert(struct optq_clhash *h,
				      struct Qdisc_class_common *c)
{
	hlist_add_head(&c->hnode, optq_clhash_bucket(h, c->classid));
	h->n++;
}

static inline void optq_clhash_remove(struct optq_clhash *h,
				      struct Qdisc_class_common *c)
{
	hlist_del(&c->hnode);
	h->n--;
}

#endif /* OPTQ_CLHASH_H */
