/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQCTL_DIAG_VIEW_H
#define OPTQCTL_DIAG_VIEW_H

#include <stdio.h>

#include "diag.h"

struct json_object;
struct source;

/* file:line:column: error: text, the line, and a caret under the column. */
void diags_print(FILE *out, const struct source *src, const struct diags *d);
struct json_object *diags_json(const struct source *src, const struct diags *d);

#endif
