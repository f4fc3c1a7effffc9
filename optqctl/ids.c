// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "ids.h"
#include "mem.h"

#define NAMES_SHOWN	3

struct known_path {
	char *path;
	uint32_t id;
};

static int compare_paths(const void *a, const void *b)
{
	return strcmp(((const struct known_path *)a)->path,
		      ((const struct known_path *)b)->path);
}

static struct known_path *live_paths(const struct live_tree *live, size_t *n)
{
	struct known_path *known = mem_zalloc(live->n, sizeof(*known));
	size_t i;
	char *path;

	*n = 0;
	for (i = 0; i < live->n; i++) {
		path = live_named_path(live, i);
		if (!path)
			continue;
		known[*n].path = path;
		known[(*n)++].id = live->classes[i].id;
	}
	qsort(known, *n, sizeof(*known), compare_paths);
	return known;
}

static void keep_ids(struct link *link, const struct live_tree *live)
{
	struct known_path *known, *found, wanted;
	size_t n, i;

	known = live_paths(live, &n);
	for (i = 0; i < link->n_classes; i++) {
		wanted.path = class_path(link, (uint32_t)i);
		found = bsearch(&wanted, known, n, sizeof(*known), compare_paths);
		link->classes[i].id = found ? found->id : 0;
		free(wanted.path);
	}
	for (i = 0; i < n; i++)
		free(known[i].path);
	free(known);
}

void assign_ids(struct link *link, const struct live_tree *live)
{
	/* Among so many there is a free one for every class. */
	size_t bound = (live ? live->n : 0) + link->n_classes + 1, i;
	bool *used = mem_zalloc(bound + 1, sizeof(*used));
	uint32_t next = 1;

	if (live)
		keep_ids(link, live);
	for (i = 0; live && i < live->n; i++)
		if (live->classes[i].id <= bound)
			used[live->classes[i].id] = true;
	for (i = 0; i < link->n_classes; i++) {
		if (live && link->classes[i].id)
			continue;
		while (used[next])
			next++;
		link->classes[i].id = next++;
	}
	free(used);
}

static int compare_ids(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

static void add_name(char **names, char *path)
{
	char *longer;

	longer = mem_printf("%s%s%s", *names, **names ? ", " : "", path);
	free(path);
	free(*names);
	*names = longer;
}

size_t removed_classes(const struct link *link, const struct live_tree *live,
		       char **names)
{
	uint32_t *kept = mem_zalloc(link->n_classes, sizeof(*kept)), i;
	size_t n = 0, at;

	for (i = 0; i < link->n_classes; i++)
		kept[i] = link->classes[i].id;
	qsort(kept, link->n_classes, sizeof(*kept), compare_ids);
	*names = mem_strndup("", 0);
	for (at = 0; at < live->n; at++) {
		if (bsearch(&live->classes[at].id, kept, link->n_classes,
			    sizeof(*kept), compare_ids))
			continue;
		if (n++ < NAMES_SHOWN)
			add_name(names, live_path(live, at));
	}
	if (n > NAMES_SHOWN)
		add_name(names, mem_strndup("...", 3));
	free(kept);
	return n;
}
