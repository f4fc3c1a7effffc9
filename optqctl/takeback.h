/* SPDX-License-Identifier: GPL-2.0 */
/* What a kept policy changed is put back to what was there before it. */
#ifndef OPTQCTL_TAKEBACK_H
#define OPTQCTL_TAKEBACK_H

#include "history.h"

struct json_object;

/*
 * Each device that @e was loaded on gets what the policy before it had for it, or has no
 * optq any more where there was none; those that are gone are left out.  What is done is
 * printed, or appended to @list.  False: something of it failed, and @e is still in force.
 */
bool takeback(struct history *h, struct entry *e, struct json_object *list);

#endif
