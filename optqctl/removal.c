// SPDX-License-Identifier: GPL-2.0
#include <json-c/json.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"
#include "ingress_nl.h"
#include "json_add.h"
#include "output.h"
#include "qdisc_nl.h"
#include "removal.h"

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

bool removal_run(struct removal *r)
{
	bool good;

	r->ifindex = device_index(r->device);
	if (!r->ifindex) {
		complain(r->device, "there is no such device here");
		return false;
	}
	r->route = nl_open(NETLINK_ROUTE);
	if (!r->route) {
		complain(NULL, "no netlink socket can be opened");
		return false;
	}
	good = remove_egress(r);
	return remove_ingress(r) && good;
}

void removal_free(struct removal *r)
{
	nl_socket_free(r->route);
}

void removal_print(const struct removal *r)
{
	if (r->egress)
		printf("%s: removed\n", r->device);
	if (r->ingress)
		printf("%s ingress: removed, with %s\n", r->device, r->ifb);
}

struct json_object *removal_json(const struct removal *r)
{
	struct json_object *o = json_object_new_object();

	add_text(o, "device", r->device);
	add_flag(o, "egress_removed", r->egress);
	if (r->ingress)
		add_text(o, "ingress_removed", r->ifb);
	return o;
}
