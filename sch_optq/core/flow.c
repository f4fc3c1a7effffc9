// SPDX-License-Identifier: GPL-2.0
#include "flow.h"
#include "l4s.h"
#include "leaf.h"

static u32 flow_bucket(const struct optq_flow_table *t,
		       const struct optq_leaf *leaf, u32 hash)
{
	return optq_flow_key(leaf, hash) & t->bucket_mask;
}

void optq_flow_table_init(struct optq_flow_table *t, struct optq_flow *flows,
			  u32 size, struct optq_flow **buckets, u32 n_buckets)
{
	u32 i;

	memset(t, 0, sizeof(*t));
	memset(buckets, 0, n_buckets * sizeof(*buckets));
	optq_list_init(&t->free);
	optq_list_init(&t->idle);
	t->buckets = buckets;
	t->flows = flows;
	t->bucket_mask = n_buckets - 1;
	t->size = size;
	for (i = 0; i < size; i++) {
		memset(&flows[i], 0, sizeof(flows[i]));
		optq_list_init(&flows[i].idle);
		optq_list_add_tail(&t->free, &flows[i].link);
	}
}

void optq_flow_table_give_past(struct optq_flow_table *t,
			       struct optq_flow_past *past)
{
	memset(past, 0, (t->bucket_mask + 1) * sizeof(*past));
	t->pasts = 0;
	t->past = past;
}

void optq_flow_table_give_signs(struct optq_flow_table *t, u16 *signs)
{
	t->signs = signs;
}

void optq_flow_table_give_hosts(struct optq_flow_table *t,
				struct optq_share *shares,
				struct optq_host *hosts,
				struct optq_host **buckets, u32 n_buckets)
{
	memset(shares, 0, t->size * sizeof(*shares));
	optq_host_table_init(&t->hosts, hosts, 2 * t->size, buckets, n_buckets);
	t->shares = shares;
}

/* CoDel goes on where it was when the flow went, if that was a moment ago. */
static void flow_recall(struct optq_flow_table *t, struct optq_flow *f)
{
	struct optq_flow_past *past;

	if (likely(!t->pasts))
		return;
	past = &t->past[flow_bucket(t, f->leaf, f->hash)];
	if (!past->drops || past->hash != f->hash ||
	    past->leaf != f->leaf->salt)
		return;
	f->codel.count = past->drops;
	f->codel.drop_next_ns = past->drop_next_ns;
	past->drops = 0;
	t->pasts--;
}

static void flow_remember(struct optq_flow_table *t, const struct optq_flow *f)
{
	u32 drops = f->codel.count - f->codel.last_count;
	struct optq_flow_past *past;

	if (likely(!f->codel.count) || !t->past)
		return;
	past = &t->past[flow_bucket(t, f->leaf, f->hash)];
	t->pasts += !!drops;
	t->pasts -= !!past->drops;
	past->hash = f->hash;
	past->leaf = f->leaf->salt;
	past->drops = drops;
	past->drop_next_ns = f->codel.drop_next_ns;
}

/* 0 is no flow's. */
static u16 flow_sign(u32 key)
{
	return (u16)(key >> 16) ? (u16)(key >> 16) : 1;
}

static u16 *flow_sign_at(const struct optq_flow_table *t, u32 key, bool served)
{
	return &t->signs[key % (OPTQ_FLOW_SIGNS / 2) +
			 (served ? OPTQ_FLOW_SIGNS / 2 : 0)];
}

bool optq_flow_seen(const struct optq_flow_table *t, const struct optq_flow *f)
{
	u32 key = optq_flow_key(f->leaf, f->hash);
	u16 sign = flow_sign(key);

	return t->signs && f->hashed &&
	       (*flow_sign_at(t, key, false) == sign ||
		*flow_sign_at(t, key, true) == sign);
}

void optq_flow_note(const struct optq_flow_table *t, const struct optq_flow *f,
		    bool served)
{
	u32 key = optq_flow_key(f->leaf, f->hash);

	if (t->signs && f->hashed)
		*flow_sign_at(t, key, served) = flow_sign(key);
}

static void flow_reset(struct optq_flow *f, struct optq_leaf *leaf, u32 hash)
{
	f->head = NULL;
	f->tail = NULL;
	f->hash_next = NULL;
	f->leaf = leaf;
	f->hash = hash;
	f->bytes = 0;
	f->packets = 0;
	f->deficit = 0;
	f->fresh = false;
	f->blue_p = 0;
	f->l4s = false;
	optq_codel_init(&f->codel);
}

void optq_flow_init_shared(struct optq_flow *f, struct optq_leaf *leaf)
{
	flow_reset(f, leaf, 0);
	optq_list_init(&f->link);
	optq_list_init(&f->idle);
	f->hashed = false;
}

struct optq_flow *optq_flow_find(const struct optq_flow_table *t,
				 const struct optq_leaf *leaf, u32 hash)
{
	struct optq_flow *f = t->buckets[flow_bucket(t, leaf, hash)];

	while (f && (f->hash != hash || f->leaf != leaf))
		f = f->hash_next;
	return f;
}

static void flow_hash(struct optq_flow_table *t, struct optq_flow *f)
{
	struct optq_flow **b = &t->buckets[flow_bucket(t, f->leaf, f->hash)];

	f->hash_next = *b;
	*b = f;
	f->hashed = true;
}

static void flow_unhash(struct optq_flow_table *t, struct optq_flow *f)
{
	struct optq_flow **b = &t->buckets[flow_bucket(t, f->leaf, f->hash)];

	while (*b != f)
		b = &(*b)->hash_next;
	*b = f->hash_next;
	f->hash_next = NULL;
	f->hashed = false;
}

struct optq_flow *optq_flow_get(struct optq_flow_table *t,
				struct optq_leaf *leaf, u32 hash)
{
	struct optq_flow *f = optq_flow_find(t, leaf, hash);

	if (f || optq_list_empty(&t->free))
		return f;
	f = optq_list_entry(t->free.next, struct optq_flow, link);
	optq_list_del(&f->link);
	flow_reset(f, leaf, hash);
	flow_recall(t, f);
	flow_hash(t, f);
	t->used++;
	return f;
}

struct optq_flow *optq_flow_oldest_idle(const struct optq_flow_table *t)
{
	if (optq_list_empty(&t->idle))
		return NULL;
	return optq_list_entry(t->idle.next, struct optq_flow, idle);
}

void optq_flow_put(struct optq_flow_table *t, struct optq_flow *f)
{
	if (!f->hashed) {
		optq_l4s_forget(f);
		return;
	}
	optq_list_del(&f->idle);
	flow_remember(t, f);
	flow_unhash(t, f);
	f->leaf = NULL;
	/* The most recent entry is the one still in cache. */
	optq_list_add_tail(t->free.next, &f->link);
	t->used--;
}

void optq_flow_rehash(struct optq_flow_table *t, struct optq_flow *f,
		      struct optq_leaf *leaf)
{
	flow_unhash(t, f);
	f->leaf = leaf;
	flow_hash(t, f);
}

void optq_flow_remove(struct optq_flow_table *t, struct optq_flow *f,
		      struct optq_pkt *before, struct optq_pkt *pkt)
{
	if (!before) {
		optq_flow_pop(t, f);
		return;
	}
	before->next = pkt->next;
	if (f->tail == pkt)
		f->tail = before;
	pkt->next = NULL;
	f->bytes -= pkt->len;
	f->packets--;
}

/* Two queues in order, merged by arrival, stay in order; of equals a's go first. */
static struct optq_pkt *flow_merge(struct optq_pkt *a, struct optq_pkt *b)
{
	struct optq_pkt first, *tail = &first;

	while (a && b) {
		if (!optq_before(b->enqueue_ns, a->enqueue_ns)) {
			tail->next = a;
			a = a->next;
		} else {
			tail->next = b;
			b = b->next;
		}
		tail = tail->next;
	}
	tail->next = a ? a : b;
	return first.next;
}

/* Behind what dst has, whenever it came. */
static void flow_concat(struct optq_flow *dst, struct optq_flow *src)
{
	if (dst->tail)
		dst->tail->next = src->head;
	else
		dst->head = src->head;
	dst->tail = src->tail;
	dst->bytes += src->bytes;
	dst->packets += src->packets;
	src->head = NULL;
	src->tail = NULL;
	src->bytes = 0;
	src->packets = 0;
}

static bool flow_later(const struct optq_flow *src, const struct optq_flow *dst)
{
	return !dst->tail ||
	       !optq_before(src->head->enqueue_ns, dst->tail->enqueue_ns);
}

void optq_flow_splice(struct optq_flow *dst, struct optq_flow *src)
{
	struct optq_pkt *a = dst->head, *a_end = dst->tail;
	struct optq_pkt *b = src->head, *b_end = src->tail;
	/* What came later as a whole need not be walked along. */
	bool later = b && flow_later(src, dst);

	if (!b)
		return;
	optq_list_del(&dst->idle);
	flow_concat(dst, src);
	if (later)
		return;
	a_end->next = NULL;
	dst->head = flow_merge(a, b);
	if (optq_before(b_end->enqueue_ns, a_end->enqueue_ns))
		dst->tail = a_end;
}

void optq_flow_append(struct optq_flow *dst, struct optq_flow *src,
		      struct optq_list *unsorted)
{
	if (!dst->packets)
		optq_list_del(&dst->idle);
	else if (!flow_later(src, dst) && optq_list_empty(&dst->idle))
		optq_list_add_tail(unsorted, &dst->idle);
	flow_concat(dst, src);
}

/*
 * Natural merge sort, bottom up (Knuth, TAOCP 5.2.4): part i holds 2^i runs, those of a
 * higher one came before those of a lower.  32 bits count the runs.
 */
void optq_flow_sort(struct optq_flow *f)
{
	struct optq_pkt *part[32] = { NULL }, *run, *end, *rest = f->head;
	u32 i;

	while (rest) {
		run = rest;
		for (end = run; end->next; end = end->next) {
			if (optq_before(end->next->enqueue_ns, end->enqueue_ns))
				break;
		}
		rest = end->next;
		end->next = NULL;
		for (i = 0; part[i]; i++) {
			run = flow_merge(part[i], run);
			part[i] = NULL;
		}
		part[i] = run;
	}
	for (i = 0; i < 32; i++)
		rest = flow_merge(part[i], rest);
	f->head = rest;
	for (f->tail = rest; f->tail && f->tail->next; f->tail = f->tail->next)
		;
}
