// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <json-c/json.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "live.h"
#include "mem.h"
#include "qdisc_nl.h"
#include "show_view.h"
#include "term.h"
#include "verb.h"

struct show {
	struct nl_sock *genl, *route;
	int family;
	struct json_object *list;	/* NULL: print text */
	bool flows;
	size_t shown;
	bool failed;
};

static void complain(struct show *s, const char *device, const char *text)
{
	fputs("optqctl: ", stderr);
	if (device) {
		term_print(stderr, device, strlen(device));
		fputs(": ", stderr);
	}
	fprintf(stderr, "%s\n", text);
	s->failed = true;
}

static void complain_answer(struct show *s, const char *device,
			    struct nl_answer *answer)
{
	char *text = nl_answer_text(answer);

	complain(s, device, text);
	free(text);
	nl_answer_free(answer);
}

static void print_device(struct show *s, const struct live_tree *tree,
			 const struct live_flows *flows)
{
	struct json_object *o;

	if (s->list) {
		o = live_json(tree);
		if (s->flows)
			json_object_object_add(o, "flows",
					       flows_json(tree, flows));
		json_object_array_add(s->list, o);
		return;
	}
	if (s->shown++)
		putchar('\n');
	if (s->flows)
		flows_print(stdout, tree, flows);
	else
		live_print(stdout, tree);
}

static void show_device(struct show *s, const struct root_qdisc *root)
{
	struct nl_answer answer = { 0 };
	struct live_flows flows = { 0 };
	struct live_tree tree = { 0 };

	live_read(s->genl, s->family, root->ifindex, &tree, &answer);
	if (!answer.error && s->flows)
		flows_read(s->genl, s->family, root->ifindex, &flows, &answer);
	if (answer.error)
		complain_answer(s, root->device, &answer);
	else
		print_device(s, &tree, &flows);
	nl_answer_free(&answer);
	flows_free(&flows);
	live_free(&tree);
}

static bool open_netlink(struct show *s)
{
	struct nl_answer answer = { 0 };

	s->genl = nl_open(NETLINK_GENERIC);
	s->route = nl_open(NETLINK_ROUTE);
	if (!s->genl || !s->route) {
		complain(s, NULL, "no netlink socket can be opened");
		return false;
	}
	s->family = nl_optq_family(s->genl, &answer);
	if (!s->family)
		complain_answer(s, NULL, &answer);
	return s->family;
}

static void complain_of_none(struct show *s, const char *device,
			     const struct root_qdiscs *roots)
{
	char *text;

	if (!device) {
		fputs("optqctl: no device has an optq at its root\n", stderr);
		return;
	}
	if (!roots->inner_handle) {
		complain(s, device, "has no optq: give it one with \"optqctl apply\"");
		return;
	}
	text = mem_printf("its optq %x: is not the root qdisc but below %x:%x: optqctl manages the root only, \"tc -s class show dev %s\" shows this one",
			  roots->inner_handle >> 16, roots->inner_parent >> 16,
			  roots->inner_parent & 0xffff, device);
	complain(s, device, text);
	free(text);
}

static void show_all(struct show *s, const char *device, int ifindex)
{
	struct root_qdiscs roots = { 0 };
	struct nl_answer answer = { 0 };
	size_t i, n = 0;

	qdisc_list(s->route, ifindex, &roots, &answer);
	if (answer.error)
		complain_answer(s, device, &answer);
	for (i = 0; i < roots.n; i++) {
		if (strcmp(roots.list[i].kind, OPTQ_KIND))
			continue;
		n++;
		show_device(s, &roots.list[i]);
	}
	if (!n && !s->failed)
		complain_of_none(s, device, &roots);
	free(roots.list);
	nl_answer_free(&answer);
}

enum exit_code verb_show(const struct options *opt)
{
	const char *device = opt->argc ? opt->argv[0] : NULL;
	int ifindex = device ? device_index(device) : 0;
	struct show s = { .flows = opt->flows };

	if (device && !ifindex) {
		complain(&s, device, "there is no such device here");
		return EXIT_FAILED;
	}
	if (opt->json)
		s.list = json_object_new_array();
	if (open_netlink(&s))
		show_all(&s, device, ifindex);
	if (s.list && !s.failed)
		puts(json_object_to_json_string_ext(s.list,
						    JSON_C_TO_STRING_PRETTY |
						    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(s.list);
	nl_socket_free(s.genl);
	nl_socket_free(s.route);
	return s.failed ? EXIT_FAILED : EXIT_DONE;
}
