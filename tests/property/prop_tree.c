// SPDX-License-Identifier: GPL-2.0
/*
 * Properties of the scheduler on random trees under random traffic:
 *	prop_tree [--seed N] [--cases N] [--only PROPERTY] [--verbose]
 * Without --only the cases are divided among all.  Case i of a property uses seed N + i; --cases 1 --only P --seed N replays it.
 */
#include <getopt.h>
#include <time.h>

#include "prop.h"

static const struct property properties[] = {
	{ "hostile", "ceilings, order, counts, work conservation", 35,
	  prop_hostile, NULL },
	{ "guarantee", "no leaf or class falls behind its rate", 20,
	  prop_guarantee, NULL },
	{ "delay", "what keeps to its rate leaves within its delay", 15,
	  prop_delay, NULL },
	{ "rate", "64 kbit/s to 10 Gbit/s within 0.1 %", 0, prop_rate,
	  prop_rate_cases },
	{ "fluid", "shares as in the fluid model", 10, prop_fluid,
	  NULL },
	{ "change", "changes under load lose nothing and keep ceilings", 20,
	  prop_change, NULL },
	{ "grid", "every small tree has the fluid's shares", 0, prop_grid,
	  prop_grid_cases },
};

#define N_PROPERTIES	(sizeof(properties) / sizeof(properties[0]))

bool verbose;

static void progress(const char *name, int done, int cases, bool last)
{
	static time_t shown;
	time_t now = time(NULL);

	if (!last && now == shown)
		return;
	shown = now;
	fprintf(stderr, "\r%s: %d of %d cases%s", name, done, cases,
		last ? "\n" : " ");
}

static int run_property(const struct property *p, int number, u64 seed,
			int cases)
{
	char why[256] = "";
	int i, failed = 0;

	for (i = 0; i < cases; i++) {
		if (!p->run(seed + (u64)i, why, sizeof(why))) {
			printf("# seed %llu: %s\n",
			       (unsigned long long)(seed + (u64)i), why);
			printf("# replay: prop_tree --only %s --cases 1 --seed %llu\n",
			       p->name, (unsigned long long)(seed + (u64)i));
			if (++failed == 5)
				break;
		}
		progress(p->name, i + 1, cases, i + 1 == cases);
	}
	printf("%sok %d - %s: %s, %d cases from seed %llu\n",
	       failed ? "not " : "", number, p->name, p->what, cases,
	       (unsigned long long)seed);
	fflush(stdout);
	return failed;
}

static int share_of(const struct property *p, int cases)
{
	u64 all = p->cases ? p->cases() : (u64)cases;

	if (!p->cases)
		return (cases * p->percent + 99) / 100;
	return all < (u64)cases ? (int)all : cases;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "cases", required_argument, NULL, 'n' },
		{ "only", required_argument, NULL, 'o' },
		{ "verbose", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 },
	};
	const char *only = NULL;
	u64 seed = 1;
	int cases = 10000, opt, failed = 0;
	size_t i;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == 's')
			seed = strtoull(optarg, NULL, 0);
		else if (opt == 'n')
			cases = atoi(optarg);
		else if (opt == 'o')
			only = optarg;
		else if (opt == 'v')
			verbose = true;
		else
			return 2;
	}
	printf("1..%zu\n", only ? 1 : N_PROPERTIES);
	for (i = 0; i < N_PROPERTIES; i++) {
		const struct property *p = &properties[i];

		if (only && strcmp(only, p->name))
			continue;
		failed += run_property(p, only ? 1 : (int)i + 1, seed,
				       only ? cases : share_of(p, cases));
	}
	return failed ? 1 : 0;
}
