// SPDX-License-Identifier: GPL-2.0
/*
 * Elements are made and renewed under RTNL, read by the packet path under RCU, and
 * taken out under RTNL or by the worker: whoever takes one out of the table frees it.
 * They are on the account of who sets them.  The buckets are not, as rhashtable makes
 * them: 8 bytes an element, 2 MiB at most.
 */
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/optq.h>

#include "elem.h"

/* Between two looks for what has run out. */
#define ELEM_GC_MS	1000

/* Each but the last finds that the table has grown meanwhile. */
#define ELEM_TRIES	8

static const struct rhashtable_params elem_params = {
	.key_len = sizeof(struct optq_elem_key),
	.key_offset = offsetof(struct optq_elem, key),
	.head_offset = offsetof(struct optq_elem, node),
	.max_size = OPTQ_ELEMS_MAX,
	.automatic_shrinking = true,
};

static bool elem_is_over(const struct optq_elem *elem)
{
	return elem->timed && time_after_eq(jiffies, elem->expires);
}

static int elem_remove(struct optq_elems *e, struct optq_elem *elem)
{
	int err = rhashtable_remove_fast(&e->table, &elem->node, elem_params);

	if (!err)
		kfree_rcu(elem, rcu);
	return err;
}

static void gc_start(struct optq_elems *e)
{
	queue_delayed_work(system_power_efficient_wq, &e->gc,
			   msecs_to_jiffies(ELEM_GC_MS));
}

/* True when there are some that are still to run out. */
static bool elem_sweep(struct optq_elems *e)
{
	struct rhashtable_iter iter;
	struct optq_elem *elem;
	bool more = false;

	rhashtable_walk_enter(&e->table, &iter);
	rhashtable_walk_start(&iter);
	while ((elem = rhashtable_walk_next(&iter))) {
		/* The table was resized: what is left is for the next time. */
		if (IS_ERR(elem)) {
			more = true;
			break;
		}
		if (elem_is_over(elem))
			elem_remove(e, elem);
		else
			more |= elem->timed;
		if (need_resched()) {
			rhashtable_walk_stop(&iter);
			cond_resched();
			rhashtable_walk_start(&iter);
		}
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
	return more;
}

static void elem_gc(struct work_struct *work)
{
	struct optq_elems *e = container_of(work, struct optq_elems, gc.work);

	/* One that was set behind the walk has asked for the next by itself. */
	if (elem_sweep(e))
		gc_start(e);
}

struct optq_elems *optq_elems_make(void)
{
	struct optq_elems *e = kzalloc(sizeof(*e), GFP_KERNEL_ACCOUNT);
	int err;

	/* A key is compared and hashed as it lies in memory. */
	BUILD_BUG_ON(sizeof(struct optq_elem_key) != 8 + 2 * 16);
	if (!e)
		return ERR_PTR(-ENOMEM);
	err = rhashtable_init(&e->table, &elem_params);
	if (err) {
		kfree(e);
		return ERR_PTR(err);
	}
	INIT_DELAYED_WORK(&e->gc, elem_gc);
	return e;
}

static void elem_free(void *ptr, void *arg)
{
	kfree(ptr);
}

void optq_elems_free(struct optq_elems *e)
{
	if (!e)
		return;
	cancel_delayed_work_sync(&e->gc);
	rhashtable_free_and_destroy(&e->table, elem_free, NULL);
	kfree(e);
}

static struct optq_elem *elem_find(struct optq_elems *e,
				   const struct optq_elem_key *key)
{
	return rhashtable_lookup(&e->table, key, elem_params);
}

static int elem_insert(struct optq_elems *e, struct optq_elem *elem)
{
	int err = -EBUSY, i;

	if (atomic_read(&e->table.nelems) >= OPTQ_ELEMS_MAX)
		return -ENOSPC;
	/* Elements can come faster than the table grows for them. */
	for (i = 0; i < ELEM_TRIES && err == -EBUSY; i++) {
		if (i)
			flush_work(&e->table.run_work);
		err = rhashtable_insert_fast(&e->table, &elem->node,
					     elem_params);
	}
	return err;
}

/* False: there is none that it could replace. */
static bool elem_replace(struct optq_elems *e, struct optq_elem *elem)
{
	struct optq_elem *old;
	bool done;

	rcu_read_lock();
	old = elem_find(e, &elem->key);
	/* The worker may have been there first. */
	done = old && !rhashtable_replace_fast(&e->table, &old->node,
					       &elem->node, elem_params);
	if (done)
		kfree_rcu(old, rcu);
	rcu_read_unlock();
	return done;
}

int optq_elem_set(struct optq_elems *e, const struct optq_elem_key *key, u32 id,
		  u32 timeout)
{
	struct optq_elem *elem = kzalloc(sizeof(*elem), GFP_KERNEL_ACCOUNT);
	int err = 0;

	if (!elem)
		return -ENOMEM;
	elem->key = *key;
	elem->id = id;
	elem->timed = timeout;
	elem->expires = jiffies + msecs_to_jiffies(timeout);
	if (!elem_replace(e, elem))
		err = elem_insert(e, elem);
	if (err)
		kfree(elem);
	else if (timeout)
		gc_start(e);
	return err;
}

int optq_elem_del(struct optq_elems *e, const struct optq_elem_key *key, u32 id)
{
	struct optq_elem *elem;
	int err = -ENOENT;

	rcu_read_lock();
	elem = elem_find(e, key);
	if (elem && !elem_is_over(elem) && (!id || elem->id == id))
		err = elem_remove(e, elem);
	rcu_read_unlock();
	return err;
}

bool optq_elem_find(struct optq_elems *e, const struct optq_elem_key *key,
		    u32 *id)
{
	struct optq_elem *elem;
	bool found;

	/* The packet path holds rcu_read_lock_bh(), which rhashtable does not know. */
	rcu_read_lock();
	elem = elem_find(e, key);
	found = elem && !elem_is_over(elem);
	if (found)
		*id = elem->id;
	rcu_read_unlock();
	return found;
}
