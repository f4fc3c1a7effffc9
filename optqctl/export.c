// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "export.h"
#include "export_class.h"
#include "export_fit.h"
#include "export_rules.h"
#include "mem.h"
#include "policy_order.h"
#include "set_file.h"

#define TREE_LIMIT	10240U	/* packets, where nobody said */

static bool name_char(char c)
{
	return isalnum((unsigned char)c) || strchr("._-", c);
}

/* Names of devices and of classes that others made may have more in them than ours. */
char *export_name(const char *name)
{
	char *own = mem_strndup(name, strnlen(name, OPTQ_NAME_MAX)), *c;

	for (c = own; *c; c++)
		if (!name_char(*c))
			*c = '_';
	if (*own == '-' || *own == '.')
		*own = '_';
	return own;
}

static bool name_taken(const struct policy *policy, const char *name,
		       const char *device)
{
	const struct link *link;

	for (link = policy->links; link < policy->links + policy->n_links; link++)
		if (!strcmp(link->name, name) && strcmp(link->device, device))
			return true;
	return false;
}

static struct link *add_link(struct policy *policy, const char *device,
			     bool ingress)
{
	char *name = export_name(device), *longer;
	struct link *link;

	while (name_taken(policy, name, device)) {
		longer = mem_printf("%s_", name);
		free(name);
		name = longer;
	}
	policy->links = mem_grow(policy->links, &policy->links_room,
				 policy->n_links + 1, sizeof(*policy->links));
	link = &policy->links[policy->n_links++];
	*link = (struct link){
		.name = name, .device = mem_strndup(device, strlen(device)),
		.title = mem_printf("%s%s", device, ingress ? " ingress" : ""),
		.ingress = ingress, .default_class = NO_CLASS,
	};
	return link;
}

static void take_link(struct link *link, const struct live_tree *tree)
{
	link->rate = tree->rate;
	link->burst = tree->burst;
	link->limit = tree->limit == TREE_LIMIT ? 0 : tree->limit;
	link->memory = tree->memory;
	link->oversubscribe = tree->oversubscribe;
	link->sysfs = tree->sysfs;
	link->dscp = tree->dscp;
	link->ack_filter = tree->ack_filter;
	/* That is what a link counts that nobody said anything to. */
	if (optq_wire_on(&tree->wire))
		link->wire = tree->wire;
}

bool export_tree(struct export *e, const struct live_tree *tree,
		 const struct live_rules *rules, char **why)
{
	bool ingress = *tree->ingress_of;
	struct export_link x = {
		.e = e, .tree = tree, .link_index = e->policy.n_links,
		.sorted = live_sort_by_id(tree),
	};
	bool good;

	x.link = add_link(&e->policy, ingress ? tree->ingress_of : tree->device,
			  ingress);
	take_link(x.link, tree);
	export_classes(&x);
	good = export_rules(&x, rules, why);
	free(x.sorted);
	return good;
}

void export_note_filters(struct export *e)
{
	policy_note(&e->notes, e->policy.n_links - 1, NO_CLASS,
		    "tc filters lead packets to its classes, which are no part of a policy: it has matches");
}

void export_finish(struct export *e)
{
	size_t i;

	for (i = 0; i < e->policy.n_links; i++)
		export_fit(&e->policy.links[i], i, &e->notes);
	policy_order(&e->policy, &e->notes);
	named_sets_keep_used(&e->policy.sets);
	set_files_make_absolute(&e->policy.sets);
}

static bool keep_none(const struct link *link, void *arg)
{
	(void)link;
	(void)arg;
	return false;
}

void export_know(struct export *e, struct policy *from)
{
	struct known_rules *known = &e->known;
	struct link *link;
	size_t i;

	for (link = from->links; link < from->links + from->n_links; link++) {
		for (i = 0; i < link->n_rules; i++) {
			known->list = mem_grow(known->list, &known->room,
					       known->n + 1, sizeof(*known->list));
			known->list[known->n].where = link->rules[i].where;
			known->list[known->n++].text = link->rules[i].text;
			link->rules[i].where = NULL;
			link->rules[i].text = NULL;
		}
	}
	policy_keep_links(from, keep_none, NULL);
	e->policy = *from;
	memset(from, 0, sizeof(*from));
	named_sets_forget_use(&e->policy.sets);
}

void export_free(struct export *e)
{
	size_t i;

	for (i = 0; i < e->known.n; i++) {
		free(e->known.list[i].where);
		free(e->known.list[i].text);
	}
	free(e->known.list);
	policy_notes_free(&e->notes);
	policy_free(&e->policy);
}
