// SPDX-License-Identifier: GPL-2.0
/* A meter for each address: apart while there is room, and never too much. */
#include "core_util.h"
#include "../../sch_optq/core/each.h"

#define G	OPTQ_GREEN

struct table {
	struct optq_each e;
	struct optq_meter_rates r;
	struct optq_each_entry *entry;
	u32 *bucket;
};

static struct table table_new(u32 size, u32 buckets, struct optq_meter_conf conf,
			      u64 now)
{
	struct table t = { 0 };
	u64 seed = 48;
	u32 i;

	assert_int_equal(optq_meter_check(&conf), OPTQ_METER_OK);
	optq_meter_rates_set(&t.r, &conf);
	t.entry = calloc(size, sizeof(*t.entry));
	t.bucket = calloc(buckets, sizeof(*t.bucket));
	for (i = 0; i < sizeof(t.e.key) / sizeof(t.e.key[0]); i++)
		t.e.key[i] = rnd(&seed);
	optq_each_set_prefix(&t.e, 32, 64);
	optq_each_init(&t.e, t.entry, size, t.bucket, buckets, &t.r, now);
	return t;
}

static void table_free(struct table *t)
{
	free(t->entry);
	free(t->bucket);
}

static struct optq_addr v4(u32 n)
{
	struct optq_addr a = { .family = 4 };

	a.word[0] = n;
	return a;
}

/* An address as it stands in a packet, byte by byte. */
static struct optq_addr bytes(u8 family, const u8 *b, u32 n)
{
	struct optq_addr a = { .family = family };

	memcpy(a.word, b, n);
	return a;
}

static enum optq_colour mark(struct table *t, struct optq_addr addr, u32 len,
			     u64 now)
{
	struct optq_meter *m = optq_each_meter(&t->e, &t->r, &addr, now);
	enum optq_colour out = optq_meter_judge(m, &t->r, len, G);

	optq_meter_spend(m, &t->r, len, out);
	optq_each_count(&t->e, m);
	return out;
}

static const struct optq_meter_conf two_colours = {
	.kind = OPTQ_METER_2697, .cir = 1000, .cbs = 1000,
};

/* With room for all, in one bucket or many, each is as if it were alone. */
static void apart_while_there_is_room(void **state)
{
	const u32 buckets[] = { 1, 16, 4096 };
	size_t b;

	(void)state;
	for (b = 0; b < 3; b++) {
		struct optq_meter_conf conf = two_colours;
		struct table t;
		struct optq_meter alone[1000];
		u64 seed = 7, now = SEC;
		int i;

		conf.xbs = 500;
		t = table_new(1000, buckets[b], conf, now);
		for (i = 0; i < 1000; i++)
			optq_meter_init(&alone[i], &t.r, now);
		for (i = 0; i < 100000; i++) {
			u32 at = (u32)(rnd(&seed) % (1 + rnd(&seed) % 1000));
			u32 len = (u32)rnd_in(&seed, 1, 400);
			enum optq_colour out;

			now += rnd_in(&seed, 0, MSEC);
			optq_meter_refill(&alone[at], &t.r, now);
			out = optq_meter_judge(&alone[at], &t.r, len, G);
			optq_meter_spend(&alone[at], &t.r, len, out);
			assert_int_equal(mark(&t, v4(at), len, now), out);
		}
		assert_int_equal(t.e.shared, 0);
		table_free(&t);
	}
}

/*
 * A thousand addresses take their turns, and no more than 15 owe anything at a time:
 * 16 entries are as good as a thousand.
 */
static void reuse_forgets_nothing(void **state)
{
	struct table t = table_new(16, 16, two_colours, SEC);
	struct optq_meter alone[1000];
	u64 seed = 9, now = SEC;
	int i, round;

	(void)state;
	for (i = 0; i < 1000; i++)
		optq_meter_init(&alone[i], &t.r, now);
	for (round = 0; round < 2000; round++) {
		u32 first = (u32)rnd_in(&seed, 0, 985);

		for (i = 0; i < 100; i++) {
			u32 at = first + (u32)rnd(&seed) % 15;
			u32 len = (u32)rnd_in(&seed, 1, 600);
			enum optq_colour out;

			now += rnd_in(&seed, 0, 20 * MSEC);
			optq_meter_refill(&alone[at], &t.r, now);
			out = optq_meter_judge(&alone[at], &t.r, len, G);
			optq_meter_spend(&alone[at], &t.r, len, out);
			assert_int_equal(mark(&t, v4(at), len, now), out);
		}
		/* A second fills whatever was spent. */
		now += SEC;
	}
	assert_int_equal(t.e.shared, 0);
	assert_int_equal(t.e.used, 16);
	table_free(&t);
}

/* More addresses than entries, all busy: none has more than its CIR * t + CBS. */
static void nobody_gets_more(void **state)
{
	enum { ADDRS = 400 };
	u64 seed = 11;
	int run, i;

	(void)state;
	for (run = 0; run < 60; run++) {
		struct optq_meter_conf conf = {
			.kind = OPTQ_METER_4115, .cir = rnd_in(&seed, 1, 100000),
			.cbs = (u32)rnd_in(&seed, 1500, 20000),
		};
		u32 size = (u32)rnd_in(&seed, 1, 300);
		u64 start = rnd(&seed), now = start, most = 0;
		struct table t = table_new(size, 256, conf, now);
		u64 green[ADDRS] = { 0 }, began[ADDRS];
		u32 addrs = (u32)rnd_in(&seed, 2, ADDRS);

		for (i = 0; i < ADDRS; i++)
			began[i] = start;
		for (i = 0; i < 20000; i++) {
			u32 at = (u32)(rnd(&seed) % (1 + rnd(&seed) % addrs));
			u32 len = (u32)rnd_in(&seed, 1, 1500);

			if (rnd(&seed) % 4 == 0)
				now += rnd_in(&seed, 0, 3000 * SEC / conf.cir /
					      addrs + 1);
			/* Now and then an interval begins anew. */
			if (rnd(&seed) % 64 == 0) {
				green[at] = 0;
				began[at] = now;
			}
			if (mark(&t, v4(at), len, now) == G)
				green[at] += len;
			assert_true((unsigned __int128)green[at] * SEC <=
				    (unsigned __int128)(now - began[at]) *
				    conf.cir + (unsigned __int128)conf.cbs * SEC);
			most = green[at] > most ? green[at] : most;
		}
		assert_true(most + 1500 > conf.cbs);
		table_free(&t);
	}
}

/* Eight that owe for an hour do not keep entries from those who come after. */
static void debts_do_not_stand_in_the_way(void **state)
{
	struct optq_meter_conf slow = two_colours;
	struct table t;
	u32 i;

	(void)state;
	slow.cir = 1;
	slow.cbs = 10000;
	t = table_new(64, 64, slow, SEC);
	for (i = 0; i < 64; i++)
		assert_int_equal(mark(&t, v4(i), i < 40 ? 10000 : 1, SEC), G);
	/* Two seconds later 24 are full again, behind 40 that are not. */
	for (i = 100; i < 124; i++) {
		u32 tries = 0;

		while (tries < 4) {
			u64 before = t.e.shared;

			mark(&t, v4(i), 1, 3 * SEC);
			if (t.e.shared == before)
				break;
			tries++;
		}
		assert_true(tries < 4);
	}
	assert_int_equal(mark(&t, v4(0), 3, 3 * SEC), OPTQ_RED);
	assert_int_equal(mark(&t, v4(0), 2, 3 * SEC), G);
	table_free(&t);
}

static void what_makes_an_address_one(void **state)
{
	static const u8 a[16] = { 0x20, 1, 0xd, 0xb8, 0, 0, 0, 7, 1 };
	static const u8 b[16] = { 0x20, 1, 0xd, 0xb8, 0, 0, 0, 7, 2 };
	static const u8 c[16] = { 0x20, 1, 0xd, 0xb8, 0, 0, 0, 8, 1 };
	static const u8 like_v4[16] = { 192, 0, 2, 1 };
	static const u8 net[4] = { 192, 0, 2, 129 }, other[4] = { 192, 0, 2, 127 };
	struct table t = table_new(16, 1, two_colours, SEC);

	(void)state;
	assert_int_equal(mark(&t, bytes(6, a, 16), 1000, SEC), G);
	/* One /64. */
	assert_int_equal(mark(&t, bytes(6, b, 16), 1, SEC), OPTQ_RED);
	assert_int_equal(mark(&t, bytes(6, c, 16), 1000, SEC), G);
	/* The same bytes of another family. */
	assert_int_equal(mark(&t, bytes(6, like_v4, 16), 1000, SEC), G);
	assert_int_equal(mark(&t, bytes(4, like_v4, 4), 1000, SEC), G);
	/* What is no IP is one. */
	assert_int_equal(mark(&t, bytes(0, like_v4, 4), 1000, SEC), G);
	assert_int_equal(mark(&t, bytes(0, net, 4), 1, SEC), OPTQ_RED);
	assert_int_equal(t.e.used, 5);
	/* /25 */
	optq_each_set_prefix(&t.e, 25, 128);
	assert_int_equal(mark(&t, bytes(4, net, 4), 1000, SEC), G);
	assert_int_equal(mark(&t, bytes(4, other, 4), 1000, SEC), G);
	assert_int_equal(mark(&t, bytes(4, like_v4, 4), 1, SEC), OPTQ_RED);
	assert_int_equal(mark(&t, bytes(6, b, 16), 1000, SEC), G);
	/* /0 */
	optq_each_set_prefix(&t.e, 0, 0);
	assert_int_equal(mark(&t, bytes(4, net, 4), 1000, SEC), G);
	assert_int_equal(mark(&t, bytes(4, other, 4), 1, SEC), OPTQ_RED);
	table_free(&t);
}

static void a_million(void **state)
{
	const u32 n = 1U << 20;
	struct table t = table_new(n, n, two_colours, SEC);
	u32 i;

	(void)state;
	assert_true(sizeof(struct optq_each_entry) + sizeof(u32) <= 52);
	for (i = 0; i < n; i++)
		assert_int_equal(mark(&t, v4(i * 2654435761U), 1000, SEC), G);
	assert_int_equal(t.e.shared, 0);
	/* All are busy: the next two share, and have one burst together. */
	assert_int_equal(mark(&t, v4(1), 600, SEC), G);
	assert_int_equal(t.e.shared, 1);
	assert_int_equal(mark(&t, bytes(0, (u8[4]){ 0 }, 4), 600, SEC), OPTQ_RED);
	assert_int_equal(t.e.shared, 2);
	for (i = 0; i < n; i++)
		assert_int_equal(mark(&t, v4(i * 2654435761U), 1, SEC), OPTQ_RED);
	/* A second later all entries are full, and one is had at once. */
	assert_int_equal(mark(&t, bytes(0, (u8[4]){ 0 }, 4), 1000, 2 * SEC), G);
	assert_int_equal(t.e.shared, 2);
	table_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(apart_while_there_is_room),
		cmocka_unit_test(reuse_forgets_nothing),
		cmocka_unit_test(nobody_gets_more),
		cmocka_unit_test(debts_do_not_stand_in_the_way),
		cmocka_unit_test(what_makes_an_address_one),
		cmocka_unit_test(a_million),
	};

	return cmocka_run_group_tests_name("each", tests, NULL, NULL);
}
