// SPDX-License-Identifier: GPL-2.0
#include <json-c/json.h>

#include "delta_view.h"
#include "diag_view.h"
#include "json_add.h"
#include "output.h"
#include "plan_view.h"

static void add_plan(struct json_object *o, const struct plan_link *pl)
{
	const struct apply_link *al = pl->al;
	const char *retired = plan_retired_ifb(pl);

	add_flag(o, "nothing_to_do", !plan_has_changes(pl));
	add_flag(o, "create", al->create);
	if (*al->replaced)
		add_text(o, "replaces", al->replaced);
	if (al->create)
		add_number(o, "replaced_packets_lost", al->replaced_waiting);
	if (al->link->ingress)
		add_text(o, "via", al->in.ifindex ? al->in.ifb : NULL);
	if (pl->lead)
		add_flag(o, "filter_missing", true);
	if (retired) {
		add_text(o, "ingress_removed", retired);
		add_number(o, "ingress_packets_lost", pl->retired);
	}
	delta_add_json(o, &pl->delta);
}

static struct json_object *link_json(const struct plan_link *pl)
{
	struct json_object *o = json_object_new_object();
	const struct link *link = pl->al->link;

	add_text(o, "link", link->name);
	add_text(o, "device", link->device);
	add_text(o, "direction", link_direction(link));
	if (pl->compared)
		add_plan(o, pl);
	if (pl->al->error)
		add_text(o, "error", pl->al->error);
	return o;
}

void plan_print_json(const struct source *src, const struct diags *d,
		     const struct plan_link *links, size_t n)
{
	struct json_object *list = json_object_new_array();
	size_t i;

	for (i = 0; links && i < n; i++)
		json_object_array_add(list, link_json(&links[i]));
	print_json(list);
	diags_print(stderr, src, d);
}
