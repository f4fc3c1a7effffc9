/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Comma-separated values, RFC 4180, with their places, which libcsv does not tell.  Blanks
 * around a cell do not count.
 */
#ifndef OPTQCTL_CSV_H
#define OPTQCTL_CSV_H

#include "diag.h"

struct csv {
	const char *text;	/* NUL-terminated; offsets count from here */
	size_t at, end;		/* what is left */
};

struct csv_cell {
	struct span at;		/* with its quotes */
	bool quoted;
};

enum csv_result {
	CSV_CELL,		/* and more of the row to come */
	CSV_LAST,		/* of its row */
	CSV_WRONG,		/* @why, at the cell's place */
};

/* Skips lines with nothing in them; false at the end of the text. */
bool csv_row(struct csv *csv);
enum csv_result csv_next(struct csv *csv, struct csv_cell *cell, const char **why);
/* The cell's value; @buf has room for its length. */
size_t csv_value(const struct csv *csv, const struct csv_cell *cell, char *buf);

#endif
