/* SPDX-License-Identifier: GPL-2.0 */
/* What is wrong with a policy, and where. */
#ifndef OPTQCTL_DIAG_H
#define OPTQCTL_DIAG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct source;

#define DIAG_SHOWN_MAX	20
#define DIAG_NOWHERE	SIZE_MAX	/* about the file, not a place in it */

enum diag_severity { DIAG_ERROR, DIAG_WARNING };

/* A stretch of the source. */
struct span {
	size_t off;
	size_t len;
};

/* A place in another file that the policy names, with its line. */
struct diag_file {
	char *name, *line;
	size_t line_number;		/* from 1 */
	struct span at;			/* inside the line */
};

struct diag {
	enum diag_severity severity;
	struct span at;
	struct span used;		/* where the value at @at is used; len 0: there */
	struct diag_file *file;		/* NULL: the policy */
	char *text;
};

struct diags {
	struct diag *list;	/* after diags_sort: in the file's order */
	size_t n, room;
	size_t errors, warnings;	/* all, kept or not */
};

void diag_error(struct diags *d, struct span at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* About a place in @file, which the policy names at @at. */
void diag_error_in(struct diags *d, struct span at, const struct source *file,
		   struct span in_file, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));
void diag_warning(struct diags *d, struct span at, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void diags_sort(struct diags *d);
void diags_free(struct diags *d);

#endif
