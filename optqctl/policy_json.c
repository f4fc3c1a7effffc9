// SPDX-License-Identifier: GPL-2.0
/* A policy as maps, lists and scalars, in the words of the language. */
#include <linux/optq.h>
#include <stdlib.h>
#include <string.h>

#include "ack_text.h"
#include "dscp_text.h"
#include "isolate_text.h"
#include "json_add.h"
#include "mem.h"
#include "police_text.h"
#include "policy_weight.h"
#include "policy_write.h"
#include "units.h"
#include "wire_text.h"

/* What is below what, so that each class is looked at once. */
struct link_writer {
	const struct link *link;
	const struct policy_note **notes;	/* of this link, by class */
	size_t n_notes;
	uint32_t *first_child, *next_sibling;	/* NO_CLASS: none; the link is the last */
	size_t *first_rule, *next_rule;		/* SIZE_MAX: none */
	bool *weight_given;
};

static void add_rate(struct json_object *o, const char *key, uint64_t rate)
{
	if (rate)
		add_own_text(o, key, rate_text(rate));
}

static void add_size(struct json_object *o, const char *key, uint32_t bytes)
{
	if (bytes)
		add_own_text(o, key, size_text(bytes));
}

static void add_time(struct json_object *o, const char *key, uint64_t ns)
{
	if (ns)
		add_own_text(o, key, time_text(ns));
}

static void add_count(struct json_object *o, const char *key, uint32_t count)
{
	if (count)
		add_number(o, key, count);
}

static void add_yes(struct json_object *o, const char *key, bool value)
{
	if (value)
		add_flag(o, key, true);
}

static void add_tristate(struct json_object *o, const char *key, int8_t value)
{
	if (value >= 0)
		add_flag(o, key, value);
}

/* Names of lines are not told by their figures: two may have the same. */
static void add_wire(struct json_object *o, const struct optq_wire *wire)
{
	struct json_object *map;

	if (!wire->layer)
		return;
	if (wire->layer == OPTQ_WIRE_RAW && !wire->overhead && !wire->mpu) {
		add_text(o, "wire", "raw");
		return;
	}
	map = json_object_new_object();
	if (wire->layer != OPTQ_WIRE_NOATM || (!wire->overhead && !wire->mpu))
		add_text(map, "layer", wire_layer_name(wire->layer));
	if (wire->overhead)
		json_object_object_add(map, "overhead",
				       json_object_new_int(wire->overhead));
	add_count(map, "mpu", wire->mpu);
	json_object_object_add(o, "wire", map);
}

static void add_act(struct json_object *map, const struct link *link,
		    const struct police *p, unsigned int colour)
{
	const struct police_act *act = &p->act[colour];
	char *path = NULL, *text;

	if (act->class_index != NO_CLASS)
		path = class_path(link, act->class_index);
	text = act_text(act->drop, act->dscp, act->pcp,
			path ? path : act->class_path);
	if (strcmp(text, colour == POLICE_COLOURS - 1 ? "drop" : "pass"))
		add_text(map, act_name(colour), text);
	free(path);
	free(text);
}

static void add_each(struct json_object *map, const struct police *p)
{
	if (!p->each)
		return;
	add_text(map, "each", each_text(p->each));
	if (p->prefix4 != EACH_PREFIX4)
		add_number(map, "prefix4", p->prefix4);
	if (p->prefix6 != EACH_PREFIX6)
		add_number(map, "prefix6", p->prefix6);
	add_count(map, "entries", p->entries);
}

static void add_police(struct json_object *o, const struct link *link,
		       const struct police *p)
{
	struct json_object *map;
	unsigned int i;

	if (!p)
		return;
	map = json_object_new_object();
	add_each(map, p);
	add_rate(map, "cir", p->cir);
	add_size(map, "cbs", p->cbs);
	add_rate(map, "eir", p->eir);
	add_size(map, "ebs", p->ebs);
	add_rate(map, "pir", p->pir);
	add_size(map, "pbs", p->pbs);
	if (p->colour)
		add_text(map, "colour", colour_text(p->colour));
	for (i = 0; i < POLICE_COLOURS; i++)
		add_act(map, link, p, i);
	if (json_object_object_length(map) == 1 && p->cir) {
		add_rate(o, "police", p->cir);
		json_object_put(map);
	} else {
		json_object_object_add(o, "police", map);
	}
}

static void add_leaf_keys(struct json_object *o, const struct class *class)
{
	add_count(o, "limit", class->limit);
	add_size(o, "quantum", class->quantum);
	add_time(o, "target", class->target_ns);
	add_time(o, "interval", class->interval_ns);
	add_tristate(o, "ecn", class->ecn);
	add_tristate(o, "l4s", class->l4s);
	add_time(o, "step_thresh", class->step_ns);
	if (class->isolate)
		add_text(o, "isolate", isolate_text(class->isolate));
	add_yes(o, "nat", class->nat);
}

static void add_marking(struct json_object *o, const struct optq_wire *wire,
			uint8_t dscp, uint8_t ack_filter)
{
	add_wire(o, wire);
	if (dscp)
		add_text(o, "dscp", dscp_text(dscp));
	if (ack_filter)
		add_text(o, "ack-filter", ack_filter_text(ack_filter));
}

static void add_matches(const struct link_writer *w, struct json_object *o,
			uint32_t index)
{
	const struct rule *rules = w->link->rules;
	size_t i = w->first_rule[index];
	struct json_object *list;

	if (i == SIZE_MAX)
		return;
	if (w->next_rule[i] == SIZE_MAX) {
		add_text(o, "match", rules[i].text);
		return;
	}
	list = json_object_new_array();
	for (; i != SIZE_MAX; i = w->next_rule[i])
		json_object_array_add(list, json_object_new_string(rules[i].text));
	json_object_object_add(o, "match", list);
}

static void free_comment(struct json_object *o, void *comment)
{
	(void)o;
	free(comment);
}

/* Lines to those that it has. */
static void add_comment(struct json_object *o, const char *line)
{
	const char *before = json_object_get_userdata(o);
	char *text = before ? mem_printf("%s\n%s", before, line) :
		     mem_strndup(line, strlen(line));

	json_object_set_userdata(o, text, free_comment);
}

static void add_notes(const struct link_writer *w, struct json_object *o,
		      uint32_t index)
{
	size_t low = 0, high = w->n_notes, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (w->notes[mid]->class_index < index)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < w->n_notes && w->notes[low]->class_index == index; low++)
		add_comment(o, w->notes[low]->text);
}

static struct json_object *classes_json(const struct link_writer *w,
					uint32_t first);

static struct json_object *class_json(const struct link_writer *w,
				      uint32_t index)
{
	const struct class *class = &w->link->classes[index];
	struct json_object *o = json_object_new_object();

	add_notes(w, o, index);
	if (!class->rate_derived)
		add_rate(o, "rate", class->rate);
	add_rate(o, "ceil", class->ceil);
	add_size(o, "burst", class->burst);
	add_size(o, "cburst", class->cburst);
	if (!class->children)
		add_time(o, "delay", class->delay_ns);
	if (w->weight_given[index])
		add_count(o, "weight", class->weight);
	add_count(o, "prio", class->prio);
	if (class->children)
		add_yes(o, "oversubscribe", class->oversubscribe);
	else
		add_leaf_keys(o, class);
	add_marking(o, &class->wire, class->dscp, class->ack_filter);
	add_police(o, w->link, class->police);
	add_matches(w, o, index);
	if (class->children)
		json_object_object_add(o, "classes",
				       classes_json(w, w->first_child[index]));
	return o;
}

static struct json_object *classes_json(const struct link_writer *w,
					uint32_t first)
{
	struct json_object *o = json_object_new_object();
	uint32_t i;

	for (i = first; i != NO_CLASS; i = w->next_sibling[i])
		json_object_object_add(o, w->link->classes[i].name,
				       class_json(w, i));
	return o;
}

/* From the last one on, so that the first one ends in front. */
static void survey(struct link_writer *w)
{
	const struct link *link = w->link;
	uint32_t n = link->n_classes, i, parent;
	size_t r;

	w->first_child = mem_zalloc(n + (size_t)1, sizeof(*w->first_child));
	w->next_sibling = mem_zalloc(n + (size_t)1, sizeof(*w->next_sibling));
	w->first_rule = mem_zalloc(n + (size_t)1, sizeof(*w->first_rule));
	w->next_rule = mem_zalloc(link->n_rules, sizeof(*w->next_rule));
	w->weight_given = mem_zalloc(n + (size_t)1, sizeof(*w->weight_given));
	for (i = 0; i <= n; i++) {
		w->first_child[i] = NO_CLASS;
		w->first_rule[i] = SIZE_MAX;
	}
	for (i = n; i-- > 0; ) {
		parent = link->classes[i].parent == NO_CLASS ? n :
			 link->classes[i].parent;
		w->next_sibling[i] = w->first_child[parent];
		w->first_child[parent] = i;
	}
	for (r = link->n_rules; r-- > 0; ) {
		i = link->rules[r].class_index;
		w->next_rule[r] = w->first_rule[i];
		w->first_rule[i] = r;
	}
	weights_given(link, w->weight_given);
}

static void add_default(struct json_object *o, const struct link *link)
{
	if (link->default_class != NO_CLASS)
		add_own_text(o, "default", class_path(link, link->default_class));
	else if (link->default_path)
		add_text(o, "default", link->default_path);
}

static struct json_object *tree_json(const struct link *link,
				     const struct policy_note **notes,
				     size_t n_notes)
{
	struct link_writer w = {
		.link = link, .notes = notes, .n_notes = n_notes
	};
	struct json_object *o = json_object_new_object();

	survey(&w);
	add_notes(&w, o, NO_CLASS);
	add_rate(o, "rate", link->rate);
	add_size(o, "burst", link->burst);
	add_count(o, "limit", link->limit);
	add_size(o, "memory", link->memory);
	add_yes(o, "oversubscribe", link->oversubscribe);
	add_yes(o, "sysfs", link->sysfs);
	add_marking(o, &link->wire, link->dscp, link->ack_filter);
	add_police(o, link, link->police);
	add_default(o, link);
	json_object_object_add(o, "classes",
			       classes_json(&w, w.first_child[link->n_classes]));
	free(w.first_child);
	free(w.next_sibling);
	free(w.first_rule);
	free(w.next_rule);
	free(w.weight_given);
	return o;
}

/* By link, then class; those of one place as they came. */
static int compare_notes(const void *a, const void *b)
{
	const struct policy_note *x = *(const struct policy_note *const *)a;
	const struct policy_note *y = *(const struct policy_note *const *)b;

	if (x->link != y->link)
		return x->link < y->link ? -1 : 1;
	if (x->class_index != y->class_index)
		return x->class_index < y->class_index ? -1 : 1;
	return (x > y) - (x < y);
}

static const struct policy_note **sort_notes(const struct policy_notes *notes)
{
	const struct policy_note **sorted;
	size_t i;

	sorted = mem_zalloc(notes->n, sizeof(*sorted));
	for (i = 0; i < notes->n; i++)
		sorted[i] = &notes->list[i];
	qsort(sorted, notes->n, sizeof(*sorted), compare_notes);
	return sorted;
}

/* In the order in which a reader takes them: a link's egress is before its ingress. */
static struct json_object *links_json(const struct policy *policy,
				      const struct policy_note **notes,
				      size_t n_notes)
{
	struct json_object *links = json_object_new_object(), *o = NULL;
	const struct link *link;
	size_t i, n;

	for (i = 0; i < policy->n_links; i++, notes += n, n_notes -= n) {
		link = &policy->links[i];
		for (n = 0; n < n_notes && notes[n]->link == i; )
			n++;
		if (!i || strcmp(link->name, link[-1].name)) {
			o = json_object_new_object();
			if (link->device && strcmp(link->device, link->name))
				add_text(o, "device", link->device);
			json_object_object_add(links, link->name, o);
		}
		json_object_object_add(o, link_direction(link),
				       tree_json(link, notes, n));
	}
	return links;
}

static struct json_object *set_json(const struct named_set *set)
{
	struct json_object *o;
	size_t i;

	if (set->path) {
		o = json_object_new_object();
		add_text(o, "file", set->path);
		return o;
	}
	o = json_object_new_array();
	for (i = 0; i < set->list->n; i++)
		json_object_array_add(o, json_object_new_string(set->list->items[i]->text));
	return o;
}

static void add_sets(struct json_object *root, const struct named_sets *sets)
{
	struct json_object *o = json_object_new_object();
	size_t i;

	for (i = 0; i < sets->n; i++)
		if (sets->v[i].list || sets->v[i].path)
			json_object_object_add(o, sets->v[i].name,
					       set_json(&sets->v[i]));
	if (json_object_object_length(o))
		json_object_object_add(root, "sets", o);
	else
		json_object_put(o);
}

struct json_object *policy_json(const struct policy *policy,
				const struct policy_notes *notes)
{
	static const struct policy_notes none;
	struct json_object *root = json_object_new_object();
	const struct policy_note **sorted;
	size_t n;

	notes = notes ? notes : &none;
	sorted = sort_notes(notes);
	/* Those about all of it are the last. */
	for (n = 0; n < notes->n && sorted[n]->link != NOTE_POLICY; )
		n++;
	add_number(root, "optq", 1);
	add_sets(root, &policy->sets);
	json_object_object_add(root, "links", links_json(policy, sorted, n));
	for (; n < notes->n; n++)
		add_comment(root, sorted[n]->text);
	free(sorted);
	return root;
}
