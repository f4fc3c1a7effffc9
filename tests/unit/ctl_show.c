// SPDX-License-Identifier: GPL-2.0
/* Show: whatever the tree is, it stays in 80 columns, and rates are those of the time. */
#include <json-c/json.h>
#include <locale.h>
#include <stdio.h>

#include "ctl_help.h"
#include "ctl_tree.h"
#include "show_view.h"
#include "term.h"

#define NS_PER_S	1000000000ULL

static void any_tree_fits_80_columns(void **state)
{
	struct random_source r = { 1 };
	struct live_tree tree;
	uint32_t deepest = 0;
	char *text;
	size_t i;
	int n;

	(void)state;
	for (n = 0; n < 300; n++) {
		tree = random_tree(&r, 1 + random_below(&r, 100), random_below(&r, 11));
		for (i = 0; i < tree.n; i++)
			if (tree.classes[i].level > deepest)
				deepest = tree.classes[i].level;
		text = shown(&tree);
		assert_80_columns(text);
		assert_null(strchr(text, '\033'));
		free(text);
	}
	assert_int_equal(deepest, OPTQ_DEPTH_MAX);
}

/* Rules and their places as well. */
static void any_rules_fit_80_columns(void **state)
{
	struct live_rule rule = {
		.class_id = 1, .hits = 1000000000000,
		.where = (char *)"/etc/optq/a-directory-with-a-long-name/and-a-policy-with-another.yaml:1234",
	};
	struct live_rules rules = { .list = &rule, .n = 1 };
	struct live_tree tree = { 0 };
	char *text = NULL, match[400];
	size_t n = 0;
	FILE *out;

	(void)state;
	memset(match, 'x', sizeof(match));
	match[sizeof(match) - 1] = '\0';
	memcpy(match, "tcp dport 22 and src 10.0.0.0/8 or udp dport { 53, 5353 } and not dst @hosts or ", 79);
	rule.text = match;
	add_class(&tree, 1, "a-class-with-a-name-that-goes-on-and-on-and-on-and-on-and-on", SIZE_MAX);
	add_class(&tree, 2, "b-class-with-a-name-that-goes-on-and-on-and-on-and-on-and-on", 0);
	rule.class_id = 2;
	out = open_memstream(&text, &n);
	rules_print(out, &tree, &rules);
	fclose(out);
	assert_80_columns(text);
	assert_non_null(strstr(text, "src 10.0.0.0/8"));
	free(text);
	live_free(&tree);
}

static void names_lose_their_middle(void **state)
{
	static const struct {
		const char *name, *shown;
		size_t columns;
	} cases[] = {
		{ "office", "office", 6 },
		{ "office", "of\u2026ce", 5 },
		{ "office", "o\u2026ce", 4 },
		{ "office", "\u2026e", 2 },
		{ "office", "o", 1 },
		{ "office", "", 0 },
		{ "\xe5\xad\x97\xe5\xad\x97\xe5\xad\x97", "\xe5\xad\x97\u2026\xe5\xad\x97", 5 },
		{ "ab\033cd", "ab\u2026cd", 5 },		/* never half of \x1b */
		{ "", "", 3 },
	};
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		text = term_shorten(cases[i].name, cases[i].columns);
		assert_string_equal(text, cases[i].shown);
		free(text);
	}
}

static void ascii_where_there_is_no_more(void **state)
{
	char *text;

	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C"));
	text = term_shorten("offices-of-the-north", 11);
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	assert_string_equal(text, "offi...orth");
	free(text);
}

/* A tenth of a second later: 1.25 MB/s through one class, half of it twice the guarantee. */
static void rates_are_beside_what_was_set(void **state)
{
	struct live_tree tree = { .device = "wan0", .handle = 1 << 16 }, later;
	struct json_object *o, *rates;
	struct sampler s = { 0 };
	struct live_class *c;
	char *text = NULL;
	size_t n = 0;
	FILE *out;

	(void)state;
	tree.rate = 2500000;
	c = add_class(&tree, 1, "office", SIZE_MAX);
	c->leaf = true;
	c->rate = 625000;
	add_sent(c, 7, 1000, 1000000);
	later = copy_tree(&tree);
	add_sent(&later.classes[0], 125, 1000, 3000000);
	later.classes[0].stats.drop_aqm = 3;
	later.stats.bytes = 125000;
	sampler_take(&s, &tree, NS_PER_S);
	sampler_take(&s, &later, NS_PER_S + NS_PER_S / 10);
	out = open_memstream(&text, &n);
	live_print(out, &s);
	fclose(out);
	assert_string_equal(text,
"wan0: optq 1: generation 0, 1 class, 0 rules, default none (direct)\n"
"CLASS               SENT      RATE      CEIL P BYTES DROPS QUEUE    P50    P99\n"
"link              10mbit         -    20mbit    125k     0     0      -      -\n"
"  office          10mbit     5mbit    20mbit 0  132k     3     0      -      -\n");
	free(text);
	o = live_json(&s);
	rates = json_object_object_get(json_object_array_get_idx(
			json_object_object_get(o, "classes"), 0), "rates");
	assert_int_equal(json_object_get_uint64(json_object_object_get(rates, "sent_bps")), 10000000);
	assert_int_equal(json_object_get_uint64(json_object_object_get(rates, "waited_packets")), 125);
	assert_string_equal(json_object_get_string(json_object_object_get(rates, "dropped_pps")), "30");
	json_object_put(o);
	sampler_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_tree_fits_80_columns),
		cmocka_unit_test(any_rules_fit_80_columns),
		cmocka_unit_test(names_lose_their_middle),
		cmocka_unit_test(ascii_where_there_is_no_more),
		cmocka_unit_test(rates_are_beside_what_was_set),
	};

	if (!setlocale(LC_CTYPE, "C.UTF-8"))
		return 1;
	return cmocka_run_group_tests_name("ctl_show", tests, NULL, NULL);
}
