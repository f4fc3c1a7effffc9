/* SPDX-License-Identifier: GPL-2.0 */
/* A process of its own that takes a policy back unless it is confirmed in time. */
#ifndef OPTQCTL_GUARD_H
#define OPTQCTL_GUARD_H

#include "pending.h"

/*
 * Starts it, before the change that it is for: it lives on when optqctl is killed and
 * when the terminal goes.  @p is written.  NULL or what is wrong, to be freed.
 */
char *guard_start(const char *state, const struct pending *p);
/* Whether there is one; false too when it was killed. */
bool guard_is_there(const char *state);

#endif
