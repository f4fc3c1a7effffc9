// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "table.h"

struct loader {
	struct table *t;
	struct diags *d;
	struct csv csv;
};

static bool check_text(struct loader *l)
{
	const struct table *t = l->t;
	const char *text = t->src->text + t->base;
	struct span at = { t->base + utf8_valid_length(text, t->len), 1 };
	const char *nul = memchr(text, '\0', t->len);

	if (nul) {
		at.off = t->base + (size_t)(nul - text);
		diag_error(l->d, at, "a NUL byte: a table is text in UTF-8");
		return false;
	}
	if (at.off == t->base + t->len)
		return true;
	diag_error(l->d, at, "the byte 0x%02x is not UTF-8: save the table in UTF-8",
		   (unsigned char)t->src->text[at.off]);
	return false;
}

static void add_column(struct loader *l, const struct csv_cell *cell)
{
	struct table *t = l->t;
	char *name = mem_zalloc(cell->at.len + 1, 1);

	csv_value(&l->csv, cell, name);
	if (*name && table_column(t, name, strlen(name)) != SIZE_MAX)
		diag_error(l->d, cell->at, "a second column \"%s\": each needs a name of its own",
			   name);
	t->columns = mem_grow(t->columns, &t->columns_room, t->n_columns + 1,
			      sizeof(*t->columns));
	t->columns[t->n_columns++] = name;
}

static bool read_header(struct loader *l)
{
	size_t errors = l->d->errors;
	enum csv_result result;
	struct csv_cell cell;
	const char *why;

	if (!csv_row(&l->csv)) {
		diag_error(l->d, (struct span){ l->t->base, 0 },
			   "the table is empty: its first line names the columns, such as name,down,address");
		return false;
	}
	do {
		result = csv_next(&l->csv, &cell, &why);
		if (result == CSV_WRONG) {
			diag_error(l->d, cell.at, "%s", why);
			return false;
		}
		if (l->t->n_columns == TABLE_COLUMNS_MAX) {
			diag_error(l->d, cell.at, "more than %d columns",
				   TABLE_COLUMNS_MAX);
			return false;
		}
		add_column(l, &cell);
	} while (result == CSV_CELL);
	if (l->t->n_columns == 1 && strchr(l->t->columns[0], ';'))
		diag_error(l->d, cell.at, "the columns of a table are divided by commas, not by semicolons");
	return l->d->errors == errors;
}

/* False: what follows cannot be told apart any more. */
static bool read_row(struct loader *l)
{
	struct span at = { l->csv.at, 1 };
	enum csv_result result;
	struct csv_cell cell;
	const char *why;
	size_t n = 0;

	do {
		result = csv_next(&l->csv, &cell, &why);
		at.off = n ? at.off : cell.at.off;
		n++;
	} while (result == CSV_CELL);
	if (result == CSV_WRONG) {
		diag_error(l->d, cell.at, "%s", why);
		return false;
	}
	if (n != l->t->n_columns)
		diag_error(l->d, at, "%zu cell%s, where the first line names %zu column%s",
			   n, n == 1 ? "" : "s", l->t->n_columns,
			   l->t->n_columns == 1 ? "" : "s");
	if (l->csv.at - at.off > l->t->values_room)
		l->t->values_room = l->csv.at - at.off;
	return true;
}

static void read_rows(struct loader *l)
{
	size_t errors = l->d->errors;
	struct table *t = l->t;

	/* More errors than are shown need not be found. */
	while (csv_row(&l->csv) && l->d->errors - errors < DIAG_SHOWN_MAX) {
		t->rows = mem_grow(t->rows, &t->rows_room, t->n_rows + 1,
				   sizeof(*t->rows));
		t->rows[t->n_rows++] = l->csv.at;
		if (!read_row(l))
			return;
	}
	if (!t->n_rows)
		diag_error(l->d, (struct span){ t->base, 0 },
			   "the table has no row below the names of its columns: take its \"for each\" out if it is to give no class");
}

bool table_load(struct table *t, struct source *src, const char *path,
		struct span at, struct diags *d)
{
	struct loader l = { .t = t, .d = d };
	size_t errors = d->errors;
	char *why;

	t->src = src;
	why = source_add_file(src, at.off, path, "a table", TABLE_FILE_MAX,
			      &t->base);
	if (why) {
		diag_error(d, at, "for each: %s", why);
		free(why);
		return false;
	}
	t->len = src->len - t->base;
	l.csv = (struct csv){ src->text, t->base, t->base + t->len };
	if (check_text(&l) && read_header(&l))
		read_rows(&l);
	t->cells = mem_zalloc(t->n_columns, sizeof(*t->cells));
	t->values = mem_zalloc(t->values_room + t->n_columns, 1);
	return d->errors == errors;
}

const struct var_value *table_row(struct table *t, size_t row)
{
	struct csv csv = { t->src->text, t->rows[row], t->base + t->len };
	char *value = t->values;
	struct csv_cell cell;
	const char *why;
	size_t i;

	for (i = 0; i < t->n_columns; i++) {
		csv_next(&csv, &cell, &why);
		t->cells[i] = (struct var_value){
			value, csv_value(&csv, &cell, value), cell.at
		};
		value += t->cells[i].len;
	}
	return t->cells;
}

size_t table_column(const struct table *t, const char *name, size_t len)
{
	size_t i;

	for (i = 0; i < t->n_columns; i++)
		if (strlen(t->columns[i]) == len &&
		    !memcmp(t->columns[i], name, len))
			return i;
	return SIZE_MAX;
}

void table_free(struct table *t)
{
	size_t i;

	for (i = 0; i < t->n_columns; i++)
		free(t->columns[i]);
	free(t->columns);
	free(t->rows);
	free(t->cells);
	free(t->values);
}
