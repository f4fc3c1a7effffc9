// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "model.h"

void police_free(struct police *police)
{
	int i;

	for (i = 0; police && i < POLICE_COLOURS; i++)
		free(police->act[i].class_path);
	free(police);
}

void link_free(struct link *link)
{
	uint32_t i;

	for (i = 0; i < link->n_classes; i++) {
		free(link->classes[i].name);
		police_free(link->classes[i].police);
	}
	police_free(link->police);
	free(link->classes);
	free(link->slot);
	for (i = 0; i < link->n_rules; i++) {
		conjuncts_free(&link->rules[i].any);
		free(link->rules[i].text);
		free(link->rules[i].where);
	}
	free(link->rules);
	free(link->name);
	free(link->device);
	free(link->title);
	free(link->default_path);
}

void policy_free(struct policy *policy)
{
	size_t i;

	for (i = 0; i < policy->n_links; i++)
		link_free(&policy->links[i]);
	free(policy->links);
	match_names_free(&policy->names);
	named_sets_free(&policy->sets);
	ynode_free(policy->root);
	memset(policy, 0, sizeof(*policy));
}

void policy_keep_links(struct policy *policy,
		       bool (*keep)(const struct link *link, void *arg),
		       void *arg)
{
	size_t kept = 0, i;

	for (i = 0; i < policy->n_links; i++) {
		if (keep(&policy->links[i], arg))
			policy->links[kept++] = policy->links[i];
		else
			link_free(&policy->links[i]);
	}
	policy->n_links = kept;
}

bool link_is_called(const struct link *link, const char *word)
{
	return !strcmp(link->device, word) || !strcmp(link->name, word);
}

const char *link_direction(const struct link *link)
{
	return link->ingress ? "ingress" : "egress";
}

static uint32_t hash(uint32_t parent, const char *name, size_t len)
{
	uint32_t h = 0x811c9dc5 ^ parent;

	for (; len; len--, name++)
		h = (h ^ (unsigned char)*name) * 0x01000193;
	return h ^ h >> 15;
}

/* The slot of its first child of that name, or the free one where it belongs. */
static uint32_t *child_slot(const struct link *link, uint32_t parent,
			    const char *name, size_t len)
{
	size_t i = hash(parent, name, len) & (link->slots - 1);
	const struct class *class;

	for (; link->slot[i]; i = (i + 1) & (link->slots - 1)) {
		class = &link->classes[link->slot[i] - 1];
		if (class->parent == parent && strlen(class->name) == len &&
		    !memcmp(class->name, name, len))
			break;
	}
	return &link->slot[i];
}

static void note_name(struct link *link, uint32_t index)
{
	const struct class *class = &link->classes[index];
	uint32_t *slot = child_slot(link, class->parent, class->name,
				    strlen(class->name));

	if (!*slot)
		*slot = index + 1;
}

void link_note_names(struct link *link)
{
	uint32_t i;

	free(link->slot);
	link->slot = mem_zalloc(link->slots, sizeof(*link->slot));
	for (i = 0; i < link->n_classes; i++)
		note_name(link, i);
}

/* Half of the slots stay free. */
static void make_slots(struct link *link)
{
	if (2 * (link->n_classes + 1) <= link->slots)
		return;
	link->slots = link->slots ? 2 * link->slots : 16;
	link_note_names(link);
}

struct class *link_add_class(struct link *link, uint32_t parent,
			     const char *name)
{
	struct class *class;

	link->classes = mem_grow(link->classes, &link->classes_room,
				 link->n_classes + 1, sizeof(*link->classes));
	make_slots(link);
	class = &link->classes[link->n_classes++];
	class->name = mem_strndup(name, strlen(name));
	class->parent = parent;
	note_name(link, link->n_classes - 1);
	class->ecn = -1;
	class->l4s = -1;
	class->level = 1;
	if (parent != NO_CLASS) {
		class->level = link->classes[parent].level + 1;
		link->classes[parent].children++;
	}
	return class;
}

char *class_path(const struct link *link, uint32_t index)
{
	size_t len = 0, n;
	uint32_t i;
	char *path, *p;

	for (i = index; i != NO_CLASS; i = link->classes[i].parent)
		len += strlen(link->classes[i].name) + 1;
	path = mem_zalloc(len + 1, 1);
	p = path + len;
	for (i = index; i != NO_CLASS; i = link->classes[i].parent) {
		n = strlen(link->classes[i].name);
		/* The last component has no slash behind it. */
		*--p = i == index ? '\0' : '/';
		p -= n;
		memcpy(p, link->classes[i].name, n);
	}
	return path;
}

size_t link_find_dim(const struct link *link, struct dim dim)
{
	size_t i = 0;

	while (i < link->n_dims && !dim_same(link->dims[i], dim))
		i++;
	return i;
}

uint32_t link_find_child(const struct link *link, uint32_t parent,
			 const char *name, size_t len)
{
	uint32_t found = link->slots ? *child_slot(link, parent, name, len) : 0;

	return found ? found - 1 : NO_CLASS;
}

uint32_t link_find_class(const struct link *link, const char *path)
{
	uint32_t class = NO_CLASS;
	size_t len;

	for (;;) {
		len = strcspn(path, "/");
		class = link_find_child(link, class, path, len);
		if (class == NO_CLASS || !path[len])
			return class;
		path += len + 1;
	}
}
