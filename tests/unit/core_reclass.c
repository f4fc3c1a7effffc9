// SPDX-License-Identifier: GPL-2.0
/* Rules change while packets wait: they go where the new ones say, in their order. */
#include <time.h>

#include "core_util.h"

#define FLOWS		24
#define LEAVES		5

/* Each flow has a home, as rules would say, and all that waits of it waits there. */
struct town {
	struct world w;
	struct hosts_mem mem;
	struct optq_class site, leaf[LEAVES];
	struct optq_shares shares[LEAVES];
	u32 home[FLOWS];
	u64 sent[FLOWS], got[FLOWS];
	u64 seed;
	u32 here;			/* the leaf that is asked */
};

static const struct optq_class_conf confs[LEAVES] = {
	{ .rate = 100000, .isolate = OPTQ_ISOLATE_FLOW },
	{ .rate = 200000, .isolate = OPTQ_ISOLATE_TRIPLE },
	{ .rate = 100000, .isolate = OPTQ_ISOLATE_SRC_HOST },
	{ .rate = 300000, .delay_ns = 50 * MSEC, .burst = 20000 },
	{ .weight = 3, .isolate = OPTQ_ISOLATE_DUAL_DST },
};

/* Nothing is given up for having waited: for longer than a policy may say. */
static void add_patient(struct world *w, struct optq_class *c,
			struct optq_class *parent, struct optq_class_conf conf,
			struct optq_shares *shares)
{
	conf.target_ns = 100 * SEC;
	conf.interval_ns = 1000 * SEC;
	optq_class_init(&w->t, c);
	optq_leaf_give_shares(&c->leaf, shares);
	world_give_inner(w, parent);
	optq_class_configure(&w->t, c, &conf, w->now);
	optq_class_attach(&w->t, c, parent, w->now);
}

static void town_add(struct town *t, u32 i)
{
	add_patient(&t->w, &t->leaf[i], i < 2 ? &t->site : &t->w.t.root,
		    confs[i], &t->shares[i]);
}

static void town_init(struct town *t, u64 seed)
{
	u32 i;

	memset(t, 0, sizeof(*t));
	t->seed = seed;
	/* In some, flows outnumber the entries. */
	world_init(&t->w, seed % 3 ? 64 : 8);
	hosts_give(&t->mem, &t->w.t.flows, 64);
	world_add(&t->w, &t->site, &t->w.t.root, CONF(.rate = 300000));
	for (i = 0; i < LEAVES; i++)
		town_add(t, i);
	for (i = 0; i < FLOWS; i++)
		t->home[i] = (u32)rnd_in(&t->seed, 0, LEAVES - 1);
	world_verify(&t->w);
}

static struct optq_hosts hosts_of(u32 flow)
{
	return (struct optq_hosts){ .src = 1 + flow % 3, .dst = 9 + flow % 2 };
}

static void town_send(struct town *t)
{
	u32 flow = (u32)rnd_in(&t->seed, 0, FLOWS - 1);
	u32 len = (u32)rnd_in(&t->seed, 60, MTU);
	struct optq_class *c = &t->leaf[t->home[flow]];
	struct optq_hosts hosts = hosts_of(flow);

	optq_enqueue_of(&t->w.t, c, pkt_new(len, flow, ++t->sent[flow]),
			flow_key_of(&c->leaf, flow + 1, &hosts), &hosts, t->w.now,
			&t->w.drops);
}

/* Returns whether there was one. */
static bool town_take(struct town *t)
{
	struct optq_pkt *pkt;
	u64 next, seq;
	u32 flow;

	pkt = optq_dequeue(&t->w.t, t->w.now, &t->w.drops, &next);
	if (!pkt)
		return false;
	flow = tpkt(pkt)->flow;
	seq = tpkt(pkt)->seq;
	if (seq <= t->got[flow])
		fail_msg("flow %u: packet %ju came after %ju", flow,
			 (uintmax_t)seq, (uintmax_t)t->got[flow]);
	t->got[flow] = seq;
	pkt_free(pkt);
	return true;
}

static bool goes(void *arg, struct optq_pkt *pkt)
{
	const struct town *t = arg;

	return t->home[tpkt(pkt)->flow] != t->here;
}

static void town_join(struct town *t, struct optq_flow *lifted)
{
	struct optq_list unsorted;
	struct optq_pkt *pkt;

	optq_list_init(&unsorted);
	while ((pkt = optq_flow_pop(&t->w.t.flows, lifted))) {
		u32 flow = tpkt(pkt)->flow;
		struct optq_class *c = &t->leaf[t->home[flow]];
		struct optq_hosts hosts = hosts_of(flow);
		struct optq_flow run;

		optq_flow_init_shared(&run, NULL);
		optq_flow_push(&run, pkt);
		while (lifted->head && tpkt(lifted->head)->flow == flow &&
		       !optq_before(lifted->head->enqueue_ns, run.tail->enqueue_ns) &&
		       rnd_in(&t->seed, 0, 3))
			optq_flow_push(&run, optq_flow_pop(&t->w.t.flows, lifted));
		optq_join(&t->w.t, c, &run,
			  flow_key_of(&c->leaf, flow + 1, &hosts), &hosts,
			  t->w.now, &unsorted);
	}
	optq_join_end(&t->w.t, t->w.now, &unsorted);
}

static u32 town_waiting(const struct town *t)
{
	u32 i, n = 0;

	for (i = 0; i < LEAVES; i++)
		n += t->leaf[i].leaf.packets;
	return n;
}

/* What waits goes home. */
static void town_reclass(struct town *t)
{
	u32 n = town_waiting(t), dropped = t->w.drops.packets;
	struct optq_flow lifted;

	optq_flow_init_shared(&lifted, NULL);
	for (t->here = 0; t->here < LEAVES; t->here++)
		optq_lift(&t->w.t, &t->leaf[t->here], goes, t, t->w.now,
			  &lifted);
	assert_int_equal(town_waiting(t) + lifted.packets, n);
	world_verify(&t->w);
	town_join(t, &lifted);
	world_verify(&t->w);
	assert_int_equal(town_waiting(t), n);
	assert_int_equal(t->w.t.qlen, n);
	assert_int_equal(t->w.drops.packets, dropped);
	for (t->here = 0; t->here < LEAVES; t->here++) {
		optq_lift(&t->w.t, &t->leaf[t->here], goes, t, t->w.now,
			  &lifted);
		assert_int_equal(lifted.packets, 0);
	}
}

static void town_change(struct town *t)
{
	u32 i;

	for (i = 0; i < FLOWS; i++) {
		if (rnd_in(&t->seed, 0, 1))
			t->home[i] = (u32)rnd_in(&t->seed, 0, LEAVES - 1);
	}
	town_reclass(t);
}

static u64 town_enqueued(const struct town *t)
{
	u64 n = 0;
	u32 i;

	for (i = 0; i < LEAVES; i++)
		n += t->leaf[i].count.enqueued;
	return n;
}

static void town_end(struct town *t)
{
	u64 sent = 0;
	u32 i;

	for (i = 0; i < FLOWS; i++)
		sent += t->sent[i];
	assert_int_equal(town_enqueued(t), sent);
	for (i = 0; i < 100000 && t->w.t.qlen; i++) {
		town_take(t);
		t->w.now += MSEC;
	}
	assert_int_equal(t->w.t.qlen, 0);
	drops_free(&t->w.drops);
	world_verify(&t->w);
	hosts_free(&t->mem);
	world_free(&t->w);
}

/* None lost, none overtaken, and counted where it went. */
static void random_towns(void **state)
{
	struct town t;
	u32 step;
	u64 seed;

	(void)state;
	for (seed = 1; seed <= 400; seed++) {
		town_init(&t, seed);
		for (step = 0; step < 400; step++) {
			u64 dice = rnd_in(&t.seed, 0, 99);

			if (dice < 60)
				town_send(&t);
			else if (dice < 90)
				town_take(&t);
			else if (dice < 93)
				town_change(&t);
			/* Segments of one packet come at one time. */
			if (dice % 3)
				t.w.now += rnd_in(&t.seed, 0, 2 * MSEC);
		}
		town_end(&t);
	}
}

/* Two queues that held packets of one flow, some of each moment: by arrival after that. */
static void merged_by_arrival(void **state)
{
	struct town t;
	u32 i;

	(void)state;
	town_init(&t, 1);
	for (i = 0; i < 20; i++) {
		t.home[0] = i % 2;
		optq_enqueue_of(&t.w.t, &t.leaf[t.home[0]],
				pkt_new(500, 0, ++t.sent[0]), 1, NULL, t.w.now,
				&t.w.drops);
		t.w.now += 1000;
	}
	for (i = 0; i < FLOWS; i++)
		t.home[i] = 4;
	town_reclass(&t);
	assert_int_equal(t.leaf[4].leaf.packets, 20);
	assert_int_equal(t.leaf[4].leaf.flows, 1);
	town_end(&t);
}

/*
 * Flows that came by turns, all of one host, are to share one queue: each packet of theirs
 * is a run of its own between those that are there.  Where each walked along the others it
 * would be a billion steps.
 */
#define MANY_FLOWS	4096
#define MANY_ROUNDS	12

static bool all_go(void *arg, struct optq_pkt *pkt)
{
	(void)arg;
	(void)pkt;
	return true;
}

static void many_send(struct world *w, struct optq_class *leaf)
{
	struct optq_hosts host = { .src = 1, .dst = 2 };
	u32 flow, round;

	for (round = 0; round < MANY_ROUNDS; round++) {
		for (flow = 1; flow <= MANY_FLOWS; flow++) {
			optq_enqueue_of(&w->t, leaf, pkt_new(100, flow, round + 1), flow,
					&host, w->now++, &w->drops);
		}
	}
}

static void many_join(struct world *w, struct optq_class *leaf,
		      struct optq_flow *lifted, u32 hash)
{
	struct optq_hosts host = { .src = 1, .dst = 2 };
	struct optq_list unsorted;
	struct optq_flow run;
	struct optq_pkt *pkt;

	optq_list_init(&unsorted);
	while ((pkt = optq_flow_pop(&w->t.flows, lifted))) {
		optq_flow_init_shared(&run, NULL);
		optq_flow_push(&run, pkt);
		optq_join(&w->t, leaf, &run, hash, &host, w->now, &unsorted);
	}
	optq_join_end(&w->t, w->now, &unsorted);
}

static void many_in_no_time(void **state)
{
	const struct optq_class_conf conf = { .limit = MANY_FLOWS * MANY_ROUNDS };
	struct optq_class from, to;
	struct optq_flow lifted;
	struct optq_pkt *pkt;
	u64 before = 0, next;
	struct world w;
	clock_t began;
	u32 n;

	(void)state;
	world_init(&w, MANY_FLOWS);
	add_patient(&w, &from, &w.t.root, conf, NULL);
	add_patient(&w, &to, &w.t.root, conf, NULL);
	many_send(&w, &from);
	assert_int_equal(w.drops.packets, 0);
	assert_int_equal(from.leaf.flows, MANY_FLOWS);

	optq_flow_init_shared(&lifted, NULL);
	began = clock();
	optq_lift(&w.t, &from, all_go, NULL, w.now, &lifted);
	many_join(&w, &to, &lifted, 1);
	assert_true(clock() - began < CLOCKS_PER_SEC / 2);

	assert_int_equal(to.leaf.flows, 1);
	world_verify(&w);
	for (n = 0; w.t.qlen; n++, w.now += MSEC) {
		pkt = optq_dequeue(&w.t, w.now, &w.drops, &next);
		assert_non_null(pkt);
		assert_true(pkt->enqueue_ns >= before);
		before = pkt->enqueue_ns;
		pkt_free(pkt);
	}
	assert_int_equal(n, MANY_FLOWS * MANY_ROUNDS);
	world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_towns),
		cmocka_unit_test(merged_by_arrival),
		cmocka_unit_test(many_in_no_time),
	};

	return cmocka_run_group_tests_name("reclass", tests, NULL, NULL);
}
