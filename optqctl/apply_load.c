// SPDX-License-Identifier: GPL-2.0
/*
 * All links of a policy or none.  Everything is checked, by us and by the kernel, before
 * anything is changed; what must be there for the trees is made; then all trees take their
 * places in one message, and only what is not needed any more is left to do.
 */
#include <stdlib.h>

#include "apply.h"
#include "link_nl.h"
#include "live.h"
#include "mem.h"
#include "qdisc_nl.h"

static void make_request(struct apply *a, const struct apply_link *al, size_t n,
			 struct tree_request *req, bool check)
{
	size_t i;

	*req = (struct tree_request){
		.genl = a->genl, .family = a->family, .check = check,
		.trees = mem_zalloc(n, sizeof(*req->trees)), .n = n,
	};
	for (i = 0; i < req->n; i++, al++)
		req->trees[i] = (struct tree){
			.link = al->link, .rules = &al->rules,
			.ifindex = al->ifindex, .generation = al->generation,
			.has_generation = !al->create,
		};
}

/* At the class that the kernel points at, or the link, or the policy as a whole. */
static void report_fault(struct apply *a, struct apply_link *al,
			 const struct tree_fault *fault,
			 const struct nl_answer *answer)
{
	struct span nowhere = { DIAG_NOWHERE, 0 };
	const struct link *link;
	char *text;

	if (fault->tree == SIZE_MAX) {
		text = nl_answer_text(answer);
		diag_error(&a->d, nowhere, "%s", text);
		free(text);
		return;
	}
	al += fault->tree;
	link = al->link;
	if (fault->class_index == NO_CLASS) {
		apply_report(a, al, link->name_at, link->title, answer);
		return;
	}
	text = class_path(link, fault->class_index);
	apply_report(a, al, link->classes[fault->class_index].name_at, text, answer);
	free(text);
}

static bool set_trees(struct apply *a, struct apply_link *al, size_t n, bool check)
{
	struct nl_answer answer = { 0 };
	struct tree_request req;
	struct tree_fault fault;
	bool good;
	size_t i;

	make_request(a, al, n, &req, check);
	tree_set(&req, &fault, &answer);
	if (answer.error)
		report_fault(a, al, &fault, &answer);
	else if (answer.reason && !check)
		/* After the check it comes again, with the change itself. */
		diag_warning(&a->d, a->links->link->name_at, "%s", answer.reason);
	for (i = 0; !answer.error && i < req.n; i++) {
		al[i].checked = req.trees[i].result;
		al[i].dropped = req.trees[i].result.dropped;
		al[i].applied = !check;
	}
	good = !answer.error;
	tree_request_free(&req);
	nl_answer_free(&answer);
	return good;
}

bool apply_check_tree(struct apply *a, struct apply_link *al)
{
	return set_trees(a, al, 1, true);
}

static bool create_qdisc(struct apply *a, struct apply_link *al)
{
	struct nl_answer answer = { 0 };
	uint32_t handle;

	handle = qdisc_free_handle(a->route, al->ifindex, &answer);
	if (!answer.error) {
		nl_answer_free(&answer);
		qdisc_create(a->route, al->ifindex, handle, al->link, &answer);
	}
	if (answer.error)
		apply_report(a, al, al->link->device_at, al->link->title, &answer);
	else
		al->created = handle;
	nl_answer_free(&answer);
	return al->created;
}

static void remove_qdisc(struct apply *a, struct apply_link *al)
{
	struct nl_answer answer = { 0 };

	qdisc_delete(a->route, al->ifindex, al->created, &answer);
	if (answer.error)
		apply_report(a, al, al->link->device_at,
			     "the empty optq that was put on the device cannot be removed",
			     &answer);
	nl_answer_free(&answer);
}

/* An empty optq lets everything pass, so that its ingress may be led there already. */
static bool make_ready(struct apply *a)
{
	struct apply_link *al = a->links, *end = al + a->policy.n_links;

	for (; al < end; al++)
		if (al->create && !create_qdisc(a, al))
			return false;
	for (al = a->links; al < end; al++)
		if (al->link->ingress && !apply_lead_ingress(a, al))
			return false;
	return true;
}

static bool look_at_all(struct apply *a)
{
	size_t i;

	for (i = 0; i < a->policy.n_links; i++) {
		if (!apply_find_ingress(a, i) || !apply_look(a, i))
			return false;
		live_free(&a->links[i].live);
	}
	return true;
}

bool apply_prepare(struct apply *a)
{
	if (!apply_open(a))
		return false;
	if (look_at_all(a) && set_trees(a, a->links, a->policy.n_links, true))
		return true;
	apply_undo_ingress(a);
	return false;
}

void apply_commit(struct apply *a)
{
	size_t i;

	if (make_ready(a) && set_trees(a, a->links, a->policy.n_links, false)) {
		apply_retire_ingress(a);
		return;
	}
	for (i = 0; i < a->policy.n_links; i++)
		if (a->links[i].created)
			remove_qdisc(a, &a->links[i]);
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
