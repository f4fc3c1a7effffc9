// SPDX-License-Identifier: GPL-2.0
/*
 * A class that is flooded with small packets, each of a flow of its own, at 10 to
 * 40 times its rate: what flows that behave have of it, second by second.
 */
#include "core_util.h"

#define LINK_RATE	1250000U	/* 10 Mbit/s */
#define RATE		250000U		/* of the flooded class: 2 Mbit/s */
#define SECONDS		12
#define FIRST		4		/* the flood begins */
#define SOURCES		4
#define REPEATED	3		/* those of them that come again soon */
#define FLOOD		0x80000000U	/* flows from here on are the flood's */

/* Flows that behave; of the last a flood leaves no memory. */
static const struct source {
	u32 len;
	u64 every_ns;
} sources[SOURCES] = {
	{ 200, 20 * MSEC },		/* a call: 80 kbit/s */
	{ 1514, 40 * MSEC },		/* 303 kbit/s */
	{ 700, 16 * MSEC },		/* 350 kbit/s */
	{ 100, 500 * MSEC },		/* a packet now and then */
};

struct flood_run {
	struct world w;
	struct optq_class flooded, other;
	u64 next[SOURCES];
	u64 next_flood, flood_every;
	u64 line_free;
	u64 seed;
	u64 offered[SOURCES][SECONDS];
	u64 got[SOURCES][SECONDS];
	u64 wait_max[SOURCES];
	u64 other_bytes[SECONDS];
	u64 flood_bytes[SECONDS];
	u32 per_flow;			/* packets of each flow of the flood */
	u32 flood_flow, flood_left;
	u32 drops_max;			/* in one call */
	bool by_host;			/* of a host each, and hosts have their share */
	struct hosts_mem hosts;
	struct optq_shares shares;
};

static u32 second_of(const struct flood_run *r)
{
	return (u32)((r->w.now - SEC) / SEC);
}

static void share_by_host(struct flood_run *r)
{
	struct optq_class_conf conf = r->flooded.conf;

	hosts_give(&r->hosts, &r->w.t.flows, 1024);
	optq_leaf_give_shares(&r->flooded.leaf, &r->shares);
	conf.isolate = OPTQ_ISOLATE_DUAL_SRC;
	optq_class_configure(&r->w.t, &r->flooded, &conf, r->w.now);
	assert_true(r->flooded.leaf.by_host);
	r->by_host = true;
}

static void run_init(struct flood_run *r, u32 times, u32 per_flow, u32 limit)
{
	u32 i;

	memset(r, 0, sizeof(*r));
	world_init(&r->w, 4096);
	optq_tree_set_link(&r->w.t, LINK_RATE, 0, r->w.now);
	world_add(&r->w, &r->flooded, &r->w.t.root,
		  CONF(.rate = RATE, .ceil = RATE, .limit = limit));
	world_add(&r->w, &r->other, &r->w.t.root,
		  CONF(.rate = LINK_RATE - RATE, .limit = 1000));
	for (i = 0; i < SOURCES; i++)
		r->next[i] = r->w.now + i * MSEC;
	r->next_flood = r->w.now + FIRST * SEC;
	r->flood_every = 64 * SEC / ((u64)RATE * times);
	r->per_flow = per_flow;
	r->seed = 1;
}

static void send(struct flood_run *r, struct optq_class *c, u32 len, u32 flow)
{
	struct optq_hosts hosts = { .src = flow };
	u32 n;

	optq_enqueue_of(&r->w.t, c, pkt_new(len, flow, 0), flow,
			r->by_host ? &hosts : NULL, r->w.now, &r->w.drops);
	n = drops_free(&r->w.drops);
	if (n > r->drops_max)
		r->drops_max = n;
}

static void send_flood(struct flood_run *r)
{
	if (!r->flood_left) {
		r->flood_left = r->per_flow;
		r->flood_flow = FLOOD | (u32)rnd(&r->seed);
	}
	r->flood_left--;
	send(r, &r->flooded, 64, r->flood_flow);
	r->next_flood += r->flood_every;
}

static void arrivals(struct flood_run *r)
{
	u32 i;

	while (r->other.qlen < 100)
		send(r, &r->other, MTU, r->other.qlen % 8);
	for (i = 0; i < SOURCES; i++) {
		if (r->next[i] > r->w.now)
			continue;
		r->offered[i][second_of(r)] += sources[i].len;
		send(r, &r->flooded, sources[i].len, 0x1000 * (i + 1));
		r->next[i] += sources[i].every_ns;
	}
	if (r->next_flood <= r->w.now)
		send_flood(r);
}

static void sent(struct flood_run *r, struct optq_pkt *p)
{
	u32 flow = tpkt(p)->flow, i = flow / 0x1000 - 1, s = second_of(r);

	r->line_free = r->w.now + p->len * SEC / LINK_RATE;
	if (flow & FLOOD) {
		r->flood_bytes[s] += p->len;
	} else if (flow < 8) {
		r->other_bytes[s] += p->len;
	} else {
		r->got[i][s] += p->len;
		if (r->w.now - p->enqueue_ns > r->wait_max[i])
			r->wait_max[i] = r->w.now - p->enqueue_ns;
	}
	pkt_free(p);
}

static void run(struct flood_run *r)
{
	u64 end = r->w.now + SECONDS * SEC, next, event;
	struct optq_pkt *p;
	u32 i, n;

	while (r->w.now < end) {
		arrivals(r);
		event = ~0ULL;
		if (r->line_free <= r->w.now) {
			p = optq_dequeue(&r->w.t, r->w.now, &r->w.drops, &event);
			n = drops_free(&r->w.drops);
			if (n > r->drops_max)
				r->drops_max = n;
			if (p)
				sent(r, p);
		}
		next = r->line_free > r->w.now ? r->line_free : event;
		if (r->next_flood < next)
			next = r->next_flood;
		for (i = 0; i < SOURCES; i++) {
			if (r->next[i] < next)
				next = r->next[i];
		}
		r->w.now = next > r->w.now ? next : r->w.now + 1;
	}
	world_verify(&r->w);
}

static void run_free(struct flood_run *r)
{
	optq_purge(&r->w.t, &r->flooded, r->w.now, &r->w.drops);
	optq_purge(&r->w.t, &r->other, r->w.now, &r->w.drops);
	drops_free(&r->w.drops);
	if (r->by_host)
		hosts_free(&r->hosts);
	world_free(&r->w);
}

/* Per mille of what was offered in a second, or of what is wanted then. */
static void at_least(u64 got, u64 wanted, u32 permille, const char *what, u32 second)
{
	if (got * 1000 < wanted * permille)
		fail_msg("%s, second %u: %llu of %llu bytes", what, second,
			 (unsigned long long)got, (unsigned long long)wanted);
}

/*
 * From the second after its beginning, in which they become known, flows that come
 * again get all they ask for, which is half of the rate; and nobody's loss grows.
 */
static void check(const struct flood_run *r)
{
	u32 i, s;

	for (s = 0; s < SECONDS; s++) {
		if (s != FIRST)
			at_least(r->other_bytes[s], LINK_RATE - RATE, 995, "other class", s);
		for (i = 0; i < REPEATED && s != FIRST; i++)
			at_least(r->got[i][s], r->offered[i][s], 960, "a flow that repeats", s);
		if (s > FIRST)
			at_least(r->flood_bytes[s], RATE / 2, 1000, "the flood itself", s);
	}
	for (i = 0; i < REPEATED; i++)
		at_least(r->got[i][FIRST], r->offered[i][FIRST], 900, "as it begins", FIRST);
	/* The flood takes 64 ms to fill the longest queue: until then all are new. */
	for (i = 0; i < SOURCES; i++)
		assert_in_range(r->wait_max[i], 0, 75 * MSEC);
	/* One for a packet that comes, and what a flow of few packets leaves. */
	assert_in_range(r->drops_max, 1, 8);
}

static void flooded(u32 times, u32 per_flow, u32 limit)
{
	static struct flood_run r;

	run_init(&r, times, per_flow, limit);
	run(&r);
	check(&r);
	run_free(&r);
}

static void packets_of_a_flow_each(void **state)
{
	(void)state;
	flooded(10, 1, 1000);
	flooded(40, 1, 1000);
}

static void few_packets_a_flow(void **state)
{
	(void)state;
	flooded(10, 3, 1000);
	flooded(40, 3, 1000);
}

/* More wait than the table has entries. */
static void flood_fills_the_table(void **state)
{
	(void)state;
	flooded(40, 1, 10000);
	flooded(40, 3, 10000);
}

static void hosts_have_their_share(void **state)
{
	static const struct {
		u32 times, per_flow, limit;
	} floods[] = { { 10, 1, 1000 }, { 40, 1, 1000 }, { 40, 3, 1000 }, { 40, 1, 10000 } };
	static struct flood_run r;
	u32 i;

	(void)state;
	for (i = 0; i < sizeof(floods) / sizeof(floods[0]); i++) {
		run_init(&r, floods[i].times, floods[i].per_flow, floods[i].limit);
		share_by_host(&r);
		run(&r);
		check(&r);
		run_free(&r);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_of_a_flow_each),
		cmocka_unit_test(few_packets_a_flow),
		cmocka_unit_test(flood_fills_the_table),
		cmocka_unit_test(hosts_have_their_share),
	};

	return cmocka_run_group_tests_name("overload", tests, NULL, NULL);
}
