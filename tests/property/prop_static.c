// SPDX-License-Identifier: GPL-2.0
/* Properties of a tree that does not change. */
#include "fluid.h"
#include "prop.h"

bool prop_end(struct sim *s, char *why, size_t len)
{
	sim_free(s);
	if (sim_failed(s))
		snprintf(why, len, "%s", s->why);
	return !sim_failed(s);
}

double prop_line(u64 *seed)
{
	static const double lines[] = { 125e3, 1.25e6, 12.5e6, 125e6, 1.25e9 };

	return lines[rnd(seed) % 5];
}

bool prop_hostile(u64 seed, char *why, size_t len)
{
	struct gen g = {
		.classes = 20, .levels = (u32)rnd_in(&seed, 1, 6),
		.large_packets = rnd(&seed) % 4 == 0, .delays = seed % 2,
	};
	bool small_table = rnd(&seed) % 8 == 0;
	struct sim s;

	if (rnd(&seed) % 50 == 0)
		g.classes = 500;
	g.fit = rnd(&seed) % 2;
	sim_init(&s, seed, prop_line(&seed), small_table ? 4 : 4096);
	s.shared_flows = small_table;
	s.verify_every = rnd(&seed) % 4 ? 0 : g.classes > 100 ? 50 : 7;
	s.late_ns = rnd(&seed) % 4 ? 0 : 100000;
	gen_tree(&s, &g);
	gen_sources(&s);
	sim_run(&s, rnd_in(&seed, 100, 1000), s.now + 3600 * SEC);
	sim_verify(&s);
	sim_check_counts(&s);
	if (!sim_failed(&s))
		sim_drain(&s);
	sim_check_counts(&s);
	sim_verify(&s);
	return prop_end(&s, why, len);
}

/* The bursts of leaves with a delay at or below n. */
static u32 delay_bursts(const struct sim *s, const struct node *n)
{
	const struct optq_class_conf *conf;
	const struct node *at;
	u32 sum = 0;
	int i;

	for (i = 1; i < s->n; i++) {
		conf = &s->node[i]->c->conf;
		for (at = s->node[i]; at && at != n;)
			at = at->parent;
		if (at && conf->delay_ns)
			sum += optq_delay_burst(conf->rate, conf->burst, MTU);
	}
	return sum;
}

/*
 * What a class may be behind its rate, as docs/scheduler.md has it: its burst and
 * a packet.  In a tree without delays a leaf is less, three packets, and by its
 * part of each level above one more.
 */
static double lag_bound(const struct sim *s, const struct node *n)
{
	const struct optq_class *c = n->c;
	u32 longest = s->longest, delayed = delay_bursts(s, n);
	bool super = longest > MTU, delays = s->check_delay;
	u32 burst = optq_rate_burst(c->conf.rate, c->conf.burst, MTU, c->depth);
	/* By the length foreseen, which may be another's of the same class. */
	double packets = super ? 3.5 : 3, more = 0;
	const struct node *p;

	/* A ceiling may end a tick of the wheel late. */
	more += (double)c->conf.rate * (1 << OPTQ_TICK_NS_SHIFT) / 1e9;
	for (p = n->parent; p->parent; p = p->parent)
		packets += (double)c->conf.rate / (double)optq_class_need(p->c);
	burst = optq_max_u32(burst, (c->depth + 1) * longest);
	more += super * longest;
	if (!node_is_leaf(n))
		return burst + delayed + longest + more;
	return (delays ? burst + longest : packets * longest) + more;
}

void prop_lag_check(struct sim *s)
{
	int i;

	for (i = 1; i < s->n && !sim_failed(s); i++) {
		struct node *n = s->node[i];
		double most = lag_bound(s, n);

		if (verbose && n->c->conf.rate)
			printf("# %d/%d depth %u %s rate %llu/%.0f lag %.2f longest packets of %.2f\n",
			       i, s->n, n->c->depth, node_is_leaf(n) ? "leaf" : "inner",
			       (unsigned long long)n->c->conf.rate, s->line,
			       n->lag.worst / s->longest, most / s->longest);
		if (n->lag.worst > most)
			sim_fail(s, "class %d of %d at depth %u fell %.0f bytes behind its rate %llu, at most %.0f",
				 i, s->n, n->c->depth, n->lag.worst,
				 (unsigned long long)n->c->conf.rate, most);
	}
}

bool prop_guarantee(u64 seed, char *why, size_t len)
{
	struct gen g = {
		.classes = 20, .levels = (u32)rnd_in(&seed, 1, 6), .fit = true,
		.tight = rnd(&seed) % 2, .chains = rnd(&seed) % 4 == 0,
		.roomy_ceils = true, .no_aqm = true,
	};
	u32 longest = rnd(&seed) % 4 ? MTU : 65536;
	struct sim s;

	sim_init(&s, seed, prop_line(&seed), 4096);
	s.check_lag = true;
	s.longest = longest;
	gen_tree(&s, &g);
	gen_sources(&s);
	sim_run(&s, rnd_in(&seed, 1000, 3000), s.now + 3600 * SEC);
	prop_lag_check(&s);
	return prop_end(&s, why, len);
}

static void fluid_of(struct sim *s, struct fluid *f)
{
	int i;

	for (i = 0; i < s->n; i++) {
		const struct node *n = s->node[i];
		const struct optq_class_conf *conf = &n->c->conf;

		memset(&f[i], 0, sizeof(f[i]));
		f[i].parent = n->parent ? n->parent->index : -1;
		f[i].rate = (double)conf->rate;
		f[i].ceil = conf->ceil ? (double)conf->ceil : FLUID_NONE;
		f[i].weight = n->c->excess.weight;
		f[i].prio = (int)conf->prio;
		f[i].backlogged = node_is_leaf(n) &&
				  n->src.kind == SOURCE_GREEDY;
	}
	fluid_solve(f, s->n, s->line);
}

void prop_fluid_check(struct sim *s, u64 warm_up, u64 packets, double off,
		      double slack)
{
	struct fluid f[SIM_CLASSES];
	u64 from;
	int i;

	fluid_of(s, f);
	sim_run(s, warm_up, SIM_NEVER);
	from = s->now;
	for (i = 0; i < s->n; i++)
		s->node[i]->marked_bytes = s->node[i]->sent_bytes;
	sim_run(s, packets, SIM_NEVER);
	for (i = 0; i < s->n && (verbose || !sim_failed(s)); i++) {
		double want = f[i].share * (double)(s->now - from) / 1e9;
		double got = (double)(s->node[i]->sent_bytes -
				      s->node[i]->marked_bytes);
		double diff = got > want ? got - want : want - got;

		if (verbose)
			printf("# %d <- %d %s rate %.0f ceil %.0f weight %.0f prio %d: share %.0f want %.0f got %.0f\n",
			       i, f[i].parent, f[i].backlogged ? "leaf" : "",
			       f[i].rate, f[i].ceil, f[i].weight, f[i].prio,
			       f[i].share, want, got);
		if (diff > off * want + slack * MTU)
			sim_fail(s, "class %d of %d sent %.0f bytes, the fluid %.0f",
				 i, s->n, got, want);
	}
}

/* The fluid has no burst to begin with: what was saved may take long to spend. */
static void spend_saved(struct sim *s)
{
	int i;

	for (i = 0; i < s->n; i++) {
		s->node[i]->c->rate.tokens = 0;
		s->node[i]->c->ceil.tokens = 0;
	}
}

/*
 * A class that is guaranteed less than those below it are together, among siblings
 * whose guarantees fit: what is over there goes to whoever needs most, as
 * docs/scheduler.md says, and not as the fluid has it.
 */
static bool has_overfull_below_fit(const struct sim *s)
{
	int i;

	for (i = 1; i < s->n; i++) {
		const struct optq_class *c = s->node[i]->c, *p = c->parent;
		double most = p->parent ? (double)p->conf.rate : s->line;

		if (c->conf.rate && optq_class_rate_below(c) > c->conf.rate &&
		    (double)optq_class_rate_below(p) <= most)
			return true;
	}
	return false;
}

bool prop_fluid(u64 seed, char *why, size_t len)
{
	struct gen g = {
		.classes = 12, .levels = (u32)rnd_in(&seed, 1, 4),
		.fit = rnd(&seed) % 4, .small_bursts = true,
		.roomy_ceils = true, .no_aqm = true,
	};
	struct sim s;
	int i;

	sim_init(&s, seed, prop_line(&seed), 4096);
	s.longest = MTU;
	gen_tree(&s, &g);
	spend_saved(&s);
	for (i = 1; i < s.n; i++) {
		u32 lo = rnd(&seed) % 2 ? MTU : 64;

		if (node_is_leaf(s.node[i]) && rnd(&seed) % 4)
			sim_set_source(&s, s.node[i], SOURCE_GREEDY, lo, MTU,
				       2, 1);
	}
	if (!has_overfull_below_fit(&s))
		prop_fluid_check(&s, 6000, 20000, 0.02, 12);
	return prop_end(&s, why, len);
}
