/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A meter for each address, within a table that never grows.
 *
 * A meter that is full holds nothing: it is as good as none, and its entry goes to an
 * address that comes for the first time.  No meter that is not full is ever given up, so
 * nobody gets a second burst by making others come.  While none is found full, addresses
 * without an entry share one meter, which a new entry starts from: who shared it cannot
 * have spent what it lacks twice either.  So the bound of one meter, CIR * t + CBS, holds
 * for each address whatever the others do.
 */
#ifndef OPTQ_EACH_H
#define OPTQ_EACH_H

#include "meter.h"

#define OPTQ_EACH_WORDS	4

/* Entries looked at for one that is full, by a packet that has none. */
#define OPTQ_EACH_LOOKS	16

/* An address that meters are kept for, as in the packet; IPv4: the first word. */
struct optq_addr {
	u32 word[OPTQ_EACH_WORDS];
	u8 family;		/* 4, 6, or 0: none, and all those are one */
};

struct optq_each_entry {
	struct optq_meter meter;
	struct optq_addr addr;
	u32 next;		/* of its bucket: index + 1, 0 at the end */
};

struct optq_each {
	struct optq_each_entry *entry;	/* size of them */
	u32 *bucket;		/* mask + 1, a power of two: index + 1, or 0 */
	u32 size;
	u32 mask;
	u32 used;		/* entries that were ever given out: the first ones */
	u32 hand;		/* the next to be looked at */
	u64 shared;		/* packets that had no meter of their own */
	u64 key[2 + OPTQ_EACH_WORDS];
	u32 keep4;		/* bits of an address that count, as in the packet */
	u32 keep6[OPTQ_EACH_WORDS];
	struct optq_meter rest;	/* of those without one */
};

/* Numbers of bits that make addresses one: up to 32, up to 128. */
void optq_each_set_prefix(struct optq_each *e, u32 bits4, u32 bits6);

/*
 * The memory stays the caller's, and outlives e; e->key is random and set before.
 * n_buckets: a power of two.
 */
void optq_each_init(struct optq_each *e, struct optq_each_entry *entry, u32 size,
		    u32 *bucket, u32 n_buckets,
		    const struct optq_meter_rates *r, u64 now);

/*
 * The meter of an address, refilled.  One probe of the table; for an address that
 * is not in it, OPTQ_EACH_LOOKS entries besides.
 */
struct optq_meter *optq_each_meter(struct optq_each *e,
				   const struct optq_meter_rates *r,
				   const struct optq_addr *addr, u64 now);

/* A packet counts, for which m was found here. */
static inline void optq_each_count(struct optq_each *e,
				   const struct optq_meter *m)
{
	e->shared += m == &e->rest;
}

#endif /* OPTQ_EACH_H */
