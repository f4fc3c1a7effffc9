/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink sockets, and what the kernel answers. */
#ifndef NLFUZZ_SOCK_H
#define NLFUZZ_SOCK_H

#include <linux/netlink.h>

#include "request.h"

struct sock {
	int fd;
	uint16_t family;	/* of generic netlink: optq's */
	uint32_t group;		/* of what it tells by itself */
	uint32_t seq;
	char reason[128];	/* of the last refusal, in the kernel's words */
	uint8_t out[MESSAGE_MAX];
};

/* No answer: no acknowledgement was asked for, or the message was not looked at. */
#define SILENT	(-1)

void die(const char *what, int err) __attribute__((noreturn));

/* protocol: NETLINK_ROUTE, NETLINK_GENERIC; the latter finds the family too. */
void sock_open(struct sock *s, int protocol);
void sock_close(struct sock *s);
/* Of generic netlink: joins the group. */
void sock_listen(struct sock *s);
/* A socket of this network namespace, never closed. */
void keep_namespace(void);

/*
 * Sends a request and reads what is there of its answer, q->reads messages of a dump: 0,
 * the errno, or SILENT.
 */
int sock_ask(struct sock *s, const struct request *q);

/* Reads a dump to its end, and shows each message.  0, or the errno. */
int sock_dump(struct sock *s, const struct request *q,
	      void (*take)(const struct nlmsghdr *nlh, void *arg), void *arg);

/* The attribute of that type; NULL: there is none. */
const struct nlattr *find_attr(const void *head, size_t len, int type);
uint32_t attr_u32(const struct nlattr *attr);

#endif /* NLFUZZ_SOCK_H */
