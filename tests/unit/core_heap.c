// SPDX-License-Identifier: GPL-2.0
/* Pairing heap against a list that is searched. */
#include "core_util.h"

#include "../../sch_optq/core/heap.h"

#define NODES	300

static const struct optq_heap_node *least(struct optq_heap_node *nodes)
{
	const struct optq_heap_node *best = NULL;
	int i;

	for (i = 0; i < NODES; i++) {
		if (!optq_heap_linked(&nodes[i]))
			continue;
		if (!best || optq_before(nodes[i].key, best->key))
			best = &nodes[i];
	}
	return best;
}

static void random_ops(u64 base, u64 span, u64 seed)
{
	struct optq_heap h = { NULL };
	struct optq_heap_node nodes[NODES];
	int i;

	for (i = 0; i < NODES; i++)
		optq_heap_node_init(&nodes[i]);
	for (i = 0; i < 20000; i++) {
		struct optq_heap_node *n = &nodes[rnd(&seed) % NODES];
		const struct optq_heap_node *best;

		if (optq_heap_linked(n)) {
			optq_heap_remove(&h, n);
			assert_false(optq_heap_linked(n));
			/* Once more does nothing. */
			optq_heap_remove(&h, n);
		} else {
			optq_heap_insert(&h, n, base + rnd(&seed) % span);
			assert_true(optq_heap_linked(n));
		}
		best = least(nodes);
		if (!best)
			assert_null(optq_heap_top(&h));
		else
			assert_int_equal(optq_heap_top(&h)->key, best->key);
		/* The clock moves on, as it does in use. */
		base += span / 1000;
		if (optq_heap_top(&h) && i % 3 == 0)
			optq_heap_remove(&h, optq_heap_top(&h));
	}
}

static void random_keys(void **state)
{
	(void)state;
	random_ops(0, 1000000, 1);
}

static void many_equal_keys(void **state)
{
	(void)state;
	random_ops(0, 7, 2);
}

static void keys_across_the_wrap(void **state)
{
	(void)state;
	random_ops(~0ULL - 5000000, 1000000, 3);
	random_ops((1ULL << 63) - 5000000, 1000000, 4);
	random_ops(0, (1ULL << 62) / 21, 5);
}

static void drains_in_order(void **state)
{
	static struct optq_heap_node nodes[10000];
	struct optq_heap h = { NULL };
	u64 seed = 6, last = 0;
	u32 i;

	(void)state;
	for (i = 0; i < 10000; i++) {
		optq_heap_node_init(&nodes[i]);
		optq_heap_insert(&h, &nodes[i], rnd(&seed) >> 2);
	}
	for (i = 0; i < 10000; i++) {
		struct optq_heap_node *top = optq_heap_top(&h);

		assert_true(top->key >= last);
		last = top->key;
		optq_heap_remove(&h, top);
	}
	assert_null(optq_heap_top(&h));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_keys),
		cmocka_unit_test(many_equal_keys),
		cmocka_unit_test(keys_across_the_wrap),
		cmocka_unit_test(drains_in_order),
	};

	return cmocka_run_group_tests_name("heap", tests, NULL, NULL);
}
