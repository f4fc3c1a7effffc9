/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQCTL_SHOW_VIEW_H
#define OPTQCTL_SHOW_VIEW_H

#include <stdio.h>

#include "live.h"
#include "live_flows.h"
#include "live_rules.h"

struct json_object;

/* Depth first, children in the kernel's order; @n indices, to be freed. */
size_t *live_order(const struct live_tree *tree);

/* "wan0", or "wan0 ingress (ifb-wan0)". */
void live_print_title(FILE *out, const struct live_tree *tree);
void live_print(FILE *out, const struct live_tree *tree);
struct json_object *live_json(const struct live_tree *tree);

void flows_print(FILE *out, const struct live_tree *tree,
		 const struct live_flows *flows);
struct json_object *flows_json(const struct live_tree *tree,
			       const struct live_flows *flows);

void rules_print(FILE *out, const struct live_tree *tree,
		 const struct live_rules *rules);
struct json_object *rules_json(const struct live_tree *tree,
			       const struct live_rules *rules);

#endif
