/* SPDX-License-Identifier: GPL-2.0 */
/* What lies behind a syntax error of the YAML library. */
#ifndef OPTQCTL_YAML_HINT_H
#define OPTQCTL_YAML_HINT_H

#include "diag.h"
#include "source.h"

#define NO_BRACKET	SIZE_MAX

/*
 * Text to put behind the library's message @msg about @at, to be freed; empty
 * where there is nothing to add.  @open is the place of the innermost bracket
 * that is open there, or NO_BRACKET.
 */
char *yaml_hint(const struct source *src, struct span at, const char *msg,
		size_t open);

#endif
