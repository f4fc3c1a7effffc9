// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "policy_match.h"
#include "reach_index.h"
#include "rule_order.h"

/* What is looked at for one link: some seconds. */
#define STEPS_MAX	200000000ULL

struct guard {
	struct policy *policy;
	struct link *link;
	size_t link_index;
	struct policy_notes *notes;
	struct reach_index index;
	uint32_t *last;		/* by rule: 1 + the last one that is kept off it */
	uint64_t steps;
	size_t guarded, failed;
};

static bool is_ordered(const struct link *link)
{
	size_t i;

	for (i = 1; i < link->n_rules; i++)
		if (link->rules[i].class_index < link->rules[i - 1].class_index)
			return false;
	return true;
}

/* Adds to *text, that it takes over, "and not" what @first takes. */
static char *keep_off(char *text, const struct rule *first)
{
	char *longer = mem_printf("%s and not (%s)", text, first->text);

	free(text);
	return longer;
}

/* Rules before entry @i's that come to stand behind it, and that it has packets with. */
static char *add_guards(struct guard *g, size_t i, size_t begin, char *text)
{
	const struct reach_entry *e = &g->index.entries[i], *other;
	const struct rule *rules = g->link->rules;
	uint32_t *meet;
	size_t n, j;

	meet = reach_candidates(&g->index, i, begin, &n, &g->steps);
	for (j = 0; j < n; j++) {
		other = &g->index.entries[meet[j]];
		if (rules[other->rule].class_index <= rules[e->rule].class_index ||
		    g->last[other->rule] == e->rule + 1 ||
		    conjunct_disjoint(&other->meant, &e->meant))
			continue;
		g->last[other->rule] = e->rule + 1;
		text = keep_off(text ? text :
				mem_printf("(%s)", rules[e->rule].text),
				&rules[other->rule]);
	}
	free(meet);
	return text;
}

static void guard_rule(struct guard *g, uint32_t rule, size_t begin, size_t end,
		       char **guarded)
{
	char *text = NULL;
	size_t i;

	for (i = begin; i < end && g->steps < STEPS_MAX; i++)
		text = add_guards(g, i, begin, text);
	if (i < end)
		g->failed++;
	guarded[rule] = text;
}

/* After all are known: they are made of each other's texts. */
static void change_texts(struct guard *g, char **guarded)
{
	struct rule *rule;
	size_t i;
	char *why;

	for (i = 0; i < g->link->n_rules; i++) {
		if (!guarded[i])
			continue;
		rule = &g->link->rules[i];
		why = policy_change_match(g->policy, g->link, rule, guarded[i]);
		if (why)
			policy_note(g->notes, g->link_index, rule->class_index,
				    "\"%s\" was tried behind matches of classes below, and comes before them here: %s",
				    rule->text, why);
		else
			g->guarded++;
		free(why);
		free(guarded[i]);
	}
}

static void guard_rules(struct guard *g)
{
	char **guarded = mem_zalloc(g->link->n_rules, sizeof(*guarded));
	size_t begin, end;

	reach_index_build(&g->index, g->policy, g->link);
	g->last = mem_zalloc(g->link->n_rules, sizeof(*g->last));
	for (begin = 0; begin < g->index.n; begin = end) {
		uint32_t rule = g->index.entries[begin].rule;

		for (end = begin; end < g->index.n &&
		     g->index.entries[end].rule == rule; end++)
			;
		guard_rule(g, rule, begin, end, guarded);
	}
	reach_index_free(&g->index);
	change_texts(g, guarded);
	free(g->last);
	free(guarded);
}

static void sort_rules(struct link *link)
{
	size_t *next = mem_zalloc(link->n_classes + (size_t)1, sizeof(*next)), i;
	struct rule *sorted = mem_zalloc(link->n_rules, sizeof(*sorted));

	for (i = 0; i < link->n_rules; i++)
		next[link->rules[i].class_index + 1]++;
	for (i = 0; i < link->n_classes; i++)
		next[i + 1] += next[i];
	for (i = 0; i < link->n_rules; i++)
		sorted[next[link->rules[i].class_index]++] = link->rules[i];
	free(link->rules);
	free(next);
	link->rules = sorted;
	link->rules_room = link->n_rules;
}

void rules_order(struct policy *policy, size_t link_index,
		 struct policy_notes *notes)
{
	struct guard g = {
		.policy = policy, .link = &policy->links[link_index],
		.link_index = link_index, .notes = notes,
	};

	if (is_ordered(g.link))
		return;
	guard_rules(&g);
	sort_rules(g.link);
	if (g.guarded)
		policy_note(notes, link_index, NO_CLASS,
			    "%zu match%s in \"and not (...)\": what was tried before stands behind, in other classes",
			    g.guarded, g.guarded == 1 ? " ends" : "es end");
	if (g.failed)
		policy_note(notes, link_index, NO_CLASS,
			    "%zu match%s come before others that were tried first: too many meet each other to find out",
			    g.failed, g.failed == 1 ? " may" : "es may");
}
