// SPDX-License-Identifier: GPL-2.0
/* Every tree of up to three classes, every combination of a few parameters. */
#include "prop.h"

#define LINE	1250000.0

/* Parent of each class: 0 the link, 1 the first class, 2 the second. */
static const struct shape {
	int classes;
	int parent[3];
} shapes[] = {
	{ 1, { 0 } },
	{ 2, { 0, 0 } },
	{ 2, { 0, 1 } },
	{ 3, { 0, 0, 0 } },
	{ 3, { 0, 1, 1 } },
	{ 3, { 0, 1, 0 } },
	{ 3, { 0, 1, 2 } },
};

#define N_SHAPES	(sizeof(shapes) / sizeof(shapes[0]))
#define ONE_CLASS	24	/* rate x ceil x weight x prio */
#define OF_THREE	12	/* rate x ceil x prio */

static u64 grid_of(const struct shape *s)
{
	u64 n = 1;
	int i;

	for (i = 0; i < s->classes; i++)
		n *= s->classes == 3 ? OF_THREE : ONE_CLASS;
	return n;
}

u64 prop_grid_cases(void)
{
	u64 n = 0;
	size_t i;

	for (i = 0; i < N_SHAPES; i++)
		n += grid_of(&shapes[i]);
	return n;
}

static struct optq_class_conf grid_conf(u64 point, int class, bool of_three)
{
	static const double rates[] = { 0, 0.25, 0.5 }, ceils[] = { 0, 0.5 };
	struct optq_class_conf conf = {
		.burst = 2 * MTU, .cburst = 16 * MTU,
		.target_ns = 10 * SEC, .interval_ns = 10 * SEC,
	};

	conf.rate = (u64)(rates[point % 3] * LINE);
	point /= 3;
	conf.ceil = (u64)(ceils[point % 2] * LINE);
	point /= 2;
	conf.prio = (u32)(point % 2);
	point /= 2;
	if (of_three)
		conf.weight = 1 + 2 * (u32)(class == 2);
	else
		conf.weight = 1 + 2 * (u32)(point % 2);
	return conf;
}

bool prop_grid(u64 seed, char *why, size_t len)
{
	const struct shape *shape = shapes;
	u64 point = seed % prop_grid_cases();
	struct sim s;
	int i;

	while (point >= grid_of(shape))
		point -= grid_of(shape++);
	sim_init(&s, seed, LINE, 64);
	s.longest = MTU;
	s.verify_every = 97;
	for (i = 0; i < shape->classes; i++) {
		bool of_three = shape->classes == 3;
		u64 size = of_three ? OF_THREE : ONE_CLASS;
		struct optq_class_conf conf = grid_conf(point % size, i,
							of_three);

		point /= size;
		sim_add(&s, s.node[shape->parent[i]], &conf);
	}
	for (i = 1; i < s.n; i++) {
		if (node_is_leaf(s.node[i]))
			sim_set_source(&s, s.node[i], SOURCE_GREEDY, MTU, MTU,
				       2, 1);
	}
	prop_fluid_check(&s, 150, 1000, 0.02, 6);
	sim_check_counts(&s);
	return prop_end(&s, why, len);
}
