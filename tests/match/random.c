// SPDX-License-Identifier: GPL-2.0
/*
 * The compiled matcher against the plain one, on random rule sets and packets:
 *	match_random [--seed N] [--cases N]
 * A case is a rule set and eight packets, or a thousand rules and more now and then;
 * case i uses seed N + i.  --cases 1 --seed N replays one.
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "rules.h"

#define KEYS		8
#define LIMIT		(64ULL << 20)

static bool differs(const char *what, u32 want, u32 have)
{
	if (want == have)
		return false;
	printf("# %s: %u by the rules, %u compiled\n", what, want, have);
	return true;
}

static bool check_tell(const struct made *m, const struct optq_match *compiled,
		       const struct optq_match_key *key, u32 known, u32 conjunct)
{
	u32 want[2], have[2];

	plain_tell(&m->rules, key, known, conjunct, &want[0], &want[1]);
	optq_match_tell(compiled, key, known, conjunct, &have[0], &have[1]);
	return !differs("what differs", want[0], have[0]) &&
	       !differs("what is open", want[1], have[1]);
}

static bool check_key(const struct made *m, const struct optq_match *compiled,
		      struct choices *c)
{
	struct optq_match_key key;
	u32 known, from, want, have;

	made_key(m, c, &key);
	if (differs("find", plain_find(&m->rules, &key),
		    optq_match_find(compiled, &key)))
		return false;
	known = choose(c, 65536) | choose(c, 256) << 16;
	from = m->rules.n_conjuncts ? choose(c, m->rules.n_conjuncts) : 0;
	want = plain_next(&m->rules, &key, known, from);
	have = optq_match_next(compiled, &key, known, from);
	return !differs("next", want, have) &&
	       (!m->rules.n_conjuncts || check_tell(m, compiled, &key, known, from));
}

/* Memory that runs out half way is given back, and it says so. */
static bool check_short(const struct made *m, struct choices *c)
{
	struct optq_match_error why;
	struct optq_match *compiled;
	struct counted count;

	counted_init(&count, choose(c, 2) ? LIMIT : 200 + choose(c, 60000));
	count.fail_in = choose(c, 2) ? (int)choose(c, 60) : -1;
	compiled = optq_match_build(&m->rules, &count.mem, &why);
	if (compiled)
		optq_match_free(compiled);
	else if (why.fault != OPTQ_MATCH_NO_MEMORY &&
		 why.fault != OPTQ_MATCH_TOO_BIG)
		return !printf("# short of memory: %s\n",
			       optq_match_fault_text(why.fault));
	return !count.blocks || !printf("# %zu blocks lost\n", count.blocks);
}

static bool run(u64 seed)
{
	struct choices c = { .seed = seed };
	u32 keys = KEYS, most = 30;
	struct optq_match *compiled;
	struct optq_match_error why;
	struct counted count;
	struct made m;
	bool ok = true;

	if (!choose(&c, 500))
		most = choose(&c, 2) ? 700 : 6000;
	made_rules(&m, &c, most);
	counted_init(&count, LIMIT);
	compiled = optq_match_build(&m.rules, &count.mem, &why);
	if (!compiled) {
		printf("# not built: %s (%u)\n",
		       optq_match_fault_text(why.fault), why.at);
		ok = false;
	}
	while (ok && keys--)
		ok = check_key(&m, compiled, &c);
	optq_match_free(compiled);
	if (ok && count.blocks)
		ok = !printf("# %zu blocks lost\n", count.blocks);
	if (ok && !choose(&c, 8))
		ok = check_short(&m, &c);
	made_free(&m);
	return ok;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "cases", required_argument, NULL, 'c' },
		{ NULL, 0, NULL, 0 },
	};
	unsigned long long seed = 1, cases = 100000, i;
	int opt, failed = 0;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == 's')
			seed = strtoull(optarg, NULL, 0);
		else if (opt == 'c')
			cases = strtoull(optarg, NULL, 0);
		else
			return 2;
	}
	printf("1..1\n");
	for (i = 0; i < cases && failed < 5; i++) {
		if (run(seed + i))
			continue;
		printf("# replay: match_random --cases 1 --seed %llu\n", seed + i);
		failed++;
	}
	printf("%sok 1 - compiled rules as plain ones: %llu cases from seed %llu\n",
	       failed ? "not " : "", i, seed);
	return failed || !cases;
}
