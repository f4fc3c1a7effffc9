/* SPDX-License-Identifier: GPL-2.0 */
/* An import as the text of a policy. */
#ifndef OPTQCTL_IMPORT_TEXT_H
#define OPTQCTL_IMPORT_TEXT_H

#include "foreign.h"
#include "import_notes.h"
#include "source.h"

struct import_text {
	char *text;		/* NULL: there is nothing to import */
	bool good;		/* as "check" finds it; else the others say why */
	struct source src;
	struct diags d;
};

/*
 * Of the @n devices that are named, or of all.  @script: what @f was read from, or NULL.
 * import_text_free() after it.
 */
void import_text_make(struct import_text *t, const struct foreign *f,
		      const struct source *script, char *const *names, size_t n,
		      struct import_notes *notes);
void import_text_free(struct import_text *t);

#endif
