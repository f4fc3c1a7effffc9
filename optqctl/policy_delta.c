// SPDX-License-Identifier: GPL-2.0
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

#include "delta_view.h"
#include "json_add.h"
#include "mem.h"
#include "policy_delta.h"

static const struct link *same_link(const struct policy *policy,
				    const struct link *like)
{
	const struct link *link;
	size_t i;

	for (i = 0; i < policy->n_links; i++) {
		link = &policy->links[i];
		if (link->ingress == like->ingress &&
		    !strcmp(link->device, like->device))
			return link;
	}
	return NULL;
}

static void add(struct policy_delta *pd, const struct link *old,
		const struct link *new)
{
	struct link_delta *ld = &pd->links[pd->n++];

	ld->old = old;
	ld->new = new;
	delta_links(old, new, &ld->delta);
}

void policy_delta_make(const struct policy *old, const struct policy *new,
		       struct policy_delta *out)
{
	size_t i;

	out->n = 0;
	out->links = mem_zalloc(old->n_links + new->n_links, sizeof(*out->links));
	for (i = 0; i < new->n_links; i++)
		add(out, same_link(old, &new->links[i]), &new->links[i]);
	for (i = 0; i < old->n_links; i++)
		if (!same_link(new, &old->links[i]))
			add(out, &old->links[i], NULL);
}

void policy_delta_free(struct policy_delta *pd)
{
	size_t i;

	for (i = 0; i < pd->n; i++)
		delta_free(&pd->links[i].delta);
	free(pd->links);
	memset(pd, 0, sizeof(*pd));
}

void policy_delta_print(FILE *out, const struct policy_delta *pd)
{
	const struct link_delta *ld;
	const char *prefix;
	size_t i;

	for (i = 0; i < pd->n; i++) {
		ld = &pd->links[i];
		prefix = !ld->old ? "a new link:" : !ld->new ? "no more:" : NULL;
		delta_print_summary(out, (ld->new ? ld->new : ld->old)->title,
				    prefix, &ld->delta, false);
		delta_print(out, &ld->delta);
	}
}

struct json_object *policy_delta_json(const struct policy_delta *pd)
{
	struct json_object *list = json_object_new_array(), *o;
	const struct link *link;
	size_t i;

	for (i = 0; i < pd->n; i++) {
		link = pd->links[i].new ? pd->links[i].new : pd->links[i].old;
		o = json_object_new_object();
		add_text(o, "link", link->name);
		add_text(o, "device", link->device);
		add_text(o, "direction", link_direction(link));
		add_flag(o, "added", !pd->links[i].old);
		add_flag(o, "removed", !pd->links[i].new);
		delta_add_json(o, &pd->links[i].delta);
		json_object_array_add(list, o);
	}
	return list;
}
