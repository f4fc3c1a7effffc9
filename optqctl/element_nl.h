/* SPDX-License-Identifier: GPL-2.0 */
/* Elements told to the kernel. */
#ifndef OPTQCTL_ELEMENT_NL_H
#define OPTQCTL_ELEMENT_NL_H

#include "element.h"
#include "nl.h"

struct element_request {
	struct nl_sock *genl;
	int family, ifindex;
	bool add;		/* else they are deleted */
};

/* Elements of one message: as many as RTNL may be held for, and any socket sends. */
#define ELEMENTS_PER_MESSAGE	1024

/*
 * A message of @n elements; at[i], if @at is not NULL, is where number i begins.  NULL when
 * out of memory.
 */
struct nl_msg *element_message(const struct element_request *req,
			       const struct element *list, size_t n,
			       uint32_t *at);

/*
 * Sends all, message after message, until one is refused.  Returns how many are done: on
 * an error, by @answer, those before the one that was refused.
 */
size_t elements_send(const struct element_request *req,
		     const struct element *list, size_t n,
		     struct nl_answer *answer);

/* How many elements of a message stand before byte @offset. */
size_t element_at(const uint32_t *at, size_t n, uint32_t offset);

#endif
