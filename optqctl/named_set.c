// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "named_set.h"
#include "policy_keys.h"
#include "set_file.h"
#include "suggest.h"

static const struct key set_keys[] = {
	{ "file", KEY_OTHER }, { NULL }
};

void set_parts_add(struct set_parts *parts, uint32_t param, struct rset *set)
{
	struct rset *both;
	size_t i;

	for (i = 0; i < parts->n; i++) {
		if (parts->v[i].param != param)
			continue;
		both = rset_union(parts->v[i].set, set);
		rset_put(parts->v[i].set);
		rset_put(set);
		parts->v[i].set = both;
		return;
	}
	parts->v = mem_grow(parts->v, &parts->room, parts->n + 1,
			    sizeof(*parts->v));
	parts->v[parts->n].param = param;
	parts->v[parts->n++].set = set;
}

void set_parts_free(struct set_parts *parts)
{
	size_t i;

	for (i = 0; i < parts->n; i++)
		rset_put(parts->v[i].set);
	free(parts->v);
	memset(parts, 0, sizeof(*parts));
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(((const struct named_set *)a)->name,
		      ((const struct named_set *)b)->name);
}

static void read_body(struct named_set *set, const struct ynode *body,
		      struct diags *d)
{
	const struct ynode *file;
	const char *text;
	size_t i;

	if (body->kind == YNODE_LIST) {
		set->list = body;
		return;
	}
	if (body->kind != YNODE_MAP) {
		diag_error(d, body->at, "set \"%s\": a list of values, or a map such as { file: addresses.txt }, is needed",
			   set->name);
		return;
	}
	for (i = 0; i < body->n; i++)
		find_key(set_keys, body->keys[i], "a set", d);
	file = map_find(body, "file");
	if (!file) {
		if (!body->n)
			diag_error(d, body->at, "set \"%s\": an empty map says nothing: give a file, or a list of values",
				   set->name);
		return;
	}
	text = scalar_text(file, "file", "the path of a file", d);
	if (text) {
		set->path = mem_strndup(text, file->text_len);
		set->file_at = file->at;
	}
}

void named_sets_read(struct named_sets *sets, const struct ynode *map,
		     const struct source *src, struct diags *d)
{
	struct named_set *set;
	size_t i;

	sets->src = src;
	sets->d = d;
	if (!map || !is_map(map, "sets", d))
		return;
	for (i = 0; i < map->n; i++) {
		check_name(map->keys[i], "set", d);
		sets->v = mem_grow(sets->v, &sets->room, sets->n + 1,
				   sizeof(*sets->v));
		set = &sets->v[sets->n++];
		set->name = mem_strndup(map->keys[i]->text,
					map->keys[i]->text_len);
		set->name_at = map->keys[i]->at;
		read_body(set, map->items[i], d);
	}
	qsort(sets->v, sets->n, sizeof(*sets->v), compare_names);
}

void named_sets_warn_unused(const struct named_sets *sets)
{
	const struct named_set *set;
	size_t i;

	for (i = 0; i < sets->n; i++) {
		set = &sets->v[i];
		if (!set->used && (set->list || set->path))
			diag_warning(sets->d, set->name_at, "no match uses the set \"%s\": its values were not looked at",
				     set->name);
	}
}

static void set_free(struct named_set *set)
{
	size_t f;

	for (f = 0; f <= OPTQ_FIELD_MAX; f++)
		set_parts_free(&set->as[f].parts);
	free(set->name);
	free(set->path);
}

void named_sets_forget_use(struct named_sets *sets)
{
	size_t i;

	for (i = 0; i < sets->n; i++)
		sets->v[i].used = false;
}

void named_sets_keep_used(struct named_sets *sets)
{
	size_t i, n = 0;

	for (i = 0; i < sets->n; i++) {
		if (sets->v[i].used)
			sets->v[n++] = sets->v[i];
		else
			set_free(&sets->v[i]);
	}
	sets->n = n;
}

void named_sets_free(struct named_sets *sets)
{
	size_t i;

	for (i = 0; i < sets->n; i++)
		set_free(&sets->v[i]);
	free(sets->v);
	memset(sets, 0, sizeof(*sets));
}

struct named_set *named_set_find(struct named_sets *sets, const char *name,
				 char **why)
{
	struct named_set key = { .name = (char *)name }, *set;
	struct suggestion near;
	size_t i;

	/* bsearch may not be given NULL. */
	set = sets->n ? bsearch(&key, sets->v, sets->n, sizeof(*sets->v),
				compare_names) : NULL;
	if (set)
		return set;
	suggest_begin(&near, name);
	for (i = 0; i < sets->n; i++)
		suggest_offer(&near, sets->v[i].name);
	if (suggest_end(&near))
		*why = mem_printf("there is no set \"%s\": did you mean \"@%s\"?",
				  name, suggest_end(&near));
	else
		*why = mem_printf("there is no set \"%s\": name it under \"sets:\" at the top of the policy",
				  name);
	return NULL;
}

static bool read_list(struct named_sets *sets, struct named_set *set,
		      enum optq_field field, struct match_names *names,
		      struct values *values)
{
	const struct ynode *item;
	bool good = true;
	char *why;
	size_t i;

	for (i = 0; i < set->list->n; i++) {
		item = set->list->items[i];
		if (item->kind != YNODE_SCALAR || ynode_is_null(item)) {
			diag_error(sets->d, item->at, "set \"%s\": a value is needed, not a list or a map",
				   set->name);
			good = false;
			continue;
		}
		why = field_value(field, item->text, names, values);
		if (!why)
			continue;
		diag_error(sets->d, item->at, "set \"%s\": %s", set->name, why);
		free(why);
		good = false;
	}
	return good;
}

static void take_values(struct set_reading *as, struct values *values)
{
	size_t i;

	for (i = 0; i < values->n; i++)
		set_parts_add(&as->parts, values->v[i].param,
			      rset_of(&values->v[i].ranges, false));
}

const struct set_parts *named_set_values(struct named_sets *sets,
					 struct named_set *set,
					 enum optq_field field,
					 struct match_names *names, bool *told)
{
	struct set_reading *as = &set->as[field_values_as(field)];
	struct values values = { 0 };
	bool good = false;

	set->used = true;
	*told = as->done;
	if (!as->done) {
		if (set->list)
			good = read_list(sets, set, field, names, &values);
		else if (set->path)
			good = set_file_read(sets, set, field, names, &values);
		as->done = true;
		as->broken = !good;
		if (good)
			take_values(as, &values);
		values_free(&values);
	}
	return as->broken ? NULL : &as->parts;
}
