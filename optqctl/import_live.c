// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "import_live.h"
#include "import_live_attr.h"
#include "mem.h"

#define INGRESS		TC_H_MAJ(TC_H_INGRESS)
#define DEVICES_MAX	64	/* that lead to one another */

struct reading {
	struct nl_sock *route;
	struct foreign *f;
	size_t device;		/* index: the list grows */
	int ifindex;
	struct nl_answer *answer;
};

static struct foreign_device *device_of(const struct reading *r)
{
	return &r->f->devices[r->device];
}

/* The message's attributes, when it is of that type and of this device. */
static const struct tcmsg *parse(const struct reading *r, struct nlmsghdr *nlh, int type,
				 struct nlattr **tb)
{
	const struct tcmsg *tcm = nlmsg_data(nlh);

	if (nlh->nlmsg_type != type || nlmsg_datalen(nlh) < (int)sizeof(*tcm) ||
	    nlmsg_parse(nlh, sizeof(*tcm), tb, TCA_MAX, NULL) || !tb[TCA_KIND] ||
	    tcm->tcm_ifindex != r->ifindex)
		return NULL;
	return tcm;
}

static int take_qdisc(struct nlmsghdr *nlh, void *arg)
{
	struct reading *r = arg;
	struct nlattr *tb[TCA_MAX + 1];
	const struct tcmsg *tcm = parse(r, nlh, RTM_NEWQDISC, tb);
	struct foreign_qdisc *q;

	if (!tcm)
		return NL_OK;
	q = foreign_add_qdisc(device_of(r), tcm->tcm_parent);
	q->handle = tcm->tcm_handle;
	strncpy(q->name, nla_get_string(tb[TCA_KIND]), sizeof(q->name) - 1);
	q->kind = foreign_kind(q->name);
	live_qdisc_options(q, tb[TCA_OPTIONS], tb[TCA_STAB]);
	return NL_OK;
}

static int take_class(struct nlmsghdr *nlh, void *arg)
{
	struct reading *r = arg;
	struct nlattr *tb[TCA_MAX + 1];
	const struct tcmsg *tcm = parse(r, nlh, RTM_NEWTCLASS, tb);
	enum foreign_kind kind;
	struct foreign_class *c;

	if (!tcm)
		return NL_OK;
	kind = foreign_kind(nla_get_string(tb[TCA_KIND]));
	/* hfsc tells its root as a class. */
	if ((kind != FOREIGN_HTB && kind != FOREIGN_HFSC) || !TC_H_MIN(tcm->tcm_handle))
		return NL_OK;
	c = foreign_add_class(device_of(r), tcm->tcm_handle);
	c->kind = kind;
	c->parent = tcm->tcm_parent == TC_H_ROOT ? TC_H_MAJ(tcm->tcm_handle) :
		    tcm->tcm_parent;
	live_class_options(c, tb[TCA_OPTIONS]);
	return NL_OK;
}

static int take_filter(struct nlmsghdr *nlh, void *arg)
{
	struct reading *r = arg;
	struct nlattr *tb[TCA_MAX + 1];
	const struct tcmsg *tcm = parse(r, nlh, RTM_NEWTFILTER, tb);
	struct foreign_filter *f;

	/* A pref by itself, without a filter. */
	if (!tcm || !tcm->tcm_handle || !tb[TCA_OPTIONS])
		return NL_OK;
	f = foreign_add_filter(r->f, device_of(r));
	f->parent = TC_H_MAJ(tcm->tcm_parent) == INGRESS ? INGRESS : tcm->tcm_parent;
	f->pref = (uint16_t)(TC_H_MAJ(tcm->tcm_info) >> 16);
	f->protocol = ntohs((uint16_t)TC_H_MIN(tcm->tcm_info));
	f->handle = tcm->tcm_handle;
	strncpy(f->name, nla_get_string(tb[TCA_KIND]), sizeof(f->name) - 1);
	if (tb[TCA_CHAIN] && get_u32(tb[TCA_CHAIN]))
		foreign_lacks(f, "a packet that another chain was told to take");
	live_filter_options(f, tb[TCA_OPTIONS]);
	return NL_OK;
}

static void dump(struct reading *r, int type, uint32_t parent,
		 int (*take)(struct nlmsghdr *nlh, void *arg))
{
	struct tcmsg tcm = { .tcm_family = AF_UNSPEC, .tcm_ifindex = r->ifindex,
			     .tcm_parent = parent };
	struct nl_msg *msg = nlmsg_alloc_simple(type, NLM_F_DUMP);
	struct nl_answer answer = { .take = take, .arg = r };

	if (r->answer->error) {
		nlmsg_free(msg);
		return;
	}
	if (!msg || nlmsg_append(msg, &tcm, sizeof(tcm), NLMSG_ALIGNTO)) {
		nlmsg_free(msg);
		r->answer->error = ENOMEM;
		return;
	}
	nl_talk(r->route, msg, &answer);
	/* What has gone since, or never takes filters, has none. */
	if (answer.error && answer.error != EINVAL && answer.error != EOPNOTSUPP &&
	    answer.error != ENOENT)
		*r->answer = answer;
	else
		nl_answer_free(&answer);
}

/* The first table of a pref's that the kernel numbered itself is its root. */
static void find_roots(struct foreign_device *dev)
{
	struct foreign_filter *f, *other;
	size_t i, j;

	for (i = 0; i < dev->n_filters; i++) {
		f = &dev->filters[i];
		if (strcmp(f->name, "u32"))
			continue;
		for (j = 0; j < dev->n_filters; j++) {
			other = &dev->filters[j];
			if (other->divisor && other->parent == f->parent &&
			    other->pref == f->pref && other->handle >> 31 &&
			    (!f->root || other->handle < f->root))
				f->root = other->handle;
		}
	}
}

static bool takes_filters(enum foreign_kind kind)
{
	return kind == FOREIGN_HTB || kind == FOREIGN_HFSC || kind == FOREIGN_PRIO ||
	       kind == FOREIGN_INGRESS;
}

static void read_filters(struct reading *r)
{
	struct foreign_device *dev = device_of(r);
	size_t i;

	for (i = 0; i < dev->n_qdiscs; i++) {
		if (!takes_filters(dev->qdiscs[i].kind))
			continue;
		/* A clsact has two hooks; its ingress has the number of that of "ingress". */
		dump(r, RTM_GETTFILTER, strcmp(dev->qdiscs[i].name, "clsact") ?
		     dev->qdiscs[i].handle : TC_H_MAKE(TC_H_CLSACT, TC_H_MIN_INGRESS),
		     take_filter);
		dev = device_of(r);
	}
	for (i = 0; i < dev->n_classes; i++)
		dump(r, RTM_GETTFILTER, dev->classes[i].id, take_filter);
	find_roots(dev);
}

static void read_device(struct reading *r, const char *name)
{
	r->device = (size_t)(foreign_device(r->f, name) - r->f->devices);
	r->ifindex = (int)if_nametoindex(name);
	dump(r, RTM_GETQDISC, 0, take_qdisc);
	dump(r, RTM_GETTCLASS, 0, take_class);
	read_filters(r);
}

/* What the device's ingress leads to, unless it has been read. */
static const char *next_device(const struct foreign *f, size_t device)
{
	const struct foreign_device *dev = &f->devices[device];
	size_t i, j;

	for (i = 0; i < dev->n_filters; i++)
		for (j = 0; dev->filters[i].parent == INGRESS && j < dev->filters[i].n_acts; j++)
			if (dev->filters[i].acts[j].kind == FOREIGN_ACT_REDIRECT &&
			    *dev->filters[i].acts[j].device &&
			    !foreign_find_device(f, dev->filters[i].acts[j].device))
				return dev->filters[i].acts[j].device;
	return NULL;
}

void import_live(struct nl_sock *route, const char *device, struct foreign *f,
		 struct nl_answer *answer)
{
	struct reading r = { .route = route, .f = f, .answer = answer };
	int ifindex = device_index(device);
	char name[IFNAMSIZ];
	const char *next;
	size_t first, n;

	if (!route || !ifindex || !if_indextoname((unsigned int)ifindex, name)) {
		answer->error = ENODEV;
		answer->reason = mem_printf("%s: no such device", device);
		return;
	}
	if (foreign_find_device(f, name))
		return;
	read_device(&r, name);
	first = r.device;
	for (n = 0; n < DEVICES_MAX && (next = next_device(f, first)); n++) {
		memcpy(name, next, sizeof(name));
		read_device(&r, name);
	}
}
