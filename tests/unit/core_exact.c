// SPDX-License-Identifier: GPL-2.0
/* The table before compiled rules: what it keeps, and that it says what they say. */
#include "core_util.h"
#include "../../sch_optq/core/exact.h"
#include "../match/rules.h"

#define LIMIT	(64ULL << 20)

struct table {
	struct made made;
	struct counted count;
	struct optq_match *match;
	struct optq_exact x;
	u32 *row;
};

static void table_init(struct table *t, struct choices *c, u32 rules, u32 entries)
{
	struct optq_match_rules *r = &t->made.rules;
	struct optq_match_error why;
	size_t i;

	made_rules(&t->made, c, rules);
	counted_init(&t->count, LIMIT);
	t->match = optq_match_build(r, &t->count.mem, &why);
	assert_non_null(t->match);
	t->row = malloc(optq_exact_words(r->dims, r->n_dims, entries) * sizeof(u32));
	for (i = 0; i < OPTQ_EXACT_KEYS; i++)
		t->x.key[i] = (u64)choose(c, ~0U) << 32 | choose(c, ~0U);
	optq_exact_init(&t->x, t->match, r->dims, r->n_dims, entries, t->row);
}

static void table_free(struct table *t)
{
	optq_match_free(t->match);
	made_free(&t->made);
	free(t->row);
}

/* Few packets that come again and again, in a table with room for all or hardly any. */
static void it_says_what_the_rules_say(void **state)
{
	struct optq_match_key keys[40];
	struct table t;
	u32 seed, i, k;

	(void)state;
	for (seed = 1; seed <= 300; seed++) {
		struct choices c = { .seed = seed };

		table_init(&t, &c, 30, 2U << (seed % 8));
		for (i = 0; i < 40; i++)
			made_key(&t.made, &c, &keys[i]);
		for (i = 0; i < 400; i++) {
			k = choose(&c, 40);
			assert_int_equal(optq_exact_find(&t.x, &keys[k]),
					 plain_find(&t.made.rules, &keys[k]));
		}
		assert_int_equal(t.x.hits + t.x.misses, 400);
		table_free(&t);
	}
}

/* Even if both are of one pair; and then nobody asks the rules any more. */
static void two_are_kept(void **state)
{
	struct optq_match_key a, b;
	struct table t;
	u32 seed, i, ra, rb;

	(void)state;
	for (seed = 1; seed <= 100; seed++) {
		struct choices c = { .seed = seed };

		table_init(&t, &c, 30, 2);
		made_key(&t.made, &c, &a);
		made_key(&t.made, &c, &b);
		ra = optq_exact_find(&t.x, &a);
		rb = optq_exact_find(&t.x, &b);
		t.x.match = NULL;
		for (i = 0; i < 10; i++) {
			assert_int_equal(optq_exact_find(&t.x, &a), ra);
			assert_int_equal(optq_exact_find(&t.x, &b), rb);
		}
		assert_true(t.x.misses <= 2);
		table_free(&t);
	}
}

static void one_rule(struct optq_match_rules *r, struct optq_match_dim *dim,
		     struct optq_match_set *set, struct optq_match_term *term,
		     struct optq_match_conjunct *conjunct,
		     struct optq_match_rule *rule)
{
	*dim = (struct optq_match_dim){ .field = OPTQ_FIELD_DSCP };
	*term = (struct optq_match_term){ 0 };
	*conjunct = (struct optq_match_conjunct){ .n_terms = 1 };
	*rule = (struct optq_match_rule){ .n_conjuncts = 1 };
	*r = (struct optq_match_rules){ dim, set, term, conjunct, rule, 1, 1, 1, 1, 1 };
}

/* No value is not the value 0, and what stands where none is counts for nothing. */
static void absent_is_not_zero(void **state)
{
	static const u32 zero[] = { 0, 0 };
	struct optq_match_set set = { .words = 1, .n = 1, .range = zero };
	struct optq_match_key key = { .present = 1 }, none = { 0 };
	struct optq_match_conjunct conjunct;
	struct optq_match_error why;
	struct optq_match_rules r;
	struct optq_match_rule rule;
	struct optq_match_term term;
	struct optq_match_dim dim;
	struct counted count;
	struct optq_exact x = { .key = { 5, 7, 11 } };
	u32 row[2 * 3];

	(void)state;
	one_rule(&r, &dim, &set, &term, &conjunct, &rule);
	counted_init(&count, LIMIT);
	x.match = optq_match_build(&r, &count.mem, &why);
	assert_int_equal(optq_exact_words(&dim, 1, 2), 6);
	optq_exact_init(&x, x.match, &dim, 1, 2, row);
	assert_int_equal(optq_exact_find(&x, &key), 0);
	assert_int_equal(optq_exact_find(&x, &none), OPTQ_MATCH_NONE);
	none.value[0][0] = 99;
	assert_int_equal(optq_exact_find(&x, &none), OPTQ_MATCH_NONE);
	assert_int_equal(x.hits, 1);
	assert_int_equal(optq_exact_find(&x, &key), 0);
	assert_int_equal(x.hits, 2);
	optq_match_free((struct optq_match *)x.match);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_says_what_the_rules_say),
		cmocka_unit_test(two_are_kept),
		cmocka_unit_test(absent_is_not_zero),
	};

	return cmocka_run_group_tests_name("core_exact", tests, NULL, NULL);
}
