// SPDX-License-Identifier: GPL-2.0
/*
 * Preloaded into tc, it stands in for the kernel, so that a plugin's parser
 * and printer are tested in the real tc without the kernel module:
 *
 *  TC_CAPTURE=FILE  a request that creates or changes a qdisc or class is
 *                   written to FILE instead of being sent, and tc ends.
 *  TC_REPLAY=FILE   a dump of qdiscs or classes is answered with the object of
 *                   such a FILE.
 *  TC_STATS=N       the answer has statistics, with N bytes of the qdisc's
 *                   own: the 64-bit numbers 1001, 1002, ...
 *  TC_LAST=VALUE    the last of them is this instead.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <linux/gen_stats.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#define MESSAGE_MAX	65536
#define STATS_MAX	64	/* numbers */

static union {
	struct nlmsghdr n;
	char bytes[MESSAGE_MAX];
} message;
static size_t answer_len;	/* 0: the kernel answers */

static void fail(const char *what)
{
	fprintf(stderr, "tc_capture: %s\n", what);
	_exit(99);
}

static void *tail(void)
{
	return message.bytes + NLMSG_ALIGN(message.n.nlmsg_len);
}

static void append(int type, const void *data, size_t len)
{
	struct rtattr *rta = tail();

	rta->rta_type = type;
	rta->rta_len = RTA_LENGTH(len);
	if (len)
		memcpy(RTA_DATA(rta), data, len);
	message.n.nlmsg_len = NLMSG_ALIGN(message.n.nlmsg_len) +
			      RTA_ALIGN(rta->rta_len);
}

static void append_stats(size_t len)
{
	struct gnet_stats_basic basic = { .bytes = 7000, .packets = 7 };
	struct gnet_stats_queue queue = { .qlen = 3, .backlog = 3000 };
	struct rtattr *nest = tail();
	uint64_t own[STATS_MAX];
	size_t i;

	if (len > sizeof(own) || len < sizeof(own[0]))
		fail("TC_STATS");
	for (i = 0; i < STATS_MAX; i++)
		own[i] = 1001 + i;
	if (getenv("TC_LAST"))
		own[len / sizeof(own[0]) - 1] =
			strtoull(getenv("TC_LAST"), NULL, 10);
	append(TCA_STATS2, NULL, 0);
	append(TCA_STATS_BASIC, &basic, sizeof(basic));
	append(TCA_STATS_QUEUE, &queue, sizeof(queue));
	append(TCA_STATS_APP, own, len);
	nest->rta_len = (char *)tail() - (char *)nest;
}

static void capture(const struct nlmsghdr *n, const char *path)
{
	FILE *f = fopen(path, "we");

	if (!f || n->nlmsg_len > MESSAGE_MAX)
		fail("TC_CAPTURE");
	memcpy(&message, n, n->nlmsg_len);
	message.n.nlmsg_seq = 0;	/* the time of day; files must compare */
	if (fwrite(&message, message.n.nlmsg_len, 1, f) != 1 || fclose(f))
		fail("TC_CAPTURE");
	_exit(0);
}

static void prepare_answer(int fd, const struct nlmsghdr *request,
			   const char *path)
{
	struct sockaddr_nl self = { 0 };
	socklen_t len = sizeof(self);
	struct nlmsghdr *done;
	FILE *f = fopen(path, "re");

	if (!f || fread(&message, 1, MESSAGE_MAX / 2, f) < sizeof(message.n) ||
	    getsockname(fd, (struct sockaddr *)&self, &len))
		fail("TC_REPLAY");
	fclose(f);
	if (getenv("TC_STATS"))
		append_stats(strtoul(getenv("TC_STATS"), NULL, 10));
	message.n.nlmsg_flags = NLM_F_MULTI;
	message.n.nlmsg_seq = request->nlmsg_seq;
	message.n.nlmsg_pid = self.nl_pid;
	done = tail();
	*done = message.n;
	done->nlmsg_type = NLMSG_DONE;
	done->nlmsg_len = NLMSG_LENGTH(sizeof(int));
	memset(NLMSG_DATA(done), 0, sizeof(int));
	answer_len = (char *)done - message.bytes + done->nlmsg_len;
}

ssize_t sendmsg(int fd, const struct msghdr *msg, int flags)
{
	const struct nlmsghdr *n = msg->msg_iov[0].iov_base;
	const char *to = getenv("TC_CAPTURE"), *from = getenv("TC_REPLAY");
	ssize_t (*next)(int, const struct msghdr *, int);

	if (to && (n->nlmsg_type == RTM_NEWQDISC ||
		   n->nlmsg_type == RTM_NEWTCLASS))
		capture(n, to);
	if (from && (n->nlmsg_type == RTM_GETQDISC ||
		     n->nlmsg_type == RTM_GETTCLASS)) {
		prepare_answer(fd, n, from);
		return n->nlmsg_len;
	}
	*(void **)&next = dlsym(RTLD_NEXT, "sendmsg");
	return next(fd, msg, flags);
}

ssize_t send(int fd, const void *buf, size_t len, int flags)
{
	struct iovec iov = { .iov_base = (void *)(uintptr_t)buf,
			     .iov_len = len };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };

	return sendmsg(fd, &msg, flags);
}

ssize_t recvmsg(int fd, struct msghdr *msg, int flags)
{
	ssize_t (*next)(int, struct msghdr *, int);
	struct sockaddr_nl *from = msg->msg_name;
	size_t len = answer_len;

	if (!len) {
		*(void **)&next = dlsym(RTLD_NEXT, "recvmsg");
		return next(fd, msg, flags);
	}
	memset(from, 0, sizeof(*from));
	from->nl_family = AF_NETLINK;
	if (flags & MSG_PEEK)
		return len;
	if (msg->msg_iov[0].iov_len < len)
		fail("the answer does not fit");
	memcpy(msg->msg_iov[0].iov_base, &message, len);
	answer_len = 0;
	return len;
}
