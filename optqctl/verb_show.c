// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <json-c/json.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "ingress_nl.h"
#include "live.h"
#include "output.h"
#include "show_view.h"
#include "trees.h"
#include "verb.h"

struct show {
	struct nl_sock *genl, *route;
	int family;
	struct json_object *list;	/* NULL: print text */
	bool flows, rules;
	size_t shown;
	bool failed;
};

static void fail(struct show *s, const char *device, struct nl_answer *answer)
{
	complain_of_answer(device, answer);
	s->failed = true;
}

static void print_device(struct show *s, const struct live_tree *tree,
			 const struct live_flows *flows,
			 const struct live_rules *rules)
{
	struct json_object *o;

	if (s->list) {
		o = live_json(tree);
		if (s->flows)
			json_object_object_add(o, "flows",
					       flows_json(tree, flows));
		if (s->rules)
			json_object_object_add(o, "matches",
					       rules_json(tree, rules));
		json_object_array_add(s->list, o);
		return;
	}
	if (s->shown++)
		putchar('\n');
	if (s->flows)
		flows_print(stdout, tree, flows);
	else if (s->rules)
		rules_print(stdout, tree, rules);
	else
		live_print(stdout, tree);
}

static void show_device(struct show *s, const struct root_qdisc *root)
{
	struct nl_answer answer = { 0 };
	struct live_flows flows = { 0 };
	struct live_rules rules = { 0 };
	struct live_tree tree = { 0 };

	live_read(s->genl, s->family, root->ifindex, &tree, &answer);
	ingress_serves(s->route, root->ifindex, tree.ingress_of,
		       sizeof(tree.ingress_of));
	if (!answer.error && s->flows)
		flows_read(s->genl, s->family, root->ifindex, &flows, &answer);
	if (!answer.error && s->rules)
		rules_read(s->genl, s->family, root->ifindex, &rules, &answer);
	if (answer.error)
		fail(s, root->device, &answer);
	else
		print_device(s, &tree, &flows, &rules);
	nl_answer_free(&answer);
	flows_free(&flows);
	rules_free(&rules);
	live_free(&tree);
}

static bool open_netlink(struct show *s)
{
	struct nl_answer answer = { 0 };

	s->genl = nl_open(NETLINK_GENERIC);
	s->route = nl_open(NETLINK_ROUTE);
	if (!s->genl || !s->route) {
		complain(NULL, "no netlink socket can be opened");
		s->failed = true;
		return false;
	}
	s->family = nl_optq_family(s->genl, &answer);
	if (!s->family)
		fail(s, NULL, &answer);
	return s->family;
}

static void show_all(struct show *s, const char *device, int ifindex)
{
	struct root_qdiscs roots = { 0 };
	struct nl_answer answer = { 0 };
	size_t i, n = 0;

	trees_list(s->route, ifindex, &roots, &answer);
	if (answer.error)
		fail(s, device, &answer);
	for (i = 0; i < roots.n; i++) {
		if (strcmp(roots.list[i].kind, OPTQ_KIND))
			continue;
		n++;
		show_device(s, &roots.list[i]);
	}
	if (!n && !s->failed) {
		complain_of_no_tree(device, &roots);
		s->failed = device;
	}
	free(roots.list);
	nl_answer_free(&answer);
}

enum exit_code verb_show(const struct options *opt)
{
	const char *device = opt->argc ? opt->argv[0] : NULL;
	int ifindex = device ? device_index(device) : 0;
	struct show s = {
		.flows = opt->given[OPTION_FLOWS],
		.rules = opt->given[OPTION_RULES],
	};

	if (s.flows && s.rules) {
		fputs("optqctl: --rules goes without --flows\n", stderr);
		return EXIT_USAGE;
	}
	if (device && !ifindex) {
		complain(device, "there is no such device here");
		return EXIT_FAILED;
	}
	if (opt->json)
		s.list = json_object_new_array();
	if (open_netlink(&s))
		show_all(&s, device, ifindex);
	if (s.list && !s.failed)
		print_json(s.list);
	else
		json_object_put(s.list);
	nl_socket_free(s.genl);
	nl_socket_free(s.route);
	return s.failed ? EXIT_FAILED : EXIT_DONE;
}
