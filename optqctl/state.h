/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where optqctl keeps what it must know the next time: a directory for each network
 * namespace, for a policy is of one.
 */
#ifndef OPTQCTL_STATE_H
#define OPTQCTL_STATE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * OPTQ_STATE_DIR of the environment; else /var/lib/optq, below it netns/NAME in a network
 * namespace that has a name, and /run/optq/netns-INODE in one that has none.  To be freed.
 */
char *state_dir(void);
/* Makes it, parents too.  NULL or what is wrong, to be freed. */
char *state_make(const char *dir);
/* Who changes what is live, and who takes it back. */
#define STATE_WRITER	"lock"
#define STATE_GUARD	"guard.lock"

/*
 * Holds the lock @name until the file descriptor is closed, which does not outlive an exec.
 * Negative, errno set: EWOULDBLOCK when somebody else has it and it does not @wait.
 */
int state_lock(const char *dir, const char *name, bool wait);

/* The whole of a file, NUL-terminated, to be freed; NULL, errno set. */
char *state_read(const char *dir, const char *name, size_t *len);
/* Replaces a file as a whole.  NULL or what is wrong, to be freed. */
char *state_write(const char *dir, const char *name, const char *text, size_t len);

#endif
