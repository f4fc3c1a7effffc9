// SPDX-License-Identifier: GPL-2.0
/*
 * What sch_optq tells those who listen, message by message.
 *
 *	optq_listen [BYTES]	joins the multicast group, with a receive buffer of BYTES;
 *				"joined", or "refused ERRNO", exit 1; then until a signal
 *				a line a message:
 *	NAME from PORTID ATTRIBUTE=HEX...	those of a nest in { }, by number
 *	lost			more came than the buffer holds
 */
#include <errno.h>
#include <linux/optq.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {
	[OPTQ_CMD_TREE_ADD_NTF] = "tree-add", [OPTQ_CMD_TREE_SET_NTF] = "tree-set",
	[OPTQ_CMD_TREE_CHANGE_NTF] = "tree-change", [OPTQ_CMD_TREE_DEL_NTF] = "tree-del",
	[OPTQ_CMD_CLASS_ADD_NTF] = "class-add",
	[OPTQ_CMD_CLASS_CHANGE_NTF] = "class-change",
	[OPTQ_CMD_CLASS_DEL_NTF] = "class-del",
};

#define N_NAMES	(sizeof(names) / sizeof(*names))

static void print_hex(const struct nlattr *attr)
{
	const unsigned char *data = nla_data(attr);
	int i;

	printf(" %d=", nla_type(attr));
	for (i = 0; i < nla_len(attr); i++)
		printf("%02x", data[i]);
}

/* A 64-bit value is padded where the machine cannot read it just anywhere. */
static bool pads(const struct nlattr *in, const struct nlattr *attr)
{
	return nla_type(attr) == (nla_type(in) == OPTQ_A_LINK ? OPTQ_LINK_A_PAD :
				  OPTQ_CLASS_A_PAD);
}

static int on_message(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct genlmsghdr *head = nlmsg_data(nlh);
	struct nlattr *attr, *inner;
	int rest, rest_inner;

	(void)arg;
	printf("%s from %u", head->cmd < N_NAMES && names[head->cmd] ?
	       names[head->cmd] : "unknown", nlh->nlmsg_pid);
	nlmsg_for_each_attr(attr, nlh, GENL_HDRLEN, rest) {
		if (nla_type(attr) != OPTQ_A_LINK && nla_type(attr) != OPTQ_A_CLASS) {
			if (nla_type(attr) != OPTQ_A_PAD)
				print_hex(attr);
			continue;
		}
		printf(" %d={", nla_type(attr));
		nla_for_each_nested(inner, attr, rest_inner) {
			if (!pads(attr, inner))
				print_hex(inner);
		}
		printf(" }");
	}
	putchar('\n');
	fflush(stdout);
	return NL_OK;
}

static void die(const char *what, int error)
{
	fprintf(stderr, "optq_listen: %s: %s\n", what, nl_geterror(error));
	exit(2);
}

int main(int argc, char **argv)
{
	struct nl_sock *sk = nl_socket_alloc();
	int group, err;

	if (!sk || genl_connect(sk))
		die("socket", -NLE_BAD_SOCK);
	group = genl_ctrl_resolve_grp(sk, OPTQ_GENL_NAME, OPTQ_MCGRP_EVENTS);
	if (group < 0)
		die("no such group", group);
	nl_socket_disable_seq_check(sk);
	nl_socket_modify_cb(sk, NL_CB_VALID, NL_CB_CUSTOM, on_message, NULL);
	if (argc > 1)
		nl_socket_set_buffer_size(sk, atoi(argv[1]), 0);
	if (nl_socket_add_membership(sk, group)) {
		printf("refused %s\n", strerrorname_np(errno));
		return 1;
	}
	puts("joined");
	fflush(stdout);
	for (;;) {
		err = nl_recvmsgs_default(sk);
		if (err == -NLE_NOMEM)
			puts("lost");
		else if (err < 0)
			die("receive", err);
		fflush(stdout);
	}
}
