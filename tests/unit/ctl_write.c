// SPDX-License-Identifier: GPL-2.0
/* A policy that is written and read again is the same. */
#include <json-c/json.h>

#include "ctl_random.h"
#include "ctl_written.h"
#include "match_lower.h"
#include "policy_weight.h"

#define ROUNDS		300

static void assert_reads_back(struct reading *r, const char *text)
{
	struct reading again;
	size_t i;

	read_back(&again, &r->src, text);
	assert_int_equal(again.policy.n_links, r->policy.n_links);
	for (i = 0; i < r->policy.n_links; i++)
		assert_same_link(&r->policy.links[i], &again.policy.links[i],
				 text);
	if (again.d.warnings > r->d.warnings)
		fail_msg("a new warning: %s in\n%s", again.d.list[0].text, text);
	reading_free(&again);
}

static void assert_round_trip(struct reading *r)
{
	struct json_object *json = policy_json(&r->policy, NULL);
	char *text = written(&r->policy, NULL);

	assert_reads_back(r, text);
	free(text);
	/* Without blanks JSON is the most unlike what people write. */
	assert_reads_back(r, json_object_to_json_string_ext(json, 0));
	assert_reads_back(r, json_object_to_json_string_ext(json,
				JSON_C_TO_STRING_PRETTY |
				JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(json);
}

static void all_policies(void **state)
{
	(void)state;
	each_policy(assert_round_trip);
}

static void assert_written(const char *text, const char *expected)
{
	struct reading r;
	char *out;

	read_text(&r, text);
	assert_good(&r);
	out = written(&r.policy, NULL);
	assert_string_equal(out, expected);
	assert_round_trip(&r);
	free(out);
	reading_free(&r);
}

static void is_as_people_write_it(void **state)
{
	(void)state;
	assert_written(
		"optq: 1\nsets: { voip: [5060, 5061] }\n"
		"links: { up: { device: wan0, egress: { rate: 20000kbit, default: office/other, oversubscribe: no, wire: { overhead: 30, layer: ptm },\n"
		"  classes: { voice: { rate: 5%, delay: 5000us, prio: 0, match: [\"dscp ef\", \"udp dport { @voip, 53 }\"] },\n"
		"    office: { police: 5000kbit, classes: { web: { rate: 6mbit, match: 'iif \"lan#0\"' }, other: } } } } } }\n",
		"optq: 1\n"
		"sets:\n"
		"  voip: [ 5060, 5061 ]\n"
		"links:\n"
		"  up:\n"
		"    device: wan0\n"
		"    egress:\n"
		"      rate: 20mbit\n"
		"      wire: { layer: ptm, overhead: 30 }\n"
		"      default: office/other\n"
		"      classes:\n"
		"        voice:\n"
		"          rate: 1mbit\n"
		"          delay: 5ms\n"
		"          match:\n"
		"            - dscp ef\n"
		"            - udp dport { @voip, 53 }\n"
		"        office:\n"
		"          police: 5mbit\n"
		"          classes:\n"
		"            web:\n"
		"              rate: 6mbit\n"
		"              match: 'iif \"lan#0\"'\n"
		"            other:\n");
}

/* A map that does not fit into the line is one of lines. */
static void long_values_are_broken(void **state)
{
	(void)state;
	assert_written(
		"optq: 1\nlinks:\n  a0:\n    egress:\n      default: x\n      classes:\n        x:\n"
		"          police: { each: src-host, cir: 10mbit, cbs: 20000, eir: 5mbit, ebs: 1mb, conform: dscp af11, exceed: dscp af12 pcp 3 }\n",
		"optq: 1\nlinks:\n  a0:\n    egress:\n      default: x\n      classes:\n        x:\n"
		"          police:\n"
		"            each: src-host\n"
		"            cir: 10mbit\n"
		"            cbs: 20000b\n"
		"            eir: 5mbit\n"
		"            ebs: 1mb\n"
		"            conform: dscp af11\n"
		"            exceed: dscp af12 pcp 3\n");
}

/* A share that is no round number has all its digits. */
static void rates_are_exact(void **state)
{
	struct reading r;
	char *text;

	(void)state;
	read_classes_text(&r, "a", "        a: { rate: 33.333333% }\n        b: { rate: 1kibit, ceil: 33.333mbit, match: udp }\n");
	assert_good(&r);
	text = written(&r.policy, NULL);
	assert_non_null(strstr(text, "rate: 6666664bit\n"));
	assert_non_null(strstr(text, "rate: 1024bit\n"));
	assert_non_null(strstr(text, "ceil: 33333kbit\n"));
	free(text);
	assert_round_trip(&r);
	reading_free(&r);
}

/* Texts that YAML has a meaning for. */
static void texts_are_quoted(void **state)
{
	static const char *const names[] = {
		"a", "a b", "a: b", "a #b", "a' b", "\xc3\xa4\xc3\xb6", "a\\b", "{a}",
		"\xe2\x80\xa8" "b", "a\x1b[31m", "\xef\xbb\xbf" "x", "&a", "*a", "a:",
		"\xf0\x9f\x98\x80", "a, b", "-", "---", "%a",
	};
	struct reading r;
	char *text, *match;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++) {
		read_classes_text(&r, "rest", "        a: { match: udp }\n        rest:\n");
		assert_good(&r);
		match = mem_printf("cgroup \"%s\"", names[i]);
		free(r.policy.links[0].rules[0].text);
		r.policy.links[0].rules[0].text = match;
		text = written(&r.policy, NULL);
		match = mem_strndup(match, strlen(match));
		reading_free(&r);
		read_back(&r, NULL, text);
		assert_string_equal(r.policy.links[0].rules[0].text, match);
		assert_round_trip(&r);
		reading_free(&r);
		free(match);
		free(text);
	}
}

static void notes_are_comments(void **state)
{
	struct policy_notes notes = { 0 };
	struct reading r;
	char *text;

	(void)state;
	read_classes_text(&r, "b/c", "        a: { match: udp }\n        b: { classes: { c: } }\n");
	assert_good(&r);
	policy_note(&notes, 0, 2, "a leaf");
	policy_note(&notes, 0, NO_CLASS, "the link");
	policy_note(&notes, 0, 0, "first, with \x1b[31m and many words that do not fit into one line of eighty columns");
	policy_note(&notes, NOTE_POLICY, NO_CLASS, "all");
	policy_note(&notes, 0, 0, "second");
	text = written(&r.policy, &notes);
	assert_string_equal(text,
		"# all\n"
		"optq: 1\n"
		"links:\n"
		"  wan0:\n"
		"    # the link\n"
		"    egress:\n"
		"      rate: 20mbit\n"
		"      default: b/c\n"
		"      classes:\n"
		"        # first, with \\x1b[31m and many words that do not fit into one line of\n"
		"        # eighty columns\n"
		"        # second\n"
		"        a:\n"
		"          match: udp\n"
		"        b:\n"
		"          classes:\n"
		"            # a leaf\n"
		"            c:\n");
	assert_reads_back(&r, text);
	free(text);
	policy_notes_free(&notes);
	reading_free(&r);
}

/* Whichever weights were said, those that are found beside them stay. */
static void weights_are_found_again(void **state)
{
	static const char *const classes[] = {
		"{ a: { weight: 5 }, b: { weight: 5 }, c: }",
		"{ a: { weight: 1 }, b: , c: }", "{ a: , b: , c: }",
		"{ a: { rate: 1mbit }, b: { weight: 2000 }, c: }",
		"{ a: { rate: 1mbit }, b: { weight: 1000 }, c: }",
		"{ a: { rate: 1mbit }, b: { weight: 200 }, c: }",
		"{ a: { rate: 1mbit, weight: 3 }, b: { weight: 4 }, c: }",
		"{ a: { classes: { d: { rate: 1mbit } } }, b: { weight: 1000 }, c: }",
		"{ a: { rate: 8bit }, b: { weight: 1 }, c: { prio: 1 } }",
	};
	struct reading r;
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(classes) / sizeof(*classes); i++) {
		text = mem_printf("optq: 1\nlinks: { wan0: { egress: { default: c, classes: %s } } }\n",
				  classes[i]);
		read_text(&r, text);
		assert_good(&r);
		assert_round_trip(&r);
		reading_free(&r);
		free(text);
	}
}

static uint32_t maybe(struct random_source *rnd, uint32_t n)
{
	return random_below(rnd, 4) ? 0 : 1 + random_below(rnd, n);
}

static struct police *random_police(struct random_source *rnd)
{
	struct police *p = mem_zalloc(1, sizeof(*p));
	unsigned int i;

	p->cir = 1 + random_below(rnd, 100000000);
	p->cbs = maybe(rnd, 1U << 31);
	p->prefix4 = EACH_PREFIX4;
	p->prefix6 = EACH_PREFIX6;
	if (random_below(rnd, 2)) {
		p->pir = p->cir + random_below(rnd, 1000);
		p->pbs = maybe(rnd, 100000);
	} else {
		p->eir = maybe(rnd, 1000000);
		p->ebs = maybe(rnd, 1000000);
	}
	p->colour = (uint8_t)random_below(rnd, 3);
	if (random_below(rnd, 2)) {
		p->each = (uint8_t)(1 + random_below(rnd, 2));
		p->prefix4 = random_below(rnd, 33);
		p->prefix6 = random_below(rnd, 129);
		p->entries = maybe(rnd, 1000);
	}
	for (i = 0; i < POLICE_COLOURS; i++) {
		p->act[i].class_index = NO_CLASS;
		p->act[i].drop = !random_below(rnd, 3);
		if (p->act[i].drop)
			continue;
		p->act[i].dscp = (uint8_t)maybe(rnd, 64);
		p->act[i].pcp = (uint8_t)maybe(rnd, 8);
	}
	return p;
}

static struct optq_wire random_wire(struct random_source *rnd)
{
	struct optq_wire wire = { .layer = (uint8_t)maybe(rnd, OPTQ_WIRE_RAW_PTM) };

	if (wire.layer) {
		wire.overhead = (int16_t)((int)random_below(rnd, 321) - 64);
		wire.mpu = (uint16_t)random_below(rnd, 257);
	}
	return wire;
}

static void random_class(struct random_source *rnd, struct link *link,
			 uint32_t n)
{
	uint32_t parent = n ? random_below(rnd, n + 1) - 1 : NO_CLASS;
	char *name = mem_printf("%c.%u", 'a' + (int)(n % 26), n);
	struct class *c = link_add_class(link, parent, name);

	free(name);
	c->rate = parent == NO_CLASS ? link->rate : link->classes[parent].rate;
	if (c->rate > 1)
		c->rate -= random_below(rnd, (uint32_t)c->rate);
	c->ceil = random_below(rnd, 2) ? c->rate + random_below(rnd, 1000) : 0;
	c->burst = maybe(rnd, 1U << 30);
	c->cburst = maybe(rnd, 1U << 30);
	c->weight = maybe(rnd, 1000000);
	c->prio = random_below(rnd, 8);
	c->quantum = random_below(rnd, 2) ? 256 + random_below(rnd, 1000000) : 0;
	c->limit = maybe(rnd, 4194304);
	c->target_ns = random_below(rnd, 2) ? 1000 + random_below(rnd, 99999999) : 0;
	c->interval_ns = random_below(rnd, 2) ? 1000ULL * (1 + random_below(rnd, 10000000)) : 0;
	c->step_ns = random_below(rnd, 2) ? 1000 + random_below(rnd, 999999000) : 0;
	c->ecn = (int8_t)(random_below(rnd, 3) - 1);
	c->l4s = (int8_t)(random_below(rnd, 3) - 1);
	c->isolate = (uint8_t)random_below(rnd, OPTQ_ISOLATE_MAX + 1);
	c->nat = random_below(rnd, 2);
	c->oversubscribe = true;
	c->wire = random_wire(rnd);
	c->dscp = (uint8_t)maybe(rnd, OPTQ_DSCP_KEEP + 1);
	c->ack_filter = (uint8_t)random_below(rnd, 4) % (OPTQ_ACK_FILTER_AGGRESSIVE + 1);
	c->police = random_below(rnd, 4) ? NULL : random_police(rnd);
}

static void random_link(struct random_source *rnd, struct link *link)
{
	uint32_t n = 1 + random_below(rnd, 20), i;

	link->name = mem_strndup("wan0", 4);
	link->device = mem_printf("eth%u", random_below(rnd, 4));
	link->rate = 1 + random_below(rnd, 1000000000);
	link->burst = maybe(rnd, 1U << 30);
	link->limit = maybe(rnd, 4194304);
	link->memory = random_below(rnd, 2) ? 65536 + random_below(rnd, 1U << 30) : 0;
	link->oversubscribe = true;
	link->sysfs = random_below(rnd, 2);
	link->wire = random_wire(rnd);
	link->dscp = (uint8_t)maybe(rnd, OPTQ_DSCP_KEEP + 1);
	link->ack_filter = (uint8_t)random_below(rnd, 4) % (OPTQ_ACK_FILTER_AGGRESSIVE + 1);
	link->police = random_below(rnd, 4) ? NULL : random_police(rnd);
	for (i = 0; i < n; i++)
		random_class(rnd, link, i);
	do
		link->default_class = random_below(rnd, n);
	while (link->classes[link->default_class].children);
}

/* Their classes are in no order but that of parents before children. */
static void random_models(void **state)
{
	struct random_source rnd = { 20261127 };
	struct policy policy;
	struct reading r;
	char *text, *again;
	int round;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		memset(&policy, 0, sizeof(policy));
		policy.links = mem_zalloc(1, sizeof(*policy.links));
		policy.n_links = 1;
		random_link(&rnd, policy.links);
		text = written(&policy, NULL);
		read_back(&r, NULL, text);
		assert_round_trip(&r);
		again = written(&r.policy, NULL);
		assert_string_equal(text, again);
		free(again);
		free(text);
		reading_free(&r);
		policy_free(&policy);
	}
}

/* Class by class what was written is what was meant. */
static void random_values(void **state)
{
	struct random_source rnd = { 4711 };
	struct policy policy;
	struct link *a, *b;
	struct reading r;
	struct diags d = { 0 };
	uint32_t i, parent;
	char *text;
	int round;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		memset(&policy, 0, sizeof(policy));
		policy.links = mem_zalloc(1, sizeof(*policy.links));
		policy.n_links = 1;
		a = policy.links;
		random_link(&rnd, a);
		/* A chain is depth first as it stands. */
		for (i = 0; i < a->n_classes; i++) {
			parent = i - 1;
			a->classes[i].parent = parent;
			a->classes[i].children = i + 1 < a->n_classes;
			if (i && a->classes[i].rate > a->classes[parent].rate)
				a->classes[i].rate = a->classes[parent].rate;
		}
		a->default_class = a->n_classes - 1;
		a->title = mem_strndup(a->device, strlen(a->device));
		derive_weights(a, &d, false);
		text = written(&policy, NULL);
		read_back(&r, NULL, text);
		b = r.policy.links;
		assert_same_link(a, b, text);
		free(text);
		reading_free(&r);
		policy_free(&policy);
	}
	diags_free(&d);
}

static bool can_be_sent(const char *text)
{
	struct match_names names = { 0 };
	struct conjuncts any = { 0 };
	struct match_error err = { 0 };
	struct match m;
	bool good;

	good = match_parse(text, &names, NULL, &m, &err);
	if (good) {
		good = match_lower(m.root, &any, &err);
		conjuncts_free(&any);
	}
	if (!good)
		free(err.text);
	match_free(&m);
	match_names_free(&names);
	return good;
}

static void random_matches(void **state)
{
	struct random_source rnd = { 99 };
	char match[2000];
	struct reading r;
	char *classes;
	int round;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		do {
			*match = '\0';
			random_match(&rnd, match, sizeof(match), 2);
		} while (!can_be_sent(match));
		classes = mem_printf("        a:\n          match:\n            - >\n              %s\n            - dscp ef\n        rest:\n",
				     match);
		read_classes_text(&r, "rest", classes);
		assert_good(&r);
		assert_string_equal(r.policy.links[0].rules[0].text, match);
		assert_round_trip(&r);
		reading_free(&r);
		free(classes);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(is_as_people_write_it),
		cmocka_unit_test(long_values_are_broken),
		cmocka_unit_test(rates_are_exact),
		cmocka_unit_test(texts_are_quoted),
		cmocka_unit_test(notes_are_comments),
		cmocka_unit_test(weights_are_found_again),
		cmocka_unit_test(all_policies),
		cmocka_unit_test(random_values),
		cmocka_unit_test(random_models),
		cmocka_unit_test(random_matches),
	};

	return cmocka_run_group_tests_name("ctl_write", tests, NULL, NULL);
}
