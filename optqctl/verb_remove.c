// SPDX-License-Identifier: GPL-2.0
/* A device without OptQ again, both ways. */
#include <json-c/json.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "ingress_nl.h"
#include "output.h"
#include "qdisc_nl.h"
#include "verb.h"

struct removal {
	struct nl_sock *route;
	const char *device;
	int ifindex;
	bool egress, ingress;	/* gone */
	char ifb[IFNAMSIZ];
};

static bool remove_egress(struct removal *r)
{
	struct root_qdiscs roots = { 0 };
	struct nl_answer answer = { 0 };

	qdisc_list(r->route, r->ifindex, &roots, &answer);
	if (!answer.error && roots.n && !strcmp(roots.list[0].kind, OPTQ_KIND)) {
		nl_answer_free(&answer);
		qdisc_delete(r->route, r->ifindex, roots.list[0].handle, &answer);
		r->egress = !answer.error;
	}
	free(roots.list);
	if (!answer.error)
		return true;
	complain_of_answer(r->device, &answer);
	return false;
}

static bool remove_ingress(struct removal *r)
{
	struct nl_answer answer = { 0 };
	struct ingress in = { 0 };

	ingress_find(r->route, r->ifindex, &in, &answer);
	if (!answer.error && in.ifindex) {
		nl_answer_free(&answer);
		ingress_remove(r->route, r->ifindex, &in, &answer);
		r->ingress = !in.ifindex;
		memcpy(r->ifb, in.ifb, sizeof(r->ifb));
	}
	if (!answer.error)
		return true;
	complain_of_answer(r->device, &answer);
	return false;
}

static void print_removed(const struct removal *r, bool json)
{
	struct json_object *o;

	if (json) {
		o = json_object_new_object();
		json_object_object_add(o, "device",
				       json_object_new_string(r->device));
		json_object_object_add(o, "egress_removed",
				       json_object_new_boolean(r->egress));
		if (r->ingress)
			json_object_object_add(o, "ingress_removed",
					       json_object_new_string(r->ifb));
		print_json(o);
		return;
	}
	if (r->egress)
		printf("%s: removed\n", r->device);
	if (r->ingress)
		printf("%s ingress: removed, with %s\n", r->device, r->ifb);
}

enum exit_code verb_remove(const struct options *opt)
{
	struct removal r = { .device = opt->argv[0] };
	bool good;

	r.ifindex = device_index(r.device);
	if (!r.ifindex) {
		complain(r.device, "there is no such device here");
		return EXIT_FAILED;
	}
	r.route = nl_open(NETLINK_ROUTE);
	if (!r.route) {
		complain(NULL, "no netlink socket can be opened");
		return EXIT_FAILED;
	}
	good = remove_egress(&r);
	good = remove_ingress(&r) && good;
	if (good && !r.egress && !r.ingress) {
		complain(r.device, "has no optq at its root, and no ingress of ours: nothing was removed");
		good = false;
	} else {
		print_removed(&r, opt->json);
	}
	nl_socket_free(r.route);
	return good ? EXIT_DONE : EXIT_FAILED;
}
