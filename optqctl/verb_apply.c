// SPDX-License-Identifier: GPL-2.0
#include <json-c/json.h>
#include <stdlib.h>

#include "apply.h"
#include "diag_view.h"
#include "live.h"
#include "verb.h"

static void run(struct apply *a)
{
	size_t i;

	if (!apply_open(a))
		return;
	for (i = 0; i < a->policy.n_links; i++) {
		if (!apply_find_ingress(a, i) || !apply_look(a, i))
			break;
		live_free(&a->links[i].live);
	}
	if (!a->d.errors)
		apply_load(a);
	apply_undo_ingress(a);
}

void apply_free(struct apply *a)
{
	size_t i;

	for (i = 0; a->links && i < a->policy.n_links; i++) {
		match_rules_free(&a->links[i].rules);
		free(a->links[i].removed_names);
		free(a->links[i].error);
		lost_free(&a->links[i].lost);
		live_free(&a->links[i].live);
	}
	free(a->links);
	nl_socket_free(a->genl);
	nl_socket_free(a->route);
	diags_free(&a->d);
	policy_free(&a->policy);
	source_free(&a->src);
}

enum exit_code verb_apply(const struct options *opt)
{
	struct apply a = { 0 };
	enum exit_code code;

	if (load_policy(opt->argv[0], opt->lets, &a.src, &a.policy, &a.d) &&
	    apply_choose_links(&a, opt))
		run(&a);
	diags_sort(&a.d);
	if (opt->json)
		apply_print_json(&a.src, &a.d, a.links, a.policy.n_links);
	else
		apply_print(&a.src, &a.d, a.links, a.policy.n_links);
	code = a.d.errors ? EXIT_FAILED : EXIT_DONE;
	apply_free(&a);
	return code;
}
