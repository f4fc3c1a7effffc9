// SPDX-License-Identifier: GPL-2.0
/* The table that classes are found in, with what is in tests/fuzz/kernel for a kernel. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../fuzz/kernel/kernel.h"
#include "qdisc.h"

#define MANY		35000
#define SEEDS		50
/* As good as never by chance; all of them is what it must not be. */
#define CHAIN_MAX	32

struct town {
	struct optq_sched q;
	struct optq_cl *cl;
	u32 n;
};

static void town_init(struct town *t, u32 n, u64 seed)
{
	memset(t, 0, sizeof(*t));
	memory_begin(0, seed);
	assert_int_equal(optq_clhash_init(&t->q.clhash), 0);
	t->q.classes.next = &t->q.classes;
	t->q.classes.prev = &t->q.classes;
	t->cl = calloc(n, sizeof(*t->cl));
	assert_non_null(t->cl);
	t->n = n;
}

static void town_free(struct town *t)
{
	optq_clhash_free(&t->q.clhash);
	free(t->cl);
	assert_int_equal(memory_blocks(), 0);
}

static void town_add(struct town *t, u32 i, u32 id)
{
	struct list_head *head = &t->q.classes, *link = &t->cl[i].link;

	t->cl[i].common.classid = id;
	link->next = head->next;
	link->prev = head;
	head->next->prev = link;
	head->next = link;
	optq_clhash_insert(&t->q.clhash, &t->cl[i].common);
	t->q.n_classes++;
}

static void town_del(struct town *t, u32 i)
{
	struct list_head *link = &t->cl[i].link;

	link->next->prev = link->prev;
	link->prev->next = link->next;
	optq_clhash_remove(&t->q.clhash, &t->cl[i].common);
	t->cl[i].common.classid = 0;
	t->q.n_classes--;
}

static void town_reserve(struct town *t, u32 n)
{
	struct optq_clhash_room room = { 0 };

	assert_int_equal(optq_clhash_reserve(&t->q, n, &room), 0);
	optq_clhash_use(&t->q, &room);
	optq_clhash_room_free(&room);
}

static u32 longest_chain(const struct optq_clhash *h)
{
	struct Qdisc_class_common *c;
	u32 i, most = 0;

	for (i = 0; i <= h->mask; i++) {
		u32 n = 0;

		hlist_for_each_entry(c, &h->bucket[i], hnode)
			n++;
		most = max(most, n);
	}
	return most;
}

/* Where the kernel's own table, include/net/sch_generic.h, has a class. */
static u32 kernel_hash(u32 id, u32 mask)
{
	id ^= id >> 8;
	id ^= id >> 4;
	return id & mask;
}

/* All in its first bucket: whatever the upper half does there the lower can undo. */
static void fill_chosen(struct town *t)
{
	static u16 lower[65536];
	u32 i;

	for (i = 0; i < 65536; i++)
		lower[kernel_hash(i, 0xffff)] = (u16)i;
	for (i = 1; i <= t->n; i++) {
		u32 id = i << 16 | lower[kernel_hash(i << 16, 0xffff)];

		assert_int_equal(kernel_hash(id, 0xffff), 0);
		town_add(t, i - 1, id);
	}
}

static void fill_step(struct town *t, u32 step)
{
	u32 i;

	for (i = 0; i < t->n; i++)
		town_add(t, i, (i + 1) * step);
}

/* The steps: in order, by the page, and such as fill the low or the high bits alone. */
static void chosen_ids(void **state)
{
	static const u32 steps[] = { 0, 1, 2, 256, 4096, 65536, 65537, 0x10001000 };
	struct town t;
	u32 i;
	u64 seed;

	(void)state;
	for (i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		for (seed = 1; seed <= SEEDS; seed++) {
			town_init(&t, MANY, seed);
			town_reserve(&t, MANY);
			if (steps[i])
				fill_step(&t, steps[i]);
			else
				fill_chosen(&t);
			if (longest_chain(&t.q.clhash) > CHAIN_MAX)
				fail_msg("step %u, seed %u: %u in one bucket", steps[i],
					 (u32)seed, longest_chain(&t.q.clhash));
			town_free(&t);
		}
	}
}

static void all_found(const struct town *t)
{
	const struct optq_clhash *h = &t->q.clhash;
	u32 i, n = 0;

	for (i = 0; i < t->n; i++) {
		u32 id = t->cl[i].common.classid;

		if (!id)
			continue;
		n++;
		assert_ptr_equal(optq_clhash_find(h, id), &t->cl[i].common);
		assert_null(optq_clhash_find(h, id + 1));
	}
	assert_int_equal(n, h->n);
}

/* One by one they come and go, and the table with them, whether it gets memory or not. */
static void come_and_go(void **state)
{
	struct town t;
	u32 step, i;

	(void)state;
	town_init(&t, 3000, 7);
	for (step = 0; step < 30000; step++) {
		bool grows = step / 3000 % 2 == 0;

		i = get_random_u32() % t.n;
		if (!t.cl[i].common.classid && (grows || step % 4 == 0))
			town_add(&t, i, 2 * i + 1);
		else if (t.cl[i].common.classid && (!grows || step % 4 == 0))
			town_del(&t, i);
		memory_begin(step % 3 == 0, step);
		optq_clhash_fit(&t.q);
		if (step % 500)
			continue;
		memory_begin(0, step);
		optq_clhash_fit(&t.q);
		all_found(&t);
		assert_true(t.q.n_classes <= t.q.clhash.mask);
		assert_true(t.q.clhash.mask < max(4 * t.q.n_classes, 16u));
	}
	town_free(&t);
}

/* What a change could not do with comes before the change. */
static void no_room(void **state)
{
	struct optq_clhash_room room = { 0 };
	struct optq_clhash before;
	struct town t;

	(void)state;
	town_init(&t, 100, 1);
	fill_step(&t, 2);
	before = t.q.clhash;
	memory_begin(1, 1);
	assert_int_equal(optq_clhash_reserve(&t.q, 5000, &room), -ENOMEM);
	optq_clhash_use(&t.q, &room);
	optq_clhash_room_free(&room);
	assert_memory_equal(&before, &t.q.clhash, sizeof(before));
	all_found(&t);

	memory_begin(0, 1);
	town_reserve(&t, 5000);
	assert_int_equal(t.q.clhash.mask, 8191);
	all_found(&t);
	/* There is room now. */
	memory_begin(1, 1);
	town_reserve(&t, 8191);
	town_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chosen_ids),
		cmocka_unit_test(come_and_go),
		cmocka_unit_test(no_room),
	};

	return cmocka_run_group_tests_name("clhash", tests, NULL, NULL);
}
