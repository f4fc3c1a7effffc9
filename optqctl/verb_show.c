// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <json-c/json.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <time.h>

#include "device.h"
#include "ingress_nl.h"
#include "interval.h"
#include "live.h"
#include "mem.h"
#include "output.h"
#include "roots.h"
#include "show_view.h"
#include "verb.h"

/* Short enough not to be felt, and many packets of most links. */
#define USUAL_INTERVAL_NS	250000000ULL

struct show {
	struct nl_sock *genl, *route;
	int family;
	struct json_object *list;	/* NULL: print text */
	bool flows, rules;
	uint64_t interval_ns;		/* 0: no rates are wanted */
	struct sampler *samplers;	/* one for each root */
	size_t shown;
	bool failed;
};

static void fail(struct show *s, const char *device, struct nl_answer *answer)
{
	complain_of_answer(device, answer);
	s->failed = true;
}

static void print_device(struct show *s, const struct sampler *sampler,
			 const struct live_flows *flows,
			 const struct live_rules *rules)
{
	const struct live_tree *tree = &sampler->tree;
	struct json_object *o;

	if (s->list) {
		o = live_json(sampler);
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
		live_print(stdout, sampler);
}

/* False: it was not read; the reason is told. */
static bool take_sample(struct show *s, const struct root_qdisc *root,
			struct sampler *sampler)
{
	struct nl_answer answer = { 0 };
	struct live_tree tree = { 0 };

	uint64_t began_ns = monotonic_ns();

	live_read(s->genl, s->family, root->ifindex, &tree, &answer);
	if (answer.error) {
		fail(s, root->device, &answer);
		live_free(&tree);
		return false;
	}
	nl_answer_free(&answer);
	ingress_serves(s->route, root->ifindex, tree.ingress_of,
		       sizeof(tree.ingress_of));
	sampler_take(sampler, &tree, began_ns + (monotonic_ns() - began_ns) / 2);
	return true;
}

static void show_device(struct show *s, const struct root_qdisc *root,
			struct sampler *sampler)
{
	struct nl_answer answer = { 0 };
	struct live_flows flows = { 0 };
	struct live_rules rules = { 0 };

	if (!take_sample(s, root, sampler))
		return;
	if (s->flows)
		flows_read(s->genl, s->family, root->ifindex, &flows, &answer);
	if (!answer.error && s->rules)
		rules_read(s->genl, s->family, root->ifindex, &rules, &answer);
	if (answer.error)
		fail(s, root->device, &answer);
	else
		print_device(s, sampler, &flows, &rules);
	nl_answer_free(&answer);
	flows_free(&flows);
	rules_free(&rules);
}

/* What is told of all devices is of the same time. */
static void begin_interval(struct show *s, const struct root_qdiscs *roots)
{
	struct timespec interval = {
		.tv_sec = (time_t)(s->interval_ns / 1000000000),
		.tv_nsec = (long)(s->interval_ns % 1000000000),
	};
	size_t i;

	for (i = 0; i < roots->n; i++)
		take_sample(s, &roots->list[i], &s->samplers[i]);
	if (roots->n)
		nanosleep(&interval, NULL);
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
	char *why;
	size_t i;

	roots_find(s->route, ifindex, &roots, &answer);
	if (answer.error)
		fail(s, device, &answer);
	s->samplers = mem_zalloc(roots.n, sizeof(*s->samplers));
	if (s->interval_ns)
		begin_interval(s, &roots);
	for (i = 0; i < roots.n; i++)
		if (!s->interval_ns || s->samplers[i].at_ns)
			show_device(s, &roots.list[i], &s->samplers[i]);
	if (!roots.n && !s->failed) {
		why = roots_none_text(device, &roots);
		complain(device, why);
		free(why);
		s->failed = device;
	}
	for (i = 0; i < roots.n; i++)
		sampler_free(&s->samplers[i]);
	free(s->samplers);
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
	if (!opt->json && !s.flows && !s.rules)
		s.interval_ns = USUAL_INTERVAL_NS;
	if (!interval_read(opt, &s.interval_ns))
		return EXIT_USAGE;
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
