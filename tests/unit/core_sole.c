// SPDX-License-Identifier: GPL-2.0
/* Packets of a sole leaf, noted in one tree and charged one by one in another. */
#include "core_util.h"

#define LEVELS	4

/* A path of classes below the link, its last a leaf, and another leaf beside it. */
struct path {
	struct world w;
	struct optq_class c[LEVELS], beside;
	int n;
};

struct shape {
	struct optq_class_conf conf[LEVELS], beside;
	u64 link;
	u32 link_burst;
	int n;
};

static u32 rnd_burst(u64 *seed)
{
	return rnd_in(seed, 0, 1) ? 0 : (u32)rnd_in(seed, MTU, 100 * MTU);
}

static void shape_draw(struct shape *s, u64 *seed)
{
	int i;

	memset(s, 0, sizeof(*s));
	s->n = (int)rnd_in(seed, 1, LEVELS);
	s->link = rnd_in(seed, 0, 3) ? 1ULL << rnd_in(seed, 20, 32) : 0;
	s->link_burst = rnd_burst(seed);
	for (i = 0; i < s->n; i++) {
		struct optq_class_conf *conf = &s->conf[i];

		conf->rate = rnd_in(seed, 0, 2) ? 1ULL << rnd_in(seed, 17, 28) : 0;
		if (rnd_in(seed, 0, 1))
			conf->ceil = (conf->rate ? conf->rate : 1 << 20)
				     << rnd_in(seed, 0, 4);
		conf->burst = rnd_burst(seed);
		conf->cburst = rnd_burst(seed);
	}
	s->beside.rate = 1 << 16;
}

static void path_init(struct path *p, const struct shape *s)
{
	struct optq_class *parent;
	int i;

	memset(p, 0, sizeof(*p));
	world_init(&p->w, 16);
	optq_tree_set_link(&p->w.t, s->link, s->link_burst, p->w.now);
	parent = &p->w.t.root;
	world_add(&p->w, &p->beside, parent, s->beside);
	for (p->n = 0; p->n < s->n; p->n++) {
		world_add(&p->w, &p->c[p->n], parent, s->conf[p->n]);
		parent = &p->c[p->n];
	}
	for (i = 0; i < 2; i++)
		p->w.now += SEC;
}

static struct optq_class *path_leaf(struct path *p)
{
	return &p->c[p->n - 1];
}

/* The number of the packet that leaves, or when to ask again. */
static u64 path_take(struct path *p)
{
	u64 next = 0;
	struct optq_pkt *pkt = optq_dequeue(&p->w.t, p->w.now, &p->w.drops, &next);

	if (!pkt)
		return next;
	next = tpkt(pkt)->seq;
	pkt_free(pkt);
	return next;
}

static void path_charge(struct path *p)
{
	optq_sole_settle(&p->w.t);
	optq_sole_forget(&p->w.t.sole);
}

static void bucket_same(const struct optq_bucket *a, const struct optq_bucket *b)
{
	assert_int_equal(a->tokens, b->tokens);
	assert_int_equal(a->t_ns, b->t_ns);
}

static void class_same(const struct optq_class *a, const struct optq_class *b)
{
	bucket_same(&a->rate, &b->rate);
	bucket_same(&a->ceil, &b->ceil);
	assert_int_equal(a->red, b->red);
	assert_int_equal(a->count.packets, b->count.packets);
	assert_int_equal(a->count.bytes, b->count.bytes);
	assert_int_equal(a->count.guaranteed_bytes, b->count.guaranteed_bytes);
}

static void path_same(struct path *a, struct path *b)
{
	int i;

	optq_sole_settle(&a->w.t);
	for (i = 0; i < a->n; i++)
		class_same(&a->c[i], &b->c[i]);
	class_same(&a->beside, &b->beside);
	class_same(&a->w.t.root, &b->w.t.root);
}

/* One packet to both, mostly of the one leaf; how many are noted in a now. */
static u64 step(struct path *a, struct path *b, u64 gap, u64 seq, u64 *seed)
{
	u32 len = (u32)(rnd_in(seed, 0, 9) ? rnd_in(seed, 60, MTU) :
					     rnd_in(seed, MTU, 65536));
	bool beside = !rnd_in(seed, 0, 39);
	int i, n = (int)rnd_in(seed, 1, 3);

	a->w.now += gap;
	b->w.now = a->w.now;
	world_send(&a->w, beside ? &a->beside : path_leaf(a), len, 1, seq);
	world_send(&b->w, beside ? &b->beside : path_leaf(b), len, 1, seq);
	for (i = 0; i < n; i++) {
		assert_int_equal(path_take(a), path_take(b));
		path_charge(b);
	}
	world_verify(&a->w);
	return a->w.t.sole.packets;
}

static void noted_is_charged(void **state)
{
	u64 seed = 11, noted = 0, most = 0;
	struct path a, b;
	int round, i;

	(void)state;
	for (round = 0; round < 400; round++) {
		u64 gap = 1ULL << rnd_in(&seed, 8, 28);
		struct shape s;

		shape_draw(&s, &seed);
		path_init(&a, &s);
		path_init(&b, &s);
		for (i = 0; i < 200; i++) {
			u64 n = step(&a, &b, rnd_in(&seed, 1, gap),
				     (u64)i + 1, &seed);

			noted += n != 0;
			most = n > most ? n : most;
			if (!rnd_in(&seed, 0, 19))
				path_same(&a, &b);
		}
		path_same(&a, &b);
		optq_purge(&a.w.t, path_leaf(&a), a.w.now, &a.w.drops);
		optq_purge(&a.w.t, &a.beside, a.w.now, &a.w.drops);
		optq_purge(&b.w.t, path_leaf(&b), b.w.now, &b.w.drops);
		optq_purge(&b.w.t, &b.beside, b.w.now, &b.w.drops);
		drops_free(&a.w.drops);
		drops_free(&b.w.drops);
		world_free(&a.w);
		world_free(&b.w);
	}
	/* The test is about nothing unless many are. */
	assert_true(noted > 400 * 200 / 10);
	assert_true(most > 20);
}

/* A 10 Mbit/s leaf whose packets are a second apart: all but two are noted. */
static void idle_path(struct path *p)
{
	struct shape s = {
		.n = 2, .link = 12500000,
		.conf = { { .rate = 2500000, .ceil = 12500000 },
			  { .rate = 1250000 } },
		.beside = { .rate = 1 << 16 },
	};
	int i;

	path_init(p, &s);
	for (i = 0; i < 5; i++) {
		p->w.now += SEC;
		world_send(&p->w, path_leaf(p), 1000, 1, 1);
		assert_int_equal(path_take(p), 1);
	}
	assert_int_equal(p->w.t.sole.packets, 3);
	assert_int_equal(p->w.t.sole.bytes, 3000);
}

static void assert_settled(struct path *p, u64 packets)
{
	assert_int_equal(p->w.t.sole.packets, 0);
	assert_int_equal(p->w.t.root.count.packets, packets);
	assert_int_equal(path_leaf(p)->count.packets, packets);
	assert_int_equal(path_leaf(p)->count.guaranteed_bytes, 1000 * packets);
}

static void too_soon_is_charged(void **state)
{
	struct path p;

	(void)state;
	idle_path(&p);
	/* 1000 bytes take 800 us at 10 Mbit/s: by then the leaf's bucket is full. */
	p.w.now += 800000 - 1;
	world_send(&p.w, path_leaf(&p), 1000, 1, 1);
	assert_int_equal(path_take(&p), 1);
	assert_settled(&p, 6);
	world_free(&p.w);

	idle_path(&p);
	p.w.now += 800000 + 4;
	world_send(&p.w, path_leaf(&p), 1000, 1, 1);
	assert_int_equal(path_take(&p), 1);
	assert_int_equal(p.w.t.sole.packets, 4);
	world_free(&p.w);
}

static void settled_when_others_look(void **state)
{
	struct optq_class_conf conf;
	struct path p;

	(void)state;
	idle_path(&p);
	conf = p.c[0].conf;
	conf.ceil /= 2;
	optq_class_configure(&p.w.t, &p.c[0], &conf, p.w.now);
	assert_settled(&p, 5);
	world_free(&p.w);

	idle_path(&p);
	optq_tree_set_link(&p.w.t, 1250000, 0, p.w.now);
	assert_settled(&p, 5);
	world_free(&p.w);

	idle_path(&p);
	world_send(&p.w, &p.beside, 1000, 2, 2);
	assert_settled(&p, 5);
	assert_int_equal(path_take(&p), 2);
	world_free(&p.w);

	idle_path(&p);
	optq_class_detach(&p.w.t, path_leaf(&p), p.w.now);
	assert_settled(&p, 5);
	world_free(&p.w);

	idle_path(&p);
	optq_class_reset(&p.w.t, &p.w.t.root, p.w.now);
	assert_settled(&p, 5);
	world_free(&p.w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(noted_is_charged),
		cmocka_unit_test(too_soon_is_charged),
		cmocka_unit_test(settled_when_others_look),
	};

	return cmocka_run_group_tests_name("sole", tests, NULL, NULL);
}
