/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQCTL_SHOW_VIEW_H
#define OPTQCTL_SHOW_VIEW_H

#include <stdio.h>

#include "live.h"
#include "live_flows.h"
#include "live_rules.h"
#include "sample.h"

struct json_object;

/* "wan0", or "wan0 ingress (ifb-wan0)"; to be freed. */
char *live_title(const struct live_tree *tree);
void live_print_title(FILE *out, const struct live_tree *tree);
void live_print(FILE *out, const struct sampler *s);
/* Rates too, where there are some. */
struct json_object *live_json(const struct sampler *s);
/* null: it has not been there for long enough. */
struct json_object *rates_json(const struct rates *r);

void flows_print(FILE *out, const struct live_tree *tree,
		 const struct live_flows *flows);
struct json_object *flows_json(const struct live_tree *tree,
			       const struct live_flows *flows);

void rules_print(FILE *out, const struct live_tree *tree,
		 const struct live_rules *rules);
struct json_object *rules_json(const struct live_tree *tree,
			       const struct live_rules *rules);

#endif
