// SPDX-License-Identifier: GPL-2.0
/* What a policy meets: its devices, what runs on them, and the ids that its classes get. */
#include <linux/netlink.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "apply.h"
#include "host_names.h"
#include "ids.h"
#include "mem.h"
#include "qdisc_nl.h"

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
	char *line;
	size_t j;

	for (j = 0; j < i; j++) {
		other = a->links[j].link;
		if (a->links[j].device != a->links[i].device ||
		    other->ingress != link->ingress)
			continue;
		line = source_line_label(&a->src, other->device_at.off,
					 link->device_at.off);
		fail_link(a, &a->links[i], link->device_at,
			  mem_printf("\"%s\" is the device of link \"%s\" in %s already (there \"%s\"): a device has one tree",
				     link->device, other->name, line,
				     other->device));
		free(line);
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
	struct live_tree *live = &al->live;
	bool good;

	/* What is not there yet has no index, and that would be all devices. */
	if (al->ifindex)
		qdisc_list(a->route, al->ifindex, &roots, &answer);
	al->create = !roots.n || strcmp(roots.list[0].kind, OPTQ_KIND);
	if (roots.n && al->create && roots.list[0].handle)
		memcpy(al->replaced, roots.list[0].kind, sizeof(al->replaced));
	if (roots.n && al->create)
		al->replaced_waiting = roots.list[0].waiting;
	free(roots.list);
	if (!answer.error && !al->create)
		live_read(a->genl, a->family, al->ifindex, live, &answer);
	if (answer.error) {
		apply_report(a, al, link->device_at, link->title, &answer);
	} else {
		assign_ids(link, al->create ? NULL : live);
		al->removed = removed_classes(link, live, &al->removed_names);
		lost_find(link, live, &al->lost);
	}
	al->generation = live->generation;
	good = !answer.error;
	nl_answer_free(&answer);
	return good;
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

bool apply_open(struct apply *a)
{
	a->links = mem_zalloc(a->policy.n_links, sizeof(*a->links));
	return find_devices(a) && open_netlink(a);
}

bool apply_look(struct apply *a, size_t i)
{
	return look_at_device(a, &a->links[i], &a->policy.links[i]) &&
	       make_rules(a, &a->links[i]);
}
