// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "mem.h"
#include "rules_nl.h"

static int compare_ids(const void *a, const void *b)
{
	const struct class_image *x = *(const struct class_image *const *)a;
	const struct class_image *y = *(const struct class_image *const *)b;

	return (x->id > y->id) - (x->id < y->id);
}

static void begin(struct link_image *image, size_t n_classes, size_t n_rules)
{
	memset(image, 0, sizeof(*image));
	image->there = true;
	image->n_classes = n_classes;
	image->n_rules = n_rules;
	image->classes = mem_zalloc(n_classes, sizeof(*image->classes));
	image->rules = mem_zalloc(n_rules, sizeof(*image->rules));
}

static void sort_by_id(struct link_image *image)
{
	size_t i;

	image->by_id = mem_zalloc(image->n_classes, sizeof(*image->by_id));
	for (i = 0; i < image->n_classes; i++)
		image->by_id[i] = &image->classes[i];
	qsort(image->by_id, image->n_classes, sizeof(*image->by_id), compare_ids);
}

static void add_class(struct class_image *to, const struct link *link,
		      const uint32_t *ids, uint32_t i)
{
	const struct class *c = &link->classes[i];

	to->id = ids[i];
	to->parent = c->parent == NO_CLASS ? 0 : ids[c->parent];
	to->path = class_path(link, i);
	class_values(c, to->v);
	to->police = police_values(c->police, ids);
}

static void add_rule(struct rule_image *to, const struct rule *rule,
		     const uint32_t *ids)
{
	char cut[OPTQ_RULE_TEXT_MAX + 1];

	to->class_id = ids[rule->class_index];
	to->where = rule->where;
	to->any = &rule->any;
	to->text = rules_nl_text(rule->text, cut);
	if (to->text != cut)
		return;
	to->own_text = mem_strndup(cut, strlen(cut));
	to->text = to->own_text;
}

void image_of_link(const struct link *link, const uint32_t *ids, uint32_t direct,
		   struct link_image *image)
{
	size_t i;

	begin(image, link->n_classes, link->n_rules);
	link_values(link, ids, direct, image->v);
	image->police = police_values(link->police, ids);
	for (i = 0; i < link->n_classes; i++)
		add_class(&image->classes[i], link, ids, (uint32_t)i);
	for (i = 0; i < link->n_rules; i++)
		add_rule(&image->rules[i], &link->rules[i], ids);
	sort_by_id(image);
}

static void add_live_class(struct class_image *to, const struct live_tree *tree,
			   size_t i)
{
	const struct live_class *c = &tree->classes[i];

	to->id = c->id;
	to->parent = c->parent_index == SIZE_MAX ? 0 :
		     tree->classes[c->parent_index].id;
	to->path = live_path(tree, i);
	class_live_values(c, to->v);
	to->police = police_live_values(c->police);
	to->qdisc = c->qdisc;
	to->waiting = c->stats.backlog_packets;
}

void image_of_live(const struct live_tree *tree, const struct live_rules *rules,
		   struct link_image *image)
{
	size_t i;

	begin(image, tree->n, rules->n);
	link_live_values(tree, image->v);
	image->police = police_live_values(tree->police);
	image->waiting = tree->stats.backlog_packets;
	image->memory = tree->stats.memory_bytes;
	for (i = 0; i < tree->n; i++)
		add_live_class(&image->classes[i], tree, i);
	for (i = 0; i < rules->n; i++) {
		image->rules[i].class_id = rules->list[i].class_id;
		image->rules[i].text = rules->list[i].text;
		image->rules[i].where = rules->list[i].where;
	}
	sort_by_id(image);
}

void image_free(struct link_image *image)
{
	size_t i;

	for (i = 0; i < image->n_classes; i++) {
		free(image->classes[i].path);
		free(image->classes[i].police);
	}
	for (i = 0; i < image->n_rules; i++)
		free(image->rules[i].own_text);
	free(image->classes);
	free(image->by_id);
	free(image->rules);
	free(image->police);
	memset(image, 0, sizeof(*image));
}

const struct class_image *image_find(const struct link_image *image, uint32_t id)
{
	const struct class_image key = { .id = id }, *want = &key, **found;

	if (!image->n_classes)
		return NULL;
	found = bsearch(&want, image->by_id, image->n_classes,
			sizeof(*image->by_id), compare_ids);
	return found ? *found : NULL;
}

const char *image_path(const struct link_image *image, uint32_t id)
{
	const struct class_image *class = image_find(image, id);

	return class ? class->path : id ? "?" : "direct";
}
