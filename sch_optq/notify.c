// SPDX-License-Identifier: GPL-2.0
#include <linux/cred.h>
#include <linux/sched.h>
#include <net/genetlink.h>

#include "conf.h"
#include "genl.h"
#include "notify.h"

struct notice {
	struct net *net;
	struct sk_buff *skb;
	void *hdr;
};

/* A change runs in the process that asked for it, tc's and the family's alike. */
static int put_who(struct sk_buff *skb, const struct net *net)
{
	char comm[TASK_COMM_LEN];

	if (current->flags & PF_KTHREAD)
		return 0;
	if (nla_put_u32(skb, OPTQ_A_UID,
			from_kuid_munged(net->user_ns, current_uid())))
		return -EMSGSIZE;
	/* What runs outside a container is not told inside. */
	if (current_user_ns() != net->user_ns)
		return 0;
	get_task_comm(comm, current);
	return nla_put_string(skb, OPTQ_A_COMM, comm);
}

static int put_head(struct notice *n, const struct optq_sched *q, u8 cmd,
		    const struct genl_info *info)
{
	n->hdr = genlmsg_put(n->skb, info ? info->snd_portid : 0,
			     info ? info->snd_seq : 0, &optq_genl_family, 0,
			     cmd);
	if (!n->hdr ||
	    nla_put_u32(n->skb, OPTQ_A_IFINDEX, qdisc_dev(q->sch)->ifindex) ||
	    nla_put_u32(n->skb, OPTQ_A_GENERATION, q->generation))
		return -EMSGSIZE;
	return put_who(n->skb, n->net);
}

/* Listeners who miss one learn that, as those do whose buffer is full. */
static void notice_lost(const struct notice *n)
{
	genl_set_err(&optq_genl_family, n->net, 0, OPTQ_GROUP_EVENTS,
		     -ENOBUFS);
}

/* False: nobody is to be told, or can be. */
static bool notice_begin(struct notice *n, const struct optq_sched *q, u8 cmd,
			 const struct genl_info *info)
{
	n->net = dev_net(qdisc_dev(q->sch));
	if (q->sch->parent != TC_H_ROOT ||
	    !genl_has_listeners(&optq_genl_family, n->net, OPTQ_GROUP_EVENTS))
		return false;
	n->skb = nlmsg_new(NLMSG_DEFAULT_SIZE, GFP_KERNEL_ACCOUNT);
	if (n->skb && !put_head(n, q, cmd, info))
		return true;
	nlmsg_free(n->skb);
	notice_lost(n);
	return false;
}

static void notice_end(struct notice *n, int err)
{
	if (err) {
		nlmsg_free(n->skb);
		notice_lost(n);
		return;
	}
	genlmsg_end(n->skb, n->hdr);
	genlmsg_multicast_netns(&optq_genl_family, n->net, n->skb, 0,
				OPTQ_GROUP_EVENTS, GFP_KERNEL_ACCOUNT);
}

static int put_tree(struct sk_buff *skb, const struct optq_sched *q)
{
	struct nlattr *nest = nla_nest_start(skb, OPTQ_A_LINK);

	if (!nest ||
	    nla_put_u32(skb, OPTQ_LINK_A_HANDLE, q->sch->handle) ||
	    nla_put_u32(skb, OPTQ_LINK_A_CLASSES, q->n_classes))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

void optq_notify_tree(const struct optq_sched *q, u8 cmd, u32 dropped,
		      const struct genl_info *info)
{
	struct notice n;
	int err;

	if (!notice_begin(&n, q, cmd, info))
		return;
	err = put_tree(n.skb, q);
	if (!err && (cmd == OPTQ_CMD_TREE_SET_NTF ||
		     cmd == OPTQ_CMD_TREE_CHANGE_NTF))
		err = nla_put_u32(n.skb, OPTQ_A_DROPPED, dropped);
	notice_end(&n, err);
}

static int put_class(struct sk_buff *skb, const struct optq_sched *q, u8 cmd,
		     const struct optq_cl *cl, const struct optq_class *parent)
{
	struct nlattr *nest = nla_nest_start(skb, OPTQ_A_CLASS);
	int err;

	if (!nest ||
	    nla_put_u32(skb, OPTQ_CLASS_A_ID, cl->common.classid) ||
	    nla_put_u32(skb, OPTQ_CLASS_A_PARENT, optq_class_id(q, parent)))
		return -EMSGSIZE;
	if (cmd != OPTQ_CMD_CLASS_DEL_NTF)
		err = optq_put_class(skb, cl, true);
	else
		err = cl->name ? nla_put_string(skb, OPTQ_CLASS_A_NAME,
						cl->name) : 0;
	if (!err)
		nla_nest_end(skb, nest);
	return err;
}

void optq_notify_class(const struct optq_sched *q, u8 cmd,
		       const struct optq_cl *cl, const struct optq_class *parent)
{
	struct notice n;

	if (notice_begin(&n, q, cmd, NULL))
		notice_end(&n, put_class(n.skb, q, cmd, cl, parent));
}
