// SPDX-License-Identifier: GPL-2.0
/* A leaf's queue and the table of flows. */
#include "core_util.h"

#define FLOWS	64

struct queue {
	struct optq_flow_table t;
	struct optq_flow mem[FLOWS];
	struct optq_flow *buckets[FLOWS];
	struct optq_leaf a, b;
	struct optq_drops drops;
	u64 now;
};

static void leaf_ready(struct optq_leaf *l, u32 salt)
{
	optq_leaf_init(l, salt);
	l->quantum = MTU;
	optq_leaf_set_limit(l, 100000);
	l->codel.target_ns = 10 * SEC;
	l->codel.interval_ns = 10 * SEC;
	l->codel.mtu = MTU;
}

static void queue_init(struct queue *q, u32 flows)
{
	memset(q, 0, sizeof(*q));
	optq_flow_table_init(&q->t, q->mem, flows, q->buckets, 16);
	leaf_ready(&q->a, 1);
	leaf_ready(&q->b, 2);
	q->now = SEC;
}

static void put(struct queue *q, struct optq_leaf *l, u32 len, u32 flow,
		u64 seq)
{
	optq_leaf_enqueue(&q->t, l, pkt_new(len, flow, seq), flow, NULL, false,
			  q->now, &q->drops);
	q->now += 1000;
}

/* Takes a packet out of l: its flow, or -1. */
static int take(struct queue *q, struct optq_leaf *l, u32 *len, u64 *seq)
{
	struct optq_pkt *p = optq_leaf_dequeue(&q->t, l, q->now, &q->drops);
	int flow;

	if (!p)
		return -1;
	flow = (int)tpkt(p)->flow;
	if (len)
		*len = p->len;
	if (seq)
		*seq = tpkt(p)->seq;
	pkt_free(p);
	return flow;
}

static void drain(struct queue *q)
{
	while (q->a.packets)
		take(q, &q->a, NULL, NULL);
	while (q->b.packets)
		take(q, &q->b, NULL, NULL);
	while (take(q, &q->a, NULL, NULL) >= 0 || q->a.flows)
		;
	while (take(q, &q->b, NULL, NULL) >= 0 || q->b.flows)
		;
	assert_int_equal(q->t.used, 0);
	drops_free(&q->drops);
}

static void flows_share_by_bytes(void **state)
{
	const u32 lens[4] = { 64, 200, 700, 1514 };
	u64 sent[4] = { 0 };
	struct queue q;
	u32 i, f, len;

	(void)state;
	queue_init(&q, FLOWS);
	for (f = 0; f < 4; f++) {
		for (i = 0; i < 400000 / lens[f]; i++)
			put(&q, &q.a, lens[f], f, i);
	}
	for (i = 0; i < 1000; i++) {
		int who = take(&q, &q.a, &len, NULL);

		assert_true(who >= 0);
		sent[who] += len;
	}
	for (f = 1; f < 4; f++)
		assert_true(sent[f] + 3 * MTU >= sent[0] &&
			    sent[0] + 3 * MTU >= sent[f]);
	drain(&q);
}

static void sparse_goes_first(void **state)
{
	struct queue q;
	int i;

	(void)state;
	queue_init(&q, FLOWS);
	for (i = 0; i < 100; i++)
		put(&q, &q.a, MTU, 1 + (u32)i % 4, (u64)i);
	for (i = 0; i < 20; i++)
		take(&q, &q.a, NULL, NULL);
	put(&q, &q.a, 100, 9, 0);
	assert_int_equal(take(&q, &q.a, NULL, NULL), 9);
	/* For one quantum only: what follows at once waits among the old. */
	put(&q, &q.a, MTU, 9, 1);
	put(&q, &q.a, MTU, 9, 2);
	put(&q, &q.a, MTU, 9, 3);
	assert_int_equal(take(&q, &q.a, NULL, NULL), 9);
	assert_int_not_equal(take(&q, &q.a, NULL, NULL), 9);
	drain(&q);
}

static void full_leaf_drops_the_longest(void **state)
{
	struct queue q;
	struct optq_pkt *p;
	u32 fat = 0, thin = 0;
	int i;

	(void)state;
	queue_init(&q, FLOWS);
	optq_leaf_set_limit(&q.a, 100);
	for (i = 0; i < 2000; i++) {
		put(&q, &q.a, MTU, 1, (u64)i);
		if (i % 50 == 0)
			put(&q, &q.a, 200, 2 + (u32)(i / 50) % 20, (u64)i);
		assert_true(q.a.packets <= 100);
	}
	for (p = q.drops.head; p; p = p->next) {
		if (tpkt(p)->flow == 1)
			fat++;
		else
			thin++;
	}
	assert_true(fat > 1500);
	assert_int_equal(thin, 0);
	assert_int_equal(q.a.drop_overlimit, fat);
	drain(&q);
}

/* Flows whose entries collide in the table stay apart in the queue. */
static void collisions_do_not_mix(void **state)
{
	u64 last[32] = { 0 };
	struct queue q;
	u32 i;

	(void)state;
	queue_init(&q, FLOWS);
	for (i = 1; i <= 1000; i++) {
		/* 16 buckets: all of these fall into two of them. */
		put(&q, i & 1 ? &q.a : &q.b, 100, (i % 32) * 16, i);
	}
	assert_int_equal(q.t.used, 32);
	while (q.a.packets || q.b.packets) {
		struct optq_leaf *l = q.a.packets ? &q.a : &q.b;
		u64 seq;
		int flow = take(&q, l, NULL, &seq);

		assert_true(flow >= 0);
		assert_int_equal(seq % 32, flow / 16);
		assert_int_equal(l == &q.a, seq & 1);
		assert_true(seq > last[flow / 16]);
		last[flow / 16] = seq;
	}
	drain(&q);
}

static void full_table_shares_one_queue(void **state)
{
	struct queue q;
	u32 i;

	(void)state;
	queue_init(&q, 8);
	for (i = 0; i < 100; i++)
		put(&q, &q.a, 100, i, i);
	assert_int_equal(q.t.used, 8);
	assert_int_equal(q.a.packets, 100);
	assert_int_equal(q.a.shared.packets, 92);
	/* Another leaf finds no entry either, and still queues. */
	put(&q, &q.b, 100, 500, 0);
	assert_int_equal(q.b.shared.packets, 1);
	assert_int_equal(take(&q, &q.b, NULL, NULL), 500);
	drain(&q);
	assert_int_equal(q.a.packets, 0);
}

/* A flow that only waits for its turn gives way to one with packets. */
static void idle_entry_gives_way(void **state)
{
	struct queue q;
	u32 i;

	(void)state;
	queue_init(&q, 4);
	for (i = 0; i < 3; i++)
		put(&q, &q.a, 3000, i, i);
	for (i = 0; i < 3; i++)
		take(&q, &q.a, NULL, NULL);
	for (i = 10; i < 14; i++)
		put(&q, &q.b, 100, i, i);
	assert_int_equal(q.b.shared.packets, 0);
	assert_int_equal(q.t.used, 4);
	drain(&q);
}

static void move_keeps_order(void **state)
{
	u64 last[8] = { 0 }, seed = 1;
	struct queue q;
	u32 i;

	(void)state;
	queue_init(&q, FLOWS);
	/* The same flows in both leaves, in turns: merged by arrival. */
	for (i = 1; i <= 400; i++)
		put(&q, rnd(&seed) % 2 ? &q.a : &q.b, 100, i % 8, i);
	optq_leaf_move(&q.t, &q.b, &q.a);
	assert_int_equal(q.a.packets, 0);
	assert_int_equal(q.a.bytes, 0);
	assert_int_equal(q.a.flows, 0);
	assert_int_equal(q.b.packets, 400);
	assert_int_equal(q.b.bytes, 40000);
	for (i = 0; i < 400; i++) {
		u64 seq;
		int flow = take(&q, &q.b, NULL, &seq);

		assert_true(flow >= 0 && seq > last[flow]);
		last[flow] = seq;
	}
	drain(&q);
}

static void purge_leaves_nothing(void **state)
{
	struct queue q;
	u32 i;

	(void)state;
	queue_init(&q, 8);
	for (i = 0; i < 500; i++)
		put(&q, &q.a, 100, i % 20, i);
	optq_leaf_purge(&q.t, &q.a, &q.drops);
	assert_int_equal(q.a.packets, 0);
	assert_int_equal(q.a.bytes, 0);
	assert_int_equal(q.a.flows, 0);
	assert_int_equal(q.t.used, 0);
	assert_int_equal(drops_free(&q.drops), 500);
	put(&q, &q.a, 100, 1, 0);
	assert_int_equal(take(&q, &q.a, NULL, NULL), 1);
	drain(&q);
}

/* A debt of super-packets with the least quantum ends in bounded steps. */
static void small_quantum_large_packets(void **state)
{
	struct queue q;
	int i, calls = 0, got = 0;

	(void)state;
	queue_init(&q, FLOWS);
	q.a.quantum = 256;
	for (i = 0; i < 300; i++)
		put(&q, &q.a, OPTQ_LEN_MAX, (u32)i % 30, (u64)i);
	while (q.a.packets) {
		got += take(&q, &q.a, NULL, NULL) >= 0;
		assert_true(++calls < 100000);
	}
	assert_int_equal(got, 300);
	drain(&q);
}

static void sojourn_is_kept(void **state)
{
	struct optq_hist hist = { 0 };
	struct queue q;
	int i;

	(void)state;
	queue_init(&q, FLOWS);
	put(&q, &q.a, 100, 1, 0);
	assert_int_equal(take(&q, &q.a, NULL, NULL), 1);	/* no memory yet */
	q.a.hist = &hist;
	for (i = 0; i < 200; i++) {
		put(&q, &q.a, 100, 1, (u64)i);
		q.now += 2 * MSEC - 1000;
		assert_int_equal(take(&q, &q.a, NULL, NULL), 1);
	}
	assert_int_equal(hist.max_ns, 2 * MSEC);
	assert_true(hist.avg_ns > 2 * MSEC * 99 / 100 &&
		    hist.avg_ns <= 2 * MSEC);
	assert_int_equal(hist.count[optq_hist_bucket(2 * MSEC)], 200);
	assert_int_equal(optq_hist_used(&hist),
			 optq_hist_bucket(2 * MSEC) + 1);
	optq_leaf_purge(&q.t, &q.a, &q.drops);
	assert_ptr_equal(q.a.hist, &hist);
	drain(&q);
}

static void put_in_order(struct queue *q, struct optq_leaf *l, u32 flow, u64 seq)
{
	optq_leaf_enqueue(&q->t, l, pkt_new(1000, flow, seq), flow, NULL, true,
			  q->now, &q->drops);
	q->now += 1000;
}

/* One flow: what came in order, then what did not; without its delay, moved. */
static void order_outlives_the_delay(void **state)
{
	struct optq_leaf *from;
	struct queue q;
	u64 seq, at;
	int move;

	(void)state;
	for (move = 0; move < 2; move++) {
		queue_init(&q, FLOWS);
		q.a.in_order = true;
		for (at = 0; at < 20; at++)
			put_in_order(&q, &q.a, 1, at);
		for (; at < 40; at++)
			put(&q, &q.a, 1000, 1, at);
		q.a.in_order = false;
		from = &q.a;
		if (move) {
			optq_leaf_move(&q.t, &q.b, &q.a);
			from = &q.b;
		}
		for (at = 0; at < 40; at++) {
			assert_int_equal(take(&q, from, NULL, &seq), 1);
			assert_int_equal(seq, at);
		}
		drain(&q);
	}
}

/* Beyond its rate a leaf with a delay is a leaf: a full table favours nobody. */
static void full_table_goes_before_nobody(void **state)
{
	int i, sent[3] = { 0 };
	struct queue q;

	(void)state;
	queue_init(&q, 2);
	q.a.in_order = true;
	for (i = 0; i < 30; i++) {
		put(&q, &q.a, 1000, 0, (u64)i);
		put(&q, &q.a, 1000, 1, (u64)i);
		put(&q, &q.a, 1000, 2, (u64)i);
	}
	for (i = 0; i < 30; i++)
		sent[take(&q, &q.a, NULL, NULL)]++;
	for (i = 0; i < 3; i++)
		assert_in_range(sent[i], 8, 12);
	drain(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(flows_share_by_bytes),
		cmocka_unit_test(sparse_goes_first),
		cmocka_unit_test(full_leaf_drops_the_longest),
		cmocka_unit_test(collisions_do_not_mix),
		cmocka_unit_test(full_table_shares_one_queue),
		cmocka_unit_test(idle_entry_gives_way),
		cmocka_unit_test(move_keeps_order),
		cmocka_unit_test(purge_leaves_nothing),
		cmocka_unit_test(small_quantum_large_packets),
		cmocka_unit_test(sojourn_is_kept),
		cmocka_unit_test(order_outlives_the_delay),
		cmocka_unit_test(full_table_goes_before_nobody),
	};

	return cmocka_run_group_tests_name("leaf", tests, NULL, NULL);
}
