/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQCTL_HISTORY_VIEW_H
#define OPTQCTL_HISTORY_VIEW_H

#include "session.h"

/* Newest first; what is in force somewhere has a star. */
void history_print(struct session *s);
struct json_object *history_json(struct session *s);

#endif
