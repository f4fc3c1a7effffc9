// SPDX-License-Identifier: GPL-2.0
/*
 * Tries every command and every multicast group that the kernel says the family has.
 *
 *	optq_every DEV|INDEX	a line each, "NAME ok", "NAME EPERM: REASON"; one that this
 *				program knows nothing to ask with is "NAME unknown", exit 1
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/optq.h>
#include <net/if.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#ifndef SOL_NETLINK
#define SOL_NETLINK	270
#endif

static int family;
static unsigned int ifindex;
static int result;
static char reason[256];

static void die(const char *what, int err)
{
	fprintf(stderr, "optq_every: %s: %s\n", what, nl_geterror(err));
	exit(2);
}

/* What stands behind the error number, of a failed request and at a dump's end alike. */
static void take_reason(struct nlmsghdr *nlh, int skip)
{
	struct nlattr *attr;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) || nlmsg_datalen(nlh) < skip)
		return;
	attr = nla_find((struct nlattr *)((char *)nlmsg_data(nlh) + skip),
			nlmsg_datalen(nlh) - skip, NLMSGERR_ATTR_MSG);
	if (attr)
		snprintf(reason, sizeof(reason), "%s", (const char *)nla_data(attr));
}

/* Returns whether nlh is the last of an answer. */
static bool take_end(struct nlmsghdr *nlh)
{
	if (nlh->nlmsg_type != NLMSG_ERROR && nlh->nlmsg_type != NLMSG_DONE)
		return false;
	/* The first of either is the error number. */
	memcpy(&result, nlmsg_data(nlh), sizeof(result));
	take_reason(nlh, nlh->nlmsg_type == NLMSG_DONE ? (int)sizeof(result) :
		    (int)NLMSG_ALIGN(sizeof(struct nlmsgerr)));
	return true;
}

static void take_answer(struct nl_sock *sk)
{
	static char buf[65536];
	bool ended = false;

	while (!ended) {
		ssize_t n = recv(nl_socket_get_fd(sk), buf, sizeof(buf), 0);
		struct nlmsghdr *nlh = (struct nlmsghdr *)buf;
		int rest = (int)n;

		if (n < 0)
			die("answer", -nl_syserr2nlerr(errno));
		for (; nlmsg_ok(nlh, rest); nlh = nlmsg_next(nlh, &rest))
			ended |= take_end(nlh);
	}
}

/* So that nothing is in the way but who asks. */
static void put_tree(struct nl_msg *msg)
{
	struct nlattr *nest = nla_nest_start(msg, OPTQ_A_CLASS);

	nla_put_u32(msg, OPTQ_CLASS_A_ID, 2);
	nla_nest_end(msg, nest);
}

static void put_elem(struct nl_msg *msg)
{
	static const unsigned char host[16] = {
		[10] = 0xff, [11] = 0xff, [12] = 10, [15] = 1
	};
	struct nlattr *nest = nla_nest_start(msg, OPTQ_A_ELEM);

	nla_put_u8(msg, OPTQ_ELEM_A_FIELD, OPTQ_FIELD_HOST);
	nla_put_u32(msg, OPTQ_ELEM_A_ID, 7);
	nla_put(msg, OPTQ_ELEM_A_SRC, sizeof(host), host);
	nla_nest_end(msg, nest);
}

static void put_nothing(struct nl_msg *msg)
{
	(void)msg;
}

static const struct {
	const char *name;
	void (*put)(struct nl_msg *msg);
} known[] = {
	[OPTQ_CMD_TREE_SET]	= { "tree-set", put_tree },
	[OPTQ_CMD_TREE_GET]	= { "tree-get", put_nothing },
	[OPTQ_CMD_CLASS_GET]	= { "class-get", put_nothing },
	[OPTQ_CMD_RULE_GET]	= { "rule-get", put_nothing },
	[OPTQ_CMD_FLOW_GET]	= { "flow-get", put_nothing },
	[OPTQ_CMD_ELEM_SET]	= { "elem-set", put_elem },
	[OPTQ_CMD_ELEM_DEL]	= { "elem-del", put_elem },
	[OPTQ_CMD_EXPLAIN]	= { "explain", put_nothing },
};

#define N_KNOWN	(sizeof(known) / sizeof(*known))

static struct nl_sock *sock_open(void)
{
	struct nl_sock *sk = nl_socket_alloc();
	int one = 1, err = sk ? genl_connect(sk) : -NLE_NOMEM;

	if (err)
		die("socket", err);
	setsockopt(nl_socket_get_fd(sk), SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one));
	setsockopt(nl_socket_get_fd(sk), SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof(one));
	return sk;
}

static void tell(const char *name, int err)
{
	if (err)
		printf("%s %s: %s\n", name, strerrorname_np(err), reason);
	else
		printf("%s ok\n", name);
}

static void try_command(unsigned int cmd, int flags)
{
	struct nl_sock *sk = sock_open();
	struct nl_msg *msg = nlmsg_alloc();
	int err;

	genlmsg_put(msg, 0, NL_AUTO_SEQ, family, 0, flags, (uint8_t)cmd, OPTQ_GENL_VERSION);
	nla_put_u32(msg, OPTQ_A_IFINDEX, ifindex);
	known[cmd].put(msg);
	result = 0;
	reason[0] = '\0';
	err = nl_send_auto(sk, msg);
	if (err < 0)
		die(known[cmd].name, err);
	take_answer(sk);
	tell(known[cmd].name, -result);
	nlmsg_free(msg);
	nl_socket_free(sk);
}

static int try_op(struct nlattr *op)
{
	struct nlattr *tb[CTRL_ATTR_OP_MAX + 1];
	unsigned int cmd, flags;

	if (nla_parse_nested(tb, CTRL_ATTR_OP_MAX, op, NULL) || !tb[CTRL_ATTR_OP_ID])
		die("operation", -NLE_INVAL);
	cmd = nla_get_u32(tb[CTRL_ATTR_OP_ID]);
	flags = tb[CTRL_ATTR_OP_FLAGS] ? nla_get_u32(tb[CTRL_ATTR_OP_FLAGS]) : 0;
	if (cmd >= N_KNOWN || !known[cmd].name) {
		printf("command-%u unknown\n", cmd);
		return 1;
	}
	if (flags & GENL_CMD_CAP_DO)
		try_command(cmd, NLM_F_ACK);
	if (flags & GENL_CMD_CAP_DUMP)
		try_command(cmd, NLM_F_DUMP);
	return 0;
}

static void try_group(struct nlattr *group)
{
	struct nlattr *tb[CTRL_ATTR_MCAST_GRP_MAX + 1];
	struct nl_sock *sk = sock_open();
	char name[64];
	int id;

	if (nla_parse_nested(tb, CTRL_ATTR_MCAST_GRP_MAX, group, NULL))
		die("group", -NLE_INVAL);
	id = (int)nla_get_u32(tb[CTRL_ATTR_MCAST_GRP_ID]);
	snprintf(name, sizeof(name), "listen-%s",
		 nla_get_string(tb[CTRL_ATTR_MCAST_GRP_NAME]));
	reason[0] = '\0';
	tell(name, setsockopt(nl_socket_get_fd(sk), SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
			      &id, sizeof(id)) ? errno : 0);
	nl_socket_free(sk);
}

static int on_family(struct nl_msg *msg, void *arg)
{
	struct nlattr *tb[CTRL_ATTR_MAX + 1], *pos;
	int rest, *unknown = arg;

	if (genlmsg_parse(nlmsg_hdr(msg), 0, tb, CTRL_ATTR_MAX, NULL) ||
	    !tb[CTRL_ATTR_OPS] || !tb[CTRL_ATTR_MCAST_GROUPS])
		die("family", -NLE_INVAL);
	nla_for_each_nested(pos, tb[CTRL_ATTR_OPS], rest)
		*unknown |= try_op(pos);
	nla_for_each_nested(pos, tb[CTRL_ATTR_MCAST_GROUPS], rest)
		try_group(pos);
	return NL_OK;
}

int main(int argc, char **argv)
{
	struct nl_sock *sk = sock_open();
	struct nl_msg *msg = nlmsg_alloc();
	int unknown = 0, err;

	if (argc != 2) {
		fprintf(stderr, "usage: optq_every DEV|INDEX\n");
		return 2;
	}
	ifindex = if_nametoindex(argv[1]);
	if (!ifindex)
		ifindex = (unsigned int)strtoul(argv[1], NULL, 10);
	family = genl_ctrl_resolve(sk, OPTQ_GENL_NAME);
	if (family < 0)
		die("family", family);
	genlmsg_put(msg, 0, NL_AUTO_SEQ, GENL_ID_CTRL, 0, 0, CTRL_CMD_GETFAMILY, 1);
	nla_put_string(msg, CTRL_ATTR_FAMILY_NAME, OPTQ_GENL_NAME);
	nl_socket_modify_cb(sk, NL_CB_VALID, NL_CB_CUSTOM, on_family, &unknown);
	err = nl_send_auto(sk, msg);
	if (err >= 0)
		err = nl_recvmsgs_default(sk);
	if (err < 0)
		die("family", err);
	return unknown;
}
