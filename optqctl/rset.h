/* SPDX-License-Identifier: GPL-2.0 */
/* Sets of values of one field: what a condition of a match asks for. */
#ifndef OPTQCTL_RSET_H
#define OPTQCTL_RSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of up to 128 bits; an IPv4 address is ::ffff:a.b.c.d. */
struct value {
	uint64_t hi, lo;
};

struct range {
	struct value min, max;		/* both are in it */
};

/* Ranges as they are read, in any order. */
struct ranges {
	struct range *v;
	size_t n, room;
};

/*
 * Sorted ranges with a gap between any two.  A set is never altered once it is made, so
 * that all who have the same one share it.
 */
struct rset {
	unsigned int refs;
	uint32_t id;		/* see match_rules.h; 0: none yet */
	bool absent;		/* a packet without the field is in it */
	size_t n;
	struct range *v;
};

static inline struct value value_of(uint64_t lo)
{
	return (struct value){ 0, lo };
}

static inline int value_compare(struct value a, struct value b)
{
	if (a.hi != b.hi)
		return a.hi < b.hi ? -1 : 1;
	return a.lo < b.lo ? -1 : a.lo > b.lo;
}

struct value value_next(struct value v);	/* wraps at 2^128 - 1 */
struct value value_before(struct value v);	/* wraps at 0 */
/* The greatest of @bits bits, 1..128. */
struct value value_max(unsigned int bits);

void ranges_add(struct ranges *r, struct value min, struct value max);

/* Takes the ranges over, in any order and overlapping; @r is empty then. */
struct rset *rset_of(struct ranges *r, bool absent);
struct rset *rset_get(struct rset *set);
void rset_put(struct rset *set);

/* Each makes a new set; time is linear in the ranges of both. */
struct rset *rset_union(const struct rset *a, const struct rset *b);
struct rset *rset_intersection(const struct rset *a, const struct rset *b);
struct rset *rset_complement(const struct rset *a, struct value max);
/* What any of the @n has: all are sorted at once. */
struct rset *rset_union_all(struct rset *const *sets, size_t n);

bool rset_empty(const struct rset *set);
/* All values up to @max, and no value. */
bool rset_full(const struct rset *set, struct value max);
bool rset_has(const struct rset *set, struct value v);
bool rset_equal(const struct rset *a, const struct rset *b);
/* Steps: the smaller's ranges times the logarithm of the other's, or all of both. */
bool rset_subset(const struct rset *a, const struct rset *b);
bool rset_disjoint(const struct rset *a, const struct rset *b);
/* How many values, without the absent one; UINT64_MAX is that many or more. */
uint64_t rset_count(const struct rset *set);

#endif
