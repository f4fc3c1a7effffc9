// SPDX-License-Identifier: GPL-2.0
/* What a policy would change of the tree that the kernel tells. */
#include <json-c/json.h>
#include <linux/optq.h>
#include <locale.h>

#include "ctl_delta.h"
#include "ids.h"
#include "mem.h"

/* The tree that OFFICE makes, as the kernel tells it. */
static struct live_class *add_live(struct live_tree *t, uint32_t id,
				   const char *name, size_t parent)
{
	struct live_class *c;

	t->classes = mem_grow(t->classes, &t->room, t->n + 1, sizeof(*t->classes));
	c = &t->classes[t->n++];
	memset(c, 0, sizeof(*c));
	c->id = id;
	c->name = name ? mem_strndup(name, strlen(name)) : NULL;
	c->parent_index = parent;
	c->parent = parent == SIZE_MAX ? 0 : t->classes[parent].id;
	c->leaf = true;
	c->ecn = true;
	c->l4s = true;
	return c;
}

static void add_live_rule(struct live_rules *rules, uint32_t class_id,
			  const char *text)
{
	struct live_rule *r;

	rules->list = mem_grow(rules->list, &rules->room, rules->n + 1,
			       sizeof(*rules->list));
	r = &rules->list[rules->n++];
	memset(r, 0, sizeof(*r));
	r->class_id = class_id;
	r->text = text ? mem_strndup(text, strlen(text)) : NULL;
}

struct live {
	struct live_tree tree;
	struct live_rules rules;
	struct reading r;
	struct delta d;
};

#define MBIT	125000

static void office_lives(struct live *l)
{
	struct live_class *c;

	memset(l, 0, sizeof(*l));
	l->tree.handle = 0x10000;
	l->tree.rate = 20 * MBIT;
	l->tree.limit = OPTQ_LIMIT;
	l->tree.direct_limit = 1000;
	l->tree.default_id = 4;
	c = add_live(&l->tree, 1, "voice", SIZE_MAX);
	c->rate = MBIT;
	c->delay_ns = 10000000;
	c = add_live(&l->tree, 2, "office", SIZE_MAX);
	c->rate = 10 * MBIT;
	c->leaf = false;
	c = add_live(&l->tree, 3, "web", 1);
	c->rate = 6 * MBIT;
	c->ceil = 15 * MBIT;
	c = add_live(&l->tree, 4, "other", 1);
	c->weight = 3000;
	c->limit = 500;
	add_live_rule(&l->rules, 1, "dscp ef");
	add_live_rule(&l->rules, 3, "tcp port { 80, 443 }");
}

static void compare_live(struct live *l, const char *policy,
			 enum rules_verdict verdict)
{
	struct link_image old, new;
	uint32_t *ids, i;
	struct link *link;

	read_text(&l->r, policy);
	assert_good(&l->r);
	link = l->r.policy.links;
	assign_ids(link, &l->tree);
	ids = mem_zalloc(link->n_classes, sizeof(*ids));
	for (i = 0; i < link->n_classes; i++)
		ids[i] = link->classes[i].id;
	image_of_live(&l->tree, &l->rules, &old);
	image_of_link(link, ids, 1000, &new);
	delta_make(&l->d, &old, &new, verdict);
	free(ids);
}

static void free_live(struct live *l)
{
	delta_free(&l->d);
	live_free(&l->tree);
	rules_free(&l->rules);
	reading_free(&l->r);
}

static void what_was_applied_needs_nothing(void **state)
{
	struct live l;

	(void)state;
	office_lives(&l);
	compare_live(&l, OFFICE, RULES_SAME);
	assert_true(delta_empty(&l.d));
	free_live(&l);
}

static void drift_is_found(void **state)
{
	struct live l;

	(void)state;
	office_lives(&l);
	l.tree.classes[0].rate = 3 * MBIT;
	l.tree.classes[2].qdisc = mem_strndup("fq", 2);
	l.tree.direct_limit = 50;
	add_live(&l.tree, 0x78, NULL, 1)->stats.backlog_packets = 7;
	l.tree.stats.backlog_packets = 7;
	compare_live(&l, OFFICE, RULES_SAME);
	assert_printed(&l.d, true,
		       "wan0: 1 key of the link, 1 to change, 1 to remove, 1 with a qdisc of tc's;\n"
		       "    7 packets wait, none is lost\n"
		       "  ~ link         direct_qlen 50 \u2192 1000\n"
		       "  ~ voice        rate 3mbit \u2192 1mbit\n"
		       "  ! office/web   qdisc fq stays: tc put it there\n"
		       "  - office/1:78  7 packets wait: to office/other\n");
	free_live(&l);
}

static const struct class_change *change_of(const struct delta *d, const char *path)
{
	const struct class_image *class;
	size_t i;

	for (i = 0; i < d->n_classes; i++) {
		class = d->classes[i].old ? d->classes[i].old :
					    d->classes[i].new;
		if (!strcmp(class->path, path))
			return &d->classes[i];
	}
	fail_msg("nothing of %s", path);
	return NULL;
}

static void packets_have_a_fate(void **state)
{
	struct live l;

	(void)state;
	office_lives(&l);
	l.tree.classes[0].stats.backlog_packets = 40;
	l.tree.classes[2].stats.backlog_packets = 300;
	l.tree.classes[3].stats.backlog_packets = 8;
	l.tree.stats.backlog_packets = 348;
	compare_live(&l, HEAD
		     "      rate: 20mbit\n      default: office/other/x\n      classes:\n"
		     "        voice: {rate: 1mbit, delay: 10ms, limit: 30, match: dscp ef}\n"
		     "        office: {rate: 10mbit, classes: {other: {weight: 3000, classes: {x: , y: }}}}\n",
		     RULES_OTHERS);
	assert_int_equal(change_of(&l.d, "voice")->fate, PACKETS_CUT);
	assert_int_equal(change_of(&l.d, "voice")->lost_most, 10);
	assert_int_equal(change_of(&l.d, "office/web")->fate, PACKETS_DRAINED);
	assert_string_equal(change_of(&l.d, "office/web")->to, "office/other/x");
	assert_int_equal(change_of(&l.d, "office/other")->fate, PACKETS_HANDED_DOWN);
	assert_string_equal(change_of(&l.d, "office/other")->to, "office/other/x");
	assert_true(change_of(&l.d, "office/web")->matched_anew);
	assert_int_equal(l.d.lost_most, 10);
	assert_false(l.d.sets_differ);	/* the matches can be seen to differ */
	free_live(&l);
}

static void a_grafted_qdisc_takes_its_packets_along(void **state)
{
	struct live l;

	(void)state;
	office_lives(&l);
	l.tree.classes[2].stats.backlog_packets = 5;
	l.tree.classes[2].qdisc = mem_strndup("tbf", 3);
	l.tree.classes[3].qdisc = mem_strndup("fq", 2);
	l.tree.classes[0].stats.backlog_packets = 2;
	l.tree.stats.backlog_packets = 7;
	compare_live(&l, HEAD
		     "      rate: 20mbit\n      default: office/other\n      classes:\n"
		     "        office: {rate: 10mbit, classes: {other: {weight: 3000, limit: 500}}}\n",
		     RULES_OTHERS);
	assert_int_equal(change_of(&l.d, "office/web")->fate, PACKETS_LOST);
	assert_int_equal(l.d.lost_most, 5);
	/* The default class has a qdisc of tc's: what drains does not go there. */
	assert_string_equal(change_of(&l.d, "voice")->to, "direct");
	free_live(&l);
}

static void the_link_may_have_no_room(void **state)
{
	struct live l;

	(void)state;
	office_lives(&l);
	l.tree.classes[3].stats.backlog_packets = 90;
	l.tree.stats.backlog_packets = 90;
	l.tree.stats.memory_bytes = 90 * 768;
	compare_live(&l, HEAD "      rate: 20mbit\n      limit: 80\n"
		     "      default: office/other\n      classes:\n"
		     "        voice: {rate: 1mbit, delay: 10ms, match: dscp ef}\n"
		     "        office: {rate: 10mbit, classes: {web: {rate: 6mbit, ceil: 15mbit, match: \"tcp port { 80, 443 }\"}, other: {weight: 3000, limit: 500}}}\n",
		     RULES_SAME);
	assert_int_equal(l.d.lost_most, 10);
	assert_int_equal(l.d.n_classes, 0);
	assert_printed(&l.d, true,
		       "wan0: 1 key of the link; 90 packets wait, up to 10 may be lost\n"
		       "  ~ link  limit 10240 \u2192 80\n");
	free_live(&l);
}

static void sets_are_seen_by_the_kernel(void **state)
{
	struct live l;

	(void)state;
	office_lives(&l);
	l.tree.classes[3].stats.backlog_packets = 9;
	l.tree.stats.backlog_packets = 9;
	compare_live(&l, OFFICE, RULES_OTHERS);
	assert_false(delta_empty(&l.d));
	assert_true(l.d.sets_differ);
	assert_true(l.d.matched_anew);
	assert_int_equal(l.d.n_classes, 0);
	free_live(&l);
	office_lives(&l);
	compare_live(&l, OFFICE, RULES_UNKNOWN);
	assert_true(delta_empty(&l.d));
	free_live(&l);
}

/* A text that had to be cut on its way to the kernel is the same still. */
static void long_matches_are_the_same(void **state)
{
	char *sources = mem_strndup("10.0.0.0", 8), *longer, *policy, *text;
	struct live l;
	int i;

	(void)state;
	for (i = 1; i < 150; i++) {
		longer = mem_printf("%s, 10.0.%d.0", sources, i);
		free(sources);
		sources = longer;
	}
	policy = mem_printf(HEAD "      default: a\n      classes: {a: , b: {match: \"src { %s }\"}}\n",
			    sources);
	memset(&l, 0, sizeof(l));
	l.tree.default_id = 1;
	l.tree.direct_limit = 1000;
	l.tree.limit = OPTQ_LIMIT;
	add_live(&l.tree, 1, "a", SIZE_MAX)->weight = 1;
	add_live(&l.tree, 2, "b", SIZE_MAX)->weight = 1;
	text = mem_printf("src { %s }", sources);
	assert_true(strlen(text) > OPTQ_RULE_TEXT_MAX);
	strcpy(text + OPTQ_RULE_TEXT_MAX - 3, "...");
	add_live_rule(&l.rules, 2, text);
	compare_live(&l, policy, RULES_SAME);
	assert_true(delta_empty(&l.d));
	free_live(&l);
	free(text);
	free(policy);
	free(sources);
}

static const char *member(struct json_object *o, const char *key)
{
	return json_object_to_json_string(json_object_object_get(o, key));
}

static void figures_are_in_json(void **state)
{
	struct json_object *o = json_object_new_object(), *c, *f;
	struct live l;

	(void)state;
	office_lives(&l);
	l.tree.classes[3].stats.backlog_packets = 3;
	l.tree.stats.backlog_packets = 3;
	compare_live(&l, HEAD
		     "      rate: 20mbit\n      default: other\n      classes:\n"
		     "        voice: {rate: 1mbit, delay: 10ms, ceil: 2mbit, match: dscp ef}\n"
		     "        other: {weight: 3000, limit: 500}\n", RULES_OTHERS);
	delta_add_json(o, &l.d);
	assert_string_equal(member(o, "packets_waiting"), "3");
	assert_string_equal(member(o, "fields"), "[ ]");	/* it is the default still */
	c = json_object_array_get_idx(json_object_object_get(o, "changes"), 0);
	assert_string_equal(member(c, "op"), "\"change\"");
	assert_string_equal(member(c, "path"), "\"voice\"");
	assert_string_equal(member(c, "id"), "1");
	assert_string_equal(member(c, "packets"), "\"none\"");
	f = json_object_array_get_idx(json_object_object_get(c, "fields"), 0);
	assert_string_equal(member(f, "name"), "\"ceil_bps\"");
	assert_null(json_object_object_get(f, "old"));
	assert_string_equal(member(f, "new"), "2000000");
	c = json_object_array_get_idx(json_object_object_get(o, "changes"), 1);
	assert_string_equal(member(c, "op"), "\"move\"");
	assert_string_equal(member(c, "old_path"), "\"office\\/other\"");
	assert_string_equal(member(c, "packets"), "\"kept\"");
	assert_string_equal(member(c, "packets_matched_anew"), "true");
	c = json_object_array_get_idx(json_object_object_get(o, "matches"), 0);
	assert_string_equal(member(c, "op"), "\"remove\"");
	assert_string_equal(member(c, "path"), "\"office\\/web\"");
	json_object_put(o);
	free_live(&l);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_applied_needs_nothing),
		cmocka_unit_test(drift_is_found),
		cmocka_unit_test(packets_have_a_fate),
		cmocka_unit_test(a_grafted_qdisc_takes_its_packets_along),
		cmocka_unit_test(the_link_may_have_no_room),
		cmocka_unit_test(sets_are_seen_by_the_kernel),
		cmocka_unit_test(long_matches_are_the_same),
		cmocka_unit_test(figures_are_in_json),
	};

	setlocale(LC_CTYPE, "");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
