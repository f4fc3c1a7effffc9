// SPDX-License-Identifier: GPL-2.0
/* The bound on memory: who pays, how much at once, and that every count is exact. */
#include "core_util.h"
#include "../../sch_optq/uapi/linux/optq.h"

#define KB		1024U
#define SMALL		960U	/* that a packet of 64 bytes takes */
#define FRAME		2304U
#define SUPER		(70 * KB)
#define LEAVES		4

/* A packet's memory stands in its seq: nothing of it can be told from its length. */
static u32 memory_of(const struct optq_pkt *pkt)
{
	return (u32)((const struct tpkt *)pkt)->seq;
}

struct scene {
	struct world w;
	struct optq_class leaf[LEAVES];
	u64 came[LEAVES], sent[LEAVES];
};

static void scene_init(struct scene *s, u32 flows, u32 limit)
{
	u32 i;

	memset(s, 0, sizeof(*s));
	world_init(&s->w, flows);
	s->w.t.memory.of = memory_of;
	optq_memory_set_limit(&s->w.t.memory, limit);
	for (i = 0; i < LEAVES; i++)
		world_add(&s->w, &s->leaf[i], &s->w.t.root,
			  CONF(.weight = 1, .limit = 100000));
}

/* As the qdisc does: what is given up is uncharged when it is freed. */
static u32 settle(struct scene *s)
{
	const struct optq_pkt *pkt;

	for (pkt = s->w.drops.head; pkt; pkt = pkt->next)
		optq_memory_uncharge(&s->w.t.memory, memory_of(pkt));
	return drops_free(&s->w.drops);
}

/* Returns how many packets were given up. */
static u32 send(struct scene *s, u32 i, u32 len, u32 flow, u32 memory)
{
	struct optq_pkt *pkt = pkt_new(len, flow, memory);
	struct optq_tree *t = &s->w.t;

	s->came[i]++;
	if (optq_memory_charge(&t->memory, memory) ||
	    optq_memory_make_room(t, &s->leaf[i], pkt, s->w.now, &s->w.drops))
		optq_enqueue(t, &s->leaf[i], pkt, flow, s->w.now, &s->w.drops);
	return settle(s);
}

/* n packets of one flow. */
static void send_all(struct scene *s, u32 n, u32 i, u32 len, u32 flow, u32 memory)
{
	while (n--)
		send(s, i, len, flow, memory);
}

/* False: nothing was left. */
static bool take(struct scene *s)
{
	struct optq_class *c = optq_pick(&s->w.t, s->w.now);
	struct optq_pkt *pkt = c ? optq_take(&s->w.t, c, s->w.now, &s->w.drops) : NULL;

	settle(s);
	if (!pkt)
		return false;
	s->sent[c - s->leaf]++;
	optq_memory_uncharge(&s->w.t.memory, memory_of(pkt));
	pkt_free(pkt);
	return true;
}

static void assert_counts(struct scene *s)
{
	u64 drops = 0;
	u32 i;

	world_verify(&s->w);
	for (i = 0; i < LEAVES; i++) {
		assert_int_equal(s->leaf[i].count.enqueued, s->came[i]);
		assert_int_equal(s->came[i], s->sent[i] + s->leaf[i].qlen +
				 optq_class_drops(&s->leaf[i]));
		drops += optq_class_drops(&s->leaf[i]);
	}
	optq_sole_settle(&s->w.t);
	assert_int_equal(optq_class_drops(&s->w.t.root), drops);
}

static void scene_free(struct scene *s)
{
	while (take(s))
		;
	assert_counts(s);
	assert_int_equal(optq_memory_used(&s->w.t.memory), 0);
	world_free(&s->w);
}

/* Of any size, in any order: never more than one packet above the limit. */
static void bound_holds(void **state)
{
	static const u32 size[] = { SMALL, FRAME, SUPER, 190 * KB, 500 * KB };
	const u32 limit = 1024 * KB;
	u64 seed = 7, given_up = 0;
	struct scene s;
	u32 i, n, memory;

	(void)state;
	scene_init(&s, 512, limit);
	for (i = 0; i < 40000; i++) {
		memory = size[rnd(&seed) % (i % 8000 < 4000 ? 3 : 5)];
		n = send(&s, (u32)(rnd(&seed) % LEAVES), memory / 12,
			 (u32)(rnd(&seed) % 300), memory);
		given_up += n;
		assert_in_range(n, 0, 129);
		assert_true(optq_memory_used(&s.w.t.memory) <= limit + (i < 4000 ? SUPER : 500 * KB));
		assert_true(optq_memory_used(&s.w.t.memory) <= s.w.t.memory.most);
		if (rnd(&seed) % 4 == 0)
			take(&s);
		if (i % 64 == 0)
			assert_counts(&s);
		s.w.now += 1000;
	}
	assert_true(given_up > 10000);
	assert_true(s.w.t.memory.most <= limit + 500 * KB);
	assert_true(s.w.t.memory.most > limit - SUPER);
	scene_free(&s);
}

/* Few packets that take most give way to many that take little, not the reverse. */
static void heaviest_pays(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 64, 4096 * KB);
	send_all(&s, 1000, 0, 64, 1, SMALL);
	send_all(&s, 100, 1, 65536, 2, SUPER);
	assert_counts(&s);
	assert_int_equal(s.leaf[0].qlen, 1000);
	assert_int_equal(s.leaf[1].qlen, (4096 * KB - 1000 * SMALL) / SUPER);
	assert_ptr_equal(s.w.t.memory.heaviest, &s.leaf[1]);
	scene_free(&s);
}

/* It took most and gets no more: it pays for the others until it is like them. */
static void silent_heaviest_pays(void **state)
{
	struct scene s;
	u32 i;

	(void)state;
	scene_init(&s, 64, 2048 * KB);
	send_all(&s, 700, 0, 1514, 1, FRAME);
	for (i = 0; i < 300; i++)
		assert_true(send(&s, 1, 1514, 2, FRAME) <= 1);
	assert_counts(&s);
	assert_int_equal(s.leaf[1].qlen, 300);
	assert_int_equal(s.leaf[0].qlen, 2048 * KB / FRAME - 300);
	scene_free(&s);
}

/* A super-packet is worth many of the smallest, and they go at once. */
static void super_packet_finds_room(void **state)
{
	struct scene s;
	u32 i, n;

	(void)state;
	scene_init(&s, 64, 1024 * KB);
	for (i = 0; i < 3000; i++)
		send(&s, 0, 64, 1 + i % 16, SMALL);
	n = send(&s, 1, 65536, 99, SUPER);
	assert_int_equal(s.leaf[1].qlen, 1);
	assert_in_range(n, SUPER / SMALL, SUPER / SMALL + 1);
	assert_true(optq_memory_used(&s.w.t.memory) <= 1024 * KB);
	scene_free(&s);
}

/* What 128 drops make no room for is above the limit, once; the next is refused. */
static void drops_are_bounded(void **state)
{
	struct scene s;
	u32 i, n;

	(void)state;
	scene_init(&s, 64, 1024 * KB);
	for (i = 0; i < 3000; i++)
		send(&s, 0, 64, 1 + i % 16, SMALL);
	assert_int_equal(send(&s, 1, 20000, 99, 500 * KB), 128);
	assert_int_equal(s.leaf[1].qlen, 1);
	assert_true(optq_memory_used(&s.w.t.memory) > 1024 * KB);
	n = send(&s, 1, 20000, 99, 500 * KB);
	assert_int_equal(n, 129);
	assert_int_equal(s.leaf[1].qlen, 1);
	assert_int_equal(s.leaf[1].leaf.drop_overlimit, 1);
	assert_true(optq_memory_used(&s.w.t.memory) <= 1024 * KB + 500 * KB);
	assert_counts(&s);
	scene_free(&s);
}

/* A link whose limit no packet fits into sends all the same. */
static void lone_packet_passes(void **state)
{
	struct scene s;
	u32 i;

	(void)state;
	scene_init(&s, 64, OPTQ_MEMORY_MIN);
	for (i = 0; i < 10; i++) {
		assert_int_equal(send(&s, 0, 65536, 1, 190 * KB), 0);
		assert_true(take(&s));
	}
	for (i = 0; i < 10; i++)
		assert_int_equal(send(&s, 0, 65536, 1, 190 * KB), !!i);
	assert_int_equal(s.leaf[0].qlen, 1);
	scene_free(&s);
}

/* Strangers that came together give way before a flow that has a part of the room. */
static void flood_pays_in_its_leaf(void **state)
{
	struct scene s;
	u32 i;

	(void)state;
	scene_init(&s, 4096, 1024 * KB);
	/* It has had its turn: it is no stranger. */
	send_all(&s, 12, 0, 1514, 1, FRAME);
	assert_true(take(&s) && take(&s));
	for (i = 0; i < 3000; i++)
		send(&s, 0, 64, 10 + i, SMALL);
	assert_counts(&s);
	assert_int_equal(optq_flow_find(&s.w.t.flows, &s.leaf[0].leaf, 1)->packets,
			 10);
	/* One flow with a large part of it pays for all, as ever. */
	send_all(&s, 300, 0, 1514, 1, FRAME);
	i = s.leaf[0].leaf.packets;
	send(&s, 0, 64, 5000, SMALL);
	assert_int_equal(s.leaf[0].leaf.packets, i);
	assert_in_range(optq_flow_find(&s.w.t.flows, &s.leaf[0].leaf, 1)->packets,
			40, 309);
	scene_free(&s);
}

/* The largest go first, to within an eighth of one another, and no more than must. */
static void less_memory(void **state)
{
	struct scene s;
	u32 i;

	(void)state;
	scene_init(&s, 64, 0);
	for (i = 0; i < 1000; i++) {
		send(&s, 0, 1514, 1, FRAME);
		if (i < 500)
			send(&s, 1, 1514, 2, FRAME);
		if (i < 100)
			send(&s, 2, 64, 3, SMALL);
		if (i < 5)
			send(&s, 3, 65536, 4, SUPER);
	}
	optq_memory_set_limit(&s.w.t.memory, 5000 * KB);
	optq_tree_trim(&s.w.t, s.w.now, &s.w.drops);
	assert_int_equal(settle(&s), 0);
	optq_memory_set_limit(&s.w.t.memory, 2048 * KB);
	optq_tree_trim(&s.w.t, s.w.now, &s.w.drops);
	settle(&s);
	assert_counts(&s);
	assert_in_range(optq_memory_used(&s.w.t.memory), 2048 * KB - FRAME, 2048 * KB);
	assert_int_equal(s.leaf[2].qlen, 100);
	assert_int_equal(s.leaf[3].qlen, 5);
	assert_in_range(s.leaf[0].qlen, s.leaf[1].qlen * 7 / 8 - 1,
			s.leaf[1].qlen * 8 / 7 + 1);
	/* Both limits at once: what the one gave up is none of the other's. */
	s.w.t.limit = 500;
	optq_memory_set_limit(&s.w.t.memory, 1024 * KB);
	optq_tree_trim(&s.w.t, s.w.now, &s.w.drops);
	settle(&s);
	assert_counts(&s);
	assert_in_range(optq_memory_used(&s.w.t.memory), 1024 * KB - SUPER, 1024 * KB);
	optq_memory_set_limit(&s.w.t.memory, 1);
	optq_tree_trim(&s.w.t, s.w.now, &s.w.drops);
	settle(&s);
	assert_int_equal(s.w.t.qlen, 0);
	scene_free(&s);
}

static void class_that_goes_is_forgotten(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 64, 1024 * KB);
	send_all(&s, 20, 0, 65536, 1, SUPER);
	assert_ptr_equal(s.w.t.memory.heaviest, &s.leaf[0]);
	optq_move_queue(&s.w.t, &s.leaf[1], &s.leaf[0], s.w.now);
	s.came[1] += s.leaf[1].qlen;
	s.came[0] -= s.leaf[1].qlen;
	optq_class_detach(&s.w.t, &s.leaf[0], s.w.now);
	assert_null(s.w.t.memory.heaviest);
	world_verify(&s.w);
	/* Nobody knows who takes most: the one that gets packets does, or is found. */
	send_all(&s, 20, 1, 65536, 1, SUPER);
	assert_true(optq_memory_used(&s.w.t.memory) <= 1024 * KB);
	assert_ptr_equal(s.w.t.memory.heaviest, &s.leaf[1]);
	scene_free(&s);
}

static void drift_is_seen(void **state)
{
	struct scene s;

	(void)state;
	scene_init(&s, 64, 1024 * KB);
	send(&s, 0, 64, 1, SMALL);
	send(&s, 0, 64, 1, SMALL);
	tpkt(optq_flow_find(&s.w.t.flows, &s.leaf[0].leaf, 1)->head)->seq++;
	assert_string_equal(optq_tree_verify(&s.w.t),
			    "tree: memory differs from the packets'");
	optq_memory_charge(&s.w.t.memory, 1);
	scene_free(&s);
}

static void limit_of_its_own(void **state)
{
	(void)state;
	assert_int_equal(optq_memory_auto(10240, 0), 32U << 20);
	assert_int_equal(optq_memory_auto(1, 1), 32U << 20);
	assert_int_equal(optq_memory_auto(100000, 0), 307200000);
	assert_int_equal(optq_memory_auto(OPTQ_LIMIT_MAX, 0), OPTQ_MEMORY_MAX);
	assert_int_equal(optq_memory_auto(10240, 1250000000), 125000000);
	assert_int_equal(optq_memory_auto(10240, OPTQ_RATE_MAX), 256U << 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bound_holds),
		cmocka_unit_test(heaviest_pays),
		cmocka_unit_test(silent_heaviest_pays),
		cmocka_unit_test(super_packet_finds_room),
		cmocka_unit_test(drops_are_bounded),
		cmocka_unit_test(lone_packet_passes),
		cmocka_unit_test(flood_pays_in_its_leaf),
		cmocka_unit_test(less_memory),
		cmocka_unit_test(class_that_goes_is_forgotten),
		cmocka_unit_test(drift_is_seen),
		cmocka_unit_test(limit_of_its_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
