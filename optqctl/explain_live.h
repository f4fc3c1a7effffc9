/* SPDX-License-Identifier: GPL-2.0 */
/* Where a packet goes on a device as it is now, by the kernel's own compiled rules. */
#ifndef OPTQCTL_EXPLAIN_LIVE_H
#define OPTQCTL_EXPLAIN_LIVE_H

#include "explain.h"
#include "live.h"

/* The tree and its dimensions as a policy of one link, without rules.  policy_free(). */
void policy_from_live(struct policy *policy, const struct live_tree *tree);

/*
 * As explain_packet(), of the link of policy_from_live(), which gets the rules that were
 * tried.  What was given as more than one value counts as not given, and what is not said
 * of application and hosts is what the kernel has been told of them.  False: @d says why,
 * or @answer does; EAGAIN: the tree has changed since it was read.
 */
bool explain_live(struct nl_sock *genl, int family, const struct live_tree *tree,
		  struct policy *policy, const char *text, struct diags *d,
		  struct explanation *e, struct nl_answer *answer);

#endif
