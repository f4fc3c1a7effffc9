// SPDX-License-Identifier: GPL-2.0
/* Building and changing the tree, whole dequeues, and that the checker bites. */
#include "core_util.h"
#include "../../sch_optq/uapi/linux/optq.h"

#define MBIT(x)		((u64)(x) * 125000)

static struct optq_pkt *next_packet(struct world *w)
{
	u64 next = 0;
	struct optq_pkt *p;

	do {
		p = optq_dequeue(&w->t, w->now, &w->drops, &next);
		world_verify(w);
		if (!p && next > w->now)
			w->now = next;
	} while (!p && next);
	return p;
}

static u32 world_drain(struct world *w)
{
	struct optq_pkt *p;
	u32 n = 0;

	while ((p = next_packet(w))) {
		pkt_free(p);
		n++;
	}
	assert_int_equal(w->t.qlen, 0);
	n += drops_free(&w->drops);
	return n;
}

static void conf_bounds(void **state)
{
	(void)state;
#define FAULT(fault, ...) do { \
		struct optq_class_conf conf = CONF(__VA_ARGS__); \
		assert_int_equal(optq_conf_check(&conf), fault); \
	} while (0)
	FAULT(OPTQ_OK, .rate = 0);
	FAULT(OPTQ_OK, .rate = OPTQ_RATE_MAX, .ceil = OPTQ_RATE_MAX);
	FAULT(OPTQ_FAULT_RATE, .rate = OPTQ_RATE_MAX + 1);
	FAULT(OPTQ_FAULT_RATE, .rate = ~0ULL);
	FAULT(OPTQ_FAULT_CEIL, .ceil = OPTQ_RATE_MAX + 1);
	FAULT(OPTQ_FAULT_RATE_CEIL, .rate = 2, .ceil = 1);
	FAULT(OPTQ_FAULT_BURST, .burst = OPTQ_BURST_MAX + 1);
	FAULT(OPTQ_FAULT_BURST, .cburst = ~0U);
	FAULT(OPTQ_FAULT_PRIO, .prio = OPTQ_PRIO_MAX + 1);
	FAULT(OPTQ_FAULT_QUANTUM, .quantum = OPTQ_QUANTUM_MIN - 1);
	FAULT(OPTQ_FAULT_QUANTUM, .quantum = ~0U);
	FAULT(OPTQ_FAULT_LIMIT, .limit = OPTQ_LIMIT_MAX + 1);
	FAULT(OPTQ_FAULT_TARGET, .target_ns = OPTQ_TIME_MIN_NS - 1);
	FAULT(OPTQ_FAULT_TARGET, .interval_ns = OPTQ_TIME_MAX_NS + 1);
	FAULT(OPTQ_OK, .dscp = OPTQ_DSCP_NONE);
	FAULT(OPTQ_FAULT_DSCP, .dscp = OPTQ_DSCP_NONE + 1);
	FAULT(OPTQ_FAULT_DSCP, .dscp = optq_dscp_from_uapi(254));
#undef FAULT
}

static void depth_and_cycle(void **state)
{
	static struct optq_class c[OPTQ_DEPTH_MAX + 2];
	struct optq_class *parent;
	struct world w;
	u32 i;

	(void)state;
	world_init(&w, 16);
	parent = &w.t.root;
	for (i = 0; i < OPTQ_DEPTH_MAX; i++) {
		world_add(&w, &c[i], parent, CONF(.rate = 0));
		parent = &c[i];
		assert_int_equal(parent->depth, i + 1);
	}
	optq_class_init(&w.t, &c[i]);
	assert_int_equal(optq_class_may_attach(&c[i], parent),
			 OPTQ_FAULT_DEPTH);
	/* A class with others below it counts with its height. */
	world_add(&w, &c[i], &w.t.root, CONF(.rate = 0));
	assert_int_equal(optq_class_may_attach(&c[0], &c[i]),
			 OPTQ_FAULT_DEPTH);
	assert_int_equal(optq_class_may_attach(&c[1], &c[i]), OPTQ_OK);
	assert_int_equal(optq_class_may_attach(&c[0], &c[0]),
			 OPTQ_FAULT_CYCLE);
	assert_int_equal(optq_class_may_attach(&c[0], &c[9]),
			 OPTQ_FAULT_CYCLE);
	/* A packet goes all the way, however deep. */
	world_send(&w, &c[OPTQ_DEPTH_MAX - 1], 100, 1, 1);
	world_verify(&w);
	assert_int_equal(world_drain(&w), 1);
	world_free(&w);
}

static void sums_and_overflow(void **state)
{
	struct optq_class site, a, b;
	struct world w;

	(void)state;
	world_init(&w, 16);
	optq_tree_set_link(&w.t, MBIT(100), 0, w.now);
	world_add(&w, &site, &w.t.root, CONF(.rate = MBIT(10)));
	world_add(&w, &a, &site, CONF(.rate = MBIT(6)));
	assert_int_equal(optq_class_overflow(&site), 0);
	world_add(&w, &b, &site, CONF(.rate = MBIT(5)));
	assert_int_equal(optq_class_overflow(&site), MBIT(11));
	assert_int_equal(optq_class_overflow(&w.t.root), 0);
	optq_class_configure(&w.t, &b, &CONF(.rate = MBIT(4)), w.now);
	world_verify(&w);
	assert_int_equal(optq_class_overflow(&site), 0);
	optq_class_configure(&w.t, &site, &CONF(.rate = MBIT(101)), w.now);
	world_verify(&w);
	assert_int_equal(optq_class_overflow(&w.t.root), MBIT(101));
	optq_class_detach(&w.t, &b, w.now);
	world_verify(&w);
	assert_int_equal(site.inner->rate_below, MBIT(6));
	world_free(&w);
}

/* Leaf to inner and back: its packets go down, and come up again. */
static void queue_follows_the_tree(void **state)
{
	struct optq_class c, child;
	struct world w;
	u32 i;

	(void)state;
	world_init(&w, 16);
	world_add(&w, &c, &w.t.root, CONF(.rate = MBIT(1)));
	for (i = 0; i < 20; i++)
		world_send(&w, &c, 500, i % 4, i);
	world_add(&w, &child, &c, CONF(.ceil = MBIT(1)));
	assert_int_equal(c.qlen, 0);
	assert_int_equal(child.qlen, 20);
	assert_int_equal(w.t.qlen, 20);
	optq_class_detach(&w.t, &child, w.now);
	optq_move_queue(&w.t, &c, &child, w.now);
	world_verify(&w);
	assert_int_equal(c.qlen, 20);
	assert_int_equal(world_drain(&w), 20);
	/* A flow may wait for its turn without packets; purged, it is gone. */
	optq_purge(&w.t, &c, w.now, &w.drops);
	assert_int_equal(w.t.flows.used, 0);
	world_free(&w);
}

static void ceiling_holds_and_wakes(void **state)
{
	struct optq_class c;
	struct world w;
	u64 start, sent = 0;
	u32 i;

	(void)state;
	world_init(&w, 16);
	world_add(&w, &c, &w.t.root, CONF(.ceil = MBIT(10), .cburst = 10000,
					  .target_ns = 10 * SEC));
	start = w.now;
	for (i = 0; i < 900; i++)
		world_send(&w, &c, 1250, 1, i);
	for (i = 0; i < 900; i++) {
		struct optq_pkt *p = next_packet(&w);

		assert_non_null(p);
		sent += p->len;
		pkt_free(p);
		assert_true(sent <= (w.now - start) * MBIT(10) / SEC + 10000);
	}
	/* 900 ms of it, less the burst: and not a timer's worth later. */
	assert_true(w.now - start >= 890 * MSEC && w.now - start <= 901 * MSEC);
	assert_int_equal(optq_next_event(&w.t, w.now), 0);
	assert_true(c.count.throttled_ns > 800 * MSEC);
	world_free(&w);
}

static void direct_goes_first(void **state)
{
	struct optq_class c;
	struct optq_pkt *p;
	struct world w;

	(void)state;
	world_init(&w, 16);
	world_add(&w, &c, &w.t.root, CONF(.rate = MBIT(1)));
	world_send(&w, &c, 500, 1, 1);
	world_send(&w, &w.t.direct, 500, 2, 2);
	p = next_packet(&w);
	assert_int_equal(tpkt(p)->flow, 2);
	pkt_free(p);
	assert_int_equal(world_drain(&w), 1);
	optq_sole_settle(&w.t);
	assert_int_equal(w.t.root.count.packets, 2);
	assert_int_equal(c.count.packets, 1);
	world_free(&w);
}

static void strict_bands_and_guarantees(void **state)
{
	struct optq_class high, low;
	u64 got[2] = { 0 };
	struct world w;
	u32 i;

	(void)state;
	world_init(&w, 16);
	optq_tree_set_link(&w.t, MBIT(10), 0, w.now);
	world_add(&w, &high, &w.t.root, CONF(.prio = 0, .target_ns = 10 * SEC));
	world_add(&w, &low, &w.t.root, CONF(.rate = MBIT(2), .prio = 7,
					    .target_ns = 10 * SEC));
	for (i = 0; i < 900; i++) {
		world_send(&w, &high, 1250, 0, i);
		world_send(&w, &low, 1250, 1, i);
	}
	for (i = 0; i < 800; i++) {
		struct optq_pkt *p = next_packet(&w);

		got[tpkt(p)->flow]++;
		pkt_free(p);
	}
	/* The low band has its fifth, and nothing of what is left over. */
	assert_true(got[1] >= 158 && got[1] <= 164);
	world_drain(&w);
	world_free(&w);
}

static void tree_limit_takes_from_the_longest(void **state)
{
	struct optq_class fat, thin;
	struct world w;
	u32 i;

	(void)state;
	world_init(&w, 16);
	w.t.limit = 50;
	world_add(&w, &fat, &w.t.root, CONF(.rate = MBIT(1)));
	world_add(&w, &thin, &w.t.root, CONF(.rate = MBIT(1)));
	for (i = 0; i < 200; i++) {
		world_send(&w, &fat, 500, 1, i);
		if (i % 20 == 0)
			world_send(&w, &thin, 500, 2, i);
		world_verify(&w);
		assert_true(w.t.qlen <= 50);
	}
	assert_int_equal(thin.qlen, 10);
	assert_int_equal(fat.qlen, 40);
	assert_int_equal(world_drain(&w), 210);
	world_free(&w);
}

/* Thousands of short queues are cut in a few walks, the longest first. */
static void trim_of_many(void **state)
{
	enum { LEAVES = 20000 };
	struct optq_class *leaf = calloc(LEAVES, sizeof(*leaf));
	struct world w;
	u32 i;

	(void)state;
	world_init(&w, 2 * LEAVES);
	for (i = 0; i < LEAVES; i++) {
		world_add_one(&w, &leaf[i], &w.t.root, CONF(.weight = 1));
		world_send(&w, &leaf[i], 100, i, i);
		if (i % 2)
			world_send(&w, &leaf[i], 100, i, i);
	}
	w.t.limit = LEAVES + 10;
	optq_tree_trim(&w.t, w.now, &w.drops);
	assert_int_equal(w.t.qlen, LEAVES + 10);
	for (i = 0; i < LEAVES; i++)
		assert_in_range(leaf[i].qlen, 1, 2);
	w.t.limit = 3;
	optq_tree_trim(&w.t, w.now, &w.drops);
	assert_int_equal(w.t.qlen, 3);
	assert_null(optq_tree_verify(&w.t));
	drops_free(&w.drops);
	world_drain(&w);
	world_free(&w);
	free(leaf);
}

/* A grafted qdisc that says empty, then not, within its own dequeue. */
static void picked_leaf_is_alone_by_then(void **state)
{
	struct optq_class a, b;
	struct world w;

	(void)state;
	world_init(&w, 16);
	world_add(&w, &a, &w.t.root, CONF(.weight = 1));
	world_add(&w, &b, &w.t.root, CONF(.weight = 1));
	optq_foreign_qlen(&w.t, &a, 3, w.now);
	optq_foreign_qlen(&w.t, &b, 1, w.now);
	assert_ptr_equal(optq_pick(&w.t, w.now), &a);
	optq_foreign_qlen(&w.t, &b, 0, w.now);
	optq_foreign_qlen(&w.t, &a, 0, w.now);
	optq_foreign_qlen(&w.t, &a, 2, w.now);
	optq_sent(&w.t, &a, 100, w.now);
	assert_null(optq_tree_verify(&w.t));
	optq_foreign_qlen(&w.t, &a, 0, w.now);
	world_free(&w);
}

/* However long a class was idle, with a delay or without. */
static void idle_saves_the_burst(void **state)
{
	u32 i, delay, in_a_row;

	(void)state;
	for (delay = 0; delay < 2; delay++) {
		struct optq_class idle, busy;
		struct optq_urgent urgent;
		struct optq_pkt *pkt;
		struct world w;
		u64 next;

		world_init(&w, 16);
		world_add(&w, &busy, &w.t.root, CONF(.weight = 1));
		optq_class_init(&w.t, &idle);
		optq_class_give_urgent(&idle, &urgent);
		optq_class_configure(&w.t, &idle, &CONF(.rate = MBIT(1),
				     .burst = 10 * MTU, .prio = 7,
				     .delay_ns = delay * SEC), w.now);
		optq_class_attach(&w.t, &idle, &w.t.root, w.now);
		for (i = 0; i < 100; i++)
			world_send(&w, &busy, MTU, 1, i);
		w.now += 1000 * SEC;
		for (i = 0; i < 100; i++)
			world_send(&w, &idle, MTU, 2, i);
		for (in_a_row = 0; ; in_a_row++) {
			pkt = optq_dequeue(&w.t, w.now, &w.drops, &next);
			i = tpkt(pkt)->flow;
			pkt_free(pkt);
			if (i == 1)
				break;
		}
		assert_in_range(in_a_row, 10, 11);
		world_drain(&w);
		world_free(&w);
	}
}

/*
 * What a grafted qdisc holds has no arrival here.  Idle, its leaf saves its burst
 * and no more; and what comes behind the first packet does not put it off.
 */
static void grafted_leaf_with_a_delay(void **state)
{
	struct optq_class leaf, busy;
	struct optq_urgent urgent;
	u32 i, in_a_row = 0;
	struct world w;
	u64 start;

	(void)state;
	world_init(&w, 16);
	world_add(&w, &busy, &w.t.root, CONF(.weight = 1));
	optq_class_init(&w.t, &leaf);
	optq_class_give_urgent(&leaf, &urgent);
	optq_class_configure(&w.t, &leaf, &CONF(.rate = MBIT(1), .burst = 3000,
			     .delay_ns = 2 * MSEC, .prio = 7), w.now);
	optq_class_attach(&w.t, &leaf, &w.t.root, w.now);
	optq_foreign_qlen(&w.t, &busy, 1000, w.now);
	w.now += 3600 * SEC;
	optq_foreign_qlen(&w.t, &leaf, 1, w.now);
	start = urgent.tag.start;
	for (i = 2; i < 1000; i++) {
		optq_foreign_qlen(&w.t, &leaf, i, w.now + i);
		assert_true(urgent.tag.start == start);
	}
	w.now += i;
	while (optq_pick(&w.t, w.now) == &leaf) {
		optq_foreign_qlen(&w.t, &leaf, --i, w.now);
		optq_sent(&w.t, &leaf, 1000, w.now);
		in_a_row++;
		world_verify(&w);
	}
	assert_in_range(in_a_row, 3, 4);
	optq_foreign_qlen(&w.t, &leaf, 0, w.now);
	optq_foreign_qlen(&w.t, &busy, 0, w.now);
	world_free(&w);
}

/* What a leaf sends with is its own, or that of the next above that has one. */
static void dscp_is_inherited(void **state)
{
	struct optq_class site, deep, plain, own, kept, alone;
	struct optq_class_conf conf;
	struct world w;

	(void)state;
	assert_int_equal(optq_dscp_from_uapi(OPTQ_DSCP_INHERIT), 0);
	assert_int_equal(optq_dscp_from_uapi(OPTQ_DSCP_KEEP), OPTQ_DSCP_NONE);
	assert_int_equal(optq_dscp_to_uapi(optq_dscp_from_uapi(46)), 46);
	world_init(&w, 16);
	world_add(&w, &site, &w.t.root, CONF(.dscp = 1 + 10));
	world_add(&w, &deep, &site, CONF(.rate = 0));
	world_add(&w, &plain, &deep, CONF(.rate = 0));
	world_add(&w, &own, &deep, CONF(.dscp = 1 + 46));
	world_add(&w, &kept, &deep, CONF(.dscp = OPTQ_DSCP_NONE));
	world_add(&w, &alone, &w.t.root, CONF(.rate = 0));
#define LEAVES(p, o, k, a, d) do { \
		assert_int_equal(plain.leaf.dscp, p); \
		assert_int_equal(own.leaf.dscp, o); \
		assert_int_equal(kept.leaf.dscp, k); \
		assert_int_equal(alone.leaf.dscp, a); \
		assert_int_equal(w.t.direct.leaf.dscp, d); \
		world_verify(&w); \
	} while (0)
	LEAVES(11, 47, 0, 0, 0);
	/* The link is above all, and above what no class takes. */
	optq_tree_set_dscp(&w.t, 1);
	LEAVES(11, 47, 0, 1, 1);
	optq_tree_set_link(&w.t, MBIT(10), 0, w.now);
	optq_tree_set_mtu(&w.t, 9000, w.now);
	LEAVES(11, 47, 0, 1, 1);
	conf = site.conf;
	conf.dscp = 0;
	optq_class_configure(&w.t, &site, &conf, w.now);
	LEAVES(1, 47, 0, 1, 1);
	conf.dscp = OPTQ_DSCP_NONE;
	optq_class_configure(&w.t, &site, &conf, w.now);
	LEAVES(0, 47, 0, 1, 1);
	/* A class that moves has what is said there, with all below it. */
	optq_class_detach(&w.t, &deep, w.now);
	optq_class_attach(&w.t, &deep, &w.t.root, w.now);
	LEAVES(1, 47, 0, 1, 1);
	/* A class that was inner sends again. */
	assert_int_equal(site.leaf.dscp, 0);
	optq_tree_set_dscp(&w.t, 0);
	LEAVES(0, 47, 0, 0, 0);
#undef LEAVES
	optq_count_dscp(&own);
	optq_count_dscp(&plain);
	assert_int_equal(own.count.dscp_changed, 1);
	assert_int_equal(kept.count.dscp_changed, 0);
	assert_int_equal(deep.count.dscp_changed, 2);
	assert_int_equal(w.t.root.count.dscp_changed, 2);
	world_free(&w);
}

/* The checker is worth its name only if it sees what is broken. */
static void checker_bites(void **state)
{
	struct optq_class site, a, b;
	struct world w;
	u32 i;

	(void)state;
	world_init(&w, 16);
	world_add(&w, &site, &w.t.root, CONF(.rate = MBIT(50), .prio = 3));
	world_add(&w, &a, &site, CONF(.rate = MBIT(1), .ceil = MBIT(2)));
	world_add(&w, &b, &site, CONF(.weight = 7));
	for (i = 0; i < 8; i++) {
		world_send(&w, &a, 1500, i % 2, i);
		world_send(&w, &b, 1500, i % 3, i);
	}
	while (!a.red)
		pkt_free(optq_dequeue(&w.t, w.now, &w.drops, &(u64){ 0 }));
	assert_null(optq_tree_verify(&w.t));
#define BREAK(lvalue, value) do { \
		__typeof__(lvalue) was = (lvalue); \
		(lvalue) = (value); \
		assert_non_null(optq_tree_verify(&w.t)); \
		(lvalue) = was; \
		assert_null(optq_tree_verify(&w.t)); \
	} while (0)
	BREAK(w.t.qlen, 1);
	BREAK(a.qlen, a.qlen + 1);
	BREAK(b.leaf.packets, b.leaf.packets - 1);
	BREAK(b.leaf.bytes, b.leaf.bytes + 1);
	BREAK(b.leaf.flows, b.leaf.flows + 1);
	BREAK(b.leaf.dscp, 1);
	BREAK(a.red, false);
	BREAK(b.red, true);
	BREAK(b.blocked, true);
	BREAK(site.band_map, site.band_map | 2);
	BREAK(site.band_map, 0);
	BREAK(site.inner->rate_below, site.inner->rate_below + 1);
	BREAK(site.n_children, 3);
	BREAK(a.depth, 1);
	BREAK(a.parent, &w.t.root);
	BREAK(site.conf.prio, 4);
	BREAK(w.t.root.inner->guarantees.set.groups, NULL);
	BREAK(site.inner->bands[0].wsum, 0);
	BREAK(b.excess.weight, 8);
	BREAK(b.excess.tag.span, b.excess.tag.span + 1);
	BREAK(b.excess.tag.code, b.excess.tag.code + 1);
	BREAK(b.excess.tag.owner, !b.excess.tag.owner);
	BREAK(site.inner->bands[0].set.groups->head, &w.t.root.excess.tag);
	BREAK(site.rate.tokens, INT64_MAX / 2);
	BREAK(a.ceil.tokens, a.ceil.cap + 1);
	BREAK(a.timer.when_ns, a.timer.when_ns - SEC);
	BREAK(w.t.red.levels, 0);
	BREAK(w.t.red.slot[a.timer.slot], NULL);
	BREAK(w.t.flows.used, w.t.flows.used + 1);
	BREAK(b.rate.mult, b.rate.mult + 1);
	BREAK(site.guaranteed.owner, !site.guaranteed.owner);
	BREAK(w.flows[0].hash, w.flows[0].hash + 1);
	BREAK(w.flows[0].bytes, w.flows[0].bytes + 1);
	BREAK(w.flows[0].packets, w.flows[0].packets + 1);
	BREAK(w.flows[0].leaf, &site.leaf);
#undef BREAK
	world_drain(&w);
	world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(conf_bounds),
		cmocka_unit_test(depth_and_cycle),
		cmocka_unit_test(sums_and_overflow),
		cmocka_unit_test(queue_follows_the_tree),
		cmocka_unit_test(ceiling_holds_and_wakes),
		cmocka_unit_test(direct_goes_first),
		cmocka_unit_test(strict_bands_and_guarantees),
		cmocka_unit_test(tree_limit_takes_from_the_longest),
		cmocka_unit_test(trim_of_many),
		cmocka_unit_test(picked_leaf_is_alone_by_then),
		cmocka_unit_test(idle_saves_the_burst),
		cmocka_unit_test(grafted_leaf_with_a_delay),
		cmocka_unit_test(dscp_is_inherited),
		cmocka_unit_test(checker_bites),
	};

	return cmocka_run_group_tests_name("tree", tests, NULL, NULL);
}
