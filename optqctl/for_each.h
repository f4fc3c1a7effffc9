/* SPDX-License-Identifier: GPL-2.0 */
/* "for each subscribers.csv:" among classes: classes for each row of a table. */
#ifndef OPTQCTL_FOR_EACH_H
#define OPTQCTL_FOR_EACH_H

#include "table.h"
#include "vars.h"

/*
 * Each row has places of its own, beyond the source: those of the classes as they stand in
 * the policy, moved on.
 */
struct for_each {
	const struct ynode *key, *classes;
	struct table *table;
	size_t from, stride;	/* the places of its classes in the source */
	size_t base;		/* those of row 0 */
};

struct for_eaches {
	struct for_each *v;	/* in the order of base */
	size_t n, room;
	struct table **tables;	/* each file once */
	char **paths;
	size_t n_tables, tables_room, paths_room;
	struct source *src;
	struct vars *vars;
	size_t base, end;	/* the places of all */
};

/* Whether a key among classes stands for many. */
bool is_for_each(const struct ynode *key);
/* Likewise by intent: it is written otherwise, as "foreach subscribers.csv:". */
bool means_for_each(const struct ynode *key);
/* Reads the tables that the policy names.  @root must live as long. */
void for_eaches_load(struct for_eaches *all, struct source *src,
		     struct vars *vars, const struct ynode *root,
		     struct diags *d);
/* NULL: what is wrong with it was told. */
struct for_each *for_each_find(const struct for_eaches *all,
			       const struct ynode *key);
/* The classes of a row, to be freed. */
struct ynode *for_each_row(const struct for_eaches *all, struct for_each *fe,
			   size_t row, struct diags *d);
/* Whose row has the place @off, and where that stands in the source; NULL: none's. */
struct for_each *for_each_at(const struct for_eaches *all, size_t off,
			     size_t *row, size_t *in_source);
void for_eaches_free(struct for_eaches *all);

#endif
