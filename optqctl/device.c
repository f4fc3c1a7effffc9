// SPDX-License-Identifier: GPL-2.0
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/route/link.h>
#include <stdio.h>
#include <string.h>

#include "device.h"
#include "nl.h"

#define ALTNAME_MAX	127	/* bytes: the kernel's ALTIFNAMSIZ without the NUL */

static int take_index(struct nlmsghdr *nlh, void *arg)
{
	const struct ifinfomsg *info = nlmsg_data(nlh);

	if (nlh->nlmsg_type == RTM_NEWLINK)
		*(int *)arg = info->ifi_index;
	return NL_OK;
}

static struct nl_msg *link_request(const char *altname)
{
	struct ifinfomsg info = { .ifi_family = AF_UNSPEC };
	struct nl_msg *msg = nlmsg_alloc_simple(RTM_GETLINK, 0);

	if (msg && !nlmsg_append(msg, &info, sizeof(info), NLMSG_ALIGNTO) &&
	    !nla_put_string(msg, IFLA_ALT_IFNAME, altname))
		return msg;
	nlmsg_free(msg);
	return NULL;
}

int device_index(const char *name)
{
	int index = (int)if_nametoindex(name);
	struct nl_answer answer = { .take = take_index, .arg = &index };
	struct nl_sock *route;
	struct nl_msg *msg;

	/* The C library finds altnames too, but none longer than a name. */
	if (index || strlen(name) < IFNAMSIZ || strlen(name) > ALTNAME_MAX)
		return index;
	route = nl_open(NETLINK_ROUTE);
	msg = route ? link_request(name) : NULL;
	if (msg)
		nl_talk(route, msg, &answer);
	nl_answer_free(&answer);
	nl_socket_free(route);
	return index;
}

bool device_queue(struct nl_sock *route, int ifindex, uint32_t *packets)
{
	struct rtnl_link *link;

	if (rtnl_link_get_kernel(route, ifindex, NULL, &link))
		return false;
	*packets = rtnl_link_get_txqlen(link);
	rtnl_link_put(link);
	return true;
}

const char *device_own_name(const char *name, char own[IFNAMSIZ])
{
	unsigned int index = if_nametoindex(name);

	if (!index || !if_indextoname(index, own))
		snprintf(own, IFNAMSIZ, "%s", name);
	return own;
}
