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

/* Whether all delays below place can be met where rate bytes/s are sent. */
static bool place_fits(struct sim *s, const struct node *place, u64 rate)
{
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
		d[n].burst = optq_delay_burst(conf->rate, conf->burst, MTU);
		n++;
	}
	return optq_delays_fit(d, n, place->c->rate_below, rate, &why);
}

static bool all_fit(struct sim *s)
{
	int i;

	for (i = 0; i < s->n; i++) {
		const struct node *n = s->node[i];
		u64 rate = n->c->conf.ceil;

		if (!i && (!rate || (double)rate > s->line))
			rate = (u64)s->line;
		if (rate && !node_is_leaf(n) && !place_fits(s, n, rate))
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
			u64 delay = rnd_in(&s->seed, 1, 12);

			delay = pkt_ns * delay << rnd_in(&s->seed, 0, 7);
			set_delay(s, n, optq_max_u64(optq_min_u64(delay, 10 * SEC),
						     1000));
			fits = all_fit(s);
		}
		if (!fits)
			set_delay(s, n, 0);
	}
}

static void give_sources(struct sim *s)
{
	int i;

	for (i = 1; i < s->n; i++) {
		if (s->node[i]->c->conf.delay_ns)
			sim_set_source(s, s->node[i], SOURCE_CONFORMING, 64,
				       MTU, 0, 1000);
	}
	gen_sources(s);
}

bool prop_delay(u64 seed, char *why, size_t len)
{
	struct gen g = {
		.classes = 20, .levels = (u32)rnd_in(&seed, 1, 6), .fit = true,
		.roomy_ceils = true, .no_aqm = true,
	};
	struct sim s;
	int i;

	sim_init(&s, seed, prop_line(&seed), 4096);
	s.check_delay = true;
	s.longest = MTU;
	s.verify_every = rnd(&seed) % 8 ? 0 : 13;
	gen_tree(&s, &g);
	give_delays(&s);
	/* Until every bucket is full: a delay is of what comes from then on. */
	s.now += 365 * 86400 * SEC;
	give_sources(&s);
	sim_run(&s, rnd_in(&seed, 1000, 3000), s.now + 3600 * SEC);
	for (i = 1; verbose && i < s.n; i++) {
		struct node *n = s.node[i];

		if (n->c->conf.delay_ns)
			printf("# %d/%d depth %u rate %llu/%.0f delay %llu late %.0f of %.0f, %llu sent\n",
			       i, s.n, n->c->depth,
			       (unsigned long long)n->c->conf.rate, s.line,
			       (unsigned long long)n->c->conf.delay_ns, n->late,
			       sim_delay_slack_ns(&s, n),
			       (unsigned long long)n->sent);
	}
	return prop_end(&s, why, len);
}
