/* SPDX-License-Identifier: GPL-2.0 */
/*
 * "${name}" in a scalar's text.  Its value becomes a part of the text and nothing else: it
 * is not looked at as YAML, and not for further names.
 */
#ifndef OPTQCTL_SUBST_H
#define OPTQCTL_SUBST_H

#include "yaml.h"

struct var_ref {
	size_t off, len;	/* in the text, with its "${" and "}" */
	const char *name;	/* in the text too */
	size_t name_len;
	bool escape;		/* "$${": stands for "${" */
	bool open;		/* its "}" is missing */
};

/* The first from @from on; false: there is none. */
bool var_ref_next(const char *text, size_t len, size_t from,
		  struct var_ref *ref);

struct var_value {
	const char *text;
	size_t len;
	struct span at;		/* where it is written */
};

/* What has values: false when there is no such name. */
struct var_scope {
	bool (*value)(void *arg, const char *name, size_t len,
		      struct var_value *value);
	/* What is said of a name that has none, to be freed. */
	char *(*unknown)(void *arg, const char *name);
	void *arg;
};

/* Puts values into a scalar's text; what has no value is an error at its character. */
void subst_scalar(const struct source *src, struct ynode *node,
		  const struct var_scope *scope, struct diags *d);
/* Only the errors of it. */
bool subst_check(const struct source *src, const struct ynode *node,
		 const struct var_scope *scope, struct diags *d);
/* The first name in the text that stands at @at in the source. */
bool subst_in_source(const struct source *src, struct span at,
		     struct var_ref *ref);

#endif
