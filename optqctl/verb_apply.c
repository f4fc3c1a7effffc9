// SPDX-License-Identifier: GPL-2.0
/*
 * Everything is checked, by us and by the kernel, before anything is changed:
 * devices, then every link's tree with OPTQ_F_CHECK, then one link after
 * another.
 */
#include <json-c/json.h>
#include <stdlib.h>

#include "apply.h"
#include "diag_view.h"
#include "link_nl.h"
#include "live.h"
#include "mem.h"
#include "qdisc_nl.h"
#include "verb.h"

bool apply_set_tree(struct apply *a, struct apply_link *al, bool check)
{
	struct tree_request req = {
		.genl = a->genl, .family = a->family, .ifindex = al->ifindex,
		.check = check, .generation = al->generation,
		.has_generation = !al->create,
	};
	const struct link *link = al->link;
	struct nl_answer answer = { 0 };
	struct tree_result result;
	char *path;

	tree_set(&req, link, &al->rules, &result, &answer);
	al->dropped = result.dropped;
	al->checked = result;
	if (answer.error && result.bad_class != NO_CLASS) {
		path = class_path(link, result.bad_class);
		apply_report(a, al, link->classes[result.bad_class].name_at,
			     path, &answer);
		free(path);
	} else if (answer.error) {
		apply_report(a, al, link->name_at, link->title, &answer);
	} else if (answer.reason && !check) {
		/* After the check it comes again, with the change itself. */
		diag_warning(&a->d, link->name_at, "%s: %s", link->title,
			     answer.reason);
	}
	al->failed = answer.error;
	nl_answer_free(&answer);
	return !al->failed;
}

static uint32_t create_qdisc(struct apply *a, struct apply_link *al)
{
	struct nl_answer answer = { 0 };
	uint32_t handle;

	handle = qdisc_free_handle(a->route, al->ifindex, &answer);
	if (!answer.error) {
		nl_answer_free(&answer);
		qdisc_create(a->route, al->ifindex, handle, al->link, &answer);
	}
	if (answer.error) {
		apply_report(a, al, al->link->device_at, al->link->title, &answer);
		handle = 0;
	}
	al->failed = answer.error;
	nl_answer_free(&answer);
	return handle;
}

static void remove_qdisc(struct apply *a, struct apply_link *al,
			 uint32_t handle)
{
	struct nl_answer answer = { 0 };

	qdisc_delete(a->route, al->ifindex, handle, &answer);
	if (answer.error)
		apply_report(a, al, al->link->device_at,
			     "the empty optq that was put on the device cannot be removed",
			     &answer);
	nl_answer_free(&answer);
}

static void load_link(struct apply *a, struct apply_link *al)
{
	uint32_t handle = 0;

	if (al->create) {
		handle = create_qdisc(a, al);
		if (!handle)
			return;
	}
	if (apply_set_tree(a, al, false) &&
	    (!al->link->ingress || apply_lead_ingress(a, al))) {
		al->applied = true;
		return;
	}
	if (handle)
		remove_qdisc(a, al, handle);
}

static void load_links(struct apply *a)
{
	size_t n = a->policy.n_links, i;

	for (i = 0; i < n; i++) {
		if (!apply_find_ingress(a, i) || !apply_look(a, i))
			return;
		live_free(&a->links[i].live);
	}
	for (i = 0; i < n; i++)
		apply_set_tree(a, &a->links[i], true);
	for (i = 0; i < n && !a->d.errors; i++)
		load_link(a, &a->links[i]);
	if (!a->d.errors)
		apply_retire_ingress(a);
}

static void run(struct apply *a)
{
	if (!apply_open(a))
		return;
	load_links(a);
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

	if (load_policy(opt->argv[0], &a.src, &a.policy, &a.d))
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
