// SPDX-License-Identifier: GPL-2.0
/*
 * OPTQ_CMD_TREE_SET.  The trees of a message take their places together: what can fail has
 * been done for all of them before the first is touched.
 */
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>

#include "access.h"
#include "budget.h"
#include "delay.h"
#include "genl.h"
#include "mtu.h"
#include "notify.h"
#include "swap.h"

/* What the reply tells of a tree takes no more. */
#define REPLY_BYTES	(3 * NLA_HDRLEN + 3 * sizeof(u32))

struct tree {
	struct optq_part part;
	const struct nlattr *ifindex;	/* NULL: not given */
	struct optq_sched *q;
	struct optq_stage stage;
	struct optq_swap swap;
	bool prepared;
};

struct trees {
	struct genl_info *info;
	struct netlink_ext_ack *extack;
	struct tree *list;
	u32 n;
};

/* How many attributes the message has that begin a tree. */
static u32 count_trees(const struct optq_part *whole)
{
	struct nlattr *attr;
	u32 n = 0;
	int rem;

	optq_for_each_top(attr, whole, rem, OPTQ_A_IFINDEX)
		n++;
	return n;
}

/* Before anything is compiled for it. */
static int tree_is_single(const struct trees *ts, const struct tree *t)
{
	const struct tree *other;

	for (other = ts->list; other < t; other++) {
		if (nla_get_u32(other->ifindex) != nla_get_u32(t->ifindex))
			continue;
		NL_SET_ERR_MSG_ATTR(ts->extack, t->ifindex, "a device has one tree");
		return -EEXIST;
	}
	return 0;
}

/* Of several trees each begins with its device; before the first stand flags, and only there. */
static int split(struct trees *ts, const struct optq_part *whole)
{
	struct tree *t = NULL;
	struct nlattr *attr;
	int rem, err;

	nla_for_each_attr(attr, whole->head, whole->len, rem) {
		if (nla_type(attr) == OPTQ_A_IFINDEX) {
			if (t)
				t->part.len -= rem;
			t = t ? t + 1 : ts->list;
			t->ifindex = attr;
			t->part.head = attr;
			t->part.len = rem;
			err = tree_is_single(ts, t);
			if (err)
				return err;
		} else if (!t != (nla_type(attr) == OPTQ_A_FLAGS)) {
			NL_SET_ERR_MSG_ATTR(ts->extack, attr,
					    "of several trees each begins with its ifindex; flags stand before");
			return -EINVAL;
		}
	}
	return 0;
}

static int trees_alloc(struct trees *ts)
{
	struct optq_part whole = optq_part_whole(ts->info->nlhdr);

	ts->n = count_trees(&whole);
	if (ts->n > OPTQ_TREES_MAX) {
		NL_SET_ERR_MSG(ts->extack, "a message has at most 1024 trees");
		return -E2BIG;
	}
	if (!ts->n)
		ts->n = 1;
	ts->list = kvcalloc(ts->n, sizeof(*ts->list), OPTQ_GFP_MANY);
	if (!ts->list)
		return -ENOMEM;
	if (ts->n > 1)
		return split(ts, &whole);
	ts->list->part = whole;
	ts->list->ifindex = ts->info->attrs[OPTQ_A_IFINDEX];
	return 0;
}

/* What was wrong is wrong with that tree, also where no attribute says so. */
static int blame(const struct trees *ts, const struct tree *t, int err)
{
	if (err && t->ifindex && ts->extack && !ts->extack->bad_attr)
		NL_SET_BAD_ATTR(ts->extack, t->ifindex);
	return err;
}

static int tree_read(struct trees *ts, struct tree *t, const struct net_device *dev)
{
	int err;

	/* The whole tree is in the message: what it leaves out is not kept. */
	optq_link_defaults(dev, &t->stage.link);
	if (t->q)
		t->stage.link.flows = t->q->conf.flows;
	err = optq_stage_parse(&t->stage, &t->part, !t->q, ts->extack);
	return err ?: optq_delay_check_stage(&t->stage,
					     optq_mtu_of_stage(dev, &t->stage),
					     ts->extack);
}

static int tree_is_current(struct trees *ts, const struct tree *t)
{
	const struct nlattr *gen = nla_find(t->part.head, t->part.len,
					    OPTQ_A_GENERATION);

	if (!gen || nla_get_u32(gen) == t->q->generation)
		return 0;
	NL_SET_ERR_MSG_ATTR(ts->extack, gen, "the tree has been changed meanwhile");
	return -EBUSY;
}

/* The device need not have an optq yet. */
static int tree_check(struct trees *ts, struct tree *t)
{
	struct net_device *dev = optq_genl_dev(genl_info_net(ts->info), t->ifindex,
					       ts->extack);
	int err;

	if (IS_ERR(dev))
		return PTR_ERR(dev);
	t->q = optq_dev_sched(dev);
	err = t->q ? tree_is_current(ts, t) : 0;
	if (!err)
		err = tree_read(ts, t, dev);
	if (err || !t->q)
		return err;
	return optq_swap_check(t->q, &t->stage, ts->extack) ?:
	       optq_budget_fit(t->q, &t->stage.link, ts->extack);
}

static int trees_check(struct trees *ts)
{
	struct tree *t;
	int err = 0;

	for (t = ts->list; !err && t < ts->list + ts->n; t++)
		err = blame(ts, t, tree_check(ts, t));
	for (t = ts->list; t < ts->list + ts->n; t++)
		if (t->q)
			optq_budget_settle(t->q);
	return err;
}

static int tree_prepare(struct trees *ts, struct tree *t)
{
	int err;

	t->q = optq_genl_sched(genl_info_net(ts->info), t->ifindex, ts->extack);
	if (IS_ERR(t->q))
		return PTR_ERR(t->q);
	err = tree_is_current(ts, t) ?: tree_read(ts, t, qdisc_dev(t->q->sch));
	if (err)
		return err;
	t->prepared = true;
	return optq_swap_prepare(&t->swap, t->q, &t->stage, ts->extack);
}

static int trees_replace(struct trees *ts)
{
	struct tree *t;
	int err = 0;

	for (t = ts->list; !err && t < ts->list + ts->n; t++)
		err = blame(ts, t, tree_prepare(ts, t));
	for (t = ts->list; !err && t < ts->list + ts->n; t++) {
		optq_swap_commit(&t->swap, t->q, &t->stage, ts->extack);
		cond_resched();
	}
	for (t = ts->list; t < ts->list + ts->n; t++)
		if (t->prepared)
			optq_swap_end(&t->swap, &t->stage);
	for (t = ts->list; !err && t < ts->list + ts->n; t++)
		optq_notify_tree(t->q, OPTQ_CMD_TREE_SET_NTF, t->swap.dropped,
				 ts->info);
	return err;
}

static int trees_compile(struct trees *ts)
{
	struct tree *t;
	int err = 0;

	/* Each may take seconds. */
	for (t = ts->list; !err && t < ts->list + ts->n; t++)
		err = fatal_signal_pending(current) ? -EINTR :
		      blame(ts, t, optq_stage_compile(&t->stage, &t->part, ts->extack));
	return err;
}

static void trees_free(struct trees *ts)
{
	u32 i;

	for (i = 0; ts->list && i < ts->n; i++) {
		optq_stage_free(&ts->list[i].stage);
		cond_resched();
	}
	kvfree(ts->list);
}

/* What was found, or came of it; of a device without a tree there is nothing to tell. */
static int put_tree(struct sk_buff *reply, const struct tree *t, bool check)
{
	int err = nla_put_u32(reply, OPTQ_A_IFINDEX, nla_get_u32(t->ifindex));

	if (err || !t->q)
		return err;
	err = nla_put_u32(reply, OPTQ_A_GENERATION, t->q->generation);
	if (err)
		return err;
	return check ? nla_put_u8(reply, OPTQ_A_SAME_RULES,
				  optq_rules_same(t->q->rules, t->stage.rules)) :
		       nla_put_u32(reply, OPTQ_A_DROPPED, t->swap.dropped);
}

/* Of each tree, in the order of the request.  RTNL held. */
static void put_trees(struct sk_buff *reply, const struct trees *ts, bool check)
{
	void *hdr = genlmsg_put_reply(reply, ts->info, &optq_genl_family, 0,
				      OPTQ_CMD_TREE_SET);
	const struct tree *t;
	int err = hdr ? 0 : -EMSGSIZE;

	for (t = ts->list; !err && t < ts->list + ts->n; t++)
		err = put_tree(reply, t, check);
	if (!WARN_ON_ONCE(err))
		genlmsg_end(reply, hdr);
}

static int trees_set(struct trees *ts, bool check, struct sk_buff *reply)
{
	int err = trees_compile(ts);

	rtnl_lock();
	if (!err)
		err = check ? trees_check(ts) : trees_replace(ts);
	if (!err && reply)
		put_trees(reply, ts, check);
	trees_free(ts);
	rtnl_unlock();
	return err;
}

int optq_genl_tree_set(struct sk_buff *skb, struct genl_info *info)
{
	struct trees ts = { .info = info, .extack = info->extack };
	struct sk_buff *reply = NULL;
	u32 flags = 0;
	int err;

	err = optq_sender_may_configure(skb, info->extack) ?: trees_alloc(&ts);
	if (err)
		goto out;
	if (info->attrs[OPTQ_A_FLAGS])
		flags = nla_get_u32(info->attrs[OPTQ_A_FLAGS]);
	/* Before the change: after it nothing may fail. */
	if (info->nlhdr->nlmsg_flags & NLM_F_ECHO) {
		reply = genlmsg_new(ts.n * REPLY_BYTES, GFP_KERNEL_ACCOUNT);
		err = reply ? 0 : -ENOMEM;
		if (err)
			goto out;
	}
	err = trees_set(&ts, flags & OPTQ_F_CHECK, reply);
	if (!reply)
		return err;
	if (err)
		nlmsg_free(reply);
	else
		genlmsg_reply(reply, info);
	return err;
out:
	trees_free(&ts);
	return err;
}
