/* SPDX-License-Identifier: GPL-2.0 */
/* Rule sets made up by a source of choices, and what they say, plainly. */
#ifndef MATCH_RULES_H
#define MATCH_RULES_H

#include "../../sch_optq/core/match.h"

/* Where choices come from: bytes while there are any, then 0; or a seed. */
struct choices {
	const u8 *data, *end;	/* data NULL: by seed */
	u64 seed;
};

/* 0 to n - 1. */
u32 choose(struct choices *c, u32 n);

/* A rule set that owns its memory. */
struct made {
	struct optq_match_rules rules;
	struct optq_match_dim dims[OPTQ_DIMS_MAX];
	struct optq_match_set *sets;
	struct optq_match_term *terms;
	struct optq_match_conjunct *conjuncts;
	struct optq_match_rule *rule;
};

/* At most max_rules rules, of sets that like to meet each other. */
void made_rules(struct made *m, struct choices *c, u32 max_rules);
void made_free(struct made *m);

/* A packet near the ends of ranges, or anywhere. */
void made_key(const struct made *m, struct choices *c,
	      struct optq_match_key *key);

/* The first rule that holds, one term after the other. */
u32 plain_find(const struct optq_match_rules *r,
	       const struct optq_match_key *key);

/* As optq_match_next(). */
u32 plain_next(const struct optq_match_rules *r,
	       const struct optq_match_key *key, u32 known, u32 from);

/* As optq_match_tell(). */
void plain_tell(const struct optq_match_rules *r,
		const struct optq_match_key *key, u32 known, u32 conjunct,
		u32 *differs, u32 *open);

/* malloc() and free(), with an account of what is held. */
struct counted {
	size_t blocks;
	int fail_in;		/* allocations until one fails; negative: never */
	struct optq_match_mem mem;
};

void counted_init(struct counted *c, u64 limit);

/* Sorts n ranges and joins what overlaps; the number that is left. */
u32 ranges_tidy(u32 *range, u32 n, u32 words);

#endif /* MATCH_RULES_H */
