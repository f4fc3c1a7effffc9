// SPDX-License-Identifier: GPL-2.0
/* Packets into leaves and out of them, and what a leaf's length changes. */
#include "ack.h"
#include "sched.h"

/* Leaves found empty in one dequeue at most. */
#define QUEUE_TRIES_MAX		64

/* foreign: in a grafted qdisc. */
static __always_inline void leaf_set_qlens(struct optq_tree *t,
					   struct optq_class *leaf, u32 foreign)
{
	u32 own = leaf->leaf.packets, qlen = own + foreign;

	t->qlen += qlen - leaf->qlen;
	t->own_qlen += own - leaf->own_qlen;
	leaf->qlen = qlen;
	leaf->own_qlen = own;
	/* A class out of the tree may be freed, and nobody would tell. */
	if (t->fattest != leaf && leaf->attached && own &&
	    (!t->fattest || t->fattest->own_qlen < own))
		t->fattest = leaf;
}

static __always_inline void leaf_set_qlen(struct optq_tree *t,
					  struct optq_class *leaf)
{
	leaf_set_qlens(t, leaf, leaf->qlen - leaf->own_qlen);
}

static noinline void count_blue(struct optq_class *c)
{
	for (; c; c = c->parent)
		c->count.drop_blue++;
}

/* What CoDel and L4S did in one call, that gave out pkt. */
static void count_aqm(struct optq_class *c, u64 drops, u64 marks,
		      const struct optq_pkt *pkt)
{
	bool l4s = pkt && pkt->flags & OPTQ_PKT_L4S;

	c->count.ecn_marks_l4s += l4s;
	while ((c = c->parent)) {
		c->count.ecn_marks_l4s += l4s;
		c->leaf.drop_aqm += drops;
		c->leaf.ecn_marks += marks;
	}
}

void optq_count_unmarked(struct optq_class *c, const struct optq_pkt *pkt)
{
	bool l4s = pkt->flags & OPTQ_PKT_L4S;

	c->leaf.ecn_marks--;
	c->count.ecn_marks_l4s -= l4s;
	while ((c = c->parent)) {
		c->count.ecn_marks_l4s -= l4s;
		c->leaf.ecn_marks--;
	}
}

void optq_drop_longest(struct optq_tree *t, struct optq_class *leaf,
		       bool memory, struct optq_drops *drops)
{
	optq_leaf_drop_longest(&t->flows, &leaf->leaf, memory, drops);
	optq_count_overlimit_above(leaf, 1);
}

/*
 * Whether a packet that comes now, behind all that waits, is within the rate and
 * burst of leaf.  Once flows share beyond them, they do so until it is empty.
 */
static bool leaf_keeps_order(struct optq_tree *t, struct optq_class *leaf,
			     u64 now)
{
	const struct optq_leaf *l = &leaf->leaf;

	if (l->packets != l->ordered)
		return false;
	optq_class_refill_rate(t, leaf, now);
	return optq_bucket_covers(&leaf->rate, l->bytes);
}

/* What an idle leaf with a delay has saved, before packets come to it. */
static void leaf_save_burst(struct optq_tree *t, struct optq_class *leaf,
			    u64 now)
{
	if (leaf->leaf.in_order && !leaf->qlen)
		optq_class_refill_rate(t, leaf, now);
}

void optq_enqueue_of(struct optq_tree *t, struct optq_class *leaf,
		     struct optq_pkt *pkt, u32 hash,
		     const struct optq_hosts *hosts, u64 now,
		     struct optq_drops *drops)
{
	bool in_order = unlikely(leaf->leaf.in_order) &&
			leaf_keeps_order(t, leaf, now);
	u64 overlimit = leaf->leaf.drop_overlimit;
	struct optq_class *victim;
	bool taken;

	leaf->count.enqueued++;
	if (unlikely(leaf->leaf.ack_filter))
		optq_ack_filter(t, leaf, pkt, hash, in_order, drops);
	taken = optq_leaf_enqueue(&t->flows, &leaf->leaf, pkt, hash, hosts,
				  in_order, now, drops);
	if (unlikely(!taken))
		count_blue(leaf);
	if (unlikely(leaf->leaf.drop_overlimit != overlimit))
		optq_count_overlimit_above(leaf, leaf->leaf.drop_overlimit - overlimit);
	leaf_set_qlen(t, leaf);
	if (unlikely(t->own_qlen > t->limit)) {
		victim = t->fattest && t->fattest->own_qlen ? t->fattest : leaf;
		optq_leaf_overflow(&t->flows, &victim->leaf, false, now, drops);
		optq_count_overlimit_above(victim, 1);
		leaf_set_qlen(t, victim);
		if (victim != leaf) {
			drops->head->flags |= OPTQ_PKT_UNHEARD;
			optq_class_update(t, victim, now);
		}
	}
	optq_leaf_update(t, leaf, now);
}

void optq_leaf_counted(struct optq_tree *t, struct optq_class *leaf)
{
	leaf_set_qlen(t, leaf);
}

void optq_class_requeued(struct optq_tree *t, struct optq_class *c, u64 now)
{
	leaf_set_qlen(t, c);
	optq_class_update(t, c, now);
}

void optq_foreign_qlen(struct optq_tree *t, struct optq_class *leaf, u32 qlen,
		       u64 now)
{
	leaf_save_burst(t, leaf, now);
	leaf_set_qlens(t, leaf, qlen);
	optq_class_update(t, leaf, now);
}

void optq_block(struct optq_tree *t, struct optq_class *leaf, u64 now)
{
	leaf->blocked = true;
	optq_list_move_tail(&t->blocked, &leaf->blocked_link);
	optq_class_update(t, leaf, now);
}

void optq_unblock(struct optq_tree *t, u64 now)
{
	while (!optq_list_empty(&t->blocked)) {
		struct optq_class *c = optq_list_entry(t->blocked.next,
						       struct optq_class,
						       blocked_link);

		optq_list_del(&c->blocked_link);
		c->blocked = false;
		optq_class_update(t, c, now);
	}
}

struct optq_pkt *optq_take(struct optq_tree *t, struct optq_class *leaf,
			   u64 now, struct optq_drops *drops)
{
	u64 aqm = leaf->leaf.drop_aqm, marks = leaf->leaf.ecn_marks;
	struct optq_pkt *pkt;

	pkt = optq_leaf_dequeue(&t->flows, &leaf->leaf, now, drops);
	if (unlikely(leaf->leaf.drop_aqm != aqm ||
		     leaf->leaf.ecn_marks != marks))
		count_aqm(leaf, leaf->leaf.drop_aqm - aqm,
			  leaf->leaf.ecn_marks - marks, pkt);
	leaf_set_qlen(t, leaf);
	if (pkt)
		optq_sent(t, leaf, pkt->len, now);
	else
		optq_class_update(t, leaf, now);
	return pkt;
}

struct optq_pkt *optq_dequeue(struct optq_tree *t, u64 now,
			      struct optq_drops *drops, u64 *next_ns)
{
	struct optq_class *leaf;
	int i;

	for (i = 0; i < QUEUE_TRIES_MAX; i++) {
		struct optq_pkt *pkt;

		leaf = optq_pick(t, now);
		if (!leaf) {
			*next_ns = optq_next_event(t, now);
			return NULL;
		}
		pkt = optq_take(t, leaf, now, drops);
		if (pkt)
			return pkt;
	}
	*next_ns = now + 1;
	return NULL;
}

void optq_purge(struct optq_tree *t, struct optq_class *c, u64 now,
		struct optq_drops *drops)
{
	optq_count_drop_other(c, c->leaf.packets);
	optq_leaf_purge(&t->flows, &c->leaf, drops);
	leaf_set_qlen(t, c);
	optq_class_update(t, c, now);
}

void optq_move_queue(struct optq_tree *t, struct optq_class *dst,
		     struct optq_class *src, u64 now)
{
	/* What waits counts where it goes, and so at one place. */
	leaf_save_burst(t, dst, now);
	dst->count.enqueued += src->leaf.packets;
	src->count.enqueued -= src->leaf.packets;
	optq_leaf_move(&t->flows, &dst->leaf, &src->leaf);
	leaf_set_qlen(t, src);
	leaf_set_qlen(t, dst);
	optq_class_update(t, src, now);
	optq_class_update(t, dst, now);
}

void optq_lift(struct optq_tree *t, struct optq_class *leaf,
	       bool (*goes)(void *arg, struct optq_pkt *pkt), void *arg,
	       u64 now, struct optq_flow *lifted)
{
	u32 before = leaf->leaf.packets;

	optq_leaf_lift(&t->flows, &leaf->leaf, goes, arg, lifted);
	if (leaf->leaf.packets == before)
		return;
	leaf->count.enqueued -= before - leaf->leaf.packets;
	optq_class_requeued(t, leaf, now);
}

void optq_join(struct optq_tree *t, struct optq_class *leaf,
	       struct optq_flow *run, u32 hash, const struct optq_hosts *hosts,
	       u64 now, struct optq_list *unsorted)
{
	leaf_save_burst(t, leaf, now);
	leaf->count.enqueued += run->packets;
	optq_leaf_join(&t->flows, &leaf->leaf, run, hash, hosts, unsorted);
	optq_class_requeued(t, leaf, now);
}

void optq_join_end(struct optq_tree *t, u64 now, struct optq_list *unsorted)
{
	struct optq_class *leaf;
	struct optq_flow *f;

	while (!optq_list_empty(unsorted)) {
		f = optq_list_entry(unsorted->next, struct optq_flow, idle);
		optq_list_del(&f->idle);
		optq_flow_sort(f);
		leaf = optq_container_of(f->leaf, struct optq_class, leaf);
		optq_class_requeued(t, leaf, now);
	}
}
