/* SPDX-License-Identifier: GPL-2.0 */
/* A policer as a line of the table, and as JSON. */
#ifndef OPTQCTL_POLICE_VIEW_H
#define OPTQCTL_POLICE_VIEW_H

#include "live.h"

struct json_object;

/* What was agreed, "police cir 10mbit cbs 122k violate drop"; to be freed. */
char *police_text(const struct live_tree *tree, const struct live_police *p);
/* What was found, "green 1.2M yellow 40k red 3k, 12 dropped"; to be freed. */
char *police_figures(const struct live_police *p);

struct json_object *police_json(const struct live_tree *tree,
				const struct live_police *p);

#endif
