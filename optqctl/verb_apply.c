// SPDX-License-Identifier: GPL-2.0
/*
 * Everything is checked, by us and by the kernel, before anything is changed:
 * devices, then every link's tree with OPTQ_F_CHECK, then one link after
 * another.
 */
#include <json-c/json.h>
#include <linux/netlink.h>
#include <linux/pkt_sched.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "apply.h"
#include "diag_view.h"
#include "host_names.h"
#include "ids.h"
#include "link_nl.h"
#include "live.h"
#include "mem.h"
#include "qdisc_nl.h"
#include "verb.h"

/* An error of one link: it stands beside the link in JSON too. */
static void fail_link(struct apply *a, struct apply_link *al, struct span at,
		      char *text)
{
	diag_error(&a->d, at, "%s", text);
	if (al->error)
		free(text);
	else
		al->error = text;
}

void apply_report(struct apply *a, struct apply_link *al, struct span at,
		  const char *what, const struct nl_answer *answer)
{
	char *text = nl_answer_text(answer);

	fail_link(a, al, at, mem_printf("%s: %s", what, text));
	free(text);
}

/* Names differ, an altname's device does not: only its index tells. */
static void check_one_link(struct apply *a, size_t i)
{
	const struct link *link = a->links[i].link, *other;
	size_t j;

	for (j = 0; j < i; j++) {
		other = a->links[j].link;
		if (a->links[j].device != a->links[i].device ||
		    other->ingress != link->ingress)
			continue;
		fail_link(a, &a->links[i], link->device_at,
			  mem_printf("\"%s\" is the device of link \"%s\" in line %zu already (there \"%s\"): a device has one tree",
				     link->device, other->name,
				     source_position(&a->src, other->device_at.off).line,
				     other->device));
		return;
	}
}

static bool find_devices(struct apply *a)
{
	const struct link *link;
	size_t i;

	for (i = 0; i < a->policy.n_links; i++) {
		link = &a->policy.links[i];
		a->links[i].link = link;
		a->links[i].device = (int)if_nametoindex(link->device);
		a->links[i].ifindex = a->links[i].device;
		if (!a->links[i].device)
			fail_link(a, &a->links[i], link->device_at,
				  mem_printf("there is no device \"%s\" here",
					     link->device));
		else
			check_one_link(a, i);
	}
	return !a->d.errors;
}

static bool open_netlink(struct apply *a)
{
	struct span nowhere = { DIAG_NOWHERE, 0 };
	struct nl_answer answer = { 0 };
	char *text;

	a->genl = nl_open(NETLINK_GENERIC);
	a->route = nl_open(NETLINK_ROUTE);
	if (!a->genl || !a->route) {
		diag_error(&a->d, nowhere, "no netlink socket can be opened");
		return false;
	}
	a->family = nl_optq_family(a->genl, &answer);
	if (!a->family) {
		text = nl_answer_text(&answer);
		diag_error(&a->d, nowhere, "%s", text);
		free(text);
	}
	nl_answer_free(&answer);
	return a->family;
}

/* What the device runs now: its optq tree, or another qdisc to replace. */
static bool look_at_device(struct apply *a, struct apply_link *al,
			   struct link *link)
{
	struct root_qdiscs roots = { 0 };
	struct nl_answer answer = { 0 };
	struct live_tree live = { 0 };

	qdisc_list(a->route, al->ifindex, &roots, &answer);
	al->create = !roots.n || strcmp(roots.list[0].kind, OPTQ_KIND);
	if (roots.n && al->create && roots.list[0].handle)
		memcpy(al->replaced, roots.list[0].kind, sizeof(al->replaced));
	free(roots.list);
	if (!answer.error && !al->create)
		live_read(a->genl, a->family, al->ifindex, &live, &answer);
	if (answer.error) {
		apply_report(a, al, link->device_at, link->title, &answer);
	} else {
		assign_ids(link, al->create ? NULL : &live);
		al->removed = removed_classes(link, &live, &al->removed_names);
		lost_find(link, &live, &al->lost);
	}
	al->generation = live.generation;
	al->failed = answer.error;
	live_free(&live);
	nl_answer_free(&answer);
	return !al->failed;
}

static bool make_rules(struct apply *a, struct apply_link *al)
{
	struct match_numbers numbers = host_numbers(&a->policy.names);
	struct match_rules *rules = &al->rules;
	const struct rule *rule;
	char *text;

	match_rules_make(rules, al->link, &numbers);
	if (rules->missing_rule == NO_RULE)
		return true;
	rule = &al->link->rules[rules->missing_rule];
	text = host_name_missing(&a->policy.names, rules->missing,
				 rules->missing_number);
	fail_link(a, al, rule->at, mem_printf("match: %s", text));
	free(text);
	return false;
}

static bool set_tree(struct apply *a, struct apply_link *al, bool check)
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
	if (set_tree(a, al, false) &&
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

	for (i = 0; i < n; i++)
		if (!apply_find_ingress(a, i) ||
		    !look_at_device(a, &a->links[i], &a->policy.links[i]) ||
		    !make_rules(a, &a->links[i]))
			return;
	for (i = 0; i < n; i++)
		set_tree(a, &a->links[i], true);
	for (i = 0; i < n && !a->d.errors; i++)
		load_link(a, &a->links[i]);
	if (!a->d.errors)
		apply_retire_ingress(a);
}

static void run(struct apply *a)
{
	a->links = mem_zalloc(a->policy.n_links, sizeof(*a->links));
	if (!find_devices(a) || !open_netlink(a))
		return;
	load_links(a);
	apply_undo_ingress(a);
}

static void apply_free(struct apply *a)
{
	size_t i;

	for (i = 0; a->links && i < a->policy.n_links; i++) {
		match_rules_free(&a->links[i].rules);
		free(a->links[i].removed_names);
		free(a->links[i].error);
		lost_free(&a->links[i].lost);
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
