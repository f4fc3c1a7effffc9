// SPDX-License-Identifier: GPL-2.0
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "diag_view.h"
#include "kept.h"
#include "mem.h"
#include "output.h"
#include "policy.h"
#include "policy_reach.h"
#include "term.h"
#include "vars.h"
#include "verb.h"

bool load_policy(const char *path, const char *const *lets, struct source *src,
		 struct policy *policy, struct diags *d)
{
	struct span nowhere = { DIAG_NOWHERE, 0 };
	char *why;

	memset(policy, 0, sizeof(*policy));
	memset(d, 0, sizeof(*d));
	why = source_read(src, path);
	if (!why) {
		for (; *lets; lets++)
			vars_add_option(src, *lets, d);
		return policy_parse(src, policy, d);
	}
	src->name = mem_printf("%s", source_label(path));
	diag_error(d, nowhere, "%s", why);
	free(why);
	return false;
}

bool load_kept_policy(const struct kept_files *files, struct source *src,
		      struct policy *policy, struct diags *d)
{
	bool good;

	kept_replay(files);
	good = load_policy(files->list[0].path, (const char *const *)files->lets,
			   src, policy, d);
	kept_replay(NULL);
	return good;
}

static void print_summary(const struct source *src, const struct policy *policy)
{
	size_t classes = 0, rules = 0, i;

	for (i = 0; i < policy->n_links; i++) {
		classes += policy->links[i].n_classes;
		rules += policy->links[i].n_rules;
	}
	term_print(stdout, src->name, strlen(src->name));
	printf(": ok: %zu link%s, %zu class%s, %zu rule%s\n",
	       policy->n_links, policy->n_links == 1 ? "" : "s",
	       classes, classes == 1 ? "" : "es",
	       rules, rules == 1 ? "" : "s");
}

enum exit_code verb_check(const struct options *opt)
{
	struct policy policy;
	struct source src;
	struct diags d;
	bool good;

	good = load_policy(opt->argv[0], opt->lets, &src, &policy, &d);
	if (good && opt->given[OPTION_STRICT]) {
		warn_overlaps(&policy, &d);
		diags_sort(&d);
	}
	if (opt->json) {
		print_json(diags_json(&src, &d));
	} else {
		diags_print(stderr, &src, &d);
		if (good)
			print_summary(&src, &policy);
	}
	diags_free(&d);
	policy_free(&policy);
	source_free(&src);
	return good ? EXIT_DONE : EXIT_FAILED;
}
