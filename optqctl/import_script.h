/* SPDX-License-Identifier: GPL-2.0 */
/* What a script of tc commands, or a file for "tc -batch", sets up. */
#ifndef OPTQCTL_IMPORT_SCRIPT_H
#define OPTQCTL_IMPORT_SCRIPT_H

#include "foreign.h"
#include "import_notes.h"
#include "source.h"

/* What is not understood is noted. */
void import_script(const struct source *src, struct foreign *f, struct import_notes *notes);

#endif
