// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "ids.h"
#include "mem.h"

#define NAMES_SHOWN	3

/* Where a class is looked for: below whom, and by what name. */
static int compare_places(const void *a, const void *b)
{
	const struct known_class *x = *(const struct known_class *const *)a;
	const struct known_class *y = *(const struct known_class *const *)b;

	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp((*(const struct known_class *const *)a)->name,
		      (*(const struct known_class *const *)b)->name);
}

typedef int (*compare_known)(const void *a, const void *b);

/* Those that have a name and that no class goes on from yet. */
struct pool {
	struct known_class **list;
	size_t n;
	compare_known compare;
};

static void pool_fill(struct pool *pool, struct known_class *known, size_t n,
		      compare_known compare)
{
	size_t i;

	pool->list = mem_zalloc(n, sizeof(*pool->list));
	pool->n = 0;
	pool->compare = compare;
	for (i = 0; i < n; i++)
		if (known[i].name && !known[i].taken)
			pool->list[pool->n++] = &known[i];
	qsort(pool->list, pool->n, sizeof(*pool->list), compare);
}

/* NULL when there is none, or more than one. */
static struct known_class *pool_find(const struct pool *pool,
				     struct known_class *like)
{
	struct known_class **at;
	size_t i;

	at = bsearch(&like, pool->list, pool->n, sizeof(*pool->list),
		     pool->compare);
	if (!at)
		return NULL;
	i = (size_t)(at - pool->list);
	if ((i && !pool->compare(&pool->list[i - 1], &like)) ||
	    (i + 1 < pool->n && !pool->compare(&pool->list[i + 1], &like)))
		return NULL;
	return *at;
}

static uint32_t take(struct known_class *known)
{
	if (!known || known->taken)
		return 0;
	known->taken = true;
	return known->id;
}

/* The one of its name below what its parent goes on from. */
static uint32_t take_from_parent(const struct link *link, uint32_t i,
				 const uint32_t *ids, const struct pool *places)
{
	const struct class *class = &link->classes[i];
	struct known_class like = { .name = class->name };

	if (class->parent != NO_CLASS) {
		like.parent = ids[class->parent];
		if (!like.parent)
			return 0;
	}
	return take(pool_find(places, &like));
}

/* What has no place that it goes on from, likewise as a pool. */
static struct known_class *homeless(const struct link *link, const uint32_t *ids,
				    size_t *n)
{
	struct known_class *list = mem_zalloc(link->n_classes, sizeof(*list));
	uint32_t i;

	*n = 0;
	for (i = 0; i < link->n_classes; i++)
		if (!ids[i])
			list[(*n)++].name = link->classes[i].name;
	return list;
}

/*
 * What moved: a class of that name is left over on both sides, and only one; what is
 * below it moves with it.
 */
static void follow_moves(const struct link *link, struct known_class *known,
			 size_t n, uint32_t *ids, const struct pool *places)
{
	struct known_class *fresh, like = { 0 };
	struct pool old_names, new_names;
	size_t n_fresh;
	uint32_t i;

	fresh = homeless(link, ids, &n_fresh);
	pool_fill(&old_names, known, n, compare_names);
	pool_fill(&new_names, fresh, n_fresh, compare_names);
	for (i = 0; i < link->n_classes && old_names.n; i++) {
		if (ids[i])
			continue;
		ids[i] = take_from_parent(link, i, ids, places);
		like.name = link->classes[i].name;
		if (!ids[i] && pool_find(&new_names, &like))
			ids[i] = take(pool_find(&old_names, &like));
	}
	free(old_names.list);
	free(new_names.list);
	free(fresh);
}

void keep_ids(const struct link *link, struct known_class *known, size_t n,
	      uint32_t *ids)
{
	struct pool places;
	uint32_t i;

	pool_fill(&places, known, n, compare_places);
	/* Parents come first: by them it goes along the paths. */
	for (i = 0; i < link->n_classes; i++)
		ids[i] = take_from_parent(link, i, ids, &places);
	follow_moves(link, known, n, ids, &places);
	free(places.list);
}

static void keep_live_ids(struct link *link, const struct live_tree *live)
{
	struct known_class *known = mem_zalloc(live->n, sizeof(*known));
	uint32_t *ids = mem_zalloc(link->n_classes, sizeof(*ids)), i;
	size_t at;

	for (at = 0; at < live->n; at++) {
		known[at].id = live->classes[at].id;
		if (live->classes[at].parent_index != SIZE_MAX)
			known[at].parent =
				live->classes[live->classes[at].parent_index].id;
		known[at].name = live->classes[at].name;
	}
	keep_ids(link, known, live->n, ids);
	for (i = 0; i < link->n_classes; i++)
		link->classes[i].id = ids[i];
	free(known);
	free(ids);
}

void assign_ids(struct link *link, const struct live_tree *live)
{
	/* Among so many there is a free one for every class. */
	size_t bound = (live ? live->n : 0) + link->n_classes + 1, i;
	bool *used = mem_zalloc(bound + 1, sizeof(*used));
	uint32_t next = 1;

	if (live)
		keep_live_ids(link, live);
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
