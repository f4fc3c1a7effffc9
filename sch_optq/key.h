/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQ_KEY_H
#define OPTQ_KEY_H

#include <linux/skbuff.h>

#include "core/match.h"
#include "elem.h"

/* Which fields of a packet rules read. */
struct optq_key_plan {
	u32 n;
	u32 fields;		/* bit f: enum optq_field f */
	struct optq_match_dim dim[OPTQ_DIMS_MAX];
};

/* The dimensions are valid: optq_match_build() has taken them. */
void optq_key_plan_init(struct optq_key_plan *plan,
			const struct optq_match_dim *dims, u32 n);

/*
 * Reads what the plan asks for.  What is cut short, malformed or nested deeper than
 * is followed (IPv6 extension headers: 16; VLAN tags: as the kernel does) has
 * no such field.  elems: what names stand for; NULL: nothing.  Under RCU.
 */
void optq_key_read(const struct optq_key_plan *plan, struct optq_elems *elems,
		   const struct sk_buff *skb, struct optq_match_key *key);

#endif /* OPTQ_KEY_H */
