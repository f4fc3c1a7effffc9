/* SPDX-License-Identifier: GPL-2.0 */
/* A link's tree as a request of the generic-netlink family optq. */
#ifndef OPTQCTL_LINK_NL_H
#define OPTQCTL_LINK_NL_H

#include "match_rules.h"
#include "nl.h"

/* Whether rules take the packets that those in force take. */
enum rules_verdict {
	RULES_UNKNOWN,		/* an older kernel does not tell */
	RULES_SAME,
	RULES_OTHERS,
};

struct tree_result {
	uint32_t dropped;	/* packets that the change lost */
	uint32_t generation;	/* after it, or that it was checked against */
	enum rules_verdict rules;	/* of a check only */
};

/* One tree of a request; class ids are in place. */
struct tree {
	const struct link *link;
	const struct match_rules *rules;
	int ifindex;
	bool has_generation;
	uint32_t generation;	/* of the tree that this was made from */

	/* Where its parts stand in the message, once that is made. */
	uint32_t begins;
	uint32_t *class_at;	/* each class's nest */
	uint32_t classes_end;
	uint32_t *rule_at;


	struct tree_result result;
};

/* Trees that take their places together, or not at all. */
struct tree_request {
	struct nl_sock *genl;
	int family;
	bool check;		/* ask only, change nothing */
	struct tree *trees;
	size_t n;
};

/* The whole message, and the places; NULL when out of memory. */
struct nl_msg *tree_message(struct tree_request *req);
void tree_request_free(struct tree_request *req);

/* What the kernel's error is about. */
struct tree_fault {
	size_t tree;		/* SIZE_MAX: the request as a whole */
	uint32_t class_index;	/* NO_CLASS: the link */
};

/* What stands at byte @offset of the message. */
struct tree_fault tree_at(const struct tree_request *req, uint32_t offset);

/* Sends it; of each tree the kernel's answer. */
void tree_set(struct tree_request *req, struct tree_fault *fault,
	      struct nl_answer *answer);
/* The kernel's reply to it; @arg: the request. */
int tree_set_reply(struct nlmsghdr *nlh, void *arg);

/* The attributes of OPTQ_A_LINK and TCA_OPTIONS; negative: no room. */
int link_put_params(struct nl_msg *msg, const struct link *link,
		    bool with_default);

#endif
