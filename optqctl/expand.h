/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What makes one policy of files, variables and tables, before it is read; and where what
 * is wrong with it then stands: in the value that was put in, and where it is used.
 */
#ifndef OPTQCTL_EXPAND_H
#define OPTQCTL_EXPAND_H

#include "for_each.h"
#include "model.h"

struct expansion {
	struct source *src;
	struct vars vars;
	struct for_eaches each;
	size_t end;		/* behind all places that there are */
};

/* False: files or values are missing, and what the rest means without them nobody knows. */
bool expand_policy(struct expansion *ex, struct source *src, struct ynode *root,
		   struct diags *d);
/* Classes of one parent that rows gave the same name. */
void expand_check_names(const struct expansion *ex, const struct policy *policy,
			struct diags *d);
/* Puts the places right of what the policy holds, and of what @d has from @first on. */
void expand_place(const struct expansion *ex, struct policy *policy,
		  struct diags *d, size_t first);
void expansion_free(struct expansion *ex);

#endif
