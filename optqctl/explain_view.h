/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQCTL_EXPLAIN_VIEW_H
#define OPTQCTL_EXPLAIN_VIEW_H

#include <stdio.h>

#include "explain.h"

struct json_object;

void explain_print(FILE *out, const struct link *link,
		   const struct explanation *e);
struct json_object *explain_json(const struct link *link,
				 const struct explanation *e);

#endif
