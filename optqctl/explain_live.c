// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <netlink/attr.h>
#include <stdlib.h>
#include <string.h>

#include "explain_live.h"
#include "explain_packet.h"
#include "host_names.h"
#include "live_rules.h"
#include "mem.h"

/* In the order of the tree, where one that was moved may stand before its parent. */
static void fill_class(struct class *class, const struct live_tree *tree, size_t i)
{
	const struct live_class *from = &tree->classes[i];

	class->name = from->name ? mem_strndup(from->name, strlen(from->name)) :
				   live_class_id(tree, from->id);
	class->parent = from->parent_index == SIZE_MAX ? NO_CLASS :
			(uint32_t)from->parent_index;
	class->level = from->level;
	class->id = from->id;
	class->rate = from->rate;
	class->ceil = from->ceil;
	class->prio = from->prio;
	class->delay_ns = from->delay_ns;
}

/* One that has others below it takes no packets, though it be named still. */
static uint32_t leaf_index(const struct live_tree *tree, size_t i, uint32_t otherwise)
{
	return i != SIZE_MAX && tree->classes[i].leaf ? (uint32_t)i : otherwise;
}

void policy_from_live(struct policy *policy, const struct live_tree *tree)
{
	struct link *link;
	size_t i;

	memset(policy, 0, sizeof(*policy));
	policy->links = mem_grow(NULL, &policy->links_room, 1, sizeof(*link));
	policy->n_links = 1;
	link = policy->links;
	memset(link, 0, sizeof(*link));
	link->device = mem_strndup(tree->device, strlen(tree->device));
	link->name = mem_strndup(tree->device, strlen(tree->device));
	link->rate = tree->rate;
	link->classes = mem_zalloc(tree->n, sizeof(*link->classes));
	link->n_classes = (uint32_t)tree->n;
	for (i = 0; i < tree->n; i++)
		fill_class(&link->classes[i], tree, i);
	i = live_find(tree, tree->default_id);
	link->default_class = leaf_index(tree, i, NO_CLASS);
	memcpy(link->dims, tree->dims, sizeof(link->dims));
	link->n_dims = tree->n_dims;
}

static void add_rule(struct link *link, const struct live_rule *from,
		     uint32_t class_index)
{
	struct rule *rule;

	link->rules = mem_grow(link->rules, &link->rules_room, link->n_rules + 1,
			       sizeof(*link->rules));
	rule = &link->rules[link->n_rules++];
	memset(rule, 0, sizeof(*rule));
	rule->class_index = class_index;
	rule->text = mem_printf("%s", from->text ? from->text : "match");
	/* Who made it has not told where it is written. */
	rule->where = from->where ? mem_printf("%s", from->where) :
				    mem_printf("rule %zu", link->n_rules);
}

static void add_rules(struct link *link, const struct live_tree *tree,
		      const struct live_rules *rules)
{
	struct live_class **sorted = live_sort_by_id(tree);
	size_t i, at;

	for (i = 0; i < rules->n; i++) {
		at = live_find_sorted(tree, sorted, rules->list[i].class_id);
		add_rule(link, &rules->list[i],
			 leaf_index(tree, at, link->default_class));
	}
	free(sorted);
}

/* What the kernel is told of the packet. */
struct question {
	const struct link *link;
	const struct conjunct *packet;	/* as it was given */
	const struct conjunct *known;	/* and, maybe, as it was completed */
	struct match_numbers numbers;
};

static bool is_told(enum optq_field field)
{
	return field == OPTQ_FIELD_APP || field == OPTQ_FIELD_HOST;
}

/* Names by what the kernel calls them; 0: it has no such thing. */
static struct value kernel_value(const struct match_numbers *numbers,
				 struct dim dim, struct value v)
{
	if (!field_has_names(dim.field))
		return v;
	return value_of(numbers->number(numbers->arg, dim, v.lo));
}

/* @set NULL: the packet has no such field. */
static int put_value(struct nl_msg *msg, const struct question *q, struct dim dim,
		     const struct rset *set)
{
	struct optq_match_key key = { 0 };
	struct nlattr *nest;
	int err;

	nest = nla_nest_start(msg, OPTQ_A_DIM);
	if (!nest)
		return -NLE_MSGSIZE;
	err = nla_put_u8(msg, OPTQ_DIM_A_FIELD, (uint8_t)dim.field) |
	      nla_put_u32(msg, OPTQ_DIM_A_PARAM, dim.param);
	if (set && set->n) {
		match_key_put(&key, 0, dim.field,
			      kernel_value(&q->numbers, dim, set->v[0].min));
		err |= nla_put(msg, OPTQ_DIM_A_VALUE,
			       (int)(optq_field_words((u8)dim.field) * sizeof(u32)),
			       key.value[0]);
	}
	nla_nest_end(msg, nest);
	return err;
}

static int put_known(struct nl_msg *msg, const struct question *q, struct dim dim)
{
	/* What elements tell is not to be guessed. */
	const struct rset *set = conjunct_set(is_told(dim.field) ? q->packet : q->known,
					      dim);

	return packet_value_known(set) ? put_value(msg, q, dim, set) : 0;
}

/* Where the packet was completed, what is not known of them is not there. */
static int put_end(struct nl_msg *msg, const struct question *q, struct dim dim)
{
	const struct rset *set = conjunct_set(q->known, dim);

	if (packet_value_known(set))
		return put_value(msg, q, dim, set);
	return q->known != q->packet ? put_value(msg, q, dim, NULL) : 0;
}

/* By these the kernel finds the application and the hosts, asked for or not. */
static const struct dim ends[] = {
	{ OPTQ_FIELD_PROTO, 0 }, { OPTQ_FIELD_SRC, 0 }, { OPTQ_FIELD_DST, 0 },
	{ OPTQ_FIELD_SPORT, 0 }, { OPTQ_FIELD_DPORT, 0 },
};

static int put_question(struct nl_msg *msg, void *arg)
{
	const struct question *q = arg;
	int err = 0;
	size_t i;

	for (i = 0; !err && i < q->link->n_dims; i++)
		err = put_known(msg, q, q->link->dims[i]);
	for (i = 0; !err && i < sizeof(ends) / sizeof(ends[0]); i++)
		if (link_find_dim(q->link, ends[i]) == q->link->n_dims)
			err = put_end(msg, q, ends[i]);
	return err;
}

/* False, and @d says which, when a name of the packet is none of this host's. */
static bool check_names(const struct question *q, const struct match_names *names,
			struct diags *d)
{
	const struct span nowhere = { DIAG_NOWHERE, 0 };
	const struct rset *set;
	struct value v;
	char *text;
	size_t i;

	for (i = 0; i < q->link->n_dims; i++) {
		struct dim dim = q->link->dims[i];

		set = conjunct_set(q->packet, dim);
		if (!packet_value_known(set) || !set->n)
			continue;
		v = kernel_value(&q->numbers, dim, set->v[0].min);
		if (!field_has_names(dim.field) || v.lo)
			continue;
		text = host_name_missing(names, dim, set->v[0].min.lo);
		diag_error(d, nowhere, "%s", text);
		free(text);
		return false;
	}
	return true;
}

/* A kernel that is newer than this program. */
static bool check_dims(const struct link *link, struct diags *d)
{
	const struct span nowhere = { DIAG_NOWHERE, 0 };
	size_t i;

	for (i = 0; i < link->n_dims; i++) {
		if (optq_field_valid((u8)link->dims[i].field))
			continue;
		diag_error(d, nowhere, "the rules there look at field %u, which this optqctl does not know",
			   (unsigned int)link->dims[i].field);
		return false;
	}
	return true;
}

/* The last that was tried, if it takes the packet. */
static uint32_t taker(const struct live_rules *rules)
{
	if (!rules->n || rules->list[rules->n - 1].outcome != OPTQ_OUTCOME_TAKES)
		return NO_RULE;
	return (uint32_t)rules->n - 1;
}

/* All rules of the tree that was read, or those up to one that takes the packet. */
static bool ask(struct nl_sock *genl, int family, const struct live_tree *tree,
		struct question *q, struct live_rules *rules,
		struct nl_answer *answer)
{
	rules_explain(genl, family, tree->ifindex, put_question, q, rules, answer);
	if (!answer->error &&
	    ((rules->n && rules->generation != tree->generation) ||
	     (taker(rules) == NO_RULE && rules->n != tree->rules)))
		answer->error = EAGAIN;
	return !answer->error;
}

static void conclude(struct link *link, const struct live_tree *tree,
		     const struct conjunct *packet, const struct live_rules *rules,
		     uint32_t rule, struct explanation *e)
{
	struct explain_try *tries = mem_zalloc(rules->n, sizeof(*tries));
	size_t i;

	add_rules(link, tree, rules);
	for (i = 0; i < rules->n; i++)
		tries[i] = (struct explain_try){ rules->list[i].outcome,
						 rules->list[i].dims };
	explain_tries(link, packet, rule, tries, rules->n, e);
	free(tries);
}

/* A policy's rules name the cgroups above a packet's; here nobody has yet. */
static void name_ancestors(struct names *paths)
{
	size_t n = paths->n, i, len;
	char *path;

	for (i = 0; i < n; i++) {
		path = mem_printf("%s", paths->v[i]);
		for (len = strlen(path); len; len--) {
			if (path[len] != '/')
				continue;
			path[len] = '\0';
			names_number(paths, path);
		}
		free(path);
	}
}

bool explain_live(struct nl_sock *genl, int family, const struct live_tree *tree,
		  struct policy *policy, const char *text, struct diags *d,
		  struct explanation *e, struct nl_answer *answer)
{
	struct link *link = policy->links;
	struct live_rules all = { 0 }, sure = { 0 };
	struct conjunct packet, whole;
	struct question q = {
		.link = link, .packet = &packet, .known = &whole,
		.numbers = host_numbers(&policy->names),
	};
	bool good;

	if (!check_dims(link, d) ||
	    !packet_read(policy, link, text, d, &packet))
		return false;
	name_ancestors(&policy->names.of[OPTQ_FIELD_CGROUP]);
	packet_conclude(&packet, link, &policy->names);
	whole = packet_complete(&packet, link, &policy->names);
	good = check_names(&q, &policy->names, d) &&
	       ask(genl, family, tree, &q, &all, answer);
	q.known = &packet;
	good = good && ask(genl, family, tree, &q, &sure, answer);
	/* Elements come and go, and are no change of the tree. */
	if (good && taker(&sure) < taker(&all)) {
		answer->error = EAGAIN;
		good = false;
	}
	if (good)
		conclude(link, tree, &packet, &sure, taker(&all), e);
	rules_free(&all);
	rules_free(&sure);
	conjunct_free(&whole);
	conjunct_free(&packet);
	return good;
}
