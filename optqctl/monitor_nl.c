// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
/* The C library's first: the kernel's then gives what that lacks. */
#include <net/if.h>
#include <linux/genetlink.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "monitor_nl.h"
#include "nl_attr.h"

#define READS_MAX	1000	/* before others have their turn */

static void get_doer(struct nlmsghdr *nlh, struct nlattr **tb, struct doer *by)
{
	by->portid = nlh->nlmsg_pid;
	by->has_uid = tb[OPTQ_A_UID];
	by->uid = get_u32(tb[OPTQ_A_UID]);
	if (tb[OPTQ_A_COMM])
		nla_strlcpy(by->comm, tb[OPTQ_A_COMM], sizeof(by->comm));
}

bool tree_notice_parse(struct nlmsghdr *nlh, struct tree_notice *n)
{
	struct nlattr *tb[OPTQ_A_MAX + 1], *link[OPTQ_LINK_A_MAX + 1] = { 0 };
	struct genlmsghdr *head = nlmsg_data(nlh);

	memset(n, 0, sizeof(*n));
	if (nlmsg_datalen(nlh) < (int)GENL_HDRLEN ||
	    genlmsg_parse(nlh, 0, tb, OPTQ_A_MAX, NULL))
		return false;
	n->cmd = head->cmd;
	if (n->cmd < OPTQ_CMD_TREE_ADD_NTF || n->cmd > OPTQ_CMD_CLASS_DEL_NTF)
		return false;
	if (tb[OPTQ_A_LINK] &&
	    nla_parse_nested(link, OPTQ_LINK_A_MAX, tb[OPTQ_A_LINK], NULL))
		return false;
	n->ifindex = (int)get_u32(tb[OPTQ_A_IFINDEX]);
	n->generation = get_u32(tb[OPTQ_A_GENERATION]);
	n->handle = get_u32(link[OPTQ_LINK_A_HANDLE]);
	n->classes = get_u32(link[OPTQ_LINK_A_CLASSES]);
	n->dropped = get_u32(tb[OPTQ_A_DROPPED]);
	n->class = tb[OPTQ_A_CLASS];
	get_doer(nlh, tb, &n->by);
	return n->ifindex && (n->class || n->cmd < OPTQ_CMD_CLASS_ADD_NTF);
}

bool link_notice_parse(struct nlmsghdr *nlh, struct link_notice *n)
{
	const struct ifinfomsg *info = nlmsg_data(nlh);
	struct nlattr *tb[IFLA_MAX + 1];

	memset(n, 0, sizeof(*n));
	if (nlh->nlmsg_type != RTM_NEWLINK && nlh->nlmsg_type != RTM_DELLINK)
		return false;
	/* A bridge tells of its ports with the same types. */
	if (nlmsg_datalen(nlh) < (int)sizeof(*info) ||
	    info->ifi_family != AF_UNSPEC ||
	    nlmsg_parse(nlh, sizeof(*info), tb, IFLA_MAX, NULL))
		return false;
	n->ifindex = info->ifi_index;
	n->gone = nlh->nlmsg_type == RTM_DELLINK;
	n->enabled = info->ifi_flags & IFF_UP;
	n->carrier = info->ifi_flags & IFF_LOWER_UP;
	if (tb[IFLA_IFNAME])
		nla_strlcpy(n->device, tb[IFLA_IFNAME], sizeof(n->device));
	return true;
}

/* The controller's message about a family that comes or goes. */
static void take_family(const struct monitor_taker *taker, struct nlmsghdr *nlh)
{
	struct genlmsghdr *head = nlmsg_data(nlh);
	struct nlattr *tb[CTRL_ATTR_MAX + 1];

	if (genlmsg_parse(nlh, 0, tb, CTRL_ATTR_MAX, NULL) ||
	    !tb[CTRL_ATTR_FAMILY_NAME] ||
	    nla_strcmp(tb[CTRL_ATTR_FAMILY_NAME], OPTQ_GENL_NAME))
		return;
	if (head->cmd == CTRL_CMD_NEWFAMILY || head->cmd == CTRL_CMD_DELFAMILY)
		taker->module(head->cmd == CTRL_CMD_NEWFAMILY, taker->arg);
}

static int on_genl(struct nl_msg *msg, void *arg)
{
	const struct monitor_taker *taker = arg;
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct tree_notice n;

	if (nlh->nlmsg_type == GENL_ID_CTRL)
		take_family(taker, nlh);
	else if (tree_notice_parse(nlh, &n))
		taker->tree(&n, taker->arg);
	return NL_OK;
}

static int on_route(struct nl_msg *msg, void *arg)
{
	const struct monitor_taker *taker = arg;
	struct link_notice n;

	if (link_notice_parse(nlmsg_hdr(msg), &n))
		taker->link(&n, taker->arg);
	return NL_OK;
}

static struct nl_sock *open_events(int protocol)
{
	struct nl_sock *sk = nl_open(protocol);

	if (sk) {
		nl_socket_disable_seq_check(sk);
		nl_socket_set_nonblocking(sk);
	}
	return sk;
}

void monitor_nl_open(struct monitor_nl *nl, struct nl_answer *answer)
{
	int err;

	nl->genl = open_events(NETLINK_GENERIC);
	nl->route = open_events(NETLINK_ROUTE);
	if (!nl->genl || !nl->route) {
		answer->error = errno ? errno : ENOMEM;
		return;
	}
	/* The controller's own group has the controller's own number. */
	err = nl_socket_add_membership(nl->genl, GENL_ID_CTRL);
	if (!err)
		err = nl_socket_add_membership(nl->route, RTNLGRP_LINK);
	if (err)
		nl_fail(answer, err);
}

void monitor_nl_join(struct monitor_nl *nl, struct nl_sock *genl,
		     struct nl_answer *answer)
{
	int group = genl_ctrl_resolve_grp(genl, OPTQ_GENL_NAME,
					  OPTQ_MCGRP_EVENTS);
	int err = group < 0 ? group : nl_socket_add_membership(nl->genl, group);

	if (group == -NLE_OBJ_NOTFOUND) {
		answer->error = EOPNOTSUPP;
		answer->reason = mem_printf("the loaded sch_optq is older than this optqctl: it tells of no events");
	} else if (err == -NLE_PERM || err == -NLE_NOACCESS) {
		answer->error = EPERM;
	} else if (err < 0) {
		nl_fail(answer, err);
	}
}

/* True: all that there was. */
static bool drain(struct nl_sock *sk, const struct monitor_taker *taker,
		  nl_recvmsg_msg_cb_t take)
{
	int reads = READS_MAX, err = 0;

	nl_socket_modify_cb(sk, NL_CB_VALID, NL_CB_CUSTOM, take, (void *)taker);
	while (reads-- && err != -NLE_AGAIN) {
		err = nl_recvmsgs_default(sk);
		/* What did not fit has set ENOBUFS, once. */
		if (err < 0 && err != -NLE_AGAIN && err != -NLE_INTR)
			taker->lost(taker->arg);
	}
	return err == -NLE_AGAIN;
}

bool monitor_nl_read(struct monitor_nl *nl)
{
	/* A tree goes before its device does. */
	bool all = drain(nl->genl, nl->taker, on_genl);

	return drain(nl->route, nl->taker, on_route) && all;
}

void monitor_nl_close(struct monitor_nl *nl)
{
	nl_socket_free(nl->genl);
	nl_socket_free(nl->route);
}

static int take_link(struct nlmsghdr *nlh, void *arg)
{
	const struct monitor_taker *taker = arg;
	struct link_notice n;

	if (link_notice_parse(nlh, &n))
		taker->link(&n, taker->arg);
	return NL_OK;
}

void monitor_nl_links(struct nl_sock *route, int ifindex,
		      const struct monitor_taker *taker, struct nl_answer *answer)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC, .ifi_index = ifindex };
	struct nl_msg *msg;

	msg = nlmsg_alloc_simple(RTM_GETLINK, ifindex ? 0 : NLM_F_DUMP);
	if (!msg || nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO)) {
		nlmsg_free(msg);
		answer->error = ENOMEM;
		return;
	}
	answer->take = take_link;
	answer->arg = (void *)taker;
	nl_talk(route, msg, answer);
}
