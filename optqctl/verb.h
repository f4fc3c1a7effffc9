/* SPDX-License-Identifier: GPL-2.0 */
/* The verbs of the command line. */
#ifndef OPTQCTL_VERB_H
#define OPTQCTL_VERB_H

#include "diag.h"
#include "model.h"
#include "options.h"
#include "source.h"

enum exit_code { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

enum exit_code verb_check(const struct options *opt);
enum exit_code verb_apply(const struct options *opt);
enum exit_code verb_element(const struct options *opt);
enum exit_code verb_explain(const struct options *opt);
enum exit_code verb_remove(const struct options *opt);
enum exit_code verb_preset(const struct options *opt);
enum exit_code verb_show(const struct options *opt);
enum exit_code verb_top(const struct options *opt);

/* Reads a policy whole: true when it has no error. All are to be freed. */
bool load_policy(const char *path, struct source *src, struct policy *policy,
		 struct diags *d);

#endif
