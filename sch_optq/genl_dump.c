// SPDX-License-Identifier: GPL-2.0
/* What the family tells: the link, its classes, its rules. */
#include <linux/rtnetlink.h>
#include <net/sock.h>

#include "conf_rule.h"
#include "genl.h"
#include "police.h"
#include "stats.h"

static int put_link_stats(struct sk_buff *skb, struct optq_sched *q)
{
	struct optq_stats st;

	optq_get_stats(q, &q->tree.root, &st, NULL);
	return nla_put(skb, OPTQ_LINK_A_STATS, sizeof(st), &st);
}

static int put_class_stats(struct sk_buff *skb, struct optq_sched *q,
			   struct optq_cl *cl)
{
	struct optq_hist hist;
	struct optq_stats st;
	u32 used = 0;

	if (optq_get_stats(q, &cl->core, &st, &hist))
		used = optq_hist_used(&hist);
	if (nla_put(skb, OPTQ_CLASS_A_STATS, sizeof(st), &st))
		return -EMSGSIZE;
	return used ? nla_put(skb, OPTQ_CLASS_A_HIST,
			      used * sizeof(hist.count[0]), hist.count) : 0;
}

static int put_dims(struct sk_buff *skb, const struct optq_sched *q)
{
	int err = 0;
	u32 i;

	for (i = 0; !err && q->rules && i < q->rules->plan.n; i++)
		err = optq_put_dim(skb, &q->rules->plan.dim[i]);
	return err;
}

static int fill_tree(struct sk_buff *skb, struct optq_sched *q)
{
	struct nlattr *nest;

	if (nla_put_u32(skb, OPTQ_A_IFINDEX, qdisc_dev(q->sch)->ifindex) ||
	    nla_put_u32(skb, OPTQ_A_GENERATION, q->generation))
		return -EMSGSIZE;
	nest = nla_nest_start(skb, OPTQ_A_LINK);
	if (!nest || optq_put_link(skb, &q->conf) ||
	    optq_put_police(skb, OPTQ_LINK_A_POLICE, q, &q->tree.root) ||
	    nla_put_u32(skb, OPTQ_LINK_A_HANDLE, q->sch->handle) ||
	    nla_put_u32(skb, OPTQ_LINK_A_CLASSES, q->n_classes) ||
	    nla_put_u32(skb, OPTQ_LINK_A_RULES, q->rules ? q->rules->n : 0) ||
	    put_link_stats(skb, q))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return put_dims(skb, q);
}

int optq_genl_tree_get(struct sk_buff *skb, struct genl_info *info)
{
	struct optq_sched *q;
	struct sk_buff *reply;
	int err = -EMSGSIZE;
	void *hdr;

	reply = nlmsg_new(NLMSG_GOODSIZE, GFP_KERNEL_ACCOUNT);
	if (!reply)
		return -ENOMEM;
	hdr = genlmsg_put_reply(reply, info, &optq_genl_family, 0,
				OPTQ_CMD_TREE_GET);
	rtnl_lock();
	q = optq_genl_sched(genl_info_net(info), info->attrs[OPTQ_A_IFINDEX],
			    info->extack);
	if (IS_ERR(q))
		err = PTR_ERR(q);
	else if (hdr)
		err = fill_tree(reply, q);
	rtnl_unlock();
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, hdr);
	return genlmsg_reply(reply, info);
}

static int fill_class(struct sk_buff *skb, struct optq_sched *q,
		      struct optq_cl *cl)
{
	const struct optq_class *parent = cl->core.parent;
	struct nlattr *nest = nla_nest_start(skb, OPTQ_A_CLASS);
	u32 parent_id = 0;

	if (parent != &q->tree.root)
		parent_id = optq_cl(parent)->common.classid;
	if (!nest ||
	    nla_put_u32(skb, OPTQ_CLASS_A_ID, cl->common.classid) ||
	    nla_put_u32(skb, OPTQ_CLASS_A_PARENT, parent_id) ||
	    optq_put_class(skb, cl, true) ||
	    optq_put_police(skb, OPTQ_CLASS_A_POLICE, q, &cl->core) ||
	    put_class_stats(skb, q, cl))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

struct optq_sched *optq_dump_sched(const struct sk_buff *skb,
				   struct netlink_callback *cb)
{
	struct optq_sched *q = optq_genl_sched(sock_net(skb->sk),
					       optq_dump_attrs(cb)[OPTQ_A_IFINDEX],
					       cb->extack);

	/* 0 would say that there is nothing to compare. */
	if (!IS_ERR(q))
		cb->seq = q->dump_seq + q->generation ?: 1;
	return q;
}

void *optq_dump_begin(struct sk_buff *skb, struct netlink_callback *cb,
		      const struct optq_sched *q, u8 cmd)
{
	void *hdr = genlmsg_put(skb, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, &optq_genl_family,
				NLM_F_MULTI, cmd);

	if (!hdr)
		return NULL;
	genl_dump_check_consistent(cb, hdr);
	if (nla_put_u32(skb, OPTQ_A_GENERATION, q->generation)) {
		genlmsg_cancel(skb, hdr);
		return NULL;
	}
	return hdr;
}

/* The class to go on from, by the id kept in the callback. */
static struct optq_cl *dump_resume(struct optq_sched *q,
				   struct netlink_callback *cb)
{
	if (!cb->args[0])
		return list_first_entry_or_null(&q->classes, struct optq_cl,
						link);
	return optq_find(q, (u32)cb->args[1]);
}

static int class_dump_locked(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct optq_sched *q = optq_dump_sched(skb, cb);
	struct optq_cl *cl;

	if (IS_ERR(q))
		return PTR_ERR(q);
	if (cb->args[0] == 2)
		return skb->len;
	cl = dump_resume(q, cb);
	/* The class to go on from is gone: what was told is stale, say so. */
	if (!cl && cb->args[0])
		return -EINTR;
	if (!cl)
		return skb->len;
	list_for_each_entry_from(cl, &q->classes, link) {
		void *hdr = optq_dump_begin(skb, cb, q, OPTQ_CMD_CLASS_GET);

		if (!hdr || fill_class(skb, q, cl)) {
			if (hdr)
				genlmsg_cancel(skb, hdr);
			cb->args[0] = 1;
			cb->args[1] = cl->common.classid;
			return skb->len ?: -EMSGSIZE;
		}
		genlmsg_end(skb, hdr);
	}
	cb->args[0] = 2;
	return skb->len;
}

int optq_genl_class_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	int err;

	rtnl_lock();
	err = class_dump_locked(skb, cb);
	rtnl_unlock();
	return err;
}

static int put_rule(struct sk_buff *skb, struct optq_sched *q,
		    const struct optq_rule_slot *slot)
{
	u64 hits;

	sch_tree_lock(q->sch);
	hits = slot->hits;
	sch_tree_unlock(q->sch);
	return optq_put_rule(skb, slot) ?:
	       nla_put_u64_64bit(skb, OPTQ_RULE_A_HITS, hits, OPTQ_RULE_A_PAD);
}

static int rule_dump_locked(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct optq_sched *q = optq_dump_sched(skb, cb);
	u32 i;

	if (IS_ERR(q))
		return PTR_ERR(q);
	if (!q->rules)
		return skb->len;
	for (i = cb->args[0]; i < q->rules->n; i++) {
		void *hdr = optq_dump_begin(skb, cb, q, OPTQ_CMD_RULE_GET);
		struct nlattr *nest;

		nest = hdr ? nla_nest_start(skb, OPTQ_A_RULE) : NULL;
		if (!nest || put_rule(skb, q, &q->rules->slot[i])) {
			if (hdr)
				genlmsg_cancel(skb, hdr);
			break;
		}
		nla_nest_end(skb, nest);
		genlmsg_end(skb, hdr);
	}
	cb->args[0] = i;
	return skb->len;
}

int optq_genl_rule_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	int err;

	rtnl_lock();
	err = rule_dump_locked(skb, cb);
	rtnl_unlock();
	return err;
}
