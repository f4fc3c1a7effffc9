// SPDX-License-Identifier: GPL-2.0
/* A tree that is changed while it sends. */
#include "prop.h"

static const struct gen change_gen = {
	.classes = 12, .levels = 5, .isolate = true,
};

static struct node *any_node(struct sim *s)
{
	return s->node[rnd(&s->seed) % (u64)s->n];
}

static void source_stop(struct node *n)
{
	n->src.kind = SOURCE_OFF;
	n->src.next_ns = SIM_NEVER;
}

static void change_conf(struct sim *s)
{
	struct node *n = any_node(s);
	struct optq_class_conf conf = gen_conf(s, &change_gen,
					       (u64)s->line / 8, 0);

	sim_configure(s, n, &conf);
}

/* Only some parameters, and there and back: tokens must not be made of it. */
static void change_rate_twice(struct sim *s)
{
	struct node *n = any_node(s);
	struct optq_class_conf was = n->c->conf, conf = was;

	conf.ceil = was.ceil ? was.ceil * 1000 : (u64)s->line;
	if (conf.ceil > 125000000000ULL)
		conf.ceil = 125000000000ULL;
	sim_configure(s, n, &conf);
	if (rnd(&s->seed) % 2)
		sim_run(s, 2, s->now + 10000);
	sim_configure(s, n, &was);
}

/* A leaf that gets a child hands its queue down; its traffic follows. */
static void change_add(struct sim *s)
{
	struct node *p = any_node(s), *n;
	struct optq_class_conf conf = gen_conf(s, &change_gen,
					       (u64)s->line / 8, 0);

	if (p->c->depth >= 8 || s->n > 30)
		return;
	n = sim_add(s, p, &conf);
	if (!n)
		return;
	if (p->src.kind != SOURCE_OFF)
		n->src = p->src;
	else
		sim_set_source(s, n, SOURCE_BURSTS, 64, MTU, 20, 1000000);
	source_stop(p);
}

static void change_parent(struct sim *s)
{
	struct node *n = gen_pick(s, false), *p = any_node(s);

	if (!n || optq_class_may_attach(n->c, p->c) != OPTQ_OK)
		return;
	/* Nothing below takes the packets of a leaf that gets an inner class. */
	if (p->c->qlen && !node_is_leaf(n))
		return;
	optq_class_detach(&s->t, n->c, s->now);
	sim_attach(s, n, p);
	n->parent = p;
	source_stop(p);
	sim_verify(s);
}

/* Its queue goes to another leaf, or to the parent that becomes one. */
static void change_delete(struct sim *s)
{
	struct node *n = gen_pick(s, true), *to = gen_pick(s, true);

	if (!n)
		return;
	if (to && to != n && rnd(&s->seed) % 2) {
		optq_move_queue(&s->t, to->c, n->c, s->now);
		optq_class_detach(&s->t, n->c, s->now);
	} else if (n->parent->index && n->parent->c->n_children == 1) {
		optq_class_detach(&s->t, n->c, s->now);
		optq_move_queue(&s->t, n->parent->c, n->c, s->now);
		n->parent->src = n->src;
	} else {
		return;
	}
	sim_remove(s, n);
	sim_verify(s);
}

/* As a policy is swapped: every class out, and in again somewhere else. */
static void change_all(struct sim *s)
{
	int i;

	for (i = 1; i < s->n; i++)
		optq_class_unhook(&s->t, s->node[i]->c, s->now);
	for (i = 1; i < s->n; i++) {
		struct node *n = s->node[i];
		struct node *p = s->node[rnd(&s->seed) % (u64)i];

		if (p->c->depth >= 10)
			p = s->node[0];
		if (rnd(&s->seed) % 4 == 0) {
			struct optq_class_conf conf =
				gen_conf(s, &change_gen, (u64)s->line / 8, 0);

			sim_configure(s, n, &conf);
		}
		sim_attach(s, n, p);
		n->parent = p;
		source_stop(p);
	}
	sim_verify(s);
}

static void change_reset(struct sim *s)
{
	struct node *n = any_node(s);

	optq_class_reset(&s->t, n->c, s->now);
	n->limit.left = sim_ceil_burst(s, n);
	sim_verify(s);
}

static void change_source(struct sim *s)
{
	struct node *n = gen_pick(s, true);

	if (n)
		sim_set_source(s, n, SOURCE_GREEDY, 64, MTU, 10, 1);
}

static void (*const changes[])(struct sim *s) = {
	change_conf, change_conf, change_rate_twice, change_add, change_add,
	change_parent, change_parent, change_delete, change_all, change_reset,
	change_source,
};

#define N_CHANGES	(sizeof(changes) / sizeof(changes[0]))

bool prop_change(u64 seed, char *why, size_t len)
{
	struct sim s;
	int i, steps;

	sim_init(&s, seed, prop_line(&seed), 1024);
	s.verify_every = rnd(&seed) % 4 ? 0 : 3;
	s.late_ns = rnd(&seed) % 4 ? 0 : 100000;
	/* A queued packet keeps its length when a burst becomes shorter. */
	s.longest = MTU;
	gen_tree(&s, &change_gen);
	gen_sources(&s);
	steps = (int)rnd_in(&seed, 1, 60);
	for (i = 0; i < steps && !sim_failed(&s); i++) {
		sim_run(&s, rnd_in(&seed, 0, 40), s.now + SEC);
		changes[rnd(&seed) % N_CHANGES](&s);
	}
	sim_verify(&s);
	sim_check_counts(&s);
	if (!sim_failed(&s))
		sim_drain(&s);
	sim_check_counts(&s);
	sim_verify(&s);
	return prop_end(&s, why, len);
}
