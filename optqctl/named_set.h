/* SPDX-License-Identifier: GPL-2.0 */
/* Sets that a policy names, to be used in matches as "@name". */
#ifndef OPTQCTL_NAMED_SET_H
#define OPTQCTL_NAMED_SET_H

#include "diag.h"
#include "match_field.h"
#include "source.h"
#include "yaml.h"

#define SET_ENTRIES_MAX	1048576
#define SET_FILE_MAX	(64 * 1024 * 1024)	/* bytes */

/* A set's values as those of a field: one part for each mask or level. */
struct set_parts {
	struct set_part {
		uint32_t param;
		struct rset *set;
	} *v;
	size_t n, room;
};

struct named_set {
	char *name;
	struct span name_at;
	const struct ynode *list;	/* inline; or else: */
	char *path;			/* of a file with a value a line */
	struct span file_at;
	bool used;
	/* As the values of fields; what two fields read alike is there once. */
	struct set_reading {
		bool done, broken;
		struct set_parts parts;
	} as[OPTQ_FIELD_MAX + 1];
};

struct named_sets {
	struct named_set *v;		/* sorted by name */
	size_t n, room;
	const struct source *src;	/* of the policy */
	struct diags *d;
};

/* Reads the policy's "sets:".  @map must live as long as matches are read. */
void named_sets_read(struct named_sets *sets, const struct ynode *map,
		     const struct source *src, struct diags *d);
/* A warning for each that no match uses. */
void named_sets_warn_unused(const struct named_sets *sets);
void named_sets_free(struct named_sets *sets);
/* No match has used any. */
void named_sets_forget_use(struct named_sets *sets);
/* Those that no match has used go. */
void named_sets_keep_used(struct named_sets *sets);

/* NULL, and *why to be freed, when there is none of that name. */
struct named_set *named_set_find(struct named_sets *sets, const char *name,
				 char **why);
/*
 * NULL when a value is wrong: that is reported, once; *told: it had been before.
 */
const struct set_parts *named_set_values(struct named_sets *sets,
					 struct named_set *set,
					 enum optq_field field,
					 struct match_names *names, bool *told);

void set_parts_add(struct set_parts *parts, uint32_t param, struct rset *set);
void set_parts_free(struct set_parts *parts);

#endif
