/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the names of rules' `app` and `host` stand for at the moment.  Whoever knows
 * tells the kernel by netlink, for a time.  There is a table for each qdisc, and it is
 * bounded.
 */
#ifndef OPTQ_ELEM_H
#define OPTQ_ELEM_H

#include <linux/rhashtable.h>
#include <linux/workqueue.h>

#include "core/match.h"

/* A flow as it is sent, or an address, as src alone.  All bytes count. */
struct optq_elem_key {
	u8 field;		/* OPTQ_FIELD_APP or OPTQ_FIELD_HOST */
	u8 proto;
	u16 sport, dport;	/* host order; 0: the protocol has none */
	u16 unused;		/* 0 */
	u32 src[4], dst[4];	/* host order, IPv4 as ::ffff:a.b.c.d */
};

/* In the table it does not change: another takes its place. */
struct optq_elem {
	struct rhash_head node;
	struct rcu_head rcu;
	struct optq_elem_key key;
	u32 id;			/* of the name */
	bool timed;
	unsigned long expires;	/* jiffies, when timed */
};

struct optq_elems {
	struct rhashtable table;
	struct delayed_work gc;	/* at work as long as something is timed */
};

/* ERR_PTR on failure.  Sleeps. */
struct optq_elems *optq_elems_make(void);

/* Nobody may read any more; e may be NULL.  Sleeps. */
void optq_elems_free(struct optq_elems *e);

/*
 * Adds or renews; timeout in ms, 0: it stays until it is taken out.  -ENOSPC when there
 * are OPTQ_ELEMS_MAX; one whose time is over has its place for a second more at most.
 * -ENOMEM.  Sleeps; RTNL held.
 */
int optq_elem_set(struct optq_elems *e, const struct optq_elem_key *key, u32 id,
		  u32 timeout);

/* -ENOENT: there is none, or, where id is not 0, it is of another name.  RTNL held. */
int optq_elem_del(struct optq_elems *e, const struct optq_elem_key *key, u32 id);

/* The id that key has now; false: none.  In any context. */
bool optq_elem_find(struct optq_elems *e, const struct optq_elem_key *key,
		    u32 *id);

#endif /* OPTQ_ELEM_H */
