/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hosts that have flows in a leaf, one table for the whole tree.  A flow counts
 * for at most one host on either side, so twice as many entries as there are
 * flows never run out.
 */
#ifndef OPTQ_HOST_H
#define OPTQ_HOST_H

#include "env.h"

enum optq_side {
	OPTQ_SIDE_SRC,
	OPTQ_SIDE_DST,
};

/* What tells a packet's hosts from others, under the tree's secret. */
struct optq_hosts {
	u64 src;
	u64 dst;
};

struct optq_host {
	struct optq_host *next;		/* of its bucket, or of the free */
	u64 key;
	u64 paid;			/* virtual time up to which it has had its share */
	u32 leaf;			/* salt of the leaf */
	u32 flows : 31;
	u32 side : 1;
};

struct optq_host_table {
	struct optq_host **buckets;	/* mask + 1, a power of two; NULL: no table */
	struct optq_host *free;
	u32 mask;
	u32 used;
};

/* The memory stays the caller's and must outlive the table. */
void optq_host_table_init(struct optq_host_table *t, struct optq_host *hosts,
			  u32 size, struct optq_host **buckets, u32 n_buckets);

/* One more flow of the host of key; NULL when the table is full. */
struct optq_host *optq_host_get(struct optq_host_table *t, u32 leaf,
				enum optq_side side, u64 key);

/* One less; true when it was the last. */
bool optq_host_put(struct optq_host_table *t, struct optq_host *h);

#endif /* OPTQ_HOST_H */
