// SPDX-License-Identifier: GPL-2.0
/* Packets in, packets out, and the counts that parents rely on. */
#include <linux/ipv6.h>
#include <net/inet_ecn.h>

#include "classify.h"
#include "dscp.h"
#include "hash.h"
#include "packet.h"
#include "police.h"
#include "segment.h"
#include "verify.h"
#include "wire.h"

/* Leaves found with nothing to give in one dequeue. */
#define QDISC_TRIES	64

/* Out of the way of what is simple: it needs a buffer. */
static noinline u8 skb_ecn_slow(const struct sk_buff *skb)
{
	__be16 proto;
	int offset = optq_l3_offset(skb, &proto);
	u8 buf[2], *h;

	h = skb_header_pointer(skb, offset, sizeof(buf), buf);
	/* The kernel would mark what stands where it thinks the IP header is. */
	if (!h || offset != skb_network_offset(skb))
		return 0;
	switch (proto) {
	case htons(ETH_P_IP):
		return h[1] & INET_ECN_MASK;
	case htons(ETH_P_IPV6):
		return (h[1] >> 4) & INET_ECN_MASK;
	default:
		return 0;
	}
}

/* The codepoint, which is what the core knows it by. */
static __always_inline u8 skb_ecn(const struct sk_buff *skb)
{
	BUILD_BUG_ON(OPTQ_PKT_ECN != INET_ECN_MASK ||
		     OPTQ_PKT_ECT1 != INET_ECN_ECT_1);
	if (likely(skb->protocol == htons(ETH_P_IP) &&
		   skb->network_header + 2 <=
		   skb_tail_pointer(skb) - skb->head))
		return skb_network_header(skb)[1] & INET_ECN_MASK;
	return skb_ecn_slow(skb);
}

/* Headers may be shared with the sender's own copy: never write those. */
static bool skb_mark_ce(struct sk_buff *skb)
{
	int len = skb_network_offset(skb);

	len += skb_protocol(skb, true) == htons(ETH_P_IPV6) ?
	       sizeof(struct ipv6hdr) : sizeof(struct iphdr);
	return !skb_ensure_writable(skb, len) && INET_ECN_set_ce(skb);
}

u32 optq_pkt_memory(const struct optq_pkt *pkt)
{
	return optq_skb((struct optq_pkt *)pkt)->truesize;
}

static __always_inline void pkt_prepare(struct sk_buff *skb,
					const struct optq_class *c)
{
	struct optq_pkt *pkt = optq_pkt(skb);

	qdisc_cb_private_validate(skb, sizeof(*pkt));
	pkt->len = optq_skb_len(skb, &c->leaf.wire);
	pkt->flags = c->leaf.codel.ecn ? skb_ecn(skb) : 0;
}

void optq_pkt_prepare(struct sk_buff *skb, const struct optq_class *c)
{
	pkt_prepare(skb, c);
}

static __always_inline void queue_pkt(struct optq_sched *q,
				      struct optq_class *c,
				      struct sk_buff *skb, u64 now,
				      struct optq_drops *drops)
{
	struct optq_pkt *pkt = optq_pkt(skb);
	struct optq_hosts hosts;
	u32 hash;

	pkt_prepare(skb, c);
	/* Nobody else writes to an skb that waits: it takes the same to the end. */
	if (unlikely(!optq_memory_charge(&q->tree.memory, skb->truesize)) &&
	    !optq_memory_make_room(&q->tree, c, pkt, now, drops))
		return;
	hash = optq_hash(q, &c->leaf, skb, &hosts);
	optq_enqueue_of(&q->tree, c, pkt, hash, &hosts, now, drops);
}

void optq_queue_pkt(struct optq_sched *q, struct optq_class *c,
		    struct sk_buff *skb, u64 now, struct optq_drops *drops)
{
	queue_pkt(q, c, skb, now, drops);
}

/*
 * Queues skb in c's own queue.  What had to go for it is in q->drops, and maybe
 * skb itself.
 */
static __always_inline void enqueue_pkt(struct optq_sched *q,
					struct optq_class *c,
					struct sk_buff *skb, u64 now)
{
	/*
	 * A class without traffic owns none; without memory it does without.  On nobody's
	 * account: whoever sends first has not asked for it.
	 */
	if (unlikely(!c->leaf.hist))
		c->leaf.hist = kzalloc(sizeof(*c->leaf.hist), GFP_ATOMIC |
				       __GFP_NOWARN);
	optq_qlen_add(q->sch, 1, qdisc_pkt_len(skb));
	queue_pkt(q, c, skb, now, &q->drops);
}

/* What had to go when a packet was queued. */
struct victims {
	u32 packets;
	u32 bytes;
	bool own;		/* the packet itself */
	bool flow;		/* one of its flow */
};

static noinline struct victims free_victims(struct optq_sched *q,
					    const struct optq_class *c,
					    struct sk_buff *skb,
					    struct sk_buff **to_free)
{
	struct optq_hosts hosts;
	u32 hash = optq_hash(q, &c->leaf, skb, &hosts);
	struct victims v = {};
	struct optq_pkt *pkt;

	while ((pkt = q->drops.head)) {
		struct sk_buff *victim = optq_skb(pkt);

		q->drops.head = pkt->next;
		v.own |= victim == skb;
		v.flow |= !(pkt->flags & OPTQ_PKT_UNHEARD) &&
			  optq_hash(q, &c->leaf, victim, &hosts) == hash;
		v.packets++;
		v.bytes += qdisc_pkt_len(victim);
		qdisc_qstats_drop(q->sch);
		optq_memory_uncharge(&q->tree.memory, victim->truesize);
		__qdisc_drop(victim, to_free);
	}
	optq_qlen_add(q->sch, -(int)v.packets, -(int)v.bytes);
	return v;
}

static noinline int enqueue_dropped(struct optq_sched *q,
				    const struct optq_class *c,
				    struct sk_buff *skb,
				    struct sk_buff **to_free)
{
	u32 len = qdisc_pkt_len(skb);
	struct victims v = free_victims(q, c, skb, to_free);

	/*
	 * A sender slows down at CN, so it is for a drop of its own flow, as in
	 * fq_codel.  At DROP and CN parents count nothing, at SUCCESS the one
	 * packet; what else has changed below them they are told here.
	 */
	if (v.own || v.flow) {
		qdisc_tree_reduce_backlog(q->sch, v.packets - 1, v.bytes - len);
		return v.own ? NET_XMIT_DROP : NET_XMIT_CN;
	}
	qdisc_tree_reduce_backlog(q->sch, v.packets, v.bytes);
	return NET_XMIT_SUCCESS;
}

/* It came, and was given up before it was in a queue of ours. */
static void count_refused(struct optq_class *c)
{
	c->count.enqueued++;
	optq_count_drop_other(c, 1);
}

static int enqueue_grafted(struct optq_sched *q, struct optq_cl *cl,
			   struct sk_buff *skb, u64 now,
			   struct sk_buff **to_free)
{
	unsigned int len = qdisc_pkt_len(skb);
	struct Qdisc *child = cl->qdisc;
	int ret;

	ret = qdisc_enqueue(skb, child, to_free);
	if (ret == NET_XMIT_SUCCESS) {
		optq_qlen_add(q->sch, 1, len);
		cl->core.count.enqueued++;
	} else if (net_xmit_drop_count(ret)) {
		qdisc_qstats_drop(q->sch);
		count_refused(&cl->core);
	}
	/* A re-entrant enqueue may have come in between: ask, do not count. */
	optq_foreign_qlen(&q->tree, &cl->core, child->q.qlen, now);
	return ret;
}

/* What a split has added to the qdisc, to be told to its parents. */
struct added {
	int packets;
	int bytes;
};

/*
 * A grafted qdisc tells the parents itself what else it drops, and a netem below
 * it counts its duplicates: only the segment is ours to count.
 */
static bool enqueue_segment(struct optq_sched *q, struct optq_class *c,
			    struct sk_buff *seg, u64 now, bool police,
			    struct sk_buff **to_free, struct added *added)
{
	u32 len = qdisc_pkt_len(seg);
	struct victims v = {};

	if (police && optq_police_skb(q, &c, seg) == OPTQ_SKB_DROP) {
		count_refused(c);
		qdisc_drop(seg, q->sch, to_free);
		return false;
	}
	if (optq_is_cl(q, c) && optq_cl(c)->qdisc) {
		if (enqueue_grafted(q, optq_cl(c), seg, now, to_free) !=
		    NET_XMIT_SUCCESS)
			return false;
		added->packets++;
		added->bytes += len;
		return true;
	}
	enqueue_pkt(q, c, seg, now);
	if (q->drops.head)
		v = free_victims(q, c, seg, to_free);
	added->packets += 1 - (int)v.packets;
	added->bytes += (int)len - (int)v.bytes;
	return true;
}

/*
 * A super-packet goes in as its segments, into a grafted qdisc too.  police: which are yet
 * to be shown to the policers.
 */
static int enqueue_gso(struct optq_sched *q, struct optq_class *c,
		       struct sk_buff *skb, u64 now, bool police,
		       struct sk_buff **to_free)
{
	int len = qdisc_pkt_len(skb);
	struct sk_buff *segs, *next;
	struct added added = {};
	bool queued = false;

	segs = skb_gso_segment(skb, netif_skb_features(skb) & ~NETIF_F_GSO_MASK);
	if (IS_ERR_OR_NULL(segs)) {
		count_refused(c);
		return qdisc_drop(skb, q->sch, to_free);
	}
	skb_list_walk_safe(segs, segs, next) {
		skb_mark_not_on_list(segs);
		optq_segment_init(q->sch, segs);
		queued |= enqueue_segment(q, c, segs, now, police, to_free,
					  &added);
	}
	consume_skb(skb);
	if (!queued)
		return NET_XMIT_DROP;
	/*
	 * The parents count one packet of the length before the split, and this
	 * puts them right, also when all segments had to go for others.
	 */
	qdisc_tree_reduce_backlog(q->sch, 1 - added.packets, len - added.bytes);
	return NET_XMIT_SUCCESS;
}

/* Segments of many sizes (SCTP) take what they take on a wire once they are apart. */
static bool must_split(const struct sk_buff *skb, const struct optq_class *c)
{
	return optq_skb_len(skb, &c->leaf.wire) > optq_class_split_bytes(c) ||
	       (c->leaf.wire.layer &&
		skb_shinfo(skb)->gso_size == GSO_BY_FRAGS);
}

static __always_inline int enqueue_to(struct optq_sched *q,
				      struct optq_class *c, struct sk_buff *skb,
				      struct sk_buff **to_free)
{
	u64 now = ktime_get_ns();

	if (skb_is_gso(skb) && must_split(skb, c))
		return enqueue_gso(q, c, skb, now, false, to_free);
	if (optq_is_cl(q, c) && optq_cl(c)->qdisc)
		return enqueue_grafted(q, optq_cl(c), skb, now, to_free);
	enqueue_pkt(q, c, skb, now);
	if (unlikely(q->drops.head))
		return enqueue_dropped(q, c, skb, to_free);
	return NET_XMIT_SUCCESS;
}

/*
 * NULL: the policers took care of skb, or it goes in as segments, and *ret is what is to
 * be told of it.
 */
static noinline struct optq_class *police(struct optq_sched *q,
					  struct optq_class *c,
					  struct sk_buff *skb,
					  struct sk_buff **to_free, int *ret)
{
	switch (optq_police_skb(q, &c, skb)) {
	case OPTQ_SKB_PASS:
		return c;
	case OPTQ_SKB_SPLIT:
		*ret = enqueue_gso(q, c, skb, ktime_get_ns(), true, to_free);
		return NULL;
	default:
		count_refused(c);
		*ret = qdisc_drop(skb, q->sch, to_free);
		return NULL;
	}
}

/* Filters, rules and skb->priority have a say, and policers. */
static noinline int enqueue_asked(struct optq_sched *q, struct sk_buff *skb,
				  struct sk_buff **to_free)
{
	struct optq_class *c;
	int ret;

	c = optq_classify(q, skb, &ret);
	if (c && unlikely(q->n_policers)) {
		c = police(q, c, skb, to_free, &ret);
		if (!c)
			return ret;
	}
	if (c)
		return enqueue_to(q, c, skb, to_free);
	if (ret == OPTQ_CONSUMED)
		return NET_XMIT_SUCCESS | __NET_XMIT_STOLEN;
	if (ret & __NET_XMIT_BYPASS) {
		qdisc_qstats_drop(q->sch);
		optq_count_drop_other(&q->tree.root, 1);
	}
	__qdisc_drop(skb, to_free);
	return ret;
}

int optq_enqueue_skb(struct sk_buff *skb, struct Qdisc *sch,
		     struct sk_buff **to_free)
{
	struct optq_sched *q = qdisc_priv(sch);
	int ret;

	if (optq_must_classify(q, skb))
		ret = enqueue_asked(q, skb, to_free);
	else
		ret = enqueue_to(q, q->fallback, skb, to_free);
	optq_verify(q, "enqueue");
	return ret;
}

static struct sk_buff *dequeue_grafted(struct optq_sched *q,
				       struct optq_cl *cl, u64 now)
{
	struct Qdisc *child = cl->qdisc;
	struct sk_buff *skb = child->dequeue(child);

	optq_foreign_qlen(&q->tree, &cl->core, child->q.qlen, now);
	if (skb) {
		optq_sent(&q->tree, &cl->core,
			  optq_skb_len(skb, &cl->core.leaf.wire), now);
		if (unlikely(cl->core.leaf.dscp))
			optq_dscp_out(q, &cl->core, skb);
	} else if (child->q.qlen) {
		optq_block(&q->tree, &cl->core, now);
	}
	return skb;
}

static struct sk_buff *dequeue_own(struct optq_sched *q, struct optq_class *c,
				   u64 now)
{
	struct optq_pkt *pkt = optq_take(&q->tree, c, now, &q->drops);
	struct sk_buff *skb;

	if (!pkt)
		return NULL;
	skb = optq_skb(pkt);
	skb->next = NULL;
	/* Before its headers may be copied. */
	optq_memory_uncharge(&q->tree.memory, skb->truesize);
	if (unlikely(pkt->flags & OPTQ_PKT_CE) && !skb_mark_ce(skb))
		optq_count_unmarked(c, pkt);
	if (unlikely(c->leaf.dscp))
		optq_dscp_out(q, c, skb);
	return skb;
}

/* Own counts first, then the parents, once. */
static void settle(struct Qdisc *sch, struct optq_drops *drops,
		   void (*drop)(struct Qdisc *sch, struct sk_buff *skb))
{
	struct optq_sched *q = qdisc_priv(sch);
	u32 n = 0, bytes = 0;
	struct optq_pkt *pkt;

	while ((pkt = drops->head)) {
		struct sk_buff *skb = optq_skb(pkt);

		drops->head = pkt->next;
		n++;
		bytes += qdisc_pkt_len(skb);
		qdisc_qstats_drop(sch);
		optq_memory_uncharge(&q->tree.memory, skb->truesize);
		drop(sch, skb);
	}
	if (!n)
		return;
	optq_qlen_add(sch, -(int)n, -(int)bytes);
	qdisc_tree_reduce_backlog(sch, n, bytes);
}

static void control_drop(struct Qdisc *sch, struct sk_buff *skb)
{
	rtnl_kfree_skbs(skb, skb);
}

void optq_settle(struct Qdisc *sch, struct optq_drops *drops)
{
	settle(sch, drops, control_drop);
}

static noinline struct sk_buff *dequeue(struct Qdisc *sch)
{
	struct optq_sched *q = qdisc_priv(sch);
	struct sk_buff *skb = NULL;
	bool resumed = q->cut_short;
	u64 now, next = 0;
	int tries;

	now = ktime_get_ns();
	/* Cut short last time: go on with the leaves not asked yet. */
	if (!resumed && !optq_list_empty(&q->tree.blocked))
		optq_unblock(&q->tree, now);
	q->cut_short = false;
	for (tries = 0; !skb; tries++) {
		struct optq_class *c = optq_pick(&q->tree, now);

		if (!c || tries == QDISC_TRIES) {
			q->cut_short = c;
			next = c ? now : optq_next_event(&q->tree, now);
			/* Those asked in the first half may be ready by now. */
			if (!c && resumed && !optq_list_empty(&q->tree.blocked))
				next = min_not_zero(next, now + NSEC_PER_MSEC);
			break;
		}
		if (optq_is_cl(q, c) && optq_cl(c)->qdisc && !c->leaf.packets)
			skb = dequeue_grafted(q, optq_cl(c), now);
		else
			skb = dequeue_own(q, c, now);
	}
	/* The packet still counts, so that no parent thinks us empty. */
	if (unlikely(q->drops.head))
		settle(sch, &q->drops, optq_dequeue_drop);
	if (skb) {
		optq_qlen_add(sch, -1, -(int)qdisc_pkt_len(skb));
		qdisc_bstats_update(sch, skb);
	} else if (next) {
		qdisc_qstats_overlimit(sch);
		qdisc_watchdog_schedule_ns(&q->watchdog, next);
	}
	optq_verify(q, "dequeue");
	if (!skb)
		optq_verify_idle(q, next);
	return skb;
}

/* Every run of a queue ends with a look at an empty one. */
struct sk_buff *optq_dequeue_skb(struct Qdisc *sch)
{
	return sch->q.qlen ? dequeue(sch) : NULL;
}
