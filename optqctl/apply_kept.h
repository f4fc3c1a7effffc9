/* SPDX-License-Identifier: GPL-2.0 */
/* A policy is loaded and kept in the history. */
#ifndef OPTQCTL_APPLY_KEPT_H
#define OPTQCTL_APPLY_KEPT_H

#include "apply.h"
#include "session.h"
#include "verb.h"

struct keeping {
	struct session session;
	struct kept_files files;
	const char *what;	/* see struct entry */
	const char *policy;
	uint64_t confirm_ns;	/* taken back after that, unless it is confirmed; 0: never */
	unsigned int number;	/* it got; 0: it is not kept, or as the newest one */
	int64_t until;		/* it must be confirmed; 0: need not */
};

/*
 * Opens the session.  False with a complaint: another policy waits to be confirmed, or
 * there is no place to keep anything and there @must be; else that is a warning.
 */
bool keeping_open(struct keeping *k, bool must);
/* apply_prepare() came before. */
void keeping_commit(struct keeping *k, struct apply *a);
void keeping_close(struct keeping *k);

/* What came of it, for people or as JSON, and how the verb ends. */
enum exit_code keeping_tell(struct keeping *k, struct apply *a, bool json);

#endif
