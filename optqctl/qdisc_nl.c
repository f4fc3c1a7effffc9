// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/gen_stats.h>
#include <linux/optq.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/route/classifier.h>
#include <netlink/route/qdisc.h>
#include <netlink/route/tc.h>
#include <stdlib.h>
#include <string.h>

#include "link_nl.h"
#include "mem.h"
#include "nl_attr.h"
#include "qdisc_nl.h"

#define MAJORS		0x10000

struct dump {
	int ifindex;
	struct root_qdiscs *roots;
	bool *major_used;
};

static uint32_t waiting_packets(struct nlattr *stats)
{
	struct nlattr *tb[TCA_STATS_MAX + 1];
	struct gnet_stats_queue queue = { 0 };

	if (stats && !nla_parse_nested(tb, TCA_STATS_MAX, stats, NULL))
		get_struct(tb[TCA_STATS_QUEUE], &queue, sizeof(queue));
	return queue.qlen;
}

static void add_root(struct root_qdiscs *roots, const struct tcmsg *tcm,
		     struct nlattr **tb)
{
	struct root_qdisc *root;

	roots->list = mem_grow(roots->list, &roots->room, roots->n + 1,
			       sizeof(*roots->list));
	root = &roots->list[roots->n];
	memset(root, 0, sizeof(*root));
	root->ifindex = tcm->tcm_ifindex;
	root->handle = tcm->tcm_handle;
	strncpy(root->kind, nla_get_string(tb[TCA_KIND]), sizeof(root->kind) - 1);
	root->waiting = waiting_packets(tb[TCA_STATS2]);
	/* A device that has gone since is left out. */
	if (if_indextoname((unsigned int)root->ifindex, root->device))
		roots->n++;
}

static void note_inner(struct root_qdiscs *roots, const struct tcmsg *tcm,
		       const char *kind)
{
	if (roots->inner_handle || strcmp(kind, OPTQ_KIND))
		return;
	roots->inner_handle = tcm->tcm_handle;
	roots->inner_parent = tcm->tcm_parent;
}

static int take_qdisc(struct nlmsghdr *nlh, void *arg)
{
	struct tcmsg *tcm = nlmsg_data(nlh);
	struct nlattr *tb[TCA_MAX + 1];
	struct dump *dump = arg;

	if (nlh->nlmsg_type != RTM_NEWQDISC ||
	    nlmsg_parse(nlh, sizeof(*tcm), tb, TCA_MAX, NULL) || !tb[TCA_KIND])
		return NL_OK;
	if (dump->ifindex && tcm->tcm_ifindex != dump->ifindex)
		return NL_OK;
	if (dump->major_used)
		dump->major_used[TC_H_MAJ(tcm->tcm_handle) >> 16] = true;
	if (dump->roots && tcm->tcm_parent == TC_H_ROOT)
		add_root(dump->roots, tcm, tb);
	else if (dump->roots)
		note_inner(dump->roots, tcm, nla_get_string(tb[TCA_KIND]));
	return NL_OK;
}

static void dump_qdiscs(struct nl_sock *route, struct dump *dump,
			struct nl_answer *answer)
{
	struct tcmsg tcm = { .tcm_family = AF_UNSPEC,
			     .tcm_ifindex = dump->ifindex };
	struct nl_msg *msg;

	msg = nlmsg_alloc_simple(RTM_GETQDISC, NLM_F_DUMP);
	if (!msg || nlmsg_append(msg, &tcm, sizeof(tcm), NLMSG_ALIGNTO)) {
		nlmsg_free(msg);
		answer->error = ENOMEM;
		return;
	}
	answer->take = take_qdisc;
	answer->arg = dump;
	nl_talk(route, msg, answer);
}

void qdisc_list(struct nl_sock *route, int ifindex, struct root_qdiscs *roots,
		struct nl_answer *answer)
{
	struct dump dump = { .ifindex = ifindex, .roots = roots };

	dump_qdiscs(route, &dump, answer);
}

uint32_t qdisc_free_handle(struct nl_sock *route, int ifindex,
			   struct nl_answer *answer)
{
	struct dump dump = { .ifindex = ifindex };
	uint32_t major;

	/* Another kind's handle cannot be taken over: the kernel refuses. */
	dump.major_used = mem_zalloc(MAJORS, sizeof(*dump.major_used));
	dump_qdiscs(route, &dump, answer);
	for (major = 1; major < 0x7fff && dump.major_used[major]; major++)
		;
	free(dump.major_used);
	return major << 16;
}

static struct rtnl_qdisc *root_object(int ifindex, uint32_t handle)
{
	struct rtnl_qdisc *qdisc = rtnl_qdisc_alloc();

	if (!qdisc)
		return NULL;
	rtnl_tc_set_ifindex(TC_CAST(qdisc), ifindex);
	rtnl_tc_set_parent(TC_CAST(qdisc), TC_H_ROOT);
	rtnl_tc_set_handle(TC_CAST(qdisc), handle);
	return qdisc;
}

static struct nl_msg *create_message(int ifindex, uint32_t handle,
				     const struct link *link)
{
	struct rtnl_qdisc *qdisc = root_object(ifindex, handle);
	struct nl_msg *msg = NULL;
	struct nlattr *options;

	if (!qdisc)
		return NULL;
	/* libnl knows no optq: it writes the kind, the options are ours. */
	rtnl_tc_set_kind(TC_CAST(qdisc), OPTQ_KIND);
	rtnl_qdisc_build_add_request(qdisc, NLM_F_CREATE | NLM_F_REPLACE, &msg);
	rtnl_qdisc_put(qdisc);
	if (!msg)
		return NULL;
	options = nla_nest_start(msg, TCA_OPTIONS);
	if (!options || link_put_params(msg, link, false)) {
		nlmsg_free(msg);
		return NULL;
	}
	nla_nest_end(msg, options);
	return msg;
}

void qdisc_create(struct nl_sock *route, int ifindex, uint32_t handle,
		  const struct link *link, struct nl_answer *answer)
{
	nl_talk(route, create_message(ifindex, handle, link), answer);
}

void qdisc_delete(struct nl_sock *route, int ifindex, uint32_t handle,
		  struct nl_answer *answer)
{
	struct rtnl_qdisc *qdisc = root_object(ifindex, handle);
	struct nl_msg *msg = NULL;

	if (qdisc)
		rtnl_qdisc_build_delete_request(qdisc, &msg);
	rtnl_qdisc_put(qdisc);
	nl_talk(route, msg, answer);
}

bool qdisc_has_filters(struct nl_sock *route, int ifindex, uint32_t handle,
		       struct nl_answer *answer)
{
	struct nl_cache *filters = NULL;
	int err = rtnl_cls_alloc_cache(route, ifindex, handle, &filters);
	bool any = false;

	if (err)
		nl_fail(answer, err);
	else
		any = nl_cache_nitems(filters);
	nl_cache_free(filters);
	return any;
}
