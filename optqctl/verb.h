/* SPDX-License-Identifier: GPL-2.0 */
/* The verbs of the command line. */
#ifndef OPTQCTL_VERB_H
#define OPTQCTL_VERB_H

#include "diag.h"
#include "model.h"
#include "options.h"
#include "source.h"

enum exit_code {
	EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2,
	EXIT_CHANGES = 3,	/* of what compares: there are some */
};

struct kept_files;

struct verb {
	const char *name;
	const char *args;	/* capitals: kinds of words, see complete.c */
	int min_args, max_args;
	enum exit_code (*run)(const struct options *opt);
	const char *help;
};

enum exit_code verb_check(const struct options *opt);
enum exit_code verb_apply(const struct options *opt);
enum exit_code verb_confirm(const struct options *opt);
enum exit_code verb_element(const struct options *opt);
enum exit_code verb_explain(const struct options *opt);
enum exit_code verb_history(const struct options *opt);
enum exit_code verb_diff(const struct options *opt);
enum exit_code verb_monitor(const struct options *opt);
enum exit_code verb_plan(const struct options *opt);
enum exit_code verb_export(const struct options *opt);
enum exit_code verb_import(const struct options *opt);
enum exit_code verb_remove(const struct options *opt);
enum exit_code verb_preset(const struct options *opt);
enum exit_code verb_rollback(const struct options *opt);
enum exit_code verb_show(const struct options *opt);
enum exit_code verb_top(const struct options *opt);

/*
 * Reads a policy whole, with variables as the command line gives them (struct options);
 * true when it has no error.  All are to be freed.
 */
bool load_policy(const char *path, const char *const *lets, struct source *src,
		 struct policy *policy, struct diags *d);
/* Likewise as it was when @files, which are some, were kept. */
bool load_kept_policy(const struct kept_files *files, struct source *src,
		      struct policy *policy, struct diags *d);

#endif
