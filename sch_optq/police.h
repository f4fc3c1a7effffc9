/* SPDX-License-Identifier: GPL-2.0 */
/* Policers of classes and of the link: their memory, their attributes, their packets. */
#ifndef OPTQ_POLICE_SKB_H
#define OPTQ_POLICE_SKB_H

#include "core/police.h"
#include "qdisc.h"

/*
 * Reads a nest of enum optq_police_attr.  may_move: to other classes.  -EINVAL with
 * extack.
 */
int optq_parse_police(struct nlattr *nest, struct optq_police_conf *conf,
		      bool may_move, struct netlink_ext_ack *extack);

/* -EMSGSIZE when the message is full. */
int optq_put_police_conf(struct sk_buff *skb,
			 const struct optq_police_conf *conf);

/*
 * A policer as a nest of enum optq_police_attr asks for it; NULL: the nest is empty, and
 * asks for none.  ERR_PTR with extack.  may_move: to other classes; taken: addresses
 * that the tree's other policers have meters for.  Sleeps.
 */
struct optq_police *optq_police_new(struct nlattr *nest, bool may_move, u32 taken,
				    struct netlink_ext_ack *extack);

/* Addresses that policers have meters for, but for that of c, which may be NULL. */
u32 optq_police_taken(const struct optq_sched *q, const struct optq_class *c);

void optq_police_free(struct optq_police *p);

/*
 * Puts *p in c's place of a policer, and what was there, for the caller to free, in
 * *p.  One that asks for nothing else stays.  c has its urgent part.  Tree lock held.
 */
void optq_police_swap(struct optq_sched *q, struct optq_class *c,
		      struct optq_police **p, u64 now);

/* c goes, with its policer.  Tree lock held. */
void optq_police_gone(struct optq_sched *q, const struct optq_class *c);

/* Whether one moves packets to the class of id.  RTNL held. */
bool optq_police_names(const struct optq_sched *q, u32 id);

/* c's policer with its figures, as an attribute; 0 when it has none.  RTNL held. */
int optq_put_police(struct sk_buff *skb, int attr, struct optq_sched *q,
		    const struct optq_class *c);

enum optq_policed_skb {
	OPTQ_SKB_PASS,		/* for *c, another class maybe */
	OPTQ_SKB_DROP,		/* at *c */
	OPTQ_SKB_SPLIT,		/* and look at each segment */
};

/*
 * Shows skb, classified as *c's, to the policers on its way, and does with it what
 * they say, but for dropping it.
 */
enum optq_policed_skb optq_police_skb(struct optq_sched *q,
				      struct optq_class **c,
				      struct sk_buff *skb);

#endif /* OPTQ_POLICE_SKB_H */
