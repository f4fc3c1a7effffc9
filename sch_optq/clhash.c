// SPDX-License-Identifier: GPL-2.0
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/random.h>

#include "clhash.h"
#include "qdisc.h"

#define CLHASH_MIN	16U

static struct hlist_head *buckets_alloc(u32 size)
{
	return kvcalloc(size, sizeof(struct hlist_head), OPTQ_GFP_MANY);
}

int optq_clhash_init(struct optq_clhash *h)
{
	h->bucket = buckets_alloc(CLHASH_MIN);
	if (!h->bucket)
		return -ENOMEM;
	h->mask = CLHASH_MIN - 1;
	get_random_bytes(&h->a, sizeof(h->a));
	get_random_bytes(&h->b, sizeof(h->b));
	return 0;
}

void optq_clhash_free(struct optq_clhash *h)
{
	kvfree(h->bucket);
}

static int room_alloc(struct optq_clhash_room *room, u32 n)
{
	room->size = max(roundup_pow_of_two(n + 1), CLHASH_MIN);
	room->bucket = buckets_alloc(room->size);
	return room->bucket ? 0 : -ENOMEM;
}

int optq_clhash_reserve(const struct optq_sched *q, u32 n,
			struct optq_clhash_room *room)
{
	return n > q->clhash.mask ? room_alloc(room, n) : 0;
}

void optq_clhash_use(struct optq_sched *q, struct optq_clhash_room *room)
{
	struct optq_clhash *h = &q->clhash;
	struct optq_cl *cl;

	if (!room->bucket)
		return;
	sch_tree_lock(q->sch);
	swap(h->bucket, room->bucket);
	h->mask = room->size - 1;
	h->n = 0;
	list_for_each_entry(cl, &q->classes, link)
		optq_clhash_insert(h, &cl->common);
	sch_tree_unlock(q->sch);
}

void optq_clhash_room_free(struct optq_clhash_room *room)
{
	kvfree(room->bucket);
}

void optq_clhash_fit(struct optq_sched *q)
{
	u32 size = q->clhash.mask + 1, n = q->n_classes;
	struct optq_clhash_room room = {};

	/* From one to four buckets a class: what comes and goes changes nothing. */
	if (n < size && (n >= size / 4 || size == CLHASH_MIN))
		return;
	if (room_alloc(&room, n))
		return;
	optq_clhash_use(q, &room);
	optq_clhash_room_free(&room);
}
