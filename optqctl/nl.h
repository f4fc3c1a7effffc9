/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink requests and the kernel's answers, with its reasons (extack). */
#ifndef OPTQCTL_NL_H
#define OPTQCTL_NL_H

#include <netlink/msg.h>
#include <netlink/netlink.h>
#include <stdbool.h>
#include <stdint.h>

struct nl_answer {
	int error;		/* errno, 0: accepted */
	char *reason;		/* the kernel's words, or NULL */
	bool has_offset;
	uint32_t offset;	/* of the attribute that is wrong */
	bool interrupted;	/* a dump that a change has torn */
	bool done;
	int (*take)(struct nlmsghdr *nlh, void *arg);
	void *arg;
};

/* NULL when out of sockets or memory. */
struct nl_sock *nl_open(int protocol);
/*
 * Sends @msg, frees it, and reads until the kernel has answered.  NULL: there was no
 * memory for one, and that is the answer.
 */
void nl_talk(struct nl_sock *sk, struct nl_msg *msg, struct nl_answer *answer);
void nl_answer_free(struct nl_answer *answer);
/* @nl_error: libnl's, negative. */
void nl_fail(struct nl_answer *answer, int nl_error);
/* What to tell the user; to be freed. */
char *nl_answer_text(const struct nl_answer *answer);

/* The id of the family, or 0 with @answer filled. */
int nl_optq_family(struct nl_sock *genl, struct nl_answer *answer);

#endif
