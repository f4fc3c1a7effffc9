// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/netlink.h>
#include <linux/optq.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "mem.h"
#include "nl.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK	270
#endif

#define RECEIVE_BYTES	(256 * 1024)

struct nl_sock *nl_open(int protocol)
{
	struct nl_sock *sk = nl_socket_alloc();
	int on = 1;

	if (!sk)
		return NULL;
	if (nl_connect(sk, protocol)) {
		nl_socket_free(sk);
		return NULL;
	}
	/*
	 * CAP_ACK keeps the kernel from sending a refused request of many
	 * megabytes back; without it the reply would not fit the socket.
	 */
	setsockopt(nl_socket_get_fd(sk), SOL_NETLINK, NETLINK_EXT_ACK, &on,
		   sizeof(on));
	setsockopt(nl_socket_get_fd(sk), SOL_NETLINK, NETLINK_CAP_ACK, &on,
		   sizeof(on));
	nl_socket_enable_msg_peek(sk);
	nl_socket_set_buffer_size(sk, RECEIVE_BYTES, 0);
	return sk;
}

/* A message is sent whole: the socket's buffer must hold it. */
static void make_room_to_send(struct nl_sock *sk, size_t bytes)
{
	int fd = nl_socket_get_fd(sk), have = 0, want;
	socklen_t len = sizeof(have);

	/* The kernel keeps its own bookkeeping in the same budget. */
	bytes += bytes / 2 + 4096;
	want = bytes < INT32_MAX / 2 ? (int)bytes : INT32_MAX / 2;
	getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &have, &len);
	if (have >= want)
		return;
	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &want, sizeof(want)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &want, sizeof(want));
}

/* The attributes of an acknowledgement follow what it returns of the request. */
static void take_extack(struct nl_answer *a, struct nlmsghdr *nlh)
{
	struct nlmsgerr *err = nlmsg_data(nlh);
	size_t skip = sizeof(*err), total = (size_t)nlmsg_datalen(nlh);
	struct nlattr *attr;
	int rest;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += err->msg.nlmsg_len - sizeof(err->msg);
	skip = NLMSG_ALIGN(skip);
	if (skip > total)
		return;
	attr = (struct nlattr *)((char *)err + skip);
	rest = (int)(total - skip);
	for (; nla_ok(attr, rest); attr = nla_next(attr, &rest)) {
		if (nla_type(attr) == NLMSGERR_ATTR_MSG && !a->reason) {
			a->reason = mem_strndup(nla_data(attr),
						strnlen(nla_data(attr),
							(size_t)nla_len(attr)));
		} else if (nla_type(attr) == NLMSGERR_ATTR_OFFS &&
			   nla_len(attr) >= 4) {
			a->has_offset = true;
			a->offset = nla_get_u32(attr);
		}
	}
}

static int on_error(struct sockaddr_nl *who, struct nlmsgerr *err, void *arg)
{
	struct nl_answer *a = arg;

	(void)who;
	a->error = -err->error;
	a->done = true;
	take_extack(a, (struct nlmsghdr *)((char *)err - NLMSG_HDRLEN));
	return NL_STOP;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	struct nl_answer *a = arg;

	a->done = true;
	take_extack(a, nlmsg_hdr(msg));
	return NL_STOP;
}

static int on_finish(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct nl_answer *a = arg;
	int error = 0;

	/* A dump that fails on its way says so in its last message. */
	if (nlmsg_datalen(nlh) >= (int)sizeof(error))
		memcpy(&error, nlmsg_data(nlh), sizeof(error));
	if (error < 0)
		a->error = -error;
	a->done = true;
	return NL_STOP;
}

static int on_message(struct nl_msg *msg, void *arg)
{
	struct nl_answer *a = arg;

	return a->take ? a->take(nlmsg_hdr(msg), a->arg) : NL_OK;
}

static int on_interrupted(struct nl_msg *msg, void *arg)
{
	struct nl_answer *a = arg;

	(void)msg;
	a->interrupted = true;
	return NL_OK;
}

void nl_fail(struct nl_answer *a, int nl_error)
{
	a->error = EIO;
	a->reason = mem_printf("netlink: %s", nl_geterror(nl_error));
	a->done = true;
}

static void receive(struct nl_sock *sk, struct nl_answer *a)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_DEFAULT);
	int err;

	if (!cb) {
		nl_fail(a, -NLE_NOMEM);
		return;
	}
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, a);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, a);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, a);
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_message, a);
	nl_cb_set(cb, NL_CB_DUMP_INTR, NL_CB_CUSTOM, on_interrupted, a);
	while (!a->done) {
		err = nl_recvmsgs(sk, cb);
		if (err < 0 && !a->done)
			nl_fail(a, err);
	}
	nl_cb_put(cb);
}

void nl_talk(struct nl_sock *sk, struct nl_msg *msg, struct nl_answer *answer)
{
	int err;

	if (!msg) {
		answer->error = ENOMEM;
		return;
	}
	make_room_to_send(sk, nlmsg_hdr(msg)->nlmsg_len);
	err = nl_send_auto(sk, msg);
	nlmsg_free(msg);
	if (err < 0)
		nl_fail(answer, err);
	else
		receive(sk, answer);
}

void nl_answer_free(struct nl_answer *answer)
{
	free(answer->reason);
	memset(answer, 0, sizeof(*answer));
}

char *nl_answer_text(const struct nl_answer *a)
{
	if (a->error == EPERM || a->error == EACCES)
		return mem_printf("needs CAP_NET_ADMIN: %s", a->reason ?
				  a->reason : "run as root");
	/* Only the tree's generation is better at the next try. */
	if (a->error == EBUSY &&
	    (!a->reason || strstr(a->reason, "changed meanwhile")))
		return mem_printf("%s: run again", a->reason ? a->reason :
				  "the tree has been changed meanwhile");
	if (a->reason)
		return mem_printf("%s", a->reason);
	return mem_printf("the kernel refuses: %s", strerror(a->error));
}

int nl_optq_family(struct nl_sock *genl, struct nl_answer *answer)
{
	int family = genl_ctrl_resolve(genl, OPTQ_GENL_NAME);

	if (family >= 0)
		return family;
	if (family == -NLE_OBJ_NOTFOUND) {
		answer->error = ENOENT;
		answer->reason = mem_printf("the kernel has no optq: load it with \"modprobe sch_optq\"");
	} else {
		nl_fail(answer, family);
	}
	return 0;
}
