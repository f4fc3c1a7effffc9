// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "apply.h"

/* The two trees of a link stand side by side. */
static bool has_ingress(const struct apply *a, size_t i)
{
	const struct link *link = &a->policy.links[i];

	return i + 1 < a->policy.n_links && link[1].ingress &&
	       !strcmp(link[1].name, link->name);
}

/* True when the kernel has taken it; @answer is freed. */
static bool settle(struct apply *a, struct apply_link *al,
		   struct nl_answer *answer)
{
	bool good;

	if (answer->error)
		apply_report(a, al, al->link->device_at, al->link->title,
			     answer);
	good = !answer->error;
	nl_answer_free(answer);
	return good;
}

bool apply_seek_ingress(struct apply *a, size_t i)
{
	struct apply_link *al = &a->links[i];
	struct nl_answer answer = { 0 };

	if (has_ingress(a, i))
		return true;
	ingress_find(a->route, al->device, &al->in, &answer);
	if (al->link->ingress)
		al->ifindex = al->in.ifindex;
	return settle(a, al, &answer);
}

bool apply_find_ingress(struct apply *a, size_t i)
{
	struct apply_link *al = &a->links[i];
	struct nl_answer answer = { 0 };

	if (!apply_seek_ingress(a, i))
		return false;
	if (!al->link->ingress || al->in.ifindex)
		return true;
	ingress_create(a->route, al->device, &al->in, &answer);
	al->ifb_made = al->in.ifindex;
	al->ifindex = al->in.ifindex;
	return settle(a, al, &answer);
}

bool apply_lead_ingress(struct apply *a, struct apply_link *al)
{
	struct nl_answer answer = { 0 };

	ingress_redirect(a->route, al->device, &al->in, &answer);
	return settle(a, al, &answer);
}

static void remove_ingress(struct apply *a, struct apply_link *al,
			   const char *what)
{
	struct nl_answer answer = { 0 };

	ingress_remove(a->route, al->device, &al->in, &answer);
	if (answer.error)
		apply_report(a, al, al->link->device_at, what, &answer);
	nl_answer_free(&answer);
}

void apply_undo_ingress(struct apply *a)
{
	size_t i;

	for (i = 0; i < a->policy.n_links; i++)
		if (a->links[i].ifb_made && !a->links[i].applied)
			remove_ingress(a, &a->links[i],
				       "the ifb that was made for it cannot be removed");
}

void apply_retire_ingress(struct apply *a)
{
	struct apply_link *al;
	size_t i;

	for (i = 0; i < a->policy.n_links; i++) {
		al = &a->links[i];
		if (al->link->ingress || !al->in.ifindex)
			continue;
		remove_ingress(a, al, "the ingress that the policy has not cannot be removed");
		al->ingress_removed = !al->in.ifindex;
	}
}
