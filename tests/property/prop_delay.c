// SPDX-License-Identifier: GPL-2.0
/* Delays that can all be met, and are. */
#include "../../sch_optq/core/admit.h"
#include "prop.h"

static bool is_below(const struct node *n, const struct node *place)
{
	while (n && n != place)
		n = n->parent;
	return n;
}

static u32 burst_of(const struct optq_class_conf *conf)
{
	return optq_delay_burst(conf->rate, conf->burst, MTU);
}

static u64 bursts_below(struct sim *s, const struct node *place)
{
	u64 sum = 0;
	int i;

	for (i = 1; i < s->n; i++) {
		if (s->node[i]->c->conf.delay_ns &&
		    is_below(s->node[i], place))
			sum += burst_of(&s->node[i]->c->conf);
	}
	return sum;
}

static u64 need_of(const struct node *n)
{
	return n->c->conf.rate ? n->c->conf.rate :
				optq_class_rate_below(n->c);
}

/* What is sent below n at most; 0: as much as its parent sends. */
static u64 place_rate(const struct sim *s, const struct node *n)
{
	u64 rate = n->c->conf.ceil;

	return n->parent || (rate && (double)rate < s->line) ? rate :
							      (u64)s->line;
}

static struct optq_delay_place place_of(struct sim *s, const struct node *n)
{
	struct optq_delay_place above, p = {
		.rate = place_rate(s, n), .rate_below = optq_class_rate_below(n->c),
		.bursts = bursts_below(s, n), .is_link = !n->parent,
	};
	const struct node *up = n->parent;

	while (up && !place_rate(s, up))
		up = up->parent;
	if (up)
		above = place_of(s, up);
	optq_delay_place_set(&p, n->c->conf.cburst, MTU, up ? &above : NULL,
			     need_of(n));
	return p;
}

/* Whether all delays below place can be met. */
static bool place_fits(struct sim *s, const struct node *place)
{
	struct optq_delay_place p = place_of(s, place);
	struct optq_delay_demand d[SIM_CLASSES];
	struct optq_delay_short why;
	u32 n = 0;
	int i;

	for (i = 1; i < s->n; i++) {
		const struct optq_class_conf *conf = &s->node[i]->c->conf;

		if (!conf->delay_ns || !is_below(s->node[i], place))
			continue;
		d[n].delay_ns = conf->delay_ns;
		d[n].rate = conf->rate;
		d[n].burst = burst_of(conf);
		n++;
	}
	return optq_delays_fit(d, n, &p, &why);
}

static bool all_fit(struct sim *s)
{
	int i;

	for (i = 0; i < s->n; i++) {
		if (!node_is_leaf(s->node[i]) && place_rate(s, s->node[i]) &&
		    !place_fits(s, s->node[i]))
			return false;
	}
	return true;
}

static void set_delay(struct sim *s, struct node *n, u64 delay_ns)
{
	struct optq_class_conf conf = n->c->conf;

	conf.delay_ns = delay_ns;
	/* Else its own ceiling holds it, as is refused at load. */
	if (!optq_ceil_passes(optq_delay_burst(conf.rate, conf.burst, MTU),
			      conf.cburst, MTU))
		conf.cburst = 0;
	sim_configure(s, n, &conf);
}

/* Some ceilings that save little, or what is automatic. */
static void narrow_ceils(struct sim *s)
{
	int i;

	for (i = 1; i < s->n; i++) {
		struct optq_class_conf conf = s->node[i]->c->conf;

		if (!conf.ceil || rnd(&s->seed) % 2)
			continue;
		conf.cburst = (u32)rnd_in(&s->seed, MTU, 8 * MTU);
		if (rnd(&s->seed) % 2)
			conf.cburst = 0;
		sim_configure(s, s->node[i], &conf);
	}
}

/* As many leaves as can have one get a delay, short ones too. */
static void give_delays(struct sim *s)
{
	u64 pkt_ns = (u64)(s->longest * 1e9 / s->line) + 1;
	int i, tries;

	for (i = 1; i < s->n; i++) {
		struct node *n = s->node[i];
		bool fits = false;

		if (!node_is_leaf(n) || !n->c->conf.rate || rnd(&s->seed) % 4 == 0)
			continue;
		for (tries = 0; tries < 8 && !fits; tries++) {
			u64 delay = pkt_ns * rnd_in(&s->seed, 64, 1024);

			delay = delay >> 6 << rnd_in(&s->seed, 0, 7);
			set_delay(s, n, optq_max_u64(optq_min_u64(delay, 10 * SEC),
						     1000));
			fits = all_fit(s);
		}
		if (!fits)
			set_delay(s, n, 0);
	}
}

/* Of a crowd, delays may send more than they may as well, and few beside them rest. */
static void give_sources(struct sim *s, bool crowd)
{
	int i;

	for (i = 1; i < s->n; i++) {
		struct node *n = s->node[i];

		if (n->c->conf.delay_ns) {
			if (!crowd || rnd(&s->seed) % 2)
				sim_set_source(s, n, SOURCE_CONFORMING, 64, MTU,
					       0, 1000);
		} else if (crowd && node_is_leaf(n) && rnd(&s->seed) % 4) {
			sim_set_source(s, n, SOURCE_GREEDY, 64, MTU, 20, 1);
		}
	}
	gen_sources(s);
}

bool prop_delay(u64 seed, char *why, size_t len)
{
	struct gen g = {
		.classes = 20, .levels = (u32)rnd_in(&seed, 1, 6), .fit = true,
		.roomy_ceils = true, .no_aqm = true,
	};
	bool crowd = rnd(&seed) % 2;
	struct sim s;
	int i;

	g.tight = crowd;
	sim_init(&s, seed, prop_line(&seed), 4096);
	s.check_delay = true;
	s.longest = MTU;
	s.verify_every = rnd(&seed) % 8 ? 0 : 13;
	gen_tree(&s, &g);
	s.check_lag = crowd || rnd(&seed) % 2;
	if (!s.check_lag)
		narrow_ceils(&s);
	give_delays(&s);
	/* Until every bucket is full: a delay is of what comes from then on. */
	s.now += 365 * 86400 * SEC;
	give_sources(&s, crowd);
	sim_run(&s, rnd_in(&seed, 1000, 3000), s.now + 3600 * SEC);
	if (s.check_lag)
		prop_lag_check(&s);
	for (i = 1; verbose && i < s.n; i++) {
		struct node *n = s.node[i];

		if (n->c->conf.delay_ns)
			printf("# %d/%d depth %u rate %llu/%.0f delay %llu late %.0f of %.0f, %llu sent\n",
			       i, s.n, n->c->depth,
			       (unsigned long long)n->c->conf.rate, s.line,
			       (unsigned long long)n->c->conf.delay_ns, n->late,
			       sim_delay_slack_ns(&s),
			       (unsigned long long)n->sent);
	}
	return prop_end(&s, why, len);
}
