// SPDX-License-Identifier: GPL-2.0
#include <json-c/json.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>

#include "apply.h"
#include "device.h"
#include "mem.h"
#include "output.h"
#include "removal.h"
#include "takeback.h"
#include "verb.h"

/* Devices of an entry that one and the same older entry is to be put back on. */
struct group {
	struct history *h;
	const struct entry *taken, *before;
};

static bool is_in_group(const struct link *link, void *arg)
{
	const struct group *g = arg;
	char name[IFNAMSIZ];

	return if_nametoindex(link->device) &&
	       entry_has_device(g->taken, device_own_name(link->device, name)) &&
	       history_before(g->h, g->taken, name) == g->before;
}

static void tell(struct apply *a, struct json_object *list)
{
	diags_sort(&a->d);
	if (list)
		json_object_array_add(list, apply_json(&a->src, &a->d, a->links,
						       a->policy.n_links));
	else
		apply_print(&a->src, &a->d, a->links, a->policy.n_links);
}

static bool load_again(struct group *g, const struct kept_files *files,
		       struct json_object *list)
{
	struct apply a = { 0 };
	bool good;

	if (load_kept_policy(files, &a.src, &a.policy, &a.d)) {
		policy_keep_links(&a.policy, is_in_group, g);
		if (a.policy.n_links && apply_prepare(&a))
			apply_commit(&a);
	}
	tell(&a, list);
	good = !a.d.errors;
	apply_free(&a);
	return good;
}

static bool take_off(const char *device, struct json_object *list)
{
	struct removal r = { .device = device };
	bool good;

	if (!if_nametoindex(device))
		return true;
	good = removal_run(&r);
	if (list)
		json_object_array_add(list, removal_json(&r));
	else
		removal_print(&r);
	removal_free(&r);
	return good;
}

static bool put_back(struct group *g, const char *device, struct json_object *list)
{
	struct kept_files files;
	char *why = history_files(g->h, g->before, &files);
	bool good = !why;

	if (why)
		complain(NULL, why);
	else if (files.n)
		good = load_again(g, &files, list);
	else
		good = take_off(device, list);
	kept_free(&files);
	free(why);
	return good;
}

/* One that was put back together with an earlier device. */
static bool is_done(const struct group *g, size_t i)
{
	while (i-- > 0)
		if (history_before(g->h, g->taken, g->taken->devices[i]) == g->before)
			return true;
	return false;
}

bool takeback(struct history *h, struct entry *e, struct json_object *list)
{
	struct group g = { .h = h, .taken = e };
	bool good = true;
	size_t i;
	char *why;

	for (i = 0; i < e->n_devices; i++) {
		g.before = history_before(h, e, e->devices[i]);
		if (!g.before)
			good &= take_off(e->devices[i], list);
		else if (!is_done(&g, i))
			good &= put_back(&g, e->devices[i], list);
	}
	if (!good)
		return false;
	e->state = ENTRY_TAKEN_BACK;
	why = history_update(h, e);
	if (why)
		complain(NULL, why);
	free(why);
	return true;
}
