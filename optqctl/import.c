// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "foreign_terms.h"
#include "import.h"
#include "import_tree.h"
#include "mem.h"

#define INGRESS		TC_H_MAJ(TC_H_INGRESS)

struct importer {
	const struct foreign *f;
	struct policy *policy;
	struct import_notes *notes;
};

static bool is_taken(const struct policy *p, const char *name, const char *device)
{
	size_t i;

	for (i = 0; i < p->n_links; i++)
		if (!strcmp(p->links[i].name, name) && strcmp(p->links[i].device, device))
			return true;
	return false;
}

/* A device may be called what a link may not; to be freed. */
static char *link_name(const struct policy *p, const char *device)
{
	char *name = mem_strndup(device, strlen(device)), *longer;
	size_t i;

	for (i = 0; name[i]; i++)
		if (!isascii(name[i]) || !(isalnum((unsigned char)name[i]) ||
					   (strchr("._-", name[i]) && (i || name[i] == '_'))))
			name[i] = '_';
	while (is_taken(p, name, device)) {
		longer = mem_printf("%s_", name);
		free(name);
		name = longer;
	}
	return name;
}

static struct link *add_link(struct importer *im, const char *name, bool ingress)
{
	struct policy *p = im->policy;
	char *own = link_name(p, name);
	struct link *link;

	p->links = mem_grow(p->links, &p->links_room, p->n_links + 1, sizeof(*p->links));
	link = &p->links[p->n_links++];
	link->name = own;
	link->device = mem_strndup(name, strlen(name));
	link->title = mem_printf("%s%s", name, ingress ? " ingress" : "");
	link->ingress = ingress;
	link->default_class = NO_CLASS;
	return link;
}

/* What a device has when nobody has set anything up. */
static bool is_plain(const struct foreign_qdisc *q)
{
	static const char *const kinds[] = { "noqueue", "pfifo_fast", "optq" };
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(q->name, kinds[i]))
			return true;
	return false;
}

static void add_tree(struct importer *im, const char *name, const struct foreign_device *dev,
		     bool ingress, bool by_connection)
{
	struct import_tree t = {
		.dev = dev, .notes = im->notes, .policy = im->policy,
		.by_connection = by_connection,
	};
	size_t i;

	t.link = add_link(im, name, ingress);
	import_tree(&t);
	for (i = 0; i < t.n_tins; i++)
		free(t.tins[i].match);
	free(t.tins);
	free(t.nodes);
	free(t.share);
}

static void import_root(struct importer *im, const struct foreign_device *dev)
{
	const struct foreign_qdisc *root = foreign_qdisc_below(dev, TC_H_ROOT);

	if (root && !strcmp(root->name, "optq"))
		import_note_qdisc(im->notes, dev, root, "is optq's own: \"optqctl export\" prints it");
	if (!root || is_plain(root))
		return;
	if (root->kind == FOREIGN_OTHER)
		import_note_qdisc(im->notes, dev, root, "\"%s\" at the root has no counterpart: the device is left out",
				  root->name);
	else
		add_tree(im, dev->name, dev, false, false);
}

/* A policer of all that comes in. */
static void police_ingress(struct importer *im, const struct foreign_device *dev,
			   const struct foreign_act *act)
{
	struct link *link = add_link(im, dev->name, true);
	unsigned int i;

	link_add_class(link, NO_CLASS, "all");
	link->default_class = 0;
	link->police = mem_zalloc(1, sizeof(*link->police));
	link->police->cir = act->rate;
	link->police->cbs = act->burst;
	link->police->prefix4 = EACH_PREFIX4;
	link->police->prefix6 = EACH_PREFIX6;
	for (i = 0; i < POLICE_COLOURS; i++)
		link->police->act[i].class_index = NO_CLASS;
	link->police->act[POLICE_COLOURS - 1].drop = true;
}

/* Of what comes in all goes to the tree, of either family. */
static void note_part(struct importer *im, const struct foreign_device *dev,
		      const struct foreign_filter *f)
{
	if (f->lacks)
		import_note_filter(im->notes, dev, f, "takes what no match can ask for, %s: here all that comes in goes the same way",
				   f->lacks);
	else if (f->terms)
		import_note_filter(im->notes, dev, f, "takes \"%s\" alone: here all that comes in goes the same way",
				   f->terms);
}

/* True when the link has its ingress by it. */
static bool ingress_act(struct importer *im, const struct foreign_device *dev,
			const struct foreign_filter *f, const struct foreign_act *act,
			bool by_connection)
{
	const struct foreign_device *ifb;
	const struct foreign_qdisc *root;

	if (act->kind == FOREIGN_ACT_POLICE && act->rate && act->drops) {
		note_part(im, dev, f);
		police_ingress(im, dev, act);
		return true;
	}
	if (act->kind != FOREIGN_ACT_REDIRECT)
		return false;
	ifb = foreign_find_device(im->f, act->device);
	root = ifb ? foreign_qdisc_below(ifb, TC_H_ROOT) : NULL;
	if (!root || is_plain(root) || root->kind == FOREIGN_OTHER) {
		import_note_filter(im->notes, dev, f, "leads to %s, which has no tree that could be carried over",
				   act->device);
		return false;
	}
	note_part(im, dev, f);
	add_tree(im, dev->name, ifb, true, by_connection);
	return true;
}

static bool leads_to(const struct foreign_device *dev, const char *device)
{
	size_t i, j;

	for (i = import_first_filter(dev, INGRESS);
	     i < dev->n_filters && dev->filters[i].parent == INGRESS; i++)
		for (j = 0; j < dev->filters[i].n_acts; j++)
			if (dev->filters[i].acts[j].kind == FOREIGN_ACT_REDIRECT &&
			    !strcmp(dev->filters[i].acts[j].device, device))
				return true;
	return false;
}

static void import_ingress(struct importer *im, const struct foreign_device *dev)
{
	bool found = false, by_connection = false;
	const char *ifb = NULL;
	size_t i, j;

	for (i = import_first_filter(dev, INGRESS);
	     i < dev->n_filters && dev->filters[i].parent == INGRESS; i++) {
		const struct foreign_filter *f = &dev->filters[i];

		for (j = 0; j < f->n_acts; j++) {
			const struct foreign_act *act = &f->acts[j];

			if (act->kind == FOREIGN_ACT_CONNMARK)
				by_connection = true;
			else if (found && ifb && act->kind == FOREIGN_ACT_REDIRECT &&
				 !strcmp(act->device, ifb))
				continue;
			else if (!found && ingress_act(im, dev, f, act, by_connection)) {
				found = true;
				ifb = *act->device ? act->device : NULL;
			} else if (act->kind != FOREIGN_ACT_REDIRECT || found) {
				import_note_filter(im->notes, dev, f, "the action \"%s\" on what comes in is not carried over",
						   act->name);
			}
		}
	}
}

/* An ifb is the ingress of another device. */
static bool is_ingress(const struct importer *im, const struct foreign_device *dev)
{
	size_t i;

	for (i = 0; i < im->f->n; i++)
		if (&im->f->devices[i] != dev && leads_to(&im->f->devices[i], dev->name))
			return true;
	return false;
}

static bool is_wanted(const struct importer *im, const struct foreign_device *dev,
		      char *const *names, size_t n)
{
	size_t i;

	if (!n)
		return !is_ingress(im, dev);
	for (i = 0; i < n; i++)
		if (!strcmp(names[i], dev->name))
			return true;
	return false;
}

void import_policy(const struct foreign *f, char *const *names, size_t n,
		   struct policy *policy, struct import_notes *notes)
{
	struct importer im = { f, policy, notes };
	size_t i;

	for (i = 0; i < f->n; i++) {
		if (!is_wanted(&im, &f->devices[i], names, n))
			continue;
		import_root(&im, &f->devices[i]);
		import_ingress(&im, &f->devices[i]);
	}
}
