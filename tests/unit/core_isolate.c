// SPDX-License-Identifier: GPL-2.0
/* Hosts that have their share first, and what is tried to get more than one's own. */
#include "core_util.h"

#define FLOWS	2048

struct queue {
	struct optq_flow_table t;
	struct optq_flow mem[FLOWS];
	struct optq_flow *buckets[FLOWS];
	struct hosts_mem hosts;
	struct optq_shares shares;
	struct optq_leaf l;
	struct optq_drops drops;
	u64 now;
};

static void queue_init(struct queue *q, u32 flows, u32 isolate)
{
	memset(q, 0, sizeof(*q));
	optq_flow_table_init(&q->t, q->mem, flows, q->buckets, FLOWS);
	hosts_give(&q->hosts, &q->t, 64);
	optq_leaf_init(&q->l, 1);
	q->l.quantum = MTU;
	optq_leaf_set_limit(&q->l, 1000000);
	q->l.codel.target_ns = 10 * SEC;
	q->l.codel.interval_ns = 10 * SEC;
	q->l.codel.mtu = MTU;
	optq_leaf_give_shares(&q->l, &q->shares);
	optq_leaf_set_isolate(&q->t, &q->l, isolate, false);
	q->now = SEC;
}

static void put(struct queue *q, u32 len, u32 flow, u64 src, u64 dst, u64 seq)
{
	struct optq_hosts hosts = { .src = src, .dst = dst };

	optq_leaf_enqueue(&q->t, &q->l, pkt_new(len, flow, seq),
			  flow_key_of(&q->l, flow, &hosts), &hosts, false, q->now,
			  &q->drops);
	q->now += 1000;
}

/* Every call gives a packet, however many flows there are: the work is bounded. */
static struct tpkt take(struct queue *q)
{
	struct optq_pkt *p = optq_leaf_dequeue(&q->t, &q->l, q->now, &q->drops);
	struct tpkt copy;

	assert_non_null(p);
	copy = *tpkt(p);
	pkt_free(p);
	return copy;
}

static void drain(struct queue *q)
{
	struct optq_pkt *p;

	while ((p = optq_leaf_dequeue(&q->t, &q->l, q->now, &q->drops)) ||
	       q->l.flows) {
		if (p)
			pkt_free(p);
	}
	assert_int_equal(q->t.used, 0);
	assert_int_equal(q->t.hosts.used, 0);
	if (q->l.by_host) {
		assert_int_equal(q->shares.hosts, 0);
		assert_true(optq_tagset_empty(&q->shares.set));
	}
	drops_free(&q->drops);
	hosts_free(&q->hosts);
}

/* Hosts of flows flows each, all of which always have packets of len bytes. */
struct host {
	u32 flows, len;
	u64 src, dst;
	u64 sent;
};

static void run(struct queue *q, struct host *h, u32 hosts, u32 packets)
{
	u32 i, f, first[16], n = 0;

	for (i = 0; i < hosts; i++) {
		first[i] = n;
		for (f = 0; f < h[i].flows; f++, n++) {
			put(q, h[i].len, n, h[i].src, h[i].dst, 0);
			put(q, h[i].len, n, h[i].src, h[i].dst, 0);
		}
		h[i].sent = 0;
	}
	while (packets--) {
		struct tpkt p = take(q);

		for (i = hosts - 1; p.flow < first[i]; i--)
			;
		h[i].sent += p.pkt.len;
		put(q, p.pkt.len, p.flow, h[i].src, h[i].dst, 0);
	}
}

static void assert_share(u64 got, u64 want, u64 slack)
{
	if (got + slack < want || got > want + slack)
		fail_msg("%.0f bytes, not %.0f within %.0f", (double)got,
			 (double)want, (double)slack);
}

/* A host with one flow has what one with a thousand has, whatever they send. */
static void one_flow_as_much_as_many(void **state)
{
	static const u32 modes[] = {
		OPTQ_ISOLATE_SRC_HOST, OPTQ_ISOLATE_DUAL_SRC,
	};
	static const struct {
		u32 flows, len;
	} other[] = { { 100, 1514 }, { 100, 64 }, { 1000, 1514 }, { 7, 40000 } };
	u32 m, o;

	(void)state;
	for (m = 0; m < 2; m++) {
		for (o = 0; o < 4; o++) {
			struct host h[] = {
				{ .flows = 1, .len = 1514, .src = 1, .dst = 9 },
				{ .flows = other[o].flows, .len = other[o].len,
				  .src = 2, .dst = 9 },
			};
			struct queue q;
			u64 both;

			queue_init(&q, FLOWS, modes[m]);
			run(&q, h, 2, 30000);
			both = h[0].sent + h[1].sent;
			assert_share(h[0].sent, both / 2,
				     2 * (optq_max_u32(other[o].len, MTU)) +
				     (u64)MTU * 4);
			drain(&q);
		}
	}
}

/* Ten hosts of 1 to 100 flows and any packets: all the same. */
static void hosts_share_evenly(void **state)
{
	static const u32 flows[] = { 1, 2, 3, 5, 8, 13, 21, 34, 55, 100 };
	static const u32 lens[] = { 64, 300, 1514, 1000, 9000, 64, 1514, 600, 1514, 200 };
	struct host h[10];
	struct queue q;
	int dual, i;
	u64 sum;

	(void)state;
	for (dual = 0; dual < 2; dual++) {
		memset(h, 0, sizeof(h));
		for (i = 0, sum = 0; i < 10; i++) {
			h[i].flows = flows[i];
			h[i].len = lens[i];
			h[i].src = dual ? 1 : 100 + (u64)i;
			h[i].dst = dual ? 100 + (u64)i : 1;
		}
		queue_init(&q, FLOWS, dual ? OPTQ_ISOLATE_DUAL_DST :
					     OPTQ_ISOLATE_DUAL_SRC);
		run(&q, h, 10, 200000);
		assert_int_equal(q.shares.hosts, 10);
		for (i = 0; i < 10; i++)
			sum += h[i].sent;
		for (i = 0; i < 10; i++)
			assert_share(h[i].sent, sum / 10, 10 * 9000 + sum / 1000);
		drain(&q);
	}
}

/* Flows of one host are even among themselves, short packets or long. */
static void flows_of_a_host_share_evenly(void **state)
{
	struct host h[] = {
		{ .flows = 1, .len = 1514, .src = 1, .dst = 9 },
		{ .flows = 1, .len = 64, .src = 2, .dst = 9 },
		{ .flows = 1, .len = 1514, .src = 2, .dst = 9 },
		{ .flows = 1, .len = 9000, .src = 2, .dst = 9 },
	};
	struct queue q;
	int i;

	(void)state;
	queue_init(&q, FLOWS, OPTQ_ISOLATE_DUAL_SRC);
	run(&q, h, 4, 100000);
	for (i = 1; i < 4; i++)
		assert_share(h[i].sent, h[0].sent / 3, 20000);
	drain(&q);
}

/*
 * Triple: the host with more flows decides.  A sends one flow to X, B one to X and
 * ten to Y: X has two flows and B eleven, so A has 1/2 to B's 11 times 1/11.
 */
static void triple_counts_both_sides(void **state)
{
	struct host h[] = {
		{ .flows = 1, .len = 1514, .src = 1, .dst = 8 },
		{ .flows = 1, .len = 1514, .src = 2, .dst = 8 },
		{ .flows = 10, .len = 1514, .src = 2, .dst = 9 },
	};
	struct queue q;
	u64 sum;

	(void)state;
	queue_init(&q, FLOWS, OPTQ_ISOLATE_TRIPLE);
	run(&q, h, 3, 60000);
	sum = h[0].sent + h[1].sent + h[2].sent;
	assert_int_equal(q.shares.hosts, 4);
	assert_share(h[0].sent, sum / 3, 6 * MTU);
	assert_share(h[1].sent, sum * 2 / 33, 6 * MTU);
	assert_share(h[2].sent, sum * 20 / 33, 12 * MTU);
	drain(&q);
}

/* More flows, on either side, do not help. */
static void triple_rewards_no_one(void **state)
{
	int side;

	(void)state;
	for (side = 0; side < 2; side++) {
		struct host h[] = {
			{ .flows = 1, .len = 1514, .src = 1, .dst = 2 },
			{ .flows = 200, .len = 1514, .src = 3, .dst = 4 },
		};
		struct queue q;

		queue_init(&q, FLOWS, OPTQ_ISOLATE_TRIPLE);
		run(&q, h, 2, 40000);
		assert_share(h[0].sent, (h[0].sent + h[1].sent) / 2, 6 * MTU);
		drain(&q);
	}
}

/*
 * A host that opens a flow for each packet, so that each is new, gets what it has
 * coming and the head start of a few quanta; others' long flows the rest.
 */
static void short_flows_pay_for_each_other(void **state)
{
	static const u32 modes[] = {
		OPTQ_ISOLATE_DUAL_SRC, OPTQ_ISOLATE_DUAL_DST, OPTQ_ISOLATE_TRIPLE,
	};
	u32 i, m, next = 100, waits = 0;

	(void)state;
	for (m = 0; m < 3; m++) {
		u64 sent[2] = { 0 };
		struct queue q;

		queue_init(&q, FLOWS, modes[m]);
		put(&q, MTU, 0, 1, 1, 0);
		put(&q, MTU, 0, 1, 1, 0);
		for (i = 0; i < 20000; i++) {
			struct tpkt p;

			/* Ten that wait, each a flow of its own. */
			for (; waits < 10; waits++)
				put(&q, 600, next++, 2, 2, 0);
			p = take(&q);
			sent[!!p.flow] += p.pkt.len;
			if (p.flow)
				waits--;
			else
				put(&q, MTU, 0, 1, 1, 0);
		}
		assert_share(sent[1], (sent[0] + sent[1]) / 2, 24 * MTU);
		waits = 0;
		drain(&q);
	}
}

/* RFC 8290, 4.2: one packet a round, always when its queue has just emptied. */
static void a_packet_a_round_is_not_new(void **state)
{
	static const u32 modes[] = {
		OPTQ_ISOLATE_FLOW, OPTQ_ISOLATE_SRC_HOST, OPTQ_ISOLATE_DUAL_SRC,
	};
	u32 i, f, m;

	(void)state;
	for (m = 0; m < 3; m++) {
		u64 sent[5] = { 0 };
		struct queue q;
		bool waits = false;

		queue_init(&q, FLOWS, modes[m]);
		for (f = 1; f < 5; f++) {
			put(&q, MTU, f, f, 0, 0);
			put(&q, MTU, f, f, 0, 0);
		}
		for (i = 0; i < 10000; i++) {
			struct tpkt p;

			if (!waits)
				put(&q, MTU, 0, 99, 0, 0);
			waits = true;
			p = take(&q);
			sent[p.flow] += p.pkt.len;
			if (p.flow)
				put(&q, MTU, p.flow, p.flow, 0, 0);
			else
				waits = false;
		}
		for (f = 0; f < 5; f++)
			assert_share(sent[f], 2000 * MTU, 4 * MTU);
		drain(&q);
	}
}

/* A debt outlives the queue: who empties it with a super-packet waits its turns. */
static void debt_outlives_the_queue(void **state)
{
	static const u32 modes[] = { OPTQ_ISOLATE_FLOW, OPTQ_ISOLATE_DUAL_SRC };
	u32 i, m;

	(void)state;
	for (m = 0; m < 2; m++) {
		u64 sent[2] = { 0 };
		struct queue q;
		bool waits = false;

		queue_init(&q, FLOWS, modes[m]);
		put(&q, MTU, 1, 1, 0, 0);
		put(&q, MTU, 1, 1, 0, 0);
		for (i = 0; i < 20000; i++) {
			struct tpkt p;

			if (!waits)
				put(&q, 20 * MTU, 0, 99, 0, 0);
			waits = true;
			p = take(&q);
			sent[p.flow] += p.pkt.len;
			if (p.flow)
				put(&q, MTU, 1, 1, 0, 0);
			else
				waits = false;
		}
		assert_share(sent[0], (sent[0] + sent[1]) / 2, 42 * MTU);
		drain(&q);
	}
}

static void gentle_codel(struct queue *q)
{
	q->l.codel.target_ns = 5 * MSEC;
	q->l.codel.interval_ns = 100 * MSEC;
}

/* So many packets of one flow at once, sent one each ms: CoDel's drops. */
static u32 drain_slowly(struct queue *q, u32 packets)
{
	u32 before = q->drops.packets;

	while (packets--)
		put(q, MTU, 1, 1, 1, 0);
	while (q->l.packets) {
		struct optq_pkt *p;

		q->now += MSEC;
		p = optq_leaf_dequeue(&q->t, &q->l, q->now, &q->drops);
		if (p)
			pkt_free(p);
	}
	assert_null(optq_leaf_dequeue(&q->t, &q->l, q->now, &q->drops));
	assert_int_equal(q->t.used, 0);
	return q->drops.packets - before;
}

/* Drops of a flow that is let run empty each time. */
static u32 on_off_drops(bool remembered)
{
	struct queue q;
	u32 round, drops = 0;

	queue_init(&q, FLOWS, OPTQ_ISOLATE_FLOW);
	if (!remembered)
		q.t.past = NULL;
	gentle_codel(&q);
	for (round = 0; round < 40; round++)
		drops += drain_slowly(&q, 500);
	drain(&q);
	return drops;
}

/* A flow that empties its queue does not begin with CoDel anew. */
static void pauses_do_not_reset_codel(void **state)
{
	u32 forgot = on_off_drops(false), kept = on_off_drops(true);

	(void)state;
	print_message("# %u drops, %u if nothing were kept\n", kept, forgot);
	assert_true(kept > 2 * forgot);
}

/* A flow that went long ago begins as any other. */
static void codel_forgives(void **state)
{
	struct queue q;
	u32 first, drops;

	(void)state;
	queue_init(&q, FLOWS, OPTQ_ISOLATE_FLOW);
	gentle_codel(&q);
	first = drain_slowly(&q, 400);
	q.now += 60 * SEC;
	drops = drain_slowly(&q, 400);
	assert_true(first > 3);
	assert_int_equal(drops, first);
	drain(&q);
}

static void sparse_goes_first(void **state)
{
	struct host h[] = {
		{ .flows = 50, .len = 1514, .src = 1, .dst = 2 },
		{ .flows = 50, .len = 1514, .src = 3, .dst = 2 },
	};
	struct queue q;
	int i;

	(void)state;
	queue_init(&q, FLOWS, OPTQ_ISOLATE_DUAL_SRC);
	run(&q, h, 2, 1000);
	/* Of a host of its own, and of one that has others at work. */
	for (i = 0; i < 50; i++) {
		put(&q, 100, 5000 + (u32)i, 7, 2, 0);
		assert_int_equal(take(&q).flow, 5000 + i);
		take(&q);
		take(&q);
		take(&q);
	}
	put(&q, 100, 6000, 1, 2, 0);
	assert_int_equal(take(&q).flow, 6000);
	drain(&q);
}

/* When it is full, the host that holds most gives up, not the longest flow. */
static void full_leaf_drops_of_the_heaviest_host(void **state)
{
	u32 i, lost[2] = { 0 };
	struct optq_pkt *p;
	struct queue q;

	(void)state;
	queue_init(&q, FLOWS, OPTQ_ISOLATE_DUAL_SRC);
	optq_leaf_set_limit(&q.l, 500);
	for (i = 0; i < 40; i++)
		put(&q, MTU, 0, 1, 1, 0);
	for (i = 0; i < 3000; i++)
		put(&q, MTU, 1 + i % 100, 2, 1, 0);
	for (p = q.drops.head; p; p = p->next)
		lost[!!tpkt(p)->flow]++;
	assert_int_equal(lost[0], 0);
	assert_int_equal(lost[1], 2540);
	drain(&q);
}

/* Nothing is lost or overtaken by its own, however often the way changes. */
static void change_keeps_order(void **state)
{
	u64 seq[64] = { 0 }, last[64] = { 0 }, seed = 7, in = 0;
	struct hosts_mem hosts;
	struct world w;
	u32 i, round;

	(void)state;
	for (round = 0; round < 2; round++) {
		struct optq_shares shares = { 0 };
		struct optq_class c, *leaf = &c;

		/* The second time flows find no entry. */
		world_init(&w, round ? 16 : 256);
		hosts_give(&hosts, &w.t.flows, 8);
		memset(seq, 0, sizeof(seq));
		memset(last, 0, sizeof(last));
		optq_class_init(&w.t, leaf);
		optq_leaf_give_shares(&leaf->leaf, &shares);
		optq_class_configure(&w.t, leaf, &CONF(.limit = 100000,
						       .target_ns = 10 * SEC,
						       .interval_ns = 10 * SEC),
				     w.now);
		optq_class_attach(&w.t, leaf, &w.t.root, w.now);
		for (i = 0, in = 0; i < 20000; i++) {
			u32 flow = (u32)rnd_in(&seed, 0, 63);
			struct optq_hosts h = { flow % 5, flow % 7 };
			u64 next;

			if (rnd_in(&seed, 0, 99) == 0) {
				struct optq_class_conf conf = leaf->conf;

				conf.isolate = (u8)rnd_in(&seed, 0,
							  OPTQ_ISOLATE_MAX);
				conf.nat = rnd(&seed) % 2;
				optq_class_configure(&w.t, leaf, &conf, w.now);
				world_verify(&w);
			}
			if (rnd_in(&seed, 0, 99) < (i / 2000 % 2 ? 45 : 55)) {
				optq_enqueue_of(&w.t, leaf,
						pkt_new(100 + flow, flow,
							++seq[flow]),
						flow_key_of(&leaf->leaf, flow, &h),
						&h, w.now, &w.drops);
				in++;
			} else {
				struct optq_pkt *p =
					optq_dequeue(&w.t, w.now, &w.drops,
						     &next);

				if (p) {
					assert_true(tpkt(p)->seq ==
						    last[tpkt(p)->flow] + 1);
					last[tpkt(p)->flow]++;
					pkt_free(p);
					in--;
				}
			}
			if (i % 50 == 0)
				world_verify(&w);
			w.now += 1000;
		}
		assert_int_equal(w.drops.packets, 0);
		assert_int_equal(w.t.qlen, in);
		optq_purge(&w.t, leaf, w.now, &w.drops);
		assert_int_equal(drops_free(&w.drops), in);
		assert_int_equal(w.t.flows.used, 0);
		assert_int_equal(w.t.flows.hosts.used, 0);
		world_free(&w);
		hosts_free(&hosts);
	}
}

/* What goes in order of arrival, for a delay, is of no host. */
static void in_order_is_nobodys(void **state)
{
	struct optq_hosts hosts = { .src = 1, .dst = 1 };
	struct queue q;
	int i;

	(void)state;
	queue_init(&q, FLOWS, OPTQ_ISOLATE_TRIPLE);
	for (i = 0; i < 4; i++)
		optq_leaf_enqueue(&q.t, &q.l, pkt_new(100, (u32)i, 0), (u32)i,
				  &hosts, true, q.now, &q.drops);
	assert_int_equal(q.shares.hosts, 0);
	put(&q, 100, 9, 1, 1, 0);
	assert_int_equal(q.shares.hosts, 2);
	for (i = 0; i < 4; i++)
		assert_int_equal(take(&q).flow, i);
	assert_int_equal(take(&q).flow, 9);
	drain(&q);
}

/* Without memory for hosts a leaf shares by flow. */
static void without_memory_by_flow(void **state)
{
	struct host h[] = {
		{ .flows = 1, .len = 1514, .src = 1, .dst = 9 },
		{ .flows = 3, .len = 1514, .src = 2, .dst = 9 },
	};
	struct queue q;

	(void)state;
	queue_init(&q, FLOWS, OPTQ_ISOLATE_FLOW);
	q.l.shares = NULL;
	optq_leaf_set_isolate(&q.t, &q.l, OPTQ_ISOLATE_DUAL_SRC, false);
	assert_false(q.l.by_host);
	run(&q, h, 2, 4000);
	assert_share(h[1].sent, 3 * h[0].sent, 4 * MTU);
	drain(&q);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_flow_as_much_as_many),
		cmocka_unit_test(hosts_share_evenly),
		cmocka_unit_test(flows_of_a_host_share_evenly),
		cmocka_unit_test(triple_counts_both_sides),
		cmocka_unit_test(triple_rewards_no_one),
		cmocka_unit_test(short_flows_pay_for_each_other),
		cmocka_unit_test(a_packet_a_round_is_not_new),
		cmocka_unit_test(debt_outlives_the_queue),
		cmocka_unit_test(pauses_do_not_reset_codel),
		cmocka_unit_test(codel_forgives),
		cmocka_unit_test(sparse_goes_first),
		cmocka_unit_test(full_leaf_drops_of_the_heaviest_host),
		cmocka_unit_test(change_keeps_order),
		cmocka_unit_test(in_order_is_nobodys),
		cmocka_unit_test(without_memory_by_flow),
	};

	return cmocka_run_group_tests_name("isolate", tests, NULL, NULL);
}
