/* SPDX-License-Identifier: GPL-2.0 */
/* What a policy, those it includes and the command line give names to: "let:". */
#ifndef OPTQCTL_VARS_H
#define OPTQCTL_VARS_H

#include "subst.h"

struct vars {
	struct var {
		char *name, *text;
		struct span name_at, at;	/* at: its text */
		bool used;
	} *v;
	size_t n, room;
};

/* One that the command line gives, as "rate=50mbit"; before the policy is parsed. */
void vars_add_option(struct source *src, const char *option, struct diags *d);
/* Those of the command line, and of @let what these do not give; NULL: no "let:". */
void vars_read(struct vars *vars, const struct source *src,
	       const struct ynode *let, struct diags *d);
/* NULL: there is none of that name. */
struct var *vars_find(const struct vars *vars, const char *name, size_t len);
/* Theirs alone; @vars must live as long. */
struct var_scope vars_scope(struct vars *vars);
/* What nothing uses: a warning, and an error for what the command line gives. */
void vars_check_used(const struct vars *vars, const struct source *src,
		     struct diags *d);
void vars_free(struct vars *vars);

#endif
