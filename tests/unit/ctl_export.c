// SPDX-License-Identifier: GPL-2.0
/* From what the kernel tells of a tree to a policy. */
#include "core/meter.h"
#include "ctl_random.h"
#include "ctl_written.h"
#include "export.h"
#include "policy_match.h"
#include "policy_order.h"

#define ROUNDS		200
#define PACKETS		200

/* The kernel tells bursts that nobody gave. */
static void fill_police(struct live_police *p)
{
	if (!p)
		return;
	if (p->cir && !p->cbs)
		p->cbs = optq_meter_burst(p->cir);
	if (p->eir && !p->ebs)
		p->ebs = optq_meter_burst(p->eir);
	if (p->pir && !p->pbs)
		p->pbs = optq_meter_burst(p->pir);
	if (p->each && !p->entries)
		p->entries = OPTQ_POLICE_ENTRIES;
}

/* As the kernel would answer that was sent the link. */
static void fill_class(struct live_tree *tree, const struct link *link, size_t i)
{
	const struct class *class = &link->classes[i];
	struct live_class *live = &tree->classes[i];

	live->leaf = !class->children;
	live->ecn = class->ecn != 0;
	live->l4s = class->l4s != 0;
	live->parent_index = class->parent == NO_CLASS ? SIZE_MAX : class->parent;
	fill_police(live->police);
}

static void be_kernel(struct link *link, struct live_tree *tree,
		      struct live_rules *rules)
{
	struct nl_msg *msg = message(link);
	struct nlattr *tb[OPTQ_LINK_A_MAX + 1], *attr;
	int rest;
	size_t i;

	memset(tree, 0, sizeof(*tree));
	memset(rules, 0, sizeof(*rules));
	message_link(msg, tb);
	message_classes(msg, tree, link->n_classes);
	for (i = 0; i < tree->n; i++)
		fill_class(tree, link, i);
	snprintf(tree->device, sizeof(tree->device), "%s",
		 link->ingress ? "ifb-0" : link->device);
	if (link->ingress)
		snprintf(tree->ingress_of, sizeof(tree->ingress_of), "%s",
			 link->device);
	tree->handle = 0x10000;
	tree->default_id = link->classes[link->default_class].id;
	tree->rate = link->rate;
	tree->burst = link->burst;
	tree->limit = link->limit ? link->limit : 10240;
	tree->memory = link->memory;
	tree->oversubscribe = link->oversubscribe;
	tree->sysfs = link->sysfs;
	tree->wire = link->wire;
	tree->dscp = link->dscp;
	tree->ack_filter = link->ack_filter;
	tree->police = police_get(tb[OPTQ_LINK_A_POLICE]);
	fill_police(tree->police);
	nlmsg_for_each_attr(attr, nlmsg_hdr(msg), GENL_HDRLEN, rest)
		if (nla_type(attr) == OPTQ_A_RULE)
			rules_add(rules, attr);
	nlmsg_free(msg);
}

/* Parents stay before their children, as in the kernel's answer. */
static void shuffle_siblings(struct random_source *rnd, struct live_tree *tree)
{
	struct live_class swap;
	size_t i, j, k;

	for (i = 0; i + 1 < tree->n; i++) {
		j = i + 1;
		if (!random_below(rnd, 2) || tree->classes[j].parent_index == i)
			continue;
		swap = tree->classes[i];
		tree->classes[i] = tree->classes[j];
		tree->classes[j] = swap;
		for (k = 0; k < tree->n; k++) {
			if (tree->classes[k].parent_index == i)
				tree->classes[k].parent_index = j;
			else if (tree->classes[k].parent_index == j)
				tree->classes[k].parent_index = i;
		}
	}
}

static void unmark(struct link *link)
{
	uint32_t i;

	/* What is on by itself is not told apart from what was turned on. */
	for (i = 0; i < link->n_classes; i++) {
		link->classes[i].ecn = link->classes[i].ecn ? -1 : 0;
		link->classes[i].l4s = link->classes[i].l4s ? -1 : 0;
	}
	if (!optq_wire_on(&link->wire))
		link->wire.layer = 0;
}

/* A class without matches may stand elsewhere among its siblings. */
static void assert_same_classes(const struct link *a, const struct link *b)
{
	uint32_t i, j;
	char *path;

	assert_int_equal(a->n_classes, b->n_classes);
	for (i = 0; i < a->n_classes; i++) {
		path = class_path(a, i);
		j = link_find_class(b, path);
		assert_int_not_equal(j, NO_CLASS);
		assert_int_equal(a->classes[i].rate, b->classes[j].rate);
		assert_int_equal(a->classes[i].weight, b->classes[j].weight);
		free(path);
	}
}

static void assert_same_rules(const struct link *a, const struct link *b)
{
	char *x, *y;
	size_t i;

	assert_int_equal(a->n_rules, b->n_rules);
	for (i = 0; i < a->n_rules; i++) {
		assert_string_equal(a->rules[i].text, b->rules[i].text);
		x = class_path(a, a->rules[i].class_index);
		y = class_path(b, b->rules[i].class_index);
		assert_string_equal(x, y);
		free(x);
		free(y);
	}
}

static void export_links(struct export *e, struct reading *r,
			 struct random_source *rnd)
{
	struct live_rules rules;
	struct live_tree tree;
	char *why = NULL;
	size_t i;

	for (i = 0; i < r->policy.n_links; i++) {
		be_kernel(&r->policy.links[i], &tree, &rules);
		if (rnd)
			shuffle_siblings(rnd, &tree);
		if (!export_tree(e, &tree, &rules, &why))
			fail_msg("%s", why);
		rules_free(&rules);
		live_free(&tree);
	}
	export_finish(e);
}

/* Its sets are those of the same policy, which stays as long as the export does. */
static void know_itself(struct export *e, struct reading *again,
			const struct reading *r)
{
	memset(again, 0, sizeof(*again));
	source_from_text(&again->src, r->src.name, r->src.text,
			 source_part_at(&r->src, 0).len);
	if (r->src.dir)
		again->src.dir = mem_strndup(r->src.dir, strlen(r->src.dir));
	assert_true(policy_parse(&again->src, &again->policy, &again->d));
	export_know(e, &again->policy);
}

static void name_by_device(struct link *link)
{
	free(link->name);
	link->name = mem_strndup(link->device, strlen(link->device));
}

static void assert_exported(struct reading *r)
{
	struct export e = { 0 };
	struct reading known, b;
	size_t i;
	char *text;

	know_itself(&e, &known, r);
	export_links(&e, r, NULL);
	text = written(&e.policy, &e.notes);
	read_back(&b, NULL, text);
	assert_int_equal(b.policy.n_links, r->policy.n_links);
	for (i = 0; i < b.policy.n_links; i++) {
		name_by_device(&r->policy.links[i]);
		unmark(&r->policy.links[i]);
		assert_same_link(&r->policy.links[i], &b.policy.links[i], text);
	}
	free(text);
	reading_free(&b);
	export_free(&e);
	reading_free(&known);
}

static void what_was_applied_is_exported(void **state)
{
	(void)state;
	each_policy(assert_exported);
}

/* The kernel tells classes by their ids, which are of any order after some changes. */
static void assert_exported_shuffled(struct reading *r)
{
	struct random_source rnd = { 31 };
	struct reading known, b;
	struct export e;
	int round;
	size_t i;
	char *text;

	for (round = 0; round < 20; round++) {
		memset(&e, 0, sizeof(e));
		know_itself(&e, &known, r);
		export_links(&e, r, &rnd);
		text = written(&e.policy, &e.notes);
		read_back(&b, NULL, text);
		for (i = 0; i < b.policy.n_links; i++) {
			assert_same_classes(&r->policy.links[i],
					    &b.policy.links[i]);
			assert_same_rules(&r->policy.links[i],
					  &b.policy.links[i]);
		}
		free(text);
		reading_free(&b);
		export_free(&e);
		reading_free(&known);
	}
}

static void order_of_ids_does_not_count(void **state)
{
	(void)state;
	each_policy(assert_exported_shuffled);
}

static struct live_class *add_class(struct live_tree *tree, uint32_t id,
				    size_t parent, const char *name)
{
	struct live_class *c;

	tree->classes = mem_grow(tree->classes, &tree->room, tree->n + 1,
				 sizeof(*tree->classes));
	c = &tree->classes[tree->n++];
	c->id = id;
	c->parent_index = parent;
	c->leaf = c->ecn = c->l4s = true;
	c->name = name ? mem_strndup(name, strlen(name)) : NULL;
	if (parent != SIZE_MAX)
		tree->classes[parent].leaf = false;
	return c;
}

static void add_rule(struct live_rules *rules, uint32_t id, const char *text)
{
	rules->list = mem_grow(rules->list, &rules->room, rules->n + 1,
			       sizeof(*rules->list));
	rules->list[rules->n].class_id = id;
	rules->list[rules->n].where = mem_strndup("branch.yaml:7", 13);
	rules->list[rules->n++].text = text ? mem_strndup(text, strlen(text)) :
				       NULL;
}

static void begin_tree(struct live_tree *tree, struct live_rules *rules)
{
	memset(tree, 0, sizeof(*tree));
	memset(rules, 0, sizeof(*rules));
	strcpy(tree->device, "wan0");
	tree->handle = 0x10000;
	tree->limit = 10240;
}

/* What is exported, good and read again; @tree and @rules are freed. */
static char *exported_text(struct live_tree *tree, struct live_rules *rules)
{
	struct export e = { 0 };
	struct reading r;
	char *why, *text;

	if (!export_tree(&e, tree, rules, &why))
		fail_msg("%s", why);
	export_finish(&e);
	text = written(&e.policy, &e.notes);
	read_back(&r, NULL, text);
	reading_free(&r);
	export_free(&e);
	rules_free(rules);
	live_free(tree);
	return text;
}

/* A tree that tc made: no names, no default, more promised than there is. */
static void trees_of_tc_become_policies(void **state)
{
	struct live_rules rules;
	struct live_tree tree;
	struct live_class *c;
	char *text;

	(void)state;
	begin_tree(&tree, &rules);
	add_class(&tree, 1, SIZE_MAX, NULL)->rate = 1250000;
	c = add_class(&tree, 0x10, 0, NULL);
	c->rate = 1000000;
	c->qdisc = mem_strndup("fq", 2);
	add_class(&tree, 0x20, 0, NULL)->rate = 2000000;
	text = exported_text(&tree, &rules);
	assert_string_equal(text,
		"optq: 1\n"
		"links:\n"
		"  wan0:\n"
		"    # 3 classes were made by tc, without a name: c1-10 is 1:10\n"
		"    egress:\n"
		"      default: unclassified\n"
		"      classes:\n"
		"        # more is promised below it than it has: they are served in proportion\n"
		"        # when all want theirs\n"
		"        c1-1:\n"
		"          rate: 10mbit\n"
		"          oversubscribe: yes\n"
		"          classes:\n"
		"            # tc put the qdisc fq under it, which is no part of a policy\n"
		"            c1-10:\n"
		"              rate: 8mbit\n"
		"            # it was promised 16mbit, more than the 10mbit that is above it:\n"
		"            # that could not be kept\n"
		"            c1-20:\n"
		"              rate: 10mbit\n"
		"              weight: 16000\n"
		"        # there is no default: what no class takes passes the tree by, which a\n"
		"        # policy does not have; this class takes it\n"
		"        unclassified:\n");
	free(text);
}

/* What has neither rate nor weight has 1 in the kernel, and the least in a policy. */
static void weights_are_those_in_force(void **state)
{
	struct live_rules rules;
	struct live_tree tree;
	char *text;

	(void)state;
	begin_tree(&tree, &rules);
	add_class(&tree, 1, SIZE_MAX, "a")->rate = 125000;
	add_class(&tree, 2, SIZE_MAX, "b");
	add_class(&tree, 3, SIZE_MAX, "c");
	add_class(&tree, 4, 2, "d")->rate = 250000;
	tree.default_id = 2;
	text = exported_text(&tree, &rules);
	assert_string_equal(text,
		"optq: 1\nlinks:\n  wan0:\n    egress:\n      default: b\n      classes:\n"
		"        a:\n          rate: 1mbit\n"
		"        b:\n"
		"        c:\n          weight: 1\n          classes:\n"
		"            d:\n              rate: 2mbit\n");
	free(text);
}

static void names_are_made_fit(void **state)
{
	struct live_rules rules;
	struct live_tree tree;
	char *text;

	(void)state;
	begin_tree(&tree, &rules);
	strcpy(tree.device, "wan+0");
	add_class(&tree, 1, SIZE_MAX, "c1-2");
	add_class(&tree, 2, SIZE_MAX, NULL);
	add_class(&tree, 3, SIZE_MAX, "a:b");
	add_class(&tree, 4, SIZE_MAX, "a_b");
	add_class(&tree, 70000, SIZE_MAX, NULL);
	tree.default_id = 1;
	text = exported_text(&tree, &rules);
	assert_non_null(strstr(text, "\n  wan_0:\n    device: wan+0\n"));
	assert_non_null(strstr(text,
		"      classes:\n        c1-2:\n        c1-2_:\n        a_b_:\n        a_b:\n        c70000:\n"));
	assert_non_null(strstr(text, "# 1 class has another name here"));
	free(text);
}

static void cannot_be_exported(const char *match, const char *why_not)
{
	struct export e = { 0 };
	struct live_rules rules;
	struct live_tree tree;
	char *why = NULL;

	begin_tree(&tree, &rules);
	add_class(&tree, 1, SIZE_MAX, "a");
	add_rule(&rules, 1, match);
	assert_false(export_tree(&e, &tree, &rules, &why));
	if (!strstr(why, why_not))
		fail_msg("\"%s\" is not in \"%s\"", why_not, why);
	assert_non_null(strstr(why, "the match of a (branch.yaml:7) "));
	free(why);
	export_free(&e);
	rules_free(&rules);
	live_free(&tree);
}

/* The text as the kernel was given it. */
static char *long_match(bool cut)
{
	char *text = mem_zalloc(2000, 1);
	size_t n = 0, i;

	n += (size_t)sprintf(text, "udp dport {");
	for (i = 0; i < 200; i++)
		n += (size_t)sprintf(text + n, " %zu,", 1000 + 2 * i);
	sprintf(text + n, " 9999 }");
	if (cut)
		strcpy(text + OPTQ_RULE_TEXT_MAX - 3, "...");
	return text;
}

static void what_the_kernel_does_not_tell_is_an_error(void **state)
{
	char *cut = long_match(true);

	(void)state;
	cannot_be_exported("src @guests and udp",
			   "names the set \"guests\", whose values the kernel does not tell");
	cannot_be_exported(NULL, "has no text");
	cannot_be_exported("frob 7", "is none that this optqctl reads");
	cannot_be_exported(cut, "is longer than the 1023 bytes");
	free(cut);
}

static void a_policy_at_hand_knows_the_rest(void **state)
{
	char *cut = long_match(true), *whole = long_match(false), *text, *why;
	struct export e = { 0 };
	struct reading known, b;
	struct live_rules rules;
	struct live_tree tree;

	(void)state;
	text = mem_printf("optq: 1\nsets: { guests: [ 10.0.0.0/8 ], others: [ 1 ] }\nlinks: { x: { egress: { default: a, classes: { a: { match: [ \"%s\", src @guests, dport @others ] } } } } }\n",
			  whole);
	read_text(&known, text);
	assert_good(&known);
	free(text);
	export_know(&e, &known.policy);
	begin_tree(&tree, &rules);
	add_class(&tree, 1, SIZE_MAX, "a");
	tree.default_id = 1;
	add_rule(&rules, 1, "dst @guests");
	add_rule(&rules, 1, cut);
	if (!export_tree(&e, &tree, &rules, &why))
		fail_msg("%s", why);
	export_finish(&e);
	text = written(&e.policy, &e.notes);
	assert_non_null(strstr(text, "sets:\n  guests: [ 10.0.0.0/8 ]\nlinks:\n"));
	read_back(&b, NULL, text);
	assert_string_equal(b.policy.links[0].rules[1].text, whole);
	reading_free(&b);
	free(text);
	free(cut);
	free(whole);
	export_free(&e);
	reading_free(&known);
	rules_free(&rules);
	live_free(&tree);
}

/* The class that takes a packet; "": none. */
static const char *taker(const struct link *link, const struct packet *p)
{
	size_t i;

	for (i = 0; i < link->n_rules; i++)
		if (packet_meets_any(p, &link->rules[i].any))
			return link->classes[link->rules[i].class_index].name;
	return "";
}

static void random_link(struct random_source *rnd, struct policy *policy)
{
	static const char *const names[] = { "a", "b", "c", "d", "e", "f", "g" };
	static const uint32_t parents[] = {
		NO_CLASS, NO_CLASS, NO_CLASS, 0, 0, 1, 1
	};
	uint32_t n = 1 + random_below(rnd, 12), i;
	char match[600], *why;
	struct link *link;

	memset(policy, 0, sizeof(*policy));
	policy->links = mem_zalloc(1, sizeof(*policy->links));
	policy->n_links = 1;
	link = policy->links;
	link->name = mem_strndup("wan0", 4);
	link->device = mem_strndup("wan0", 4);
	link->title = mem_strndup("wan0", 4);
	for (i = 0; i < 7; i++)
		link_add_class(link, parents[i], names[i]);
	link->default_class = 2;
	for (i = 0; i < n; i++) {
		*match = '\0';
		random_match(rnd, match, sizeof(match), 1);
		why = policy_add_match(policy, link, 2 + random_below(rnd, 5),
				       match);
		free(why);
	}
}

static bool is_noted(const struct policy_notes *notes, const char *part)
{
	size_t i;

	for (i = 0; i < notes->n; i++)
		if (strstr(notes->list[i].text, part))
			return true;
	return false;
}

/* Whatever turns the matches of classes take, each packet goes where it went, or that is noted. */
static void packets_go_where_they_went(void **state)
{
	struct random_source rnd = { 8 };
	struct policy_notes notes;
	struct policy policy;
	struct packet p[PACKETS];
	const char *before[PACKETS];
	size_t kept = 0, moved = 0;
	struct reading r;
	int round, i;
	char *text;

	(void)state;
	for (round = 0; round < ROUNDS; round++) {
		memset(&notes, 0, sizeof(notes));
		random_link(&rnd, &policy);
		for (i = 0; i < PACKETS; i++) {
			p[i] = random_packet(&rnd, &policy.names);
			before[i] = taker(policy.links, &p[i]);
		}
		policy_order(&policy, &notes);
		text = written(&policy, &notes);
		read_back(&r, NULL, text);
		moved += !!strstr(text, "and not (");
		for (i = 0; i < PACKETS && !is_noted(&notes, "was tried behind"); i++) {
			if (strcmp(taker(policy.links, &p[i]), before[i]))
				fail_msg("a packet of \"%s\" goes to \"%s\":\n%s",
					 before[i], taker(policy.links, &p[i]), text);
			kept += *before[i] != '\0';
		}
		assert_same_rules(policy.links, r.policy.links);
		free(text);
		reading_free(&r);
		policy_notes_free(&notes);
		policy_free(&policy);
	}
	assert_true(moved > ROUNDS / 4);
	assert_true(kept > ROUNDS * PACKETS / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_applied_is_exported),
		cmocka_unit_test(order_of_ids_does_not_count),
		cmocka_unit_test(trees_of_tc_become_policies),
		cmocka_unit_test(weights_are_those_in_force),
		cmocka_unit_test(names_are_made_fit),
		cmocka_unit_test(what_the_kernel_does_not_tell_is_an_error),
		cmocka_unit_test(a_policy_at_hand_knows_the_rest),
		cmocka_unit_test(packets_go_where_they_went),
	};

	return cmocka_run_group_tests_name("ctl_export", tests, NULL, NULL);
}
