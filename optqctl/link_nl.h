/* SPDX-License-Identifier: GPL-2.0 */
/* A link's tree as a request of the generic-netlink family optq. */
#ifndef OPTQCTL_LINK_NL_H
#define OPTQCTL_LINK_NL_H

#include "match_rules.h"
#include "nl.h"

struct tree_request {
	struct nl_sock *genl;
	int family;
	int ifindex;
	bool check;		/* ask only, change nothing */
	bool has_generation;
	uint32_t generation;	/* the tree that the request was made from */
};

/* What the request's bytes belong to, to find what the kernel points at. */
struct tree_places {
	uint32_t *class_at;	/* offset of each class's nest */
	uint32_t classes_end;
	uint32_t *rule_at;
};

/* The whole request; class ids are in place. NULL when out of memory. */
struct nl_msg *tree_message(const struct tree_request *req,
			    const struct link *link,
			    const struct match_rules *rules,
			    struct tree_places *places);
/* The class that byte @offset of the request is about, or NO_CLASS. */
uint32_t tree_class_at(const struct tree_places *places,
		       const struct link *link, uint32_t offset);

/* Whether rules take the packets that those in force take. */
enum rules_verdict {
	RULES_UNKNOWN,		/* an older kernel does not tell */
	RULES_SAME,
	RULES_OTHERS,
};

struct tree_result {
	uint32_t bad_class;	/* where the kernel's error points; NO_CLASS */
	uint32_t dropped;	/* packets that the change lost */
	uint32_t generation;	/* after it, or that it was checked against */
	enum rules_verdict rules;	/* of a check only */
};

/* Sends it. */
void tree_set(const struct tree_request *req, const struct link *link,
	      const struct match_rules *rules, struct tree_result *result,
	      struct nl_answer *answer);
/* The kernel's reply to it; @arg: the result. */
int tree_set_reply(struct nlmsghdr *nlh, void *arg);

/* The attributes of OPTQ_A_LINK and TCA_OPTIONS; negative: no room. */
int link_put_params(struct nl_msg *msg, const struct link *link,
		    bool with_default);

#endif
