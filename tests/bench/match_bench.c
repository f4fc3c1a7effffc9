// SPDX-License-Identifier: GPL-2.0
/*
 * What it costs to find the rule of a packet, in user space, by number and kind of
 * rules.
 *	match_bench KIND RULES N	N lookups, for who counts: match.sh
 *	match_bench KIND RULES N known	likewise of packets that have been there before
 *	match_bench KIND RULES 0	tells of ranges, bytes, ms to build, ns a lookup
 * KIND
 *	mixed	addresses, ports, protocol, DSCP and marks, IPv4 and IPv6
 *	hosts	a source address each
 *	set	ten rules, with a set of RULES prefixes, with duplicates and overlaps
 *	set6	likewise of IPv6
 *	cross	the worst: every word has a bit for the source and one for the
 *		destination, and none for both
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../../sch_optq/core/exact.h"
#include "../match/rules.h"

#define PACKETS		4096U
#define KNOWN		64U	/* each in the table */
#define TERMS		3U

enum { PROTO, SRC, DST, SPORT, DPORT, DSCP, MARK, DIMS };

static const struct optq_match_dim dims[DIMS] = {
	{ OPTQ_FIELD_PROTO, 0 }, { OPTQ_FIELD_SRC, 0 }, { OPTQ_FIELD_DST, 0 },
	{ OPTQ_FIELD_SPORT, 0 }, { OPTQ_FIELD_DPORT, 0 },
	{ OPTQ_FIELD_DSCP, 0 }, { OPTQ_FIELD_MARK, ~0U },
};

static struct choices c = { .seed = 1 };
static struct optq_match_rules rules;
static struct optq_match_set *sets;
static struct optq_match_term *terms;
static struct optq_match_conjunct *conjuncts;
static struct optq_match_rule *rule;

static u32 random_word(void)
{
	return choose(&c, 65536) << 16 | choose(&c, 65536);
}

static double clock_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static void add_set(u32 dim, u32 words, u32 n, u32 *range, bool v4)
{
	struct optq_match_set *s = &sets[rules.n_sets];

	*s = (struct optq_match_set){ .words = (u8)words };
	if (v4) {
		s->range_v4 = range;
		s->n_v4 = n;
	} else {
		s->range = range;
		s->n = n;
	}
	terms[rules.n_terms++] = (struct optq_match_term){
		.set = rules.n_sets++, .dim = (u8)dim,
	};
	conjuncts[rules.n_conjuncts].n_terms++;
}

static void add_word(u32 dim, u32 lo, u32 hi)
{
	u32 *range = malloc(2 * sizeof(*range));

	range[0] = lo;
	range[1] = hi;
	add_set(dim, 1, 1, range, false);
}

static void prefix(u32 *range, u32 words, u32 bits)
{
	u32 i;

	for (i = 0; i < words; i++, bits -= bits < 32 ? bits : 32) {
		u32 host = bits >= 32 ? 0 : ~0U >> bits, at = random_word();

		if (words == 4 && !i)
			at = 0x20010000 | (at & 0xffff);
		range[i] = at & ~host;
		range[words + i] = at | host;
	}
}

/* An IPv4 prefix, or one time in four of IPv6. */
static void add_prefix(u32 dim, u32 bits4, u32 bits6)
{
	bool v4 = choose(&c, 4);
	u32 words = v4 ? 1 : 4, *range = malloc(2 * words * sizeof(*range));

	prefix(range, words, v4 ? bits4 : bits6);
	add_set(dim, 4, 1, range, v4);
}

static void add_mixed(void)
{
	u32 port = 1 + choose(&c, 60000);

	switch (choose(&c, 5)) {
	case 0:
		add_prefix(SRC, 24, 56);
		break;
	case 1:
		add_prefix(DST, 16 + choose(&c, 17), 48);
		add_word(PROTO, 6, 6);
		add_word(DPORT, 443, 443);
		break;
	case 2:
		add_word(PROTO, choose(&c, 2) ? 6 : 17, 17);
		add_word(DPORT, port, port + choose(&c, 100));
		break;
	case 3:
		add_prefix(SRC, 24, 48);
		add_prefix(DST, 24, 48);
		break;
	default:
		add_word(MARK, choose(&c, 65536), ~0U);
		sets[rules.n_sets - 1].n = 1;
		((u32 *)sets[rules.n_sets - 1].range)[1] =
			sets[rules.n_sets - 1].range[0];
		add_word(DSCP, choose(&c, 64), 63);
		break;
	}
}

static void add_cross(u32 i)
{
	static const u32 net = 0x0a000000;
	u32 *src = malloc(2 * sizeof(*src)), *dst = malloc(2 * sizeof(*dst));

	/* The packet has source 0 and destination 1. */
	src[0] = src[1] = net + i % 2;
	dst[0] = dst[1] = net + i % 2;
	add_set(SRC, 4, 1, src, true);
	add_set(DST, 4, 1, dst, true);
}

static void add_big(u32 dim, u32 n, bool v4)
{
	u32 words = v4 ? 1 : 4, i, *range;

	range = malloc((size_t)n * 2 * words * sizeof(*range));
	for (i = 0; i < n; i++)
		prefix(range + (size_t)i * 2 * words, words,
		       v4 ? 20 + choose(&c, 13) : 32 + choose(&c, 33));
	n = ranges_tidy(range, n, words);
	add_set(dim, 4, n, range, v4);
}

static void make(const char *kind, u32 n)
{
	bool set = !strncmp(kind, "set", 3);
	u32 count = set ? 10 : n, i;

	sets = calloc(count * TERMS, sizeof(*sets));
	terms = calloc(count * TERMS, sizeof(*terms));
	conjuncts = calloc(count, sizeof(*conjuncts));
	rule = calloc(count, sizeof(*rule));
	for (i = 0; i < count; i++) {
		rule[i].n_conjuncts = 1;
		if (set && !i)
			add_big(SRC, n, !kind[3]);
		else if (set || !strcmp(kind, "mixed"))
			add_mixed();
		else if (!strcmp(kind, "cross"))
			add_cross(i);
		else
			add_prefix(SRC, 32, 64);
		rules.n_conjuncts++;
	}
	rules.n_rules = count;
	rules.n_dims = DIMS;
	rules.dims = dims;
	rules.sets = sets;
	rules.terms = terms;
	rules.conjuncts = conjuncts;
	rules.rules = rule;
}

/* Somewhere in a set, of what dimension dim may be. */
static void from_set(const struct optq_match_set *s, u32 *v)
{
	u32 at = choose(&c, s->n + s->n_v4), i;
	const u32 *r;

	memset(v, 0, 4 * sizeof(*v));
	if (s->words == 4)
		v[2] = OPTQ_MATCH_V4;
	if (at >= s->n) {
		r = s->range_v4 + 2 * (at - s->n);
		v[3] = r[0] + random_word() % (r[1] - r[0] + 1 ? r[1] - r[0] + 1 : 1);
		return;
	}
	r = s->range + (size_t)at * 2 * s->words;
	for (i = 0; i < s->words; i++)
		v[i] = r[i] == r[s->words + i] ? r[i] :
		       r[i] + random_word() % (r[s->words + i] - r[i]);
}

/* Seven of eight packets are some rule's, the rest anybody's. */
static void packet(const char *kind, struct optq_match_key *key)
{
	u32 i, at = 0, target = choose(&c, rules.n_rules);

	key->present = (1U << DIMS) - 1;
	for (i = 0; i < DIMS; i++) {
		memset(key->value[i], 0, sizeof(key->value[i]));
		key->value[i][0] = random_word() & optq_field_max(dims[i].field);
	}
	for (i = SRC; i <= DST; i++) {
		key->value[i][0] = 0;
		key->value[i][2] = OPTQ_MATCH_V4;
		key->value[i][3] = random_word();
	}
	key->value[PROTO][0] = choose(&c, 2) ? 6 : 17;
	if (!strcmp(kind, "cross")) {
		key->value[SRC][3] = 0x0a000000;
		key->value[DST][3] = 0x0a000001;
		return;
	}
	if (!choose(&c, 8))
		return;
	for (i = 0; i < target; i++)
		at += conjuncts[i].n_terms;
	for (i = 0; i < conjuncts[target].n_terms; i++, at++)
		from_set(&sets[terms[at].set], key->value[terms[at].dim]);
}

static u32 *row;

static void know(struct optq_exact *x, const struct optq_match *m)
{
	u32 i;

	row = calloc(optq_exact_words(dims, DIMS, PACKETS), sizeof(*row));
	for (i = 0; i < OPTQ_EXACT_KEYS; i++)
		x->key[i] = (u64)random_word() << 32 | random_word();
	optq_exact_init(x, m, dims, DIMS, PACKETS, row);
}

int main(int argc, char **argv)
{
	u32 n = argc > 2 ? (u32)atoi(argv[2]) : 0, i, found = 0;
	u64 lookups = argc > 3 ? strtoull(argv[3], NULL, 0) : 0, at;
	bool known = argc > 4 && !strcmp(argv[4], "known");
	struct optq_match_error why;
	struct optq_match_key *key;
	static struct optq_exact x;
	struct optq_match *m;
	struct counted count;
	double begin, built, looked;

	if (argc < 4 || !n)
		return 2;
	make(argv[1], n);
	counted_init(&count, 1ULL << 30);
	begin = clock_ms();
	m = optq_match_build(&rules, &count.mem, &why);
	built = clock_ms();
	if (!m) {
		fprintf(stderr, "%s\n", optq_match_fault_text(why.fault));
		return 1;
	}
	key = calloc(PACKETS, sizeof(*key));
	for (i = 0; i < PACKETS; i++)
		packet(argv[1], &key[i]);
	know(&x, m);
	for (at = 0; known && at < lookups; at++)
		found += optq_exact_find(&x, &key[at % KNOWN]) != OPTQ_MATCH_NONE;
	for (at = 0; !known && at < (lookups ? lookups : 2000000); at++)
		found += optq_match_find(m, &key[at % PACKETS]) != OPTQ_MATCH_NONE;
	looked = clock_ms();
	if (!lookups) {
		u64 ranges = 0;

		for (i = 0; i < rules.n_sets; i++)
			ranges += sets[i].n + sets[i].n_v4;
		printf("%llu %llu %.1f %.1f %.2f\n", (unsigned long long)ranges,
		       (unsigned long long)optq_match_bytes(m), built - begin,
		       (looked - built) / 2, found / 2e6);
	}
	return 0;
}
