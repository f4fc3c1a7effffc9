/* SPDX-License-Identifier: GPL-2.0 */
/* A CSV file whose first row names the columns. */
#ifndef OPTQCTL_TABLE_H
#define OPTQCTL_TABLE_H

#include "csv.h"
#include "source.h"
#include "subst.h"

#define TABLE_FILE_MAX		(64 * 1024 * 1024)	/* bytes */
#define TABLE_COLUMNS_MAX	256

struct table {
	const struct source *src;
	bool good;		/* nothing is wrong with it */
	size_t base, len;	/* its text */
	char **columns;		/* their names */
	size_t n_columns, columns_room;
	size_t *rows;		/* where each begins in the source */
	size_t n_rows, rows_room;
	struct var_value *cells;	/* of the row that was read last */
	char *values;			/* their text */
	size_t values_room;
};

/* The file, named at @at, becomes a part of @src.  False when @d says why not. */
bool table_load(struct table *t, struct source *src, const char *path,
		struct span at, struct diags *d);
/* Its cells, which are there until the next is read. */
const struct var_value *table_row(struct table *t, size_t row);
/* SIZE_MAX: there is none of that name. */
size_t table_column(const struct table *t, const char *name, size_t len);
void table_free(struct table *t);

#endif
