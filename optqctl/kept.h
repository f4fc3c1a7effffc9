/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The files that a policy was read from, whole, so that it can be read again as it was:
 * itself, and every file that it names.
 */
#ifndef OPTQCTL_KEPT_H
#define OPTQCTL_KEPT_H

#include <stdbool.h>
#include <stddef.h>

struct kept_file {
	char *path;		/* as it was asked for */
	char *text;
	size_t len;
};

struct kept_files {
	struct kept_file *list;	/* the policy first */
	size_t n, room;
	char **lets;		/* what --let said, ended by NULL; or NULL: nothing */
};

/* From now on what is read is added to @to as well; NULL: no more. */
void kept_record(struct kept_files *to);
/* From now on files are what @from has of them, and others are not there; NULL: no more. */
void kept_replay(const struct kept_files *from);

/* Appends a file. */
void kept_append(struct kept_files *files, const char *path, const char *text, size_t len);
/* How many lets there are. */
size_t kept_count_lets(const struct kept_files *files);

/* For who reads a file.  False: it is to be read where it is; @file NULL: it is not there. */
bool kept_find(const char *path, const struct kept_file **file);
void kept_add(const char *path, const char *text, size_t len);

/* NULL ends them; they are copied. */
void kept_set_lets(struct kept_files *files, const char *const *lets);

bool kept_same(const struct kept_files *a, const struct kept_files *b);
void kept_free(struct kept_files *files);

#endif
