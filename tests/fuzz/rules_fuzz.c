// SPDX-License-Identifier: GPL-2.0
/*
 * Rule sets and packets made from bytes, some of them broken: what is compiled says
 * what the rules say, and what is not valid is refused.  A libFuzzer target, and with
 * replay.c a program.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../match/rules.h"

#define KEYS	8

int LLVMFuzzerTestOneInput(const u8 *data, size_t size);

static void stop(const char *why)
{
	fprintf(stderr, "rules_fuzz: %s\n", why);
	abort();
}

/* Turns one number into some other; the arrays stay as long as they are. */
static void break_rules(struct made *m, struct choices *c)
{
	struct optq_match_rules *r = &m->rules;
	u32 v = choose(c, 4) ? choose(c, 256) : ~0U - choose(c, 4), i;

	switch (choose(c, 8)) {
	case 0:
		m->dims[choose(c, OPTQ_DIMS_MAX)].field = (u8)v;
		break;
	case 1:
		m->dims[choose(c, OPTQ_DIMS_MAX)].param = v;
		break;
	case 2:
		if (r->n_terms)
			m->terms[choose(c, r->n_terms)].dim = (u8)v;
		break;
	case 3:
		if (r->n_terms)
			m->terms[choose(c, r->n_terms)].set = v;
		break;
	case 4:
		if (r->n_conjuncts)
			m->conjuncts[choose(c, r->n_conjuncts)].n_terms = v;
		break;
	case 5:
		if (r->n_rules)
			m->rule[choose(c, r->n_rules)].n_conjuncts = v;
		break;
	case 6:
		i = choose(c, r->n_sets);
		/* Width tells how long the array is. */
		if (r->n_sets)
			m->sets[i].words = 5 + v % 250;
		break;
	default:
		i = choose(c, r->n_sets);
		if (r->n_sets && m->sets[i].n && m->sets[i].words <= 4)
			((u32 *)m->sets[i].range)[choose(c, m->sets[i].n * 2 *
							 m->sets[i].words)] = v;
		break;
	}
}

static void check_key(const struct made *m, const struct optq_match *compiled,
		      struct choices *c)
{
	struct optq_match_key key;
	u32 known = choose(c, 65536) | choose(c, 256) << 16, at = 0, want;

	made_key(m, c, &key);
	if (plain_find(&m->rules, &key) != optq_match_find(compiled, &key))
		stop("another rule");
	/* All that are left, one after the other. */
	do {
		want = plain_next(&m->rules, &key, known, at);
		if (want != optq_match_next(compiled, &key, known, at))
			stop("another conjunct");
		at = want + 1;
	} while (want != OPTQ_MATCH_NONE);
	for (at = 0; at < m->rules.n_conjuncts; at++) {
		u32 plain[2], told[2];

		plain_tell(&m->rules, &key, known, at, &plain[0], &plain[1]);
		optq_match_tell(compiled, &key, known, at, &told[0], &told[1]);
		if (memcmp(plain, told, sizeof(plain)))
			stop("told otherwise");
	}
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct choices c = { .data = data, .end = data + size };
	struct optq_match *compiled;
	struct optq_match_error why;
	struct counted count;
	struct made m;
	int keys = KEYS;
	bool broken;

	if (!size)
		return 0;
	broken = !choose(&c, 4);
	made_rules(&m, &c, 24);
	while (broken && choose(&c, 3))
		break_rules(&m, &c);
	counted_init(&count, 16 << 20);
	compiled = optq_match_build(&m.rules, &count.mem, &why);
	if (!compiled && !broken)
		stop(optq_match_fault_text(why.fault));
	while (compiled && keys--)
		check_key(&m, compiled, &c);
	optq_match_free(compiled);
	if (count.blocks)
		stop("memory is lost");
	made_free(&m);
	return 0;
}
