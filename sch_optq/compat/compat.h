/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one place that knows that kernels differ.  What a kernel has is found
 * in its headers by Kbuild (OPTQ_HAVE_*) or by #ifdef, never by its version.
 */
#ifndef OPTQ_COMPAT_H
#define OPTQ_COMPAT_H

#include <linux/kobject.h>
#include <linux/netlink.h>
#include <linux/sysctl.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/pkt_cls.h>
#include <net/pkt_sched.h>
#include <net/sch_generic.h>
#ifdef OPTQ_HAVE_NET_GSO_H
#include <net/gso.h>
#endif

#ifndef MODULE_ALIAS_NET_SCH
#define MODULE_ALIAS_NET_SCH(kind)
#endif

/* Who may join a multicast group was written as who may call a command. */
#ifndef GENL_MCAST_CAP_NET_ADMIN
#define GENL_MCAST_CAP_NET_ADMIN	GENL_UNS_ADMIN_PERM
#endif

/* Old kernels want an empty entry at the end of a sysctl table, new ones count. */
#ifdef register_net_sysctl
#define OPTQ_CTL_TABLE_END
#else
#define OPTQ_CTL_TABLE_END	{ }
#endif

/* Whose owner is asked for. */
#ifdef OPTQ_HAVE_CONST_OWNERSHIP
typedef const struct kobject optq_owned_kobj;
#else
typedef struct kobject optq_owned_kobj;
#endif

static inline int optq_tcf_classify(struct sk_buff *skb,
				    const struct tcf_proto *tp,
				    struct tcf_result *res)
{
#ifdef OPTQ_HAVE_CLASSIFY_QDISC
	return tcf_classify_qdisc(skb, tp, res, false);
#else
	int ret = tcf_classify(skb, NULL, tp, res, false);

	/* A redirect needs the clsact hook's context; here there is none. */
	return ret == TC_ACT_REDIRECT ? TC_ACT_SHOT : ret;
#endif
}

static inline void optq_qlen_add(struct Qdisc *sch, int n, int bytes)
{
#ifdef OPTQ_HAVE_QLEN_HELPERS
	WRITE_ONCE(sch->q.qlen, sch->q.qlen + n);
	WRITE_ONCE(sch->qstats.backlog, sch->qstats.backlog + bytes);
#else
	sch->q.qlen += n;
	sch->qstats.backlog += bytes;
#endif
}

/* Whether root is looked at without a further word.  Its lock is held. */
static inline bool optq_is_scheduled(const struct Qdisc *root)
{
#ifdef OPTQ_HAVE_DEFER_LIST
	/* Whoever waits for the lock with packets dequeues, and is left to it. */
	if (!llist_empty(&root->defer_list))
		return true;
#endif
	return test_bit(__QDISC_STATE_SCHED, &root->state);
}

/* Frees a packet that dequeue gave up. */
static inline void optq_dequeue_drop(struct Qdisc *sch, struct sk_buff *skb)
{
#if defined(OPTQ_HAVE_DEQUEUE_DROP) && defined(TCQ_F_DEQUEUE_DROPS)
	qdisc_dequeue_drop(sch, skb, QDISC_DROP_CONGESTED);
#else
	kfree_skb(skb);
#endif
}

/* A segment has a control block of its own to fill. */
static inline void optq_set_pkt_len(struct sk_buff *seg, u32 len)
{
	qdisc_skb_cb(seg)->pkt_len = len;
#ifdef OPTQ_HAVE_PKT_SEGS
	qdisc_skb_cb(seg)->pkt_segs = 1;
#endif
}

/*
 * Old kernels only carry texts that never change: those say less.  What fmt
 * makes is at most NETLINK_MAX_FMTMSG_LEN - 1, that is 79, characters long.
 */
#ifdef NL_SET_ERR_MSG_FMT
#define optq_set_err_fmt(extack, plain, fmt, ...) \
	NL_SET_ERR_MSG_FMT(extack, fmt, ##__VA_ARGS__)
#else
#define optq_set_err_fmt(extack, plain, fmt, ...) \
	NL_SET_ERR_MSG(extack, plain)
#endif

static inline struct nlattr **optq_dump_attrs(struct netlink_callback *cb)
{
#ifdef OPTQ_HAVE_GENL_INFO_DUMP
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

#endif /* OPTQ_COMPAT_H */
