/* SPDX-License-Identifier: GPL-2.0 */
/* One writer at a time, with what was done before. */
#ifndef OPTQCTL_SESSION_H
#define OPTQCTL_SESSION_H

#include "history.h"
#include "pending.h"

struct session {
	char *dir;
	int lock;
	struct history history;
	struct pending pending;	/* that has time left */
};

/*
 * Waits for other writers.  What waited for a confirmation longer than it had, its guard
 * killed, is taken back first.  NULL or what is wrong, to be freed.
 */
char *session_open(struct session *s);
void session_close(struct session *s);
/* Lets others write, as long as something is printed: who reads it may stop reading. */
void session_unlock(struct session *s);

/* "12:00:05", or with the day when it is another; to be freed. */
char *clock_text(int64_t time);

#endif
