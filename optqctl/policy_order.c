// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "policy_order.h"
#include "rule_order.h"

struct order {
	struct link *link;
	uint32_t *first_rule;	/* at or below each class; NO_RULE: none */
	uint32_t *child, *begin;	/* children of class i: child[begin[i]...] */
	uint32_t *place;	/* the new index of each class */
	uint32_t n;		/* that have one */
};

static void find_first_rules(struct order *o)
{
	const struct link *link = o->link;
	uint32_t i, parent;
	size_t r;

	o->first_rule = mem_zalloc(link->n_classes, sizeof(*o->first_rule));
	for (i = 0; i < link->n_classes; i++)
		o->first_rule[i] = NO_RULE;
	for (r = link->n_rules; r-- > 0; )
		o->first_rule[link->rules[r].class_index] = (uint32_t)r;
	for (i = link->n_classes; i-- > 0; ) {
		parent = link->classes[i].parent;
		if (parent != NO_CLASS &&
		    o->first_rule[i] < o->first_rule[parent])
			o->first_rule[parent] = o->first_rule[i];
	}
}

/* Those of the link are the last ones. */
static void find_children(struct order *o)
{
	const struct link *link = o->link;
	uint32_t n = link->n_classes, i, parent;
	uint32_t *next;

	o->begin = mem_zalloc(n + (size_t)2, sizeof(*o->begin));
	o->child = mem_zalloc(n, sizeof(*o->child));
	next = mem_zalloc(n + (size_t)1, sizeof(*next));
	for (i = 0; i < n; i++) {
		parent = link->classes[i].parent;
		o->begin[(parent == NO_CLASS ? n : parent) + 1]++;
	}
	for (i = 0; i <= n; i++) {
		o->begin[i + 1] += o->begin[i];
		next[i] = o->begin[i];
	}
	for (i = 0; i < n; i++) {
		parent = link->classes[i].parent;
		o->child[next[parent == NO_CLASS ? n : parent]++] = i;
	}
	free(next);
}

struct ranked {
	uint32_t rule, class;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return (x->rule > y->rule) - (x->rule < y->rule);
}

/* Those without a rule stay where they stand: their order means nothing. */
static void sort_children(struct order *o, uint32_t class)
{
	uint32_t n = o->begin[class + 1] - o->begin[class], i, at = 0;
	uint32_t *child = o->child + o->begin[class];
	struct ranked *ranked = mem_zalloc(n, sizeof(*ranked));

	for (i = 0; i < n; i++)
		if (o->first_rule[child[i]] != NO_RULE)
			ranked[at++] = (struct ranked){
				o->first_rule[child[i]], child[i]
			};
	qsort(ranked, at, sizeof(*ranked), compare_ranked);
	at = 0;
	for (i = 0; i < n; i++)
		if (o->first_rule[child[i]] != NO_RULE)
			child[i] = ranked[at++].class;
	free(ranked);
}

static void number_below(struct order *o, uint32_t class)
{
	uint32_t i;

	sort_children(o, class);
	for (i = o->begin[class]; i < o->begin[class + 1]; i++) {
		o->place[o->child[i]] = o->n++;
		number_below(o, o->child[i]);
	}
}

static void move_police(const struct order *o, struct police *p)
{
	unsigned int i;

	for (i = 0; p && i < POLICE_COLOURS; i++)
		if (p->act[i].class_index != NO_CLASS)
			p->act[i].class_index = o->place[p->act[i].class_index];
}

static void move_classes(struct order *o, size_t link_index,
			 struct policy_notes *notes)
{
	struct link *link = o->link;
	struct class *old = link->classes, *new;
	struct policy_note *note;
	size_t i;

	new = mem_zalloc(link->n_classes, sizeof(*new));
	link->classes_room = link->n_classes;
	for (i = 0; i < link->n_classes; i++) {
		if (old[i].parent != NO_CLASS)
			old[i].parent = o->place[old[i].parent];
		move_police(o, old[i].police);
		new[o->place[i]] = old[i];
	}
	free(old);
	link->classes = new;
	link_note_names(link);
	move_police(o, link->police);
	for (i = 0; i < link->n_rules; i++)
		link->rules[i].class_index = o->place[link->rules[i].class_index];
	if (link->default_class != NO_CLASS)
		link->default_class = o->place[link->default_class];
	for (i = 0; i < notes->n; i++) {
		note = &notes->list[i];
		if (note->link == link_index && note->class_index != NO_CLASS)
			note->class_index = o->place[note->class_index];
	}
}

void policy_order(struct policy *policy, struct policy_notes *notes)
{
	size_t i;

	for (i = 0; i < policy->n_links; i++) {
		struct order o = { .link = &policy->links[i] };

		o.place = mem_zalloc(o.link->n_classes, sizeof(*o.place));
		find_first_rules(&o);
		find_children(&o);
		number_below(&o, o.link->n_classes);
		move_classes(&o, i, notes);
		rules_order(policy, i, notes);
		free(o.first_rule);
		free(o.child);
		free(o.begin);
		free(o.place);
	}
}
