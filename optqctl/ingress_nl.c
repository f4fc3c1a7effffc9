// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/pkt_sched.h>
#include <linux/tc_act/tc_mirred.h>
#include <netlink/attr.h>
#include <netlink/route/act/mirred.h>
#include <netlink/route/action.h>
#include <netlink/route/classifier.h>
#include <netlink/route/cls/matchall.h>
#include <netlink/route/link.h>
#include <netlink/route/qdisc.h>
#include <netlink/route/tc.h>
#include <stdio.h>
#include <string.h>

#include "ingress_nl.h"
#include "mem.h"

#define AT_INGRESS	TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS)
#define AT_EGRESS	TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_EGRESS)
/* Behind what others have there: they see packets first, and may keep them. */
#define FILTER_PRIO	0xff00
#define FILTER_HANDLE	1
/* By this an ifb is known as one of ours; the device's name follows. */
#define ALIAS		"optq: ingress of "

/* NULL, with an error or without: there is no such device. */
static struct rtnl_link *get_link(struct nl_sock *route, int ifindex,
				  const char *name, struct nl_answer *answer)
{
	struct rtnl_link *link = NULL;
	int err = rtnl_link_get_kernel(route, ifindex, name, &link);

	if (err && err != -NLE_NODEV && err != -NLE_OBJ_NOTFOUND)
		nl_fail(answer, err);
	return err ? NULL : link;
}

/* The device that @link, one of ours, serves; NULL: it is another's. */
static const char *served_by(struct rtnl_link *link)
{
	const char *kind = rtnl_link_get_type(link);
	const char *alias = rtnl_link_get_ifalias(link);

	if (!kind || strcmp(kind, "ifb") || !alias ||
	    strncmp(alias, ALIAS, strlen(ALIAS)))
		return NULL;
	return alias + strlen(ALIAS);
}

bool ingress_serves(struct nl_sock *route, int ifindex, char *device,
		    size_t size)
{
	struct nl_answer answer = { 0 };
	struct rtnl_link *link = get_link(route, ifindex, NULL, &answer);
	const char *name = link ? served_by(link) : NULL;

	if (name)
		snprintf(device, size, "%s", name);
	rtnl_link_put(link);
	nl_answer_free(&answer);
	return name;
}

/*
 * From the device's own name, as an altname would give another.  A long one is cut, and
 * told from others by what of it is hashed (FNV-1a).  False: the device has gone.
 */
static bool ifb_name(int device, char *ifb)
{
	uint32_t hash = 2166136261U;
	char name[IFNAMSIZ];
	const char *c;

	if (!if_indextoname((unsigned int)device, name))
		return false;
	if (strlen(name) < IFNAMSIZ - 4) {
		snprintf(ifb, IFNAMSIZ, "ifb-%.11s", name);
		return true;
	}
	for (c = name; *c; c++)
		hash = (hash ^ (unsigned char)*c) * 16777619U;
	snprintf(ifb, IFNAMSIZ, "ifb-%.7s%04x", name,
		 (hash ^ hash >> 16) & 0xffff);
	return true;
}

/* Where our filter redirects to; 0: it is not there. */
static int redirected_to(struct nl_cache *filters)
{
	struct nl_object *o;
	struct rtnl_act *act;
	struct rtnl_cls *cls;
	char *kind;

	for (o = nl_cache_get_first(filters); o; o = nl_cache_get_next(o)) {
		cls = (struct rtnl_cls *)o;
		kind = rtnl_tc_get_kind(TC_CAST(cls));
		if (rtnl_cls_get_prio(cls) != FILTER_PRIO || !kind ||
		    strcmp(kind, "matchall"))
			continue;
		act = rtnl_mall_get_first_action(cls);
		kind = act ? rtnl_tc_get_kind(TC_CAST(act)) : NULL;
		if (kind && !strcmp(kind, "mirred"))
			return (int)rtnl_mirred_get_ifindex(act);
	}
	return 0;
}

/* NULL with an error; to be freed. */
static struct nl_cache *filters_at(struct nl_sock *route, int device,
				   uint32_t parent, struct nl_answer *answer)
{
	struct nl_cache *cache = NULL;
	int err = rtnl_cls_alloc_cache(route, device, parent, &cache);

	if (err)
		nl_fail(answer, err);
	return err ? NULL : cache;
}

static void take_link(struct rtnl_link *link, struct ingress *in)
{
	if (!link || !served_by(link))
		return;
	in->ifindex = rtnl_link_get_ifindex(link);
	snprintf(in->ifb, sizeof(in->ifb), "%s", rtnl_link_get_name(link));
}

/*
 * By the filter, as the device may have been renamed; by the name where the filter
 * has gone.
 */
void ingress_find(struct nl_sock *route, int device, struct ingress *in,
		  struct nl_answer *answer)
{
	struct nl_cache *filters = filters_at(route, device, AT_INGRESS, answer);
	struct rtnl_link *link = NULL;
	int to;

	memset(in, 0, sizeof(*in));
	if (!filters)
		return;
	to = redirected_to(filters);
	if (to)
		link = get_link(route, to, NULL, answer);
	take_link(link, in);
	in->redirected = in->ifindex;
	if (!in->ifindex && !answer->error && ifb_name(device, in->ifb)) {
		rtnl_link_put(link);
		link = get_link(route, 0, in->ifb, answer);
		take_link(link, in);
	}
	rtnl_link_put(link);
	nl_cache_free(filters);
}

static struct nl_msg *ifb_message(const char *name)
{
	struct rtnl_link *link = rtnl_link_alloc();
	struct nl_msg *msg = NULL;

	if (link && !rtnl_link_set_type(link, "ifb")) {
		rtnl_link_set_name(link, name);
		rtnl_link_build_add_request(link, NLM_F_CREATE | NLM_F_EXCL,
					    &msg);
	}
	rtnl_link_put(link);
	return msg;
}

/* The kernel takes no alias for a device that it makes. */
static void mark_ifb(struct nl_sock *route, struct rtnl_link *link, int device,
		     struct nl_answer *answer)
{
	struct rtnl_link *change = rtnl_link_alloc();
	char name[IFNAMSIZ], alias[sizeof(ALIAS) + IFNAMSIZ];
	struct nl_msg *msg = NULL;

	if (change && if_indextoname((unsigned int)device, name)) {
		snprintf(alias, sizeof(alias), ALIAS "%s", name);
		rtnl_link_set_ifalias(change, alias);
		rtnl_link_set_flags(change, IFF_UP);
		rtnl_link_build_change_request(link, change, 0, &msg);
	}
	rtnl_link_put(change);
	nl_talk(route, msg, answer);
}

/* In words of what it is for; @ifb is the name that was asked for. */
static void explain_refusal(struct nl_answer *answer, const char *ifb)
{
	if (answer->error == EEXIST && !answer->reason)
		answer->reason = mem_printf("device \"%s\" is in the way: what comes in would go through an ifb of that name",
					    ifb);
	if (answer->error == EOPNOTSUPP && !answer->reason)
		answer->reason = mem_printf("the kernel has no ifb, which what comes in is to go through: load it with \"modprobe ifb\"");
}

void ingress_create(struct nl_sock *route, int device, struct ingress *in,
		    struct nl_answer *answer)
{
	struct rtnl_link *link;

	if (!ifb_name(device, in->ifb)) {
		answer->error = ENODEV;
		return;
	}
	nl_talk(route, ifb_message(in->ifb), answer);
	explain_refusal(answer, in->ifb);
	if (answer->error)
		return;
	nl_answer_free(answer);
	link = get_link(route, 0, in->ifb, answer);
	if (link)
		mark_ifb(route, link, device, answer);
	else if (!answer->error)
		answer->error = ENODEV;
	if (!answer->error)
		in->ifindex = rtnl_link_get_ifindex(link);
	rtnl_link_put(link);
}

static void delete_ifb(struct nl_sock *route, const struct ingress *in,
		       struct nl_answer *answer)
{
	struct rtnl_link *link = rtnl_link_alloc();
	struct nl_msg *msg = NULL;

	if (link) {
		rtnl_link_set_ifindex(link, in->ifindex);
		rtnl_link_build_delete_request(link, &msg);
	}
	rtnl_link_put(link);
	nl_talk(route, msg, answer);
}

static struct rtnl_qdisc *clsact_object(int device)
{
	struct rtnl_qdisc *qdisc = rtnl_qdisc_alloc();

	if (!qdisc)
		return NULL;
	rtnl_tc_set_ifindex(TC_CAST(qdisc), device);
	rtnl_tc_set_parent(TC_CAST(qdisc), TC_H_CLSACT);
	rtnl_tc_set_handle(TC_CAST(qdisc), TC_H_MAKE(TC_H_CLSACT, 0));
	rtnl_tc_set_kind(TC_CAST(qdisc), "clsact");
	return qdisc;
}

/* One that is there, or an ingress qdisc, serves as well. */
static void add_clsact(struct nl_sock *route, int device,
		       struct nl_answer *answer)
{
	struct rtnl_qdisc *qdisc = clsact_object(device);
	struct nl_msg *msg = NULL;

	if (qdisc)
		rtnl_qdisc_build_add_request(qdisc, NLM_F_CREATE | NLM_F_EXCL,
					     &msg);
	rtnl_qdisc_put(qdisc);
	nl_talk(route, msg, answer);
	if (answer->error == EEXIST)
		nl_answer_free(answer);
}

static void delete_clsact(struct nl_sock *route, int device,
			  struct nl_answer *answer)
{
	struct rtnl_qdisc *qdisc = clsact_object(device);
	struct nl_msg *msg = NULL;

	if (qdisc)
		rtnl_qdisc_build_delete_request(qdisc, &msg);
	rtnl_qdisc_put(qdisc);
	/* With its kind: an ingress qdisc is somebody else's. */
	if (msg && nla_put_string(msg, TCA_KIND, "clsact")) {
		nlmsg_free(msg);
		msg = NULL;
	}
	nl_talk(route, msg, answer);
	if (answer->error == EINVAL || answer->error == ENOENT)
		nl_answer_free(answer);
}

static struct rtnl_cls *filter_object(int device)
{
	struct rtnl_cls *cls = rtnl_cls_alloc();

	if (!cls)
		return NULL;
	rtnl_tc_set_ifindex(TC_CAST(cls), device);
	rtnl_tc_set_parent(TC_CAST(cls), AT_INGRESS);
	rtnl_tc_set_handle(TC_CAST(cls), FILTER_HANDLE);
	rtnl_cls_set_prio(cls, FILTER_PRIO);
	rtnl_cls_set_protocol(cls, ETH_P_ALL);
	if (!rtnl_tc_set_kind(TC_CAST(cls), "matchall"))
		return cls;
	rtnl_cls_put(cls);
	return NULL;
}

static int append_redirect(struct rtnl_cls *cls, int to)
{
	struct rtnl_act *act = rtnl_act_alloc();
	int err;

	if (!act)
		return -NLE_NOMEM;
	err = rtnl_tc_set_kind(TC_CAST(act), "mirred");
	if (!err) {
		rtnl_mirred_set_action(act, TCA_EGRESS_REDIR);
		rtnl_mirred_set_policy(act, TC_ACT_STOLEN);
		rtnl_mirred_set_ifindex(act, (uint32_t)to);
		err = rtnl_mall_append_action(cls, act);
	}
	rtnl_act_put(act);
	return err;
}

static void add_filter(struct nl_sock *route, int device, int to,
		       struct nl_answer *answer)
{
	struct rtnl_cls *cls = filter_object(device);
	struct nl_msg *msg = NULL;

	if (cls && !append_redirect(cls, to))
		rtnl_cls_build_add_request(cls, NLM_F_CREATE | NLM_F_EXCL, &msg);
	rtnl_cls_put(cls);
	nl_talk(route, msg, answer);
	if (answer->error == EEXIST) {
		nl_answer_free(answer);
		answer->error = EEXIST;
		answer->reason = mem_printf("another filter has preference %d at its ingress, which is optq's: move it",
					    FILTER_PRIO);
	}
}

static void delete_filter(struct nl_sock *route, int device,
			  struct nl_answer *answer)
{
	struct rtnl_cls *cls = filter_object(device);
	struct nl_msg *msg = NULL;

	if (cls)
		rtnl_cls_build_delete_request(cls, 0, &msg);
	rtnl_cls_put(cls);
	nl_talk(route, msg, answer);
}

static bool has_filters(struct nl_sock *route, int device, uint32_t parent,
			struct nl_answer *answer)
{
	struct nl_cache *filters = filters_at(route, device, parent, answer);
	bool any = !filters || nl_cache_nitems(filters);

	if (filters)
		nl_cache_free(filters);
	return any;
}

void ingress_redirect(struct nl_sock *route, int device, struct ingress *in,
		      struct nl_answer *answer)
{
	if (in->redirected)
		return;
	add_clsact(route, device, answer);
	if (answer->error)
		return;
	nl_answer_free(answer);
	add_filter(route, device, in->ifindex, answer);
	in->redirected = !answer->error;
}

void ingress_remove(struct nl_sock *route, int device, struct ingress *in,
		    struct nl_answer *answer)
{
	if (in->redirected)
		delete_filter(route, device, answer);
	if (answer->error)
		return;
	in->redirected = false;
	nl_answer_free(answer);
	delete_ifb(route, in, answer);
	if (answer->error)
		return;
	in->ifindex = 0;
	nl_answer_free(answer);
	if (!has_filters(route, device, AT_INGRESS, answer) &&
	    !has_filters(route, device, AT_EGRESS, answer))
		delete_clsact(route, device, answer);
}
