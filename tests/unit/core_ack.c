// SPDX-License-Identifier: GPL-2.0
/* Which acknowledgements are given up, and what their queue counts then. */
#include "core_util.h"
#include "../../sch_optq/core/ack.h"
#include "../../sch_optq/uapi/linux/optq.h"

#define ACK(...)	((struct optq_ack){ .family = 4, .pure = true, __VA_ARGS__ })
#define DATA_OF(...)	((struct optq_ack){ .family = 4, __VA_ARGS__ })
#define TS(v, e)	.has_ts = true, .ts_val = v, .ts_ecr = e
#define SACK1(a, b)	.n_sacks = 1, .sack = { { a, b } }
#define SACK2(a, b, c, d)	.n_sacks = 2, .sack = { { a, b }, { c, d } }

static const struct {
	const char *name;
	struct optq_ack a, next;
	bool covers;
} cases[] = {
	{ "a later number", ACK(.ack = 100), ACK(.ack = 200), true },
	{ "an earlier one", ACK(.ack = 200), ACK(.ack = 100), false },
	{ "a duplicate", ACK(.ack = 100), ACK(.ack = 100), false },
	{ "around 2^32", ACK(.ack = 0xfffffff0), ACK(.ack = 16), true },
	{ "back around 2^32", ACK(.ack = 16), ACK(.ack = 0xfffffff0), false },
	{ "half of it away", ACK(.ack = 0), ACK(.ack = 0x80000000), false },
	{ "half of it away, back", ACK(.ack = 0x80000000), ACK(.ack = 0), false },
	{ "nearly half of it", ACK(.ack = 5), ACK(.ack = 0x80000004), true },
	{ "another window as well", ACK(.ack = 1, .window = 9),
	  ACK(.ack = 2, .window = 7), true },
	{ "the window alone", ACK(.ack = 1, .window = 7),
	  ACK(.ack = 1, .window = 9), false },
	{ "the window, and a block", ACK(.ack = 1, .window = 7),
	  ACK(.ack = 1, .window = 9, SACK1(5, 9)), false },
	{ "with data", ACK(.ack = 1), DATA_OF(.ack = 2), false },
	{ "data before", DATA_OF(.ack = 1), ACK(.ack = 2), false },
	{ "later data sent before it", ACK(.ack = 1, .seq = 7),
	  ACK(.ack = 2, .seq = 9), true },
	{ "to be discarded: its sequence number", ACK(.ack = 1, .seq = 7),
	  ACK(.ack = 2, .seq = 6), false },
	{ "sequence numbers around 2^32", ACK(.ack = 1, .seq = 0xffffffff),
	  ACK(.ack = 2, .seq = 0), true },

	{ "ECE came", ACK(.ack = 1), ACK(.ack = 2, .ecn = 1), false },
	{ "ECE went", ACK(.ack = 1, .ecn = 1), ACK(.ack = 2), false },
	{ "ECE stays", ACK(.ack = 1, .ecn = 1), ACK(.ack = 2, .ecn = 1), true },
	{ "CWR", ACK(.ack = 1), ACK(.ack = 2, .ecn = 2), false },
	{ "AE", ACK(.ack = 1, .ecn = 4), ACK(.ack = 2), false },
	{ "AccECN counts on", ACK(.ack = 1, .ecn = 7), ACK(.ack = 2, .ecn = 0), false },
	{ "AccECN's count stays", ACK(.ack = 1, .ecn = 5), ACK(.ack = 2, .ecn = 5), true },

	{ "timestamps go on", ACK(.ack = 1, TS(5, 5)), ACK(.ack = 2, TS(6, 7)), true },
	{ "timestamps stay", ACK(.ack = 1, TS(5, 5)), ACK(.ack = 2, TS(5, 5)), true },
	{ "its own goes back", ACK(.ack = 1, TS(5, 5)), ACK(.ack = 2, TS(4, 5)), false },
	{ "the echo goes back", ACK(.ack = 1, TS(5, 5)), ACK(.ack = 2, TS(5, 4)), false },
	{ "timestamps around 2^32", ACK(.ack = 1, TS(0xffffffff, 0xfffffff0)),
	  ACK(.ack = 2, TS(3, 1)), true },
	{ "no timestamp any more", ACK(.ack = 1, TS(5, 5)), ACK(.ack = 2), false },
	{ "a timestamp at last", ACK(.ack = 1), ACK(.ack = 2, TS(5, 5)), false },

	{ "a block still there", ACK(.ack = 1, SACK1(10, 20)),
	  ACK(.ack = 2, SACK1(10, 20)), true },
	{ "a block that grew", ACK(.ack = 1, SACK1(10, 20)),
	  ACK(.ack = 2, SACK1(5, 30)), true },
	{ "a block that shrank", ACK(.ack = 1, SACK1(10, 20)),
	  ACK(.ack = 2, SACK1(10, 19)), false },
	{ "a block acknowledged", ACK(.ack = 1, SACK1(10, 20)), ACK(.ack = 20), true },
	{ "all but a byte", ACK(.ack = 1, SACK1(10, 20)), ACK(.ack = 19), false },
	{ "half acknowledged, half there", ACK(.ack = 1, SACK1(10, 20)),
	  ACK(.ack = 15, SACK1(17, 20)), false },
	{ "half acknowledged, the rest there", ACK(.ack = 1, SACK1(10, 20)),
	  ACK(.ack = 15, SACK1(15, 25)), true },
	{ "one of two is missing", ACK(.ack = 1, SACK2(10, 20, 40, 50)),
	  ACK(.ack = 2, SACK1(40, 50)), false },
	{ "two in another order", ACK(.ack = 1, SACK2(10, 20, 40, 50)),
	  ACK(.ack = 2, SACK2(40, 50, 10, 20)), true },
	{ "two that became one", ACK(.ack = 1, SACK2(10, 20, 40, 50)),
	  ACK(.ack = 2, SACK1(10, 50)), true },
	{ "a block in two pieces", ACK(.ack = 1, SACK1(10, 50)),
	  ACK(.ack = 2, SACK2(10, 20, 20, 50)), false },
	{ "a block around 2^32", ACK(.ack = 0xffffffe0, SACK1(0xfffffff0, 8)),
	  ACK(.ack = 0xffffffe8, SACK1(0xfffffff0, 9)), true },
	{ "the same number, more blocks", ACK(.ack = 1, SACK1(10, 20)),
	  ACK(.ack = 1, SACK2(30, 40, 10, 20)), true },
	{ "the same number, the first block", ACK(.ack = 1),
	  ACK(.ack = 1, SACK1(10, 20)), true },
	{ "the same number and blocks", ACK(.ack = 1, SACK1(10, 20)),
	  ACK(.ack = 1, SACK1(10, 20)), false },
	{ "the same number, fewer blocks", ACK(.ack = 1, SACK2(10, 20, 40, 50)),
	  ACK(.ack = 1, SACK1(10, 20)), false },
	{ "the same number, other blocks", ACK(.ack = 1, SACK1(10, 20)),
	  ACK(.ack = 1, SACK1(30, 60)), false },
	{ "came twice (RFC 2883)", ACK(.ack = 100, SACK1(10, 20)), ACK(.ack = 200), false },
	{ "came twice, of a block", ACK(.ack = 1, SACK2(12, 14, 10, 20)),
	  ACK(.ack = 2, SACK2(12, 14, 10, 20)), false },
	{ "next tells that it came twice", ACK(.ack = 100),
	  ACK(.ack = 200, SACK1(10, 20)), true },
	{ "the same number, came twice", ACK(.ack = 100),
	  ACK(.ack = 100, SACK1(10, 20)), false },
	{ "an empty block", ACK(.ack = 1, SACK1(10, 10)), ACK(.ack = 20), false },
	{ "a block upside down", ACK(.ack = 1, SACK1(20, 10)), ACK(.ack = 30), false },
};

static void verdicts(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (optq_ack_covers(&cases[i].next, &cases[i].a) != cases[i].covers)
			fail_msg("%s", cases[i].name);
	}
}

/* What is covered is, wherever on their circles the numbers stand. */
static void turned(struct optq_ack *a, u32 by)
{
	int i;

	a->seq += by;
	a->ack += by;
	a->ts_val += by;
	a->ts_ecr += by;
	for (i = 0; i < a->n_sacks; i++) {
		a->sack[i].from += by;
		a->sack[i].to += by;
	}
}

static void verdicts_anywhere(void **state)
{
	u64 seed = 1;
	size_t i;
	int n;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		for (n = 0; n < 200; n++) {
			u32 by = n < 100 ? (u32)-n : (u32)rnd(&seed);
			struct optq_ack a = cases[i].a, next = cases[i].next;

			turned(&a, by);
			turned(&next, by);
			if (optq_ack_covers(&next, &a) != cases[i].covers)
				fail_msg("%s, turned by %u", cases[i].name, by);
		}
	}
}

/*
 * Packets of these tests are what their number says: connection, acknowledgement,
 * and whether it is one at all.
 */
#define SEG(conn, ack)	((u64)(conn) << 40 | (u64)(ack) << 8)
#define DATA		1U
#define OTHER		2U	/* no TCP */
#define ECE		4U

static bool read_seq(const struct optq_pkt *pkt, struct optq_ack *ack)
{
	u64 seq = ((const struct tpkt *)pkt)->seq;

	if (seq & OTHER)
		return false;
	*ack = ACK(.ack = (u32)(seq >> 8), .conn = { (u32)(seq >> 40) });
	ack->pure = !(seq & DATA);
	ack->ecn = !!(seq & ECE);
	return true;
}

static void world_filter(struct world *w, u8 filter)
{
	world_init(w, 4);
	w->t.read_ack = read_seq;
	optq_tree_set_ack_filter(&w->t, filter);
}

static void left_is(struct world *w, struct optq_class *c, size_t given,
		    size_t n, const u64 *want)
{
	struct optq_pkt *p;
	u64 next;
	size_t i;

	assert_int_equal(c->leaf.packets, n);
	assert_int_equal(c->count.drop_ack, given - n);
	assert_int_equal(w->t.root.count.drop_ack, given - n);
	assert_int_equal(optq_class_drops(c), given - n);
	assert_int_equal(c->count.enqueued, given);
	for (p = w->drops.head; p; p = p->next)
		assert_true(p->flags & OPTQ_PKT_UNHEARD);
	assert_int_equal(drops_free(&w->drops), given - n);
	for (i = 0; i < n; i++) {
		p = optq_dequeue(&w->t, w->now, &w->drops, &next);
		assert_non_null(p);
		assert_int_equal(tpkt(p)->seq, want[i]);
		assert_false(p->flags & OPTQ_PKT_UNHEARD);
		pkt_free(p);
		world_verify(w);
	}
	assert_int_equal(w->t.qlen, 0);
	world_free(w);
}

/* All in one flow, one after the other; what is left of them, from the head on. */
static void left(u8 filter, size_t n_given, const u64 *given, size_t n_want,
		 const u64 *want)
{
	struct optq_class c;
	struct world w;
	size_t i;

	world_filter(&w, filter);
	world_add(&w, &c, &w.t.root, CONF(.rate = 0));
	for (i = 0; i < n_given; i++) {
		world_send(&w, &c, 60 + (u32)i, 1, given[i]);
		world_verify(&w);
	}
	left_is(&w, &c, n_given, n_want, want);
}

#define SEGS(...)	(sizeof((u64[]){ __VA_ARGS__ }) / 8), ((u64[]){ __VA_ARGS__ })
#define CONSERVATIVE	OPTQ_ACK_FILTER_CONSERVATIVE
#define AGGRESSIVE	OPTQ_ACK_FILTER_AGGRESSIVE

static void what_is_left(void **state)
{
	(void)state;
	left(0, SEGS(SEG(1, 1), SEG(1, 2), SEG(1, 3)),
	     SEGS(SEG(1, 1), SEG(1, 2), SEG(1, 3)));
	left(AGGRESSIVE, SEGS(SEG(1, 1)), SEGS(SEG(1, 1)));
	left(AGGRESSIVE, SEGS(SEG(1, 1), SEG(1, 2), SEG(1, 3), SEG(1, 4)),
	     SEGS(SEG(1, 4)));
	left(CONSERVATIVE, SEGS(SEG(1, 1), SEG(1, 2)), SEGS(SEG(1, 1), SEG(1, 2)));
	left(CONSERVATIVE, SEGS(SEG(1, 1), SEG(1, 2), SEG(1, 3), SEG(1, 4)),
	     SEGS(SEG(1, 3), SEG(1, 4)));
	/* Duplicates stay, also when a later number follows them. */
	left(AGGRESSIVE, SEGS(SEG(1, 1), SEG(1, 2), SEG(1, 2), SEG(1, 2), SEG(1, 3), SEG(1, 4)),
	     SEGS(SEG(1, 2), SEG(1, 2), SEG(1, 2), SEG(1, 4)));
	/* Two connections that share a hash. */
	left(AGGRESSIVE, SEGS(SEG(1, 1), SEG(2, 9), SEG(1, 2), SEG(2, 10)),
	     SEGS(SEG(1, 2), SEG(2, 10)));
	/* Marks are told where they were. */
	left(AGGRESSIVE, SEGS(SEG(1, 1), SEG(1, 2) | ECE, SEG(1, 3), SEG(1, 4)),
	     SEGS(SEG(1, 1), SEG(1, 2) | ECE, SEG(1, 4)));
	left(AGGRESSIVE, SEGS(SEG(1, 1), SEG(1, 2) | DATA, SEG(1, 3)),
	     SEGS(SEG(1, 1), SEG(1, 2) | DATA, SEG(1, 3)));
	/* In the middle and at the tail, what stands around it stays in order. */
	left(AGGRESSIVE, SEGS(SEG(1, 1) | DATA, SEG(1, 2), SEG(1, 3), SEG(1, 4) | DATA, SEG(1, 5)),
	     SEGS(SEG(1, 1) | DATA, SEG(1, 3), SEG(1, 4) | DATA, SEG(1, 5)));
	left(AGGRESSIVE, SEGS(OTHER, SEG(1, 2), OTHER, SEG(1, 3), OTHER),
	     SEGS(OTHER, OTHER, SEG(1, 3), OTHER));
	/* Who carries data makes nothing go. */
	left(AGGRESSIVE, SEGS(SEG(1, 1), SEG(1, 2) | DATA), SEGS(SEG(1, 1), SEG(1, 2) | DATA));
}

/* Where the one that comes may not stay, or would stay alone for a qdisc above. */
static void aggressive_keeps_two(void **state)
{
	struct optq_class c;
	struct world w;
	u64 i;

	(void)state;
	world_filter(&w, AGGRESSIVE);
	w.t.has_parent = true;
	world_add(&w, &c, &w.t.root, CONF(.limit = 50));
	for (i = 1; i <= 5; i++)
		world_send(&w, &c, 60, 1, SEG(1, i));
	left_is(&w, &c, 5, 2, (u64[]){ SEG(1, 4), SEG(1, 5) });

	world_filter(&w, AGGRESSIVE);
	world_add(&w, &c, &w.t.root, CONF(.limit = 50));
	world_send(&w, &c, 60, 1, SEG(1, 1));
	w.flows[0].blue_p = 1;
	world_send(&w, &c, 60, 1, SEG(1, 2));
	left_is(&w, &c, 2, 2, (u64[]){ SEG(1, 1), SEG(1, 2) });
}

/* Further on it costs too much to look, and they come nearer by themselves. */
static void looks_no_further(void **state)
{
	struct optq_class c;
	struct world w;
	u32 i, far;

	(void)state;
	for (far = OPTQ_ACK_WALK_MAX - 1; far <= OPTQ_ACK_WALK_MAX; far++) {
		world_filter(&w, AGGRESSIVE);
		world_add(&w, &c, &w.t.root, CONF(.rate = 0));
		for (i = 0; i < far; i++)
			world_send(&w, &c, 100, 1, OTHER);
		world_send(&w, &c, 100, 1, SEG(1, 1));
		world_send(&w, &c, 100, 1, SEG(1, 2));
		assert_int_equal(c.count.drop_ack, far < OPTQ_ACK_WALK_MAX);
		world_verify(&w);
		optq_purge(&w.t, &c, w.now, &w.drops);
		drops_free(&w.drops);
		world_free(&w);
	}
}

/* What had to go for a limit is told apart, and room that is made is room. */
static void beside_a_limit(void **state)
{
	struct optq_class c;
	struct world w;
	u32 i;

	(void)state;
	world_filter(&w, CONSERVATIVE);
	world_add(&w, &c, &w.t.root, CONF(.limit = 4));
	for (i = 0; i < 10; i++)
		world_send(&w, &c, 60, 1, SEG(1, i));
	assert_int_equal(c.leaf.packets, 2);
	assert_int_equal(c.leaf.drop_overlimit, 0);
	for (i = 0; i < 3; i++)
		world_send(&w, &c, 60, 2, OTHER);
	assert_int_equal(c.leaf.drop_overlimit, 1);
	assert_false(w.drops.head->flags & OPTQ_PKT_UNHEARD);
	world_verify(&w);
	optq_purge(&w.t, &c, w.now, &w.drops);
	drops_free(&w.drops);
	assert_int_equal(c.count.enqueued, 13);
	assert_int_equal(c.count.drop_ack, 8);
	assert_int_equal(optq_class_drops(&c), 13);
	world_free(&w);
}

/* A leaf with a delay has what conforms in one queue, all connections in it. */
static void in_order_of_arrival(void **state)
{
	struct optq_urgent urgent;
	struct optq_class c;
	struct world w;
	u64 next;
	u32 i;

	(void)state;
	memset(&urgent, 0, sizeof(urgent));
	world_filter(&w, AGGRESSIVE);
	optq_class_init(&w.t, &c);
	optq_class_give_urgent(&c, &urgent);
	optq_class_configure(&w.t, &c, &CONF(.rate = 125000, .burst = 6000,
					     .delay_ns = 20 * MSEC), w.now);
	world_give_inner(&w, &w.t.root);
	optq_class_attach(&w.t, &c, &w.t.root, w.now);
	for (i = 0; i < 40; i++) {
		world_send(&w, &c, 300, i % 3, SEG(i % 3, i));
		world_verify(&w);
	}
	assert_int_equal(c.leaf.packets, 3);
	assert_int_equal(c.leaf.ordered, 3);
	assert_int_equal(c.leaf.bytes, 900);
	assert_int_equal(c.count.drop_ack, 37);
	drops_free(&w.drops);
	for (i = 37; i < 40; i++) {
		struct optq_pkt *p = optq_dequeue(&w.t, w.now, &w.drops, &next);

		assert_int_equal(tpkt(p)->seq, SEG(i % 3, i));
		pkt_free(p);
	}
	world_verify(&w);
	world_free(&w);
}

/* Flows that found no entry: behind those in order they stand in the same queue. */
static void in_the_shared_queue(void **state)
{
	u64 seed = 7, sent = 0, gone = 0, next;
	struct optq_class c;
	struct world w;
	int i;

	(void)state;
	world_filter(&w, AGGRESSIVE);
	world_add(&w, &c, &w.t.root, CONF(.limit = 50));
	for (i = 0; i < 20000; i++) {
		u32 conn = (u32)rnd_in(&seed, 0, 9), what = (u32)rnd_in(&seed, 0, 9);
		struct optq_pkt *p;

		if (what < 6) {
			world_send(&w, &c, 60, conn, SEG(conn, i) |
				   (what < 3 ? 1U << what : 0));
			sent++;
		} else {
			p = optq_dequeue(&w.t, w.now, &w.drops, &next);
			gone += !!p;
			if (p)
				pkt_free(p);
			w.now += MSEC;
		}
		gone += drops_free(&w.drops);
		world_verify(&w);
		optq_sole_settle(&w.t);
		assert_int_equal(sent, gone + w.t.qlen);
		assert_int_equal(c.count.enqueued, c.count.packets +
				 optq_class_drops(&c) + c.leaf.packets);
	}
	assert_true(c.count.drop_ack > 1000);
	optq_purge(&w.t, &c, w.now, &w.drops);
	drops_free(&w.drops);
	world_free(&w);
}

static void filter_is_inherited(void **state)
{
	struct optq_class site, plain, off, own;
	struct optq_class_conf conf;
	struct world w;

	(void)state;
	world_filter(&w, CONSERVATIVE);
	world_add(&w, &site, &w.t.root, CONF(.rate = 0));
	world_add(&w, &plain, &site, CONF(.rate = 0));
	world_add(&w, &off, &site, CONF(.ack_filter = OPTQ_ACK_FILTER_OFF));
	world_add(&w, &own, &site, CONF(.ack_filter = AGGRESSIVE));
#define LEAVES(p, d) do { \
		world_verify(&w); \
		assert_int_equal(plain.leaf.ack_filter, p); \
		assert_int_equal(w.t.direct.leaf.ack_filter, d); \
		assert_int_equal(off.leaf.ack_filter, 0); \
		assert_int_equal(own.leaf.ack_filter, AGGRESSIVE); \
	} while (0)
	LEAVES(CONSERVATIVE, CONSERVATIVE);
	conf = site.conf;
	conf.ack_filter = AGGRESSIVE;
	optq_class_configure(&w.t, &site, &conf, w.now);
	LEAVES(AGGRESSIVE, CONSERVATIVE);
	optq_tree_set_link(&w.t, 1000000, 0, w.now);
	LEAVES(AGGRESSIVE, CONSERVATIVE);
	conf.ack_filter = OPTQ_ACK_FILTER_OFF;
	optq_class_configure(&w.t, &site, &conf, w.now);
	LEAVES(0, CONSERVATIVE);
	conf.ack_filter = 0;
	optq_class_configure(&w.t, &site, &conf, w.now);
	optq_tree_set_ack_filter(&w.t, OPTQ_ACK_FILTER_OFF);
	LEAVES(0, 0);
#undef LEAVES
	plain.leaf.ack_filter = AGGRESSIVE;
	assert_non_null(optq_tree_verify(&w.t));
	world_free(&w);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(verdicts),
		cmocka_unit_test(verdicts_anywhere),
		cmocka_unit_test(what_is_left),
		cmocka_unit_test(aggressive_keeps_two),
		cmocka_unit_test(looks_no_further),
		cmocka_unit_test(beside_a_limit),
		cmocka_unit_test(in_order_of_arrival),
		cmocka_unit_test(in_the_shared_queue),
		cmocka_unit_test(filter_is_inherited),
	};

	return cmocka_run_group_tests_name("core_ack", tests, NULL, NULL);
}
