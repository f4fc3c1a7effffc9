// SPDX-License-Identifier: GPL-2.0
#include "gen.h"
#include "../../sch_optq/uapi/linux/optq.h"

bool node_is_leaf(const struct node *n)
{
	return n->index && optq_class_is_leaf(n->c);
}

struct node *gen_pick(struct sim *s, bool leaf)
{
	int tries;

	for (tries = 0; tries < 50 && s->n > 1; tries++) {
		struct node *n = s->node[rnd_in(&s->seed, 1, (u64)s->n - 1)];

		if (!leaf || node_is_leaf(n))
			return n;
	}
	return NULL;
}

/* Even over orders of magnitude. */
static u64 rnd_log(u64 *seed, u64 lo, u64 hi)
{
	u32 bits_lo = 63 - (u32)__builtin_clzll(lo);
	u32 bits_hi = 63 - (u32)__builtin_clzll(hi);
	u64 top = 1ULL << rnd_in(seed, bits_lo, bits_hi);
	u64 v = top + rnd(seed) % top;

	return v < lo ? lo : v > hi ? hi : v;
}

static u32 gen_burst(struct sim *s, const struct gen *g)
{
	if (g->large_packets)
		return (u32)rnd_in(&s->seed, 2 * 65536, 6 * 65536);
	if (g->small_bursts)
		return (u32)rnd_in(&s->seed, 4 * MTU, 8 * MTU);
	switch (rnd(&s->seed) % 4) {
	case 0:
		return 0;
	case 1:
		return (u32)rnd_in(&s->seed, 1, 2 * MTU);
	default:
		return (u32)rnd_log(&s->seed, MTU, 1 << 20);
	}
}

static u64 gen_ceil(struct sim *s, u64 rate, u64 parent_ceil)
{
	u64 base = rate ? rate : (u64)s->line / 4 + 1;

	switch (rnd(&s->seed) % 5) {
	case 0:
		return rate ? rate : base;
	case 1:
		return rate ? rate + rate / 10 : base;
	case 2:
		return optq_max_u64(rnd_log(&s->seed, base, base * 100), rate);
	case 3:
		return optq_max_u64(parent_ceil, rate);
	default:
		return 0;
	}
}

struct optq_class_conf gen_conf(struct sim *s, const struct gen *g, u64 room,
				u64 parent_ceil)
{
	struct optq_class_conf conf = { 0 };
	u64 *seed = &s->seed;

	if (!g->fit && rnd(seed) % 4 == 0)
		conf.rate = rnd_log(seed, 1, (u64)s->line);
	else if (room && (g->tight || rnd(seed) % 4))
		conf.rate = rnd_in(seed, g->chains ? room - room / 16 : 1, room);
	conf.ceil = gen_ceil(s, conf.rate, parent_ceil);
	if (conf.ceil > OPTQ_RATE_MAX)
		conf.ceil = OPTQ_RATE_MAX;
	if (conf.rate && conf.rate < 8)
		conf.rate = 0;
	if (conf.ceil && (!g->fit || g->small_bursts))
		conf.ceil = optq_max_u64(conf.ceil, (u64)s->line / 1000 + 1);
	conf.burst = gen_burst(s, g);
	conf.cburst = gen_burst(s, g);
	if (g->roomy_ceils)
		conf.cburst = 4 * (g->levels + 2) * s->longest;
	if (rnd(seed) % 2)
		conf.weight = (u32)rnd_in(seed, 1, 10);
	else if (rnd(seed) % 4 == 0)
		conf.weight = (u32)rnd_log(seed, 1, ~0U);
	conf.prio = rnd(seed) % 3 ? 0 : (u32)(rnd(seed) % OPTQ_BANDS);
	if (rnd(seed) % 4 == 0)
		conf.quantum = (u32)rnd_log(seed, OPTQ_QUANTUM_MIN, 65536);
	if (rnd(seed) % 4 == 0)
		conf.limit = (u32)rnd_log(seed, 1, 2000);
	conf.ecn = rnd(seed) % 2;
	conf.l4s = rnd(seed) % 2;
	if (g->no_aqm) {
		conf.target_ns = OPTQ_TIME_MAX_NS;
		conf.interval_ns = OPTQ_TIME_MAX_NS;
		conf.limit = 0;
	}
	if (g->delays && conf.rate && rnd(seed) % 2)
		conf.delay_ns = rnd_log(seed, OPTQ_TIME_MIN_NS, SEC);
	if (g->isolate && rnd(seed) % 2) {
		conf.isolate = (u8)(rnd(seed) % (OPTQ_ISOLATE_MAX + 1U));
		conf.nat = rnd(seed) % 2;
	}
	conf.oversubscribe = !g->fit;
	return conf;
}

/* What is left of n's guarantee for one more child. */
static u64 gen_room(const struct sim *s, const struct node *n)
{
	u64 has = n->index ? n->c->conf.rate : (u64)(s->line * 0.999);
	u64 below = optq_class_rate_below(n->c);

	if (!n->index && n->c->conf.ceil && n->c->conf.ceil < has)
		has = n->c->conf.ceil;
	return has > below ? has - below : 0;
}

/* Its parent, and in *room what is left there for a guarantee. */
static struct node *gen_place(struct sim *s, const struct gen *g, u64 *room)
{
	bool last = g->chains && rnd(&s->seed) % 2;
	struct node *p = s->node[last ? (u64)s->n - 1 : rnd(&s->seed) % (u64)s->n];

	*room = gen_room(s, p);
	/* A wide tree leaves room for many. */
	if (!last && (!g->tight || rnd(&s->seed) % 2))
		*room /= (u64)rnd_in(&s->seed, 1, 8);
	return p;
}

void gen_tree(struct sim *s, const struct gen *g)
{
	int want = (int)rnd_in(&s->seed, 1, g->classes);
	int tries = 10 * want;

	if (rnd(&s->seed) % 2) {
		struct optq_class_conf link = {
			.ceil = (u64)(s->line * 0.95) + 1,
			.cburst = gen_burst(s, g),
		};

		if (g->roomy_ceils)
			link.cburst = 4 * (g->levels + 2) * s->longest;

		sim_configure(s, s->node[0], &link);
	}
	while (s->n <= want && tries--) {
		struct optq_class_conf conf;
		u64 room;
		struct node *p = gen_place(s, g, &room);

		if (p->c->depth >= g->levels)
			continue;
		conf = gen_conf(s, g, room, p->c->conf.ceil);
		sim_add(s, p, &conf);
	}
}

void gen_sources(struct sim *s)
{
	u64 pkt_ns = (u64)(MTU * 1e9 / s->line) + 1;
	int i;

	for (i = 1; i < s->n; i++) {
		struct node *n = s->node[i];
		u32 lo = 64, hi = rnd(&s->seed) % 2 ? MTU : 200;
		u64 gap = pkt_ns * rnd_log(&s->seed, 1, 4 * (u64)s->n + 4);

		if (!node_is_leaf(n) || n->src.kind != SOURCE_OFF)
			continue;
		if (rnd(&s->seed) % 4 == 0)
			lo = hi;
		if (rnd(&s->seed) % 3 == 0)
			hi = 65536;
		switch (rnd(&s->seed) % 4) {
		case 0:
			sim_set_source(s, n, SOURCE_STEADY, lo, hi, 0, gap);
			break;
		case 1:
			sim_set_source(s, n, SOURCE_BURSTS, lo, hi,
				       (u32)rnd_in(&s->seed, 1, 40), gap * 10);
			break;
		case 2:
			sim_set_source(s, n, SOURCE_GREEDY, lo, hi,
				       (u32)rnd_in(&s->seed, 1, 20), 1);
			break;
		default:
			break;
		}
	}
}
