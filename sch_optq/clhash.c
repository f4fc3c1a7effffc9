// SPDX-License-Identifier: GPL-2.0
#include <linux/log2.h>
#include <linux/mm.h>

#include "clhash.h"

#define CLHASH_MIN	16U

static struct hlist_head *buckets_alloc(u32 size)
{
	return kvcalloc(size, sizeof(struct hlist_head), OPTQ_GFP_MANY);
}

int optq_clhash_init(struct optq_sched *q)
{
	q->clhash.hash = buckets_alloc(CLHASH_MIN);
	if (!q->clhash.hash)
		return -ENOMEM;
	q->clhash.hashsize = CLHASH_MIN;
	q->clhash.hashmask = CLHASH_MIN - 1;
	return 0;
}

void optq_clhash_fit(struct optq_sched *q, u32 n)
{
	struct Qdisc_class_hash *h = &q->clhash;
	struct hlist_head *old = h->hash, *new;
	struct optq_cl *cl;
	u32 size;

	/* From one to four buckets a class: what comes and goes changes nothing. */
	if (n <= h->hashsize &&
	    (n >= h->hashsize / 4 || h->hashsize == CLHASH_MIN))
		return;
	size = max(roundup_pow_of_two(n + 1), CLHASH_MIN);
	new = buckets_alloc(size);
	if (!new)
		return;
	sch_tree_lock(q->sch);
	h->hash = new;
	h->hashsize = size;
	h->hashmask = size - 1;
	h->hashelems = 0;
	list_for_each_entry(cl, &q->classes, link)
		qdisc_class_hash_insert(h, &cl->common);
	sch_tree_unlock(q->sch);
	kvfree(old);
}
