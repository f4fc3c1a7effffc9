// SPDX-License-Identifier: GPL-2.0
/* What apply would do: the devices are looked at as apply does, and nothing is changed. */
#include <errno.h>
#include <linux/optq.h>
#include <stdlib.h>
#include <string.h>

#include "apply.h"
#include "device.h"
#include "mem.h"
#include "plan_view.h"
#include "verb.h"

struct plan {
	struct apply a;
	struct plan_link *links;	/* one for each of the policy's */
};

/* As the kernel takes it from the device. */
static uint32_t direct_limit(struct nl_sock *route, int ifindex)
{
	uint32_t n;

	if (!ifindex || !device_queue(route, ifindex, &n))
		return 0;
	return n < 2 ? 2 : n > OPTQ_LIMIT_MAX ? OPTQ_LIMIT_MAX : n;
}

static uint32_t *ids_of(const struct link *link)
{
	uint32_t *ids = mem_zalloc(link->n_classes, sizeof(*ids)), i;

	for (i = 0; i < link->n_classes; i++)
		ids[i] = link->classes[i].id;
	return ids;
}

/* Reading and checking are several questions: the tree must be the same for all. */
static bool is_torn(const struct plan_link *pl)
{
	const struct apply_link *al = pl->al;

	return !al->create &&
	       ((al->checked.generation && al->checked.generation != al->generation) ||
		(pl->rules.n && pl->rules.generation != al->generation));
}

static void compare(struct plan *p, size_t i)
{
	struct apply_link *al = &p->a.links[i];
	struct link_image old = { 0 }, new;
	struct plan_link *pl = &p->links[i];
	uint32_t *ids = ids_of(al->link);

	if (!al->create)
		image_of_live(&al->live, &pl->rules, &old);
	image_of_link(al->link, ids, direct_limit(p->a.route, al->ifindex), &new);
	delta_make(&pl->delta, &old, &new, al->checked.rules);
	pl->lead = al->link->ingress && al->in.ifindex && !al->in.redirected;
	pl->compared = true;
	free(ids);
}

static bool read_rules(struct plan *p, size_t i)
{
	struct apply_link *al = &p->a.links[i];
	struct nl_answer answer = { 0 };
	bool good;

	if (al->create)
		return true;
	rules_read(p->a.genl, p->a.family, al->ifindex, &p->links[i].rules,
		   &answer);
	if (answer.error)
		apply_report(&p->a, al, al->link->device_at, al->link->title,
			     &answer);
	good = !answer.error;
	nl_answer_free(&answer);
	return good;
}

/* What waits in an ingress that goes, goes with it. */
static void look_at_retired(struct plan *p, size_t i)
{
	struct apply_link *al = &p->a.links[i];
	struct nl_answer answer = { 0 };
	struct live_tree live = { 0 };

	if (!plan_retired_ifb(&p->links[i]))
		return;
	live_read(p->a.genl, p->a.family, al->in.ifindex, &live, &answer);
	/* Without a tree of ours nothing of ours waits there. */
	if (!answer.error)
		p->links[i].retired = live.stats.backlog_packets;
	nl_answer_free(&answer);
	live_free(&live);
}

static void plan_one(struct plan *p, size_t i)
{
	struct apply_link *al = &p->a.links[i];
	struct nl_answer torn = { .error = EBUSY };

	if (!apply_seek_ingress(&p->a, i) || !apply_look(&p->a, i) ||
	    !read_rules(p, i))
		return;
	/* An ifb that is not there yet has nothing to check against. */
	if (al->ifindex)
		apply_check_tree(&p->a, al);
	if (is_torn(&p->links[i])) {
		apply_report(&p->a, al, al->link->device_at, al->link->title,
			     &torn);
		return;
	}
	compare(p, i);
	look_at_retired(p, i);
}

static void run(struct plan *p)
{
	bool open = apply_open(&p->a);
	size_t i;

	p->links = mem_zalloc(p->a.policy.n_links, sizeof(*p->links));
	for (i = 0; i < p->a.policy.n_links; i++) {
		p->links[i].al = &p->a.links[i];
		if (open)
			plan_one(p, i);
	}
}

static enum exit_code result(const struct plan *p)
{
	size_t i;

	if (p->a.d.errors)
		return EXIT_FAILED;
	for (i = 0; i < p->a.policy.n_links; i++)
		if (plan_has_changes(&p->links[i]))
			return EXIT_CHANGES;
	return EXIT_DONE;
}

static void plan_free(struct plan *p)
{
	size_t i;

	for (i = 0; p->links && i < p->a.policy.n_links; i++) {
		delta_free(&p->links[i].delta);
		rules_free(&p->links[i].rules);
	}
	free(p->links);
	apply_free(&p->a);
}

enum exit_code verb_plan(const struct options *opt)
{
	struct plan p = { 0 };
	enum exit_code code;

	if (load_policy(opt->argv[0], opt->lets, &p.a.src, &p.a.policy, &p.a.d))
		run(&p);
	diags_sort(&p.a.d);
	if (opt->json)
		plan_print_json(&p.a.src, &p.a.d, p.links, p.a.policy.n_links);
	else
		plan_print(&p.a.src, &p.a.d, p.links, p.a.policy.n_links);
	code = result(&p);
	plan_free(&p);
	return code;
}
