/* SPDX-License-Identifier: GPL-2.0 */
/* Where a packet goes, by the compiled matches of a link, and why. */
#ifndef OPTQCTL_EXPLAIN_H
#define OPTQCTL_EXPLAIN_H

#include <linux/optq.h>

#include "model.h"

/* A match that comes before the one that takes the packet. */
struct explain_rule {
	uint32_t rule;
	bool open;		/* it would depend on what was not given */
	uint32_t dims;		/* bits of link->dims: why it does not match, or may not */
};

struct explanation {
	uint32_t rule;		/* NO_RULE: the default class takes it */
	uint32_t class_index;
	struct explain_rule *before;	/* all of them, in their order */
	size_t n_before;
	/*
	 * What is not given was taken as not there, marks as 0.  Were it otherwise, other
	 * matches might take it: those that are open before, and these behind, up to the
	 * first that would take it in any case.
	 */
	struct explain_rule *behind;
	size_t n_behind;
	uint32_t otherwise;	/* that first; NO_RULE: the default class */
	uint32_t depends;	/* bits: what another class than class_index depends on */
	uint32_t given;		/* bits: the packet says something of it */
};

/*
 * @text is a packet in the words of a match; what is wrong with it is reported to @d, whose
 * source it is.  explanation_free() when true.
 */
bool explain_packet(struct policy *policy, const struct link *link,
		    const char *text, struct diags *d, struct explanation *e);
/* Likewise of what conditions say of a packet; @packet is taken over. */
bool explain_conjunct(const struct policy *policy, const struct link *link,
		      struct conjunct packet, struct diags *d,
		      struct explanation *e);

/* What a rule does to a packet, and by which dimensions, bits of link->dims. */
struct explain_try {
	enum optq_outcome outcome;
	uint32_t dims;
};

/*
 * @tries of the first @n rules, up to the first that takes @packet in any case, and @rule,
 * which takes it if what is not given is taken as said above.
 */
void explain_tries(const struct link *link, const struct conjunct *packet,
		   uint32_t rule, const struct explain_try *tries, size_t n,
		   struct explanation *e);
void explanation_free(struct explanation *e);

#endif
