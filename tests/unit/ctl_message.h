/* SPDX-License-Identifier: GPL-2.0 */
/* The message that a policy's link is sent as, for tests of what is in it. */
#ifndef CTL_MESSAGE_H
#define CTL_MESSAGE_H

#include "ctl_help.h"
#include "link_nl.h"
#include "mem.h"

/* The caller's to free.  Classes are numbered from 1. */
static inline struct nl_msg *message(struct link *link)
{
	struct tree_request req = { .family = 20, .ifindex = 7, .check = true };
	struct tree_places places = {
		.class_at = mem_zalloc(link->n_classes, sizeof(uint32_t)),
		.rule_at = mem_zalloc(link->n_rules, sizeof(uint32_t)),
	};
	struct match_rules rules;
	struct nl_msg *msg;
	uint32_t i;

	for (i = 0; i < link->n_classes; i++)
		link->classes[i].id = i + 1;
	match_rules_make(&rules, link, NULL);
	msg = tree_message(&req, link, &rules, &places);
	assert_non_null(msg);
	match_rules_free(&rules);
	free(places.class_at);
	free(places.rule_at);
	return msg;
}

#endif /* CTL_MESSAGE_H */
