// SPDX-License-Identifier: GPL-2.0
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "ingress_nl.h"
#include "mem.h"
#include "roots.h"
#include "top_nl.h"

bool top_nl_open(struct top_nl *nl)
{
	nl->genl = nl_open(NETLINK_GENERIC);
	nl->route = nl_open(NETLINK_ROUTE);
	return nl->genl && nl->route;
}

void top_nl_close(struct top_nl *nl)
{
	nl_socket_free(nl->genl);
	nl_socket_free(nl->route);
}

/* Of one device the link's own tree comes first, then what comes in. */
static char *find_tree(struct top_nl *nl)
{
	int device = nl->device ? device_index(nl->device) : 0;
	struct root_qdiscs roots = { 0 };
	struct nl_answer answer = { 0 };
	char *why = NULL;

	if (nl->device && !device)
		return mem_printf("there is no such device here");
	roots_find(nl->route, device, &roots, &answer);
	if (answer.error)
		why = nl_answer_text(&answer);
	else if (!roots.n)
		why = roots_none_text(nl->device, &roots);
	else
		nl->ifindex = roots.list[nl->which % roots.n].ifindex;
	*nl->ingress_of = '\0';
	if (nl->ifindex)
		ingress_serves(nl->route, nl->ifindex, nl->ingress_of,
			       sizeof(nl->ingress_of));
	free(roots.list);
	nl_answer_free(&answer);
	return why;
}

static char *find(struct top_nl *nl)
{
	struct nl_answer answer = { 0 };
	char *why = NULL;

	/* A module that comes again has another number. */
	nl->family = nl_optq_family(nl->genl, &answer);
	if (!nl->family)
		why = nl_answer_text(&answer);
	nl_answer_free(&answer);
	return why ? why : find_tree(nl);
}

static char *name_device(const struct top_nl *nl, char *why)
{
	char *text;

	if (!nl->device)
		return why;
	text = mem_printf("%s: %s", nl->device, why);
	free(why);
	return text;
}

bool top_nl_read(void *arg, struct live_tree *tree, char **why)
{
	struct nl_answer answer = { 0 };
	struct top_nl *nl = arg;

	*why = nl->ifindex ? NULL : find(nl);
	if (!*why) {
		live_read(nl->genl, nl->family, nl->ifindex, tree, &answer);
		if (answer.error)
			*why = nl_answer_text(&answer);
		nl_answer_free(&answer);
	}
	if (*why) {
		nl->ifindex = 0;
		*why = name_device(nl, *why);
		return false;
	}
	memcpy(tree->ingress_of, nl->ingress_of, sizeof(tree->ingress_of));
	return true;
}

void top_nl_next(void *arg)
{
	struct top_nl *nl = arg;

	nl->which++;
	nl->ifindex = 0;
}
