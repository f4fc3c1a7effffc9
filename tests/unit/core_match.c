// SPDX-License-Identifier: GPL-2.0
/* Compiled rules: what each part means, bounds, and what is refused and why. */
#include "core_util.h"
#include "../match/rules.h"

#define BIG	(512ULL << 20)

static struct counted count;
static struct optq_match_error why;

static struct optq_match *compile(const struct optq_match_rules *r, u64 limit)
{
	counted_init(&count, limit);
	return optq_match_build(r, &count.mem, &why);
}

static void gone(struct optq_match *m)
{
	optq_match_free(m);
	assert_int_equal(count.blocks, 0);
}

static void refused(const struct optq_match_rules *r,
		    enum optq_match_fault fault, u32 at)
{
	assert_null(compile(r, BIG));
	assert_int_equal(why.fault, fault);
	assert_int_equal(why.at, at);
	assert_int_equal(count.blocks, 0);
	assert_true(strlen(optq_match_fault_text(fault)) > 10);
}

/* One term a conjunct, one conjunct a rule, and all of one set. */
struct small {
	struct optq_match_dim dims[OPTQ_DIMS_MAX + 1];
	struct optq_match_set sets[2];
	struct optq_match_term terms[2];
	struct optq_match_conjunct conjuncts[2];
	struct optq_match_rule rules[2];
	struct optq_match_rules r;
};

static const u32 web[] = { 80, 80, 443, 443 };
static const u32 net[] = { 0x20010db8, 0, 0, 0, 0x20010db8, ~0U, ~0U, ~0U };
static const u32 net_v4[] = { 0x0a000000, 0x0affffff };

static void small_init(struct small *s)
{
	memset(s, 0, sizeof(*s));
	s->dims[0].field = OPTQ_FIELD_DPORT;
	s->dims[1].field = OPTQ_FIELD_SRC;
	s->sets[0] = (struct optq_match_set){ .words = 1, .n = 2, .range = web };
	s->sets[1] = (struct optq_match_set){ .words = 4, .n = 1, .range = net,
					      .n_v4 = 1, .range_v4 = net_v4 };
	s->terms[1].dim = 1;
	s->terms[1].set = 1;
	s->conjuncts[0].n_terms = 1;
	s->conjuncts[1].n_terms = 1;
	s->rules[0].n_conjuncts = 1;
	s->rules[1].n_conjuncts = 1;
	s->r = (struct optq_match_rules){
		.dims = s->dims, .sets = s->sets, .terms = s->terms,
		.conjuncts = s->conjuncts, .rules = s->rules,
		.n_dims = 2, .n_sets = 2, .n_terms = 2, .n_conjuncts = 2,
		.n_rules = 2,
	};
}

static u32 find_port(const struct optq_match *m, u32 port)
{
	struct optq_match_key key = { .present = 1, .value = { { port } } };

	return optq_match_find(m, &key);
}

static u32 find_src(const struct optq_match *m, u32 a, u32 b, u32 c, u32 d)
{
	struct optq_match_key key = { .present = 2,
				      .value = { {}, { a, b, c, d } } };

	return optq_match_find(m, &key);
}

static void ranges_are_inclusive(void **state)
{
	struct optq_match *m;
	struct small s;

	(void)state;
	small_init(&s);
	m = compile(&s.r, BIG);
	assert_non_null(m);
	assert_int_equal(find_port(m, 79), OPTQ_MATCH_NONE);
	assert_int_equal(find_port(m, 80), 0);
	assert_int_equal(find_port(m, 81), OPTQ_MATCH_NONE);
	assert_int_equal(find_port(m, 443), 0);
	assert_int_equal(find_src(m, 0x20010db7, ~0U, ~0U, ~0U), OPTQ_MATCH_NONE);
	assert_int_equal(find_src(m, 0x20010db8, 0, 0, 0), 1);
	assert_int_equal(find_src(m, 0x20010db8, ~0U, ~0U, ~0U), 1);
	assert_int_equal(find_src(m, 0x20010db9, 0, 0, 0), OPTQ_MATCH_NONE);
	assert_int_equal(find_src(m, 0, 0, OPTQ_MATCH_V4, 0x0affffff), 1);
	assert_int_equal(find_src(m, 0, 0, OPTQ_MATCH_V4, 0x0b000000),
			 OPTQ_MATCH_NONE);
	/* Like an IPv4 address, and none. */
	assert_int_equal(find_src(m, 0, 1, OPTQ_MATCH_V4, 0x0a000001),
			 OPTQ_MATCH_NONE);
	gone(m);
}

/* Absent: in no set, and so in what is not in one; unless the set says otherwise. */
static void absent_fields(void **state)
{
	struct optq_match_key none = {};
	struct optq_match *m;
	struct small s;
	int absent, negate;

	(void)state;
	for (absent = 0; absent < 2; absent++) {
		for (negate = 0; negate < 2; negate++) {
			small_init(&s);
			s.sets[1].absent = absent;
			s.terms[1].negate = negate;
			m = compile(&s.r, BIG);
			assert_int_equal(optq_match_find(m, &none),
					 absent != negate ? 1 : OPTQ_MATCH_NONE);
			gone(m);
		}
	}
}

static void nothing_at_all(void **state)
{
	struct optq_match_rules r = {};
	struct optq_match_key none = {};
	struct optq_match *m = compile(&r, BIG);

	(void)state;
	assert_int_equal(optq_match_find(m, &none), OPTQ_MATCH_NONE);
	assert_int_equal(optq_match_next(m, &none, ~0U, 0), OPTQ_MATCH_NONE);
	gone(m);
}

/* What is not known is left open, and told from what holds. */
static void open_questions(void **state)
{
	struct optq_match_key key = { .present = 1, .value = { { 80 } } };
	struct optq_match *m;
	struct small s;

	(void)state;
	small_init(&s);
	m = compile(&s.r, BIG);
	/* The port alone is known: the first holds, the second is open. */
	assert_int_equal(optq_match_next(m, &key, 1, 0), 0);
	assert_int_equal(optq_match_conjunct_dims(m, 0) & ~1U, 0);
	assert_int_equal(optq_match_next(m, &key, 1, 1), 1);
	assert_int_equal(optq_match_conjunct_dims(m, 1) & ~1U, 2);
	assert_int_equal(optq_match_rule_of(m, 1), 1);
	assert_int_equal(optq_match_next(m, &key, 1, 2), OPTQ_MATCH_NONE);
	/* That there is no source is known as well. */
	assert_int_equal(optq_match_next(m, &key, 3, 1), OPTQ_MATCH_NONE);
	gone(m);
}

static void wrong_dimensions(void **state)
{
	struct small s;

	(void)state;
	small_init(&s);
	s.r.n_dims = OPTQ_DIMS_MAX + 1;
	refused(&s.r, OPTQ_MATCH_DIMS, OPTQ_DIMS_MAX);
	small_init(&s);
	s.dims[1].field = OPTQ_FIELD_MAX + 1;
	refused(&s.r, OPTQ_MATCH_DIM_FIELD, 1);
	s.dims[1].field = 0;
	refused(&s.r, OPTQ_MATCH_DIM_FIELD, 1);
	s.dims[1].field = OPTQ_FIELD_MARK;
	refused(&s.r, OPTQ_MATCH_DIM_PARAM, 1);
	s.dims[1] = (struct optq_match_dim){ OPTQ_FIELD_HOST, 2 };
	refused(&s.r, OPTQ_MATCH_DIM_PARAM, 1);
	s.dims[1] = (struct optq_match_dim){ OPTQ_FIELD_CGROUP, 0 };
	refused(&s.r, OPTQ_MATCH_DIM_PARAM, 1);
	s.dims[1] = (struct optq_match_dim){ OPTQ_FIELD_DSCP, 1 };
	refused(&s.r, OPTQ_MATCH_DIM_PARAM, 1);
	s.dims[1] = s.dims[0];
	refused(&s.r, OPTQ_MATCH_DIM_TWICE, 1);
}

static void wrong_sets(void **state)
{
	static const u32 touch[] = { 1, 5, 6, 7 }, overlap[] = { 1, 5, 5, 7 },
			 back[] = { 6, 7, 1, 5 }, turned[] = { 5, 1, 6, 7 },
			 mapped[] = { 0, 0, OPTQ_MATCH_V4, 9, 0, 1, 0, 0 };
	struct optq_match *m;
	struct small s;

	(void)state;
	small_init(&s);
	s.sets[0].words = 3;
	refused(&s.r, OPTQ_MATCH_SET_WORDS, 0);
	small_init(&s);
	s.sets[0].n_v4 = 1;
	s.sets[0].range_v4 = net_v4;
	refused(&s.r, OPTQ_MATCH_SET_WORDS, 0);
	small_init(&s);
	s.sets[0].range = overlap;
	refused(&s.r, OPTQ_MATCH_SET_ORDER, 0);
	s.sets[0].range = back;
	refused(&s.r, OPTQ_MATCH_SET_ORDER, 0);
	s.sets[0].range = turned;
	refused(&s.r, OPTQ_MATCH_SET_ORDER, 0);
	s.sets[1].range_v4 = overlap;
	s.sets[1].n_v4 = 2;
	s.sets[0].range = touch;
	refused(&s.r, OPTQ_MATCH_SET_ORDER, 1);
	small_init(&s);
	s.sets[1].range = mapped;
	refused(&s.r, OPTQ_MATCH_SET_V4, 1);
	s.sets[1].n_v4 = 0;
	s.sets[0].range = touch;
	m = compile(&s.r, BIG);
	assert_int_equal(find_port(m, 5), 0);
	assert_int_equal(find_port(m, 6), 0);
	assert_int_equal(find_port(m, 8), OPTQ_MATCH_NONE);
	assert_int_equal(find_src(m, 0, 0, OPTQ_MATCH_V4, 8), OPTQ_MATCH_NONE);
	assert_int_equal(find_src(m, 0, 0, OPTQ_MATCH_V4, 9), 1);
	gone(m);
}

static void wrong_terms(void **state)
{
	static const u32 large[] = { 1, 65536 };
	struct small s;

	(void)state;
	small_init(&s);
	s.terms[1].dim = 2;
	refused(&s.r, OPTQ_MATCH_TERM_DIM, 1);
	small_init(&s);
	s.terms[1].set = 2;
	refused(&s.r, OPTQ_MATCH_TERM_SET, 1);
	small_init(&s);
	s.terms[1].set = 0;
	refused(&s.r, OPTQ_MATCH_TERM_WIDTH, 1);
	small_init(&s);
	s.sets[0].range = large;
	s.sets[0].n = 1;
	refused(&s.r, OPTQ_MATCH_TERM_WIDTH, 0);
	small_init(&s);
	s.terms[1] = s.terms[0];
	s.conjuncts[0].n_terms = 2;
	s.conjuncts[1].n_terms = 0;
	refused(&s.r, OPTQ_MATCH_TERM_TWICE, 0);
	s.conjuncts[0].n_terms = 3;
	refused(&s.r, OPTQ_MATCH_COUNTS, 0);
	s.conjuncts[0].n_terms = 1;
	refused(&s.r, OPTQ_MATCH_COUNTS, 2);
	small_init(&s);
	s.rules[0].n_conjuncts = 3;
	refused(&s.r, OPTQ_MATCH_COUNTS, 0);
	s.rules[0].n_conjuncts = 0;
	refused(&s.r, OPTQ_MATCH_COUNTS, 2);
	s.rules[1].n_conjuncts = OPTQ_RULE_CONJUNCTS_MAX + 1;
	refused(&s.r, OPTQ_MATCH_RULE_SIZE, 1);
}

/* As many rules as may be, one more, and too little memory for them. */
static void bounds(void **state)
{
	struct optq_match_conjunct *conjuncts;
	struct optq_match_rule *rules;
	struct optq_match_term *terms;
	struct optq_match_set *sets;
	struct optq_match_key key;
	struct optq_match *m;
	struct small s;
	u32 i, *ports;

	(void)state;
	small_init(&s);
	rules = calloc(OPTQ_RULES_MAX + 1, sizeof(*rules));
	conjuncts = calloc(OPTQ_CONJUNCTS_MAX + 1, sizeof(*conjuncts));
	terms = calloc(OPTQ_CONJUNCTS_MAX, sizeof(*terms));
	sets = calloc(OPTQ_SETS_MAX + 1, sizeof(*sets));
	ports = calloc(OPTQ_SETS_MAX, 2 * sizeof(*ports));
	for (i = 0; i <= OPTQ_RULES_MAX; i++)
		rules[i].n_conjuncts = 2;
	for (i = 0; i < OPTQ_CONJUNCTS_MAX; i++) {
		conjuncts[i].n_terms = 1;
		terms[i].set = i;
		ports[2 * i] = 0;
		ports[2 * i + 1] = 65535 - i;
		sets[i] = (struct optq_match_set){ .words = 1, .n = 1,
						   .range = &ports[2 * i] };
	}
	s.r.rules = rules;
	s.r.conjuncts = conjuncts;
	s.r.terms = terms;
	s.r.sets = sets;
	s.r.n_sets = OPTQ_SETS_MAX;
	s.r.n_terms = OPTQ_CONJUNCTS_MAX;
	s.r.n_conjuncts = OPTQ_CONJUNCTS_MAX;
	s.r.n_rules = OPTQ_RULES_MAX;
	m = compile(&s.r, BIG);
	assert_non_null(m);
	/* Each value has its own conjuncts, the worst there can be. */
	assert_int_equal(find_port(m, 65535), 0);
	key.present = 1;
	for (i = 0; i < 65536; i++) {
		key.value[0][0] = 65535 - i;
		assert_int_equal(optq_match_next(m, &key, 1, i), i);
		if (i < 65535)
			assert_int_equal(optq_match_next(m, &key, 1, i + 1),
					 OPTQ_MATCH_NONE);
	}
	printf("# %u conjuncts that all overlap: %llu kB\n", OPTQ_CONJUNCTS_MAX,
	       (unsigned long long)optq_match_bytes(m) >> 10);
	gone(m);
	assert_null(compile(&s.r, 8 << 20));
	assert_int_equal(why.fault, OPTQ_MATCH_TOO_BIG);
	assert_int_equal(why.at, 0);
	assert_int_equal(count.blocks, 0);
	s.r.n_sets++;
	refused(&s.r, OPTQ_MATCH_SETS, OPTQ_SETS_MAX);
	s.r.n_sets--;
	s.r.n_rules++;
	refused(&s.r, OPTQ_MATCH_RULES, OPTQ_RULES_MAX);
	s.r.n_rules--;
	s.r.n_conjuncts++;
	refused(&s.r, OPTQ_MATCH_CONJUNCTS, OPTQ_CONJUNCTS_MAX);
	free(rules);
	free(conjuncts);
	free(terms);
	free(sets);
	free(ports);
}

/* A set of a million prefixes that is used by many costs no more for that. */
static void a_million_prefixes(void **state)
{
	enum { N = 1000000 };
	struct optq_match_conjunct conjuncts[1000];
	struct optq_match_rule rules[1000];
	struct optq_match_term terms[1000];
	u32 *range = malloc(2 * N * sizeof(*range)), n, i;
	struct optq_match *m;
	u64 seed = 1, one;
	struct small s;

	(void)state;
	for (i = 0; i < N; i++) {
		u32 len = (u32)rnd_in(&seed, 12, 32), at = (u32)rnd(&seed);

		range[2 * i] = len < 32 ? at & ~(~0U >> len) : at;
		range[2 * i + 1] = len < 32 ? at | ~0U >> len : at;
	}
	n = ranges_tidy(range, N, 1);
	small_init(&s);
	s.sets[1].n_v4 = n;
	s.sets[1].range_v4 = range;
	m = compile(&s.r, BIG);
	one = optq_match_bytes(m);
	assert_true(one < 24ULL * n + 65536);
	gone(m);
	for (i = 0; i < 1000; i++) {
		rules[i].n_conjuncts = 1;
		conjuncts[i].n_terms = 1;
		terms[i] = s.terms[1];
	}
	s.r.rules = rules;
	s.r.conjuncts = conjuncts;
	s.r.terms = terms;
	s.r.n_rules = s.r.n_conjuncts = s.r.n_terms = 1000;
	m = compile(&s.r, BIG);
	assert_true(optq_match_bytes(m) < one + 65536);
	for (i = 0; i < n; i += 997) {
		assert_int_equal(find_src(m, 0, 0, OPTQ_MATCH_V4, range[2 * i]), 0);
		assert_int_equal(find_src(m, 0, 0, OPTQ_MATCH_V4, range[2 * i + 1]), 0);
		if (i + 1 < n && range[2 * i + 1] + 1 < range[2 * i + 2])
			assert_int_equal(find_src(m, 0, 0, OPTQ_MATCH_V4,
						  range[2 * i + 1] + 1),
					 OPTQ_MATCH_NONE);
	}
	gone(m);
	free(range);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ranges_are_inclusive),
		cmocka_unit_test(absent_fields),
		cmocka_unit_test(nothing_at_all),
		cmocka_unit_test(open_questions),
		cmocka_unit_test(wrong_dimensions),
		cmocka_unit_test(wrong_sets),
		cmocka_unit_test(wrong_terms),
		cmocka_unit_test(bounds),
		cmocka_unit_test(a_million_prefixes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
