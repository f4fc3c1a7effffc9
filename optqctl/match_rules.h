/* SPDX-License-Identifier: GPL-2.0 */
/* A link's matches as core/match.h has rules: to compile them, or to send them. */
#ifndef OPTQCTL_MATCH_RULES_H
#define OPTQCTL_MATCH_RULES_H

#include "core/match.h"
#include "model.h"

struct match_rules {
	struct optq_match_rules core;	/* the rest is its memory */
	struct optq_match_dim *dims;
	struct optq_match_set *sets;
	struct optq_match_term *terms;
	struct optq_match_conjunct *conjuncts;
	struct optq_match_rule *rules;
	uint32_t missing_rule;	/* the first with a name that has no number; NO_RULE */
	struct dim missing;	/* what it is of, and our number of it */
	uint64_t missing_number;
};

/*
 * What the kernel calls a name of a match, such as an interface's index: @number is ours
 * (struct match_names), @dim what it is a value of.  0: it knows no such name.
 */
struct match_numbers {
	uint64_t (*number)(void *arg, struct dim dim, uint64_t number);
	void *arg;
};

/* Rule i is the link's rule i.  @numbers may be NULL: names keep their own. */
void match_rules_make(struct match_rules *rules, const struct link *link,
		      const struct match_numbers *numbers);
void match_rules_free(struct match_rules *rules);

/* NULL, and *why to be freed, when the rules are more than can be compiled. */
struct optq_match *match_rules_compile(const struct match_rules *rules,
				       char **why);
void match_compiled_free(struct optq_match *m);

/* A value as the words of a key. */
void match_key_put(struct optq_match_key *key, unsigned int dim,
		   enum optq_field field, struct value value);

#endif
