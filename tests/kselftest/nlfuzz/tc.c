// SPDX-License-Identifier: GPL-2.0
/* Requests of rtnetlink: qdiscs, classes. */
#include <linux/optq.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "devices.h"
#include "grammar.h"

void tc_head(struct request *q, uint16_t type, uint16_t flags, uint32_t ifindex,
	     uint32_t handle, uint32_t parent)
{
	struct tcmsg tcm = {
		.tcm_ifindex = (int)ifindex,
		.tcm_handle = handle,
		.tcm_parent = parent,
	};

	q->type = type;
	q->flags |= flags;
	q->head_len = sizeof(tcm);
	memcpy(q->head, &tcm, sizeof(tcm));
}

static uint32_t any_class(struct request *q)
{
	return HANDLE_OPTQ | (1 + below(&q->r, IDS));
}

static void put_size_table(struct request *q)
{
	struct tc_sizespec spec = {
		.overhead = (int)below(&q->r, 100) - 20,
		.linklayer = 1,
		.mtu = 2048,
		.cell_log = 4,
		.tsize = 16,
	};
	uint16_t table[16];
	int i;

	for (i = 0; i < 16; i++)
		table[i] = (uint16_t)(128 * (i + 1));
	nest_begin(q, TCA_STAB, NULL, 0);
	put(q, TCA_STAB_BASE, &spec, sizeof(spec));
	put(q, TCA_STAB_DATA, table, sizeof(table));
	nest_end(q);
}

static void put_optq(struct request *q, bool create)
{
	put_string(q, TCA_KIND, "optq");
	nest_begin(q, TCA_OPTIONS, NULL, 0);
	if (!one_in(&q->r, 3))
		put_u32(q, OPTQ_LINK_A_DEFAULT, below(&q->r, IDS + 1));
	put_link_attrs(q, create);
	nest_end(q);
}

/* Its parent where it is: the root, or the class of what is above it. */
static uint32_t optq_parent(const struct round *round, uint32_t ifindex)
{
	return round->above && ifindex == DEV_VETH ? HANDLE_ABOVE | 1 : TC_H_ROOT;
}

static void qdisc_optq(struct request *q, const struct round *round)
{
	uint32_t ifindex = own_ifindex(&q->r);
	bool create = one_in(&q->r, 3);

	q->what = QDISC_NEW;
	tc_head(q, RTM_NEWQDISC, create ? NLM_F_CREATE | NLM_F_REPLACE : 0, ifindex,
		HANDLE_OPTQ, optq_parent(round, ifindex));
	put_optq(q, false);
	if (one_in(&q->r, 6))
		put_size_table(q);
}

/* A second one would be refused: first it goes, or what is there is another kind. */
static void qdisc_root(struct request *q, const struct round *round)
{
	uint32_t ifindex = one_in(&q->r, 3) ? DEV_VETH : DEV_DUMMY;

	tc_head(q, RTM_NEWQDISC, NLM_F_CREATE | NLM_F_REPLACE, ifindex,
		one_in(&q->r, 2) ? HANDLE_OPTQ : 0, optq_parent(round, ifindex));
	q->what = QDISC_NEW;
	if (one_in(&q->r, 4))
		put_leaf_kind(q);
	else
		put_optq(q, true);
}

static void qdisc_leaf(struct request *q)
{
	uint32_t id = 1 + below(&q->r, IDS);

	q->what = QDISC_NEW;
	tc_head(q, RTM_NEWQDISC, one_in(&q->r, 5) ? 0 : NLM_F_CREATE | NLM_F_REPLACE,
		own_ifindex(&q->r), one_in(&q->r, 3) ? 0 : (0x100 + id) << 16,
		HANDLE_OPTQ | id);
	put_leaf_kind(q);
}

/* What is under a class is looked for there by its handle, or under it by its class. */
static void qdisc_below_leaf(struct request *q)
{
	uint32_t id = 1 + below(&q->r, IDS);

	q->what = QDISC_NEW;
	tc_head(q, RTM_NEWQDISC, NLM_F_CREATE, own_ifindex(&q->r), 0,
		(0x100 + id) << 16 | (1 + below(&q->r, 4)));
	put_leaf_kind(q);
}

static void qdisc_del(struct request *q, const struct round *round)
{
	uint32_t ifindex = own_ifindex(&q->r);
	bool root = one_in(&q->r, 12);

	q->what = QDISC_DEL;
	tc_head(q, RTM_DELQDISC, 0, ifindex, 0,
		root ? optq_parent(round, ifindex) : any_class(q));
	if (one_in(&q->r, 4))
		put_string(q, TCA_KIND, "optq");
}

/* How much of a dump is read before the next request. */
static void dump(struct request *q)
{
	q->flags |= NLM_F_DUMP;
	q->reads = one_in(&q->r, 3) ? 1 + (int)below(&q->r, 3) : -1;
}

static void qdisc_get(struct request *q)
{
	q->what = QDISC_GET;
	tc_head(q, RTM_GETQDISC, 0, one_in(&q->r, 3) ? 0 : own_ifindex(&q->r), 0,
		one_in(&q->r, 3) ? any_class(q) : TC_H_ROOT);
	if (one_in(&q->r, 2))
		dump(q);
}

static void class_optq(struct request *q)
{
	static const char *const names[] = { "voice", "bulk", "a", "b", "c", "d" };
	uint32_t id = any_class(q), parent = HANDLE_OPTQ;

	/* Parents have the lower numbers, mostly. */
	if (one_in(&q->r, 2))
		parent |= one_in(&q->r, 8) ? 1 + below(&q->r, IDS) :
					     below(&q->r, id & 0xffff);
	q->what = CLASS_NEW;
	tc_head(q, RTM_NEWTCLASS, one_in(&q->r, 5) ? 0 : NLM_F_CREATE,
		own_ifindex(&q->r), id, one_in(&q->r, 5) ? 0 : parent);
	put_string(q, TCA_KIND, "optq");
	nest_begin(q, TCA_OPTIONS, NULL, 0);
	if (one_in(&q->r, 8))
		put_string(q, OPTQ_CLASS_A_NAME, names[below(&q->r, 6)]);
	put_class_attrs(q, true);
	if (one_in(&q->r, 6))
		put_police(q, OPTQ_CLASS_A_POLICE, 0);
	nest_end(q);
}

static void class_other(struct request *q, const struct round *round)
{
	q->what = CLASS_NEW;
	tc_head(q, RTM_NEWTCLASS, NLM_F_CREATE, DEV_VETH,
		HANDLE_ABOVE | (1 + below(&q->r, 3)), HANDLE_ABOVE);
	put_class_of(q, round->above);
}

/* Of whatever is under a class of optq. */
static void class_below(struct request *q)
{
	uint32_t major = (0x101 + below(&q->r, IDS)) << 16;

	q->what = CLASS_NEW;
	tc_head(q, RTM_NEWTCLASS, NLM_F_CREATE, own_ifindex(&q->r),
		major | (1 + below(&q->r, 3)), major);
	put_class_of(q, one_in(&q->r, 2) ? "drr" : any_classful(&q->r));
}

static void class_del(struct request *q, const struct round *round)
{
	bool other = round->above && one_in(&q->r, 12);

	q->what = CLASS_DEL;
	tc_head(q, RTM_DELTCLASS, 0, other ? (uint32_t)DEV_VETH : own_ifindex(&q->r),
		other ? HANDLE_ABOVE | (1 + below(&q->r, 3)) : any_class(q), 0);
}

static void class_get(struct request *q)
{
	q->what = CLASS_GET;
	tc_head(q, RTM_GETTCLASS, 0, own_ifindex(&q->r), any_class(q), 0);
	if (!one_in(&q->r, 3))
		return;
	dump(q);
	tc_head(q, RTM_GETTCLASS, 0, own_ifindex(&q->r), 0,
		one_in(&q->r, 2) ? HANDLE_OPTQ : 0);
}

void tc_begin(struct request *q, const struct round *round, uint32_t step)
{
	q->what = QDISC_NEW;
	if (step == 0) {
		tc_head(q, RTM_NEWQDISC, NLM_F_CREATE, DEV_DUMMY, HANDLE_OPTQ, TC_H_ROOT);
		put_optq(q, true);
	} else if (step == 1 && round->above) {
		tc_head(q, RTM_NEWQDISC, NLM_F_CREATE, DEV_VETH, HANDLE_ABOVE, TC_H_ROOT);
		put_classful(q, round->above);
	} else if (step == 2 && round->above) {
		q->what = CLASS_NEW;
		tc_head(q, RTM_NEWTCLASS, NLM_F_CREATE, DEV_VETH, HANDLE_ABOVE | 1, HANDLE_ABOVE);
		put_class_of(q, round->above);
	} else if (step == 3 && round->above) {
		q->what = FILTER_NEW;
		tc_head(q, RTM_NEWTFILTER, NLM_F_CREATE, DEV_VETH, 0, HANDLE_ABOVE);
		put_matchall(q, HANDLE_ABOVE | 1);
	} else if (step == 4) {
		tc_head(q, RTM_NEWQDISC, NLM_F_CREATE, DEV_VETH, HANDLE_OPTQ,
			optq_parent(round, DEV_VETH));
		put_optq(q, true);
	} else {
		class_optq(q);
	}
}

void tc_request(struct request *q, const struct round *round)
{
	uint32_t k = below(&q->r, 100);

	if (k < 8)
		qdisc_optq(q, round);
	else if (k < 10)
		qdisc_root(q, round);
	else if (k < 22)
		qdisc_leaf(q);
	else if (k < 26)
		qdisc_below_leaf(q);
	else if (k < 32)
		qdisc_del(q, round);
	else if (k < 36)
		qdisc_get(q);
	else if (k < 58)
		class_optq(q);
	else if (k < 60 && round->above)
		class_other(q, round);
	else if (k < 64)
		class_below(q);
	else if (k < 76)
		class_del(q, round);
	else if (k < 82)
		class_get(q);
	else
		tc_filter(q);
}
