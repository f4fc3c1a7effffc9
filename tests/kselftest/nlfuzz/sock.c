// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/optq.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sock.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK	270
#endif

void die(const char *what, int err)
{
	fprintf(stderr, "nl_fuzz: %s: %s\n", what, strerror(err));
	exit(2);
}

/* ---- attributes of answers ---- */

const struct nlattr *find_attr(const void *head, size_t len, int type)
{
	const uint8_t *at = head;

	while (len >= NLA_HDRLEN) {
		const struct nlattr *attr = (const struct nlattr *)at;
		size_t step = NLA_ALIGN(attr->nla_len);

		if (attr->nla_len < NLA_HDRLEN || attr->nla_len > len)
			return NULL;
		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr;
		if (step >= len)
			return NULL;
		at += step;
		len -= step;
	}
	return NULL;
}

uint32_t attr_u32(const struct nlattr *attr)
{
	uint32_t v;

	memcpy(&v, (const uint8_t *)attr + NLA_HDRLEN, sizeof(v));
	return v;
}

/* ---- the socket ---- */

struct answer {
	struct sock *s;
	uint32_t seq;
	int err;		/* SILENT: none so far */
	void (*take)(const struct nlmsghdr *nlh, void *arg);
	void *arg;
};

static void take_reason(struct sock *s, const struct nlmsghdr *nlh)
{
	const size_t skip = NLMSG_HDRLEN + NLMSG_ALIGN(sizeof(struct nlmsgerr));
	const struct nlattr *text;

	/* The request does not come back: that is asked for. */
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) || nlh->nlmsg_len < skip)
		return;
	text = find_attr((const uint8_t *)nlh + skip, nlh->nlmsg_len - skip,
			 NLMSGERR_ATTR_MSG);
	if (text)
		snprintf(s->reason, sizeof(s->reason), "%.*s", text->nla_len - NLA_HDRLEN,
			 (const char *)text + NLA_HDRLEN);
}

static void take_message(struct answer *a, const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = NLMSG_DATA(nlh);

	if (nlh->nlmsg_seq != a->seq)
		return;
	switch (nlh->nlmsg_type) {
	case NLMSG_ERROR:
		/* What is left over of a message may have an answer of its own. */
		if (a->err <= 0)
			a->err = -e->error;
		take_reason(a->s, nlh);
		break;
	case NLMSG_DONE:
		a->err = -*(const int *)NLMSG_DATA(nlh);
		break;
	default:
		if (a->err == SILENT)
			a->err = 0;
		if (a->take)
			a->take(nlh, a->arg);
		break;
	}
}

/* What is there is there: the kernel answers before sendto() is over. */
static bool read_some(struct sock *s, struct answer *a)
{
	/* So small that the kernel tells much in several parts. */
	static __thread uint8_t buf[1 << 13];
	ssize_t n = recv(s->fd, buf, sizeof(buf), MSG_DONTWAIT);
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)buf;
	int left = (int)n;

	if (n < 0)
		return errno == ENOBUFS;
	for (; NLMSG_OK(nlh, (unsigned int)left); nlh = NLMSG_NEXT(nlh, left))
		take_message(a, nlh);
	return true;
}

static int transact(struct sock *s, const struct request *q, struct answer *a)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };
	int reads = q->reads;
	size_t len;

	a->s = s;
	a->seq = ++s->seq;
	s->reason[0] = '\0';
	a->err = SILENT;
	len = request_write(q, s->family, a->seq, s->out);
	if (sendto(s->fd, s->out, len, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		return errno;
	while (read_some(s, a)) {
		if (reads > 0 && !--reads)
			break;
	}
	return a->err;
}

int sock_ask(struct sock *s, const struct request *q)
{
	struct answer a = { 0 };

	return transact(s, q, &a);
}

int sock_dump(struct sock *s, const struct request *q,
	      void (*take)(const struct nlmsghdr *nlh, void *arg), void *arg)
{
	struct answer a = { .take = take, .arg = arg };

	return transact(s, q, &a);
}

static const struct nlattr *find_nested(const struct nlattr *nest, int type)
{
	return nest ? find_attr((const uint8_t *)nest + NLA_HDRLEN,
				nest->nla_len - NLA_HDRLEN, type) : NULL;
}

static void take_family(const struct nlmsghdr *nlh, void *arg)
{
	const uint8_t *attrs = (const uint8_t *)NLMSG_DATA(nlh) + GENL_HDRLEN;
	size_t len = nlh->nlmsg_len - NLMSG_HDRLEN - GENL_HDRLEN;
	const struct nlattr *id = find_attr(attrs, len, CTRL_ATTR_FAMILY_ID), *group;
	struct sock *s = arg;

	if (id)
		memcpy(&s->family, (const uint8_t *)id + NLA_HDRLEN, sizeof(s->family));
	/* There is one. */
	group = find_nested(find_nested(find_attr(attrs, len, CTRL_ATTR_MCAST_GROUPS), 1),
			    CTRL_ATTR_MCAST_GRP_ID);
	if (group)
		s->group = attr_u32(group);
}

static void find_family(struct sock *s)
{
	struct genlmsghdr head = { .cmd = CTRL_CMD_GETFAMILY, .version = 1 };
	struct request *q = malloc(sizeof(*q));
	int err;

	if (!q)
		die("request", errno);
	request_init(q, 0, 0);
	q->type = GENL_ID_CTRL;
	q->head_len = sizeof(head);
	memcpy(q->head, &head, sizeof(head));
	put_string(q, CTRL_ATTR_FAMILY_NAME, OPTQ_GENL_NAME);
	err = sock_dump(s, q, take_family, s);
	free(q);
	if (err || !s->family)
		die("generic netlink family " OPTQ_GENL_NAME, err ? err : ENOENT);
}

static int netlink_socket(int protocol)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);

	if (fd < 0)
		die("socket", errno);
	return fd;
}

void sock_open(struct sock *s, int protocol)
{
	int size = 1 << 22, on = 1;

	s->fd = netlink_socket(protocol);
	s->seq = 0;
	s->family = 0;
	s->group = 0;
	setsockopt(s->fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	setsockopt(s->fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size));
	setsockopt(s->fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(s->fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	/* Else much of what a dump may be asked is not looked at. */
	setsockopt(s->fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &on, sizeof(on));
	if (protocol == NETLINK_GENERIC)
		find_family(s);
}

void sock_listen(struct sock *s)
{
	if (setsockopt(s->fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &s->group,
		       sizeof(s->group)))
		die("group " OPTQ_MCGRP_EVENTS, errno);
}

void sock_close(struct sock *s)
{
	close(s->fd);
}

void keep_namespace(void)
{
	netlink_socket(NETLINK_ROUTE);
}
