// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "core/burst.h"
#include "export_class.h"
#include "isolate_text.h"
#include "mem.h"
#include "policy_weight.h"
#include "wire_text.h"

/* A class of tc's is called by its id: c1-10. */
static char *name_of(const struct live_tree *tree, const struct live_class *live)
{
	char *id, *name, *colon;

	if (live->name)
		return export_name(live->name);
	id = live_class_id(tree, live->id);
	colon = strchr(id, ':');
	if (colon)
		*colon = '-';
	name = mem_printf("c%s", id);
	free(id);
	return name;
}

static void note_newer(struct export_link *x, uint32_t index, const char *what)
{
	policy_note(&x->e->notes, x->link_index, index,
		    "its %s is one that this optqctl does not know: left out", what);
}

static void take_leaf(struct export_link *x, uint32_t index,
		      const struct live_class *live)
{
	struct class *class = &x->link->classes[index];

	class->quantum = live->quantum;
	class->limit = live->limit;
	class->delay_ns = live->delay_ns;
	class->target_ns = live->target_ns;
	class->interval_ns = live->interval_ns;
	class->step_ns = live->step_ns;
	class->ecn = live->ecn ? -1 : 0;
	class->l4s = live->l4s ? -1 : 0;
	class->nat = live->nat;
	if (isolate_text(live->isolate))
		class->isolate = live->isolate;
	else
		note_newer(x, index, "isolate");
	if (live->qdisc)
		policy_note(&x->e->notes, x->link_index, index,
			    "tc put the qdisc %s under it, which is no part of a policy: it stays while the class does",
			    live->qdisc);
}

static uint32_t index_of(const struct export_link *x, uint32_t id)
{
	size_t at = live_find_sorted(x->tree, x->sorted, id);

	return at == SIZE_MAX ? NO_CLASS : (uint32_t)at;
}

static uint32_t unless_automatic(uint32_t burst, uint64_t rate)
{
	return burst == optq_police_burst(rate) ? 0 : burst;
}

static struct police *take_police(struct export_link *x,
				  const struct live_police *live)
{
	struct police *p;
	unsigned int i;

	if (!live)
		return NULL;
	p = mem_zalloc(1, sizeof(*p));
	p->cir = live->cir;
	p->eir = live->eir;
	p->pir = live->pir;
	p->cbs = unless_automatic(live->cbs, live->cir);
	p->ebs = live->eir ? unless_automatic(live->ebs, live->eir) : live->ebs;
	p->pbs = unless_automatic(live->pbs, live->pir);
	p->colour = live->colour;
	p->each = live->each;
	p->prefix4 = live->each ? live->prefix4 : POLICE_PREFIX4;
	p->prefix6 = live->each ? live->prefix6 : POLICE_PREFIX6;
	p->entries = live->entries == OPTQ_POLICE_ENTRIES ? 0 : live->entries;
	for (i = 0; i < POLICE_COLOURS; i++)
		p->act[i] = (struct police_act){
			.drop = live->act[i].drop, .dscp = live->act[i].dscp,
			.pcp = live->act[i].pcp,
			.class_index = live->act[i].class_id ?
				index_of(x, live->act[i].class_id) : NO_CLASS,
		};
	return p;
}

static void take_class(struct export_link *x, uint32_t index)
{
	const struct live_class *live = &x->tree->classes[index];
	struct class *class = &x->link->classes[index];

	class->rate = live->rate;
	class->ceil = live->ceil;
	class->burst = live->burst;
	class->cburst = live->cburst;
	/* The kernel's for what has neither, where a policy has the siblings' least. */
	class->weight = live->rate ? live->weight :
			effective_weight(live->weight, 0);
	class->prio = live->prio;
	class->dscp = live->dscp;
	class->ack_filter = live->ack_filter;
	class->police = take_police(x, live->police);
	if (!live->wire.layer || wire_layer_name(live->wire.layer))
		class->wire = live->wire;
	else
		note_newer(x, index, "link layer");
	if (live->leaf)
		take_leaf(x, index, live);
	else
		class->oversubscribe = live->oversubscribe;
}

struct named {
	uint32_t parent, index;
	bool fixed;		/* the kernel has it so */
	const char *name;
};

/* Siblings of one name stand together, the one that keeps it first. */
static int compare_named(const void *a, const void *b)
{
	const struct named *x = a, *y = b;
	int order;

	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	order = strcmp(x->name, y->name);
	if (order)
		return order;
	if (x->fixed != y->fixed)
		return x->fixed ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

static struct named *sort_names(const struct export_link *x)
{
	const struct link *link = x->link;
	struct named *named = mem_zalloc(link->n_classes, sizeof(*named));
	uint32_t i;

	for (i = 0; i < link->n_classes; i++) {
		named[i].parent = link->classes[i].parent;
		named[i].index = i;
		named[i].name = link->classes[i].name;
		named[i].fixed = i < x->tree->n && x->tree->classes[i].name &&
				 !strcmp(x->tree->classes[i].name, named[i].name);
	}
	qsort(named, link->n_classes, sizeof(*named), compare_named);
	return named;
}

/* True when there were two of a name: the new ones may be taken as well. */
static bool rename_twins(struct export_link *x)
{
	struct named *named = sort_names(x);
	bool found = false;
	char **name;
	uint32_t i;

	for (i = x->link->n_classes; i-- > 1; ) {
		if (named[i].parent != named[i - 1].parent ||
		    strcmp(named[i].name, named[i - 1].name))
			continue;
		name = &x->link->classes[named[i].index].name;
		*name = mem_printf("%s_", named[i].name);
		free((char *)named[i].name);
		found = true;
	}
	free(named);
	return found;
}

static void note_names(struct export_link *x)
{
	const struct live_tree *tree = x->tree;
	size_t i, unnamed = 0, other = 0;

	for (i = 0; i < tree->n; i++) {
		if (!tree->classes[i].name)
			unnamed++;
		else if (strcmp(tree->classes[i].name, x->link->classes[i].name))
			other++;
	}
	if (unnamed)
		policy_note(&x->e->notes, x->link_index, NO_CLASS,
			    "%zu class%s made by tc, without a name: c1-10 is 1:10",
			    unnamed, unnamed == 1 ? " was" : "es were");
	if (other)
		policy_note(&x->e->notes, x->link_index, NO_CLASS,
			    "%zu class%s another name here: only letters, digits, '.', '_' and '-' make one",
			    other, other == 1 ? " has" : "es have");
}

/* A policy has a class for everything; tc's tree may leave that out. */
static uint32_t add_unclassified(struct export_link *x)
{
	uint32_t index = x->link->n_classes;

	link_add_class(x->link, NO_CLASS, "unclassified");
	policy_note(&x->e->notes, x->link_index, index,
		    "there is no default: what no class takes passes the tree by, which a policy does not have; this class takes it");
	return index;
}

static void take_default(struct export_link *x)
{
	uint32_t index = index_of(x, x->tree->default_id);

	if (!x->tree->default_id || index == NO_CLASS ||
	    x->link->classes[index].children)
		index = add_unclassified(x);
	x->link->default_class = index;
}

void export_classes(struct export_link *x)
{
	const struct live_tree *tree = x->tree;
	uint32_t parent;
	char *name;
	size_t i;

	for (i = 0; i < tree->n; i++) {
		parent = tree->classes[i].parent_index == SIZE_MAX ? NO_CLASS :
			 (uint32_t)tree->classes[i].parent_index;
		name = name_of(tree, &tree->classes[i]);
		link_add_class(x->link, parent, name);
		free(name);
	}
	for (i = 0; i < tree->n; i++)
		take_class(x, (uint32_t)i);
	x->link->police = take_police(x, tree->police);
	take_default(x);
	while (rename_twins(x))
		;
	note_names(x);
}
