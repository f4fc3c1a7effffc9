/* SPDX-License-Identifier: GPL-2.0 */
/* The message that a policy's link is sent as, for tests of what is in it. */
#ifndef CTL_MESSAGE_H
#define CTL_MESSAGE_H

#include <netlink/attr.h>
#include <netlink/genl/genl.h>

#include "ctl_help.h"
#include "link_nl.h"
#include "mem.h"

/* The caller's to free.  Classes are numbered from 1. */
static inline struct nl_msg *message(struct link *link)
{
	struct tree_request req = {
		.family = 20, .check = true,
		.trees = mem_zalloc(1, sizeof(*req.trees)), .n = 1,
	};
	struct match_rules rules;
	struct nl_msg *msg;
	uint32_t i;

	for (i = 0; i < link->n_classes; i++)
		link->classes[i].id = i + 1;
	match_rules_make(&rules, link, NULL);
	req.trees[0] = (struct tree){ .link = link, .rules = &rules, .ifindex = 7 };
	msg = tree_message(&req);
	assert_non_null(msg);
	match_rules_free(&rules);
	tree_request_free(&req);
	return msg;
}

/* What the message says of the link: OPTQ_LINK_A_MAX + 1 attributes to @tb. */
static inline void message_link(struct nl_msg *msg, struct nlattr **tb)
{
	struct nlattr *top[OPTQ_A_MAX + 1];

	assert_int_equal(genlmsg_parse(nlmsg_hdr(msg), 0, top, OPTQ_A_MAX, NULL), 0);
	nla_parse_nested(tb, OPTQ_LINK_A_MAX, top[OPTQ_A_LINK], NULL);
}

/* Its @n classes as the kernel's answer would have them, all below the link. */
static inline void message_classes(struct nl_msg *msg, struct live_tree *tree,
				   size_t n)
{
	struct nlattr *attr;
	int rest;

	nlmsg_for_each_attr(attr, nlmsg_hdr(msg), GENL_HDRLEN, rest)
		if (nla_type(attr) == OPTQ_A_CLASS)
			live_add_class(tree, attr);
	assert_int_equal(tree->n, n);
	while (n--) {
		tree->classes[n].parent_index = SIZE_MAX;
		tree->classes[n].level = 1;
	}
}

#endif /* CTL_MESSAGE_H */
