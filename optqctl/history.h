/* SPDX-License-Identifier: GPL-2.0 */
/* The policies that were loaded, with who did it and when; in the state directory. */
#ifndef OPTQCTL_HISTORY_H
#define OPTQCTL_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kept.h"
#include "model.h"

#define HISTORY_MAX	100	/* older ones go, but for those that are in force */

enum entry_state {
	ENTRY_LOADING,		/* never finished: optqctl was ended in the middle */
	ENTRY_APPLIED,
	ENTRY_TAKEN_BACK,
};

struct entry {
	unsigned int number;
	enum entry_state state;
	int64_t time;		/* seconds since the epoch */
	char *author;
	char *what;		/* "apply", "rollback to 3" */
	char *policy;		/* its path as it was given */
	char **devices;		/* that it was loaded on, each once */
	size_t n_devices, devices_room;
};

struct history {
	char *dir;
	struct entry *list;	/* oldest first */
	size_t n, room;
};

/* What there is, which may be nothing.  NULL or what is wrong, to be freed. */
char *history_read(struct history *h, const char *state);
void history_free(struct history *h);

/* NULL when there is none. */
struct entry *history_find(struct history *h, unsigned int number);
/* The newest that was not taken back; NULL: none. */
struct entry *history_last(struct history *h);
/* The one that gave the device what it has; NULL: none. */
struct entry *history_now(struct history *h, const char *device);
/* Whether some device has what @e gave it. */
bool history_in_force(struct history *h, const struct entry *e);
/* The newest one before @before that put a tree on the device; NULL: none did. */
struct entry *history_before(struct history *h, const struct entry *before,
			     const char *device);
bool entry_has_device(const struct entry *e, const char *device);
/* Of a policy's link; @entry: the struct entry. */
bool entry_has_link(const struct link *link, void *entry);
void entry_add_device(struct entry *e, const char *device);
void entry_free(struct entry *e);

/* The files of an entry; none: it took the trees off its devices.  NULL or what is wrong, to be freed. */
char *history_files(const struct history *h, const struct entry *e,
		    struct kept_files *files);
/*
 * Keeps @e and its files, and gives it its number; time and author are filled in.  Those
 * that are too old go.  NULL or what is wrong, to be freed.
 */
char *history_add(struct history *h, struct entry *e, const struct kept_files *files);
/* Its state is another now. */
char *history_update(const struct history *h, const struct entry *e);
void history_drop(struct history *h, const struct entry *e);

#endif
