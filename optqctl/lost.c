// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "lost.h"
#include "mem.h"

static int compare_classes(const void *a, const void *b)
{
	const struct class *x = *(const struct class *const *)a;
	const struct class *y = *(const struct class *const *)b;

	return (x->id > y->id) - (x->id < y->id);
}

static const struct class **classes_by_id(const struct link *link)
{
	const struct class **sorted = mem_zalloc(link->n_classes, sizeof(*sorted));
	uint32_t i;

	for (i = 0; i < link->n_classes; i++)
		sorted[i] = &link->classes[i];
	qsort(sorted, link->n_classes, sizeof(*sorted), compare_classes);
	return sorted;
}

static void add(struct lost_qdiscs *lost, char *path, const char *kind,
		bool class_removed)
{
	struct lost_qdisc *new;

	lost->list = mem_grow(lost->list, &lost->room, lost->n + 1,
			      sizeof(*lost->list));
	new = &lost->list[lost->n++];
	new->path = path;
	new->kind = mem_strndup(kind, strlen(kind));
	new->class_removed = class_removed;
}

void lost_find(const struct link *link, const struct live_tree *live,
	       struct lost_qdiscs *lost)
{
	const struct class **sorted = classes_by_id(link), **found;
	struct class key, *want = &key;
	size_t i;

	for (i = 0; i < live->n; i++) {
		if (!live->classes[i].qdisc)
			continue;
		key.id = live->classes[i].id;
		found = bsearch(&want, sorted, link->n_classes, sizeof(*sorted),
				compare_classes);
		if (!found || (*found)->children)
			add(lost, live_path(live, i), live->classes[i].qdisc,
			    !found);
	}
	free(sorted);
}

void lost_free(struct lost_qdiscs *lost)
{
	size_t i;

	for (i = 0; i < lost->n; i++) {
		free(lost->list[i].path);
		free(lost->list[i].kind);
	}
	free(lost->list);
	memset(lost, 0, sizeof(*lost));
}
