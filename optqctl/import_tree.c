// SPDX-License-Identifier: GPL-2.0
#include <linux/optq.h>
#include <stdlib.h>
#include <string.h>

#include "import_tree.h"
#include "mem.h"

#define PACKET_BYTES	1514

struct class *import_class(struct import_tree *t, uint32_t index)
{
	return &t->link->classes[index];
}

uint32_t import_add_class(struct import_tree *t, uint32_t parent, const char *name)
{
	link_add_class(t->link, parent, name);
	t->share = mem_grow(t->share, &t->share_room, t->link->n_classes,
			    sizeof(*t->share));
	return t->link->n_classes - 1;
}

void import_set_share(struct import_tree *t, uint32_t index, uint64_t share)
{
	t->share[index] = share;
}

void import_add_node(struct import_tree *t, uint32_t id, uint32_t index)
{
	t->nodes = mem_grow(t->nodes, &t->nodes_room, t->n_nodes + 1, sizeof(*t->nodes));
	t->nodes[t->n_nodes++] = (struct import_node){ id, index };
}

bool import_find_node(const struct import_tree *t, uint32_t id, uint32_t *index)
{
	size_t i;

	for (i = 0; i < t->n_nodes; i++) {
		if (t->nodes[i].id != id)
			continue;
		*index = t->nodes[i].index;
		return true;
	}
	return false;
}

static bool has_classes(enum foreign_kind kind)
{
	return kind == FOREIGN_HTB || kind == FOREIGN_HFSC || kind == FOREIGN_PRIO;
}

static const struct import_tin *default_tin(const struct import_tree *t, uint32_t container)
{
	size_t i;

	for (i = 0; i < t->n_tins; i++)
		if (t->tins[i].container == container && !t->tins[i].match)
			return &t->tins[i];
	return NULL;
}

uint32_t import_default_of(const struct import_tree *t, uint32_t id)
{
	const struct foreign_qdisc *below = foreign_qdisc_below(t->dev, id);
	const struct import_tin *tin;
	uint32_t index;

	while (below && below->kind == FOREIGN_TBF)
		below = foreign_qdisc_below(t->dev, below->handle | 1);
	if (below && has_classes(below->kind))
		return import_default(t, below);
	if (!import_find_node(t, id, &index) || index == NO_CLASS)
		return NO_CLASS;
	tin = default_tin(t, index);
	if (tin)
		return tin->index;
	return t->link->classes[index].children ? NO_CLASS : index;
}

static uint32_t default_of_queues(const struct import_tree *t, const struct foreign_qdisc *mq)
{
	uint32_t found = NO_CLASS;
	size_t i;

	for (i = 0; i < t->dev->n_qdiscs && found == NO_CLASS; i++)
		if (TC_H_MAJ(t->dev->qdiscs[i].parent) == mq->handle &&
		    has_classes(t->dev->qdiscs[i].kind))
			found = import_default(t, &t->dev->qdiscs[i]);
	return found;
}

uint32_t import_default(const struct import_tree *t, const struct foreign_qdisc *q)
{
	const struct import_tin *tin;
	uint32_t index;

	if (q->kind == FOREIGN_PRIO)
		return import_default_of(t, q->handle | (q->prio.map[0] + 1U));
	if (q->kind == FOREIGN_MQ && (index = default_of_queues(t, q)) != NO_CLASS)
		return index;
	if (q->kind == FOREIGN_TBF) {
		q = foreign_qdisc_below(t->dev, q->handle | 1);
		if (q)
			return import_default(t, q);
	} else if (q->kind == FOREIGN_HTB || q->kind == FOREIGN_HFSC) {
		if (q->default_minor &&
		    (index = import_default_of(t, q->handle | q->default_minor)) != NO_CLASS)
			return index;
		/* What htb sends directly. */
		return import_find_node(t, q->handle, &index) ? index : NO_CLASS;
	}
	tin = default_tin(t, NO_CLASS);
	return tin ? tin->index : t->link->n_classes ? 0 : NO_CLASS;
}

static void import_tbf(struct import_tree *t, const struct foreign_qdisc *q,
		       uint32_t container)
{
	const struct foreign_qdisc *below = q->handle ?
		foreign_qdisc_below(t->dev, q->handle | 1) : NULL;
	struct class *class;

	if (q->tbf.peak)
		import_note_qdisc(t->notes, t->dev, q, "peakrate has no counterpart: it is left out");
	if (container == NO_CLASS) {
		t->link->rate = q->tbf.rate;
		t->link->burst = q->tbf.burst >= PACKET_BYTES ? q->tbf.burst : 0;
	} else {
		class = import_class(t, container);
		if (!class->ceil || class->ceil > q->tbf.rate) {
			class->ceil = q->tbf.rate;
			class->cburst = q->tbf.burst >= PACKET_BYTES ? q->tbf.burst : 0;
		}
	}
	if (below) {
		import_qdisc(t, below, container);
		return;
	}
	if (container == NO_CLASS)
		container = import_add_class(t, NO_CLASS, "all");
	/* Its queue counts bytes, ours packets. */
	if (q->tbf.limit)
		import_class(t, container)->limit = 1 + q->tbf.limit / PACKET_BYTES;
}

static void import_prio(struct import_tree *t, const struct foreign_qdisc *q,
			uint32_t container)
{
	const struct foreign_qdisc *below;
	uint32_t band, index;
	char *name;

	if (q->prio.bands > OPTQ_PRIO_MAX + 1)
		import_note_qdisc(t->notes, t->dev, q, "has %u bands: the last %u are one, prio 7",
				  q->prio.bands, q->prio.bands - OPTQ_PRIO_MAX);
	for (band = 0; band < q->prio.bands; band++) {
		name = mem_printf("band%u", band);
		index = import_add_class(t, container, name);
		free(name);
		import_class(t, index)->prio = band < OPTQ_PRIO_MAX ? band : OPTQ_PRIO_MAX;
		import_add_node(t, q->handle | (band + 1), index);
		below = q->handle ? foreign_qdisc_below(t->dev, q->handle | (band + 1)) : NULL;
		if (below)
			import_qdisc(t, below, index);
	}
}

/* Queues that are all alike are the device's own affair. */
static const struct foreign_qdisc *only_queues(const struct foreign_device *dev,
					       const struct foreign_qdisc *mq)
{
	const struct foreign_qdisc *first = NULL;
	size_t i;

	for (i = 0; i < dev->n_qdiscs; i++) {
		const struct foreign_qdisc *q = &dev->qdiscs[i];

		if (TC_H_MAJ(q->parent) != mq->handle || q->parent == TC_H_ROOT)
			continue;
		if (has_classes(q->kind) || q->kind == FOREIGN_TBF || q->kind == FOREIGN_CAKE ||
		    (first && first->kind != q->kind))
			return NULL;
		first = first ? first : q;
	}
	return first;
}

static void import_mq(struct import_tree *t, const struct foreign_qdisc *mq)
{
	const struct foreign_qdisc *alike = only_queues(t->dev, mq);
	uint32_t index;
	size_t i;
	char *name;

	if (alike) {
		import_qdisc(t, alike, NO_CLASS);
		return;
	}
	import_note_qdisc(t->notes, t->dev, mq,
			  "its queues are one tree here, each a class: what leads a packet to a queue, such as XPS or an XDP program, is not carried over");
	for (i = 0; i < t->dev->n_qdiscs; i++) {
		const struct foreign_qdisc *q = &t->dev->qdiscs[i];

		if (TC_H_MAJ(q->parent) != mq->handle || q->parent == TC_H_ROOT)
			continue;
		name = mem_printf("queue%x", TC_H_MIN(q->parent));
		index = import_add_class(t, NO_CLASS, name);
		free(name);
		import_add_node(t, q->parent, index);
		import_qdisc(t, q, index);
	}
}

void import_qdisc(struct import_tree *t, const struct foreign_qdisc *q, uint32_t container)
{
	if (q->stab.layer && container == NO_CLASS)
		t->link->wire = q->stab;
	else if (q->stab.layer)
		import_class(t, container)->wire = q->stab;
	switch (q->kind) {
	case FOREIGN_HTB:
	case FOREIGN_HFSC:
		import_classes(t, q, container);
		return;
	case FOREIGN_PRIO:
		import_prio(t, q, container);
		return;
	case FOREIGN_TBF:
		import_tbf(t, q, container);
		return;
	case FOREIGN_CAKE:
		import_cake(t, q, container);
		return;
	case FOREIGN_MQ:
		import_mq(t, q);
		return;
	default:
		if (container == NO_CLASS)
			container = import_add_class(t, NO_CLASS, "all");
		import_leaf(t, q, container);
	}
}

void import_tree(struct import_tree *t)
{
	const struct foreign_qdisc *root = foreign_qdisc_below(t->dev, TC_H_ROOT);

	t->dropped = NO_CLASS;
	t->caught = NO_CLASS;
	import_qdisc(t, root, NO_CLASS);
	if (!t->link->n_classes)
		import_add_class(t, NO_CLASS, "all");
	import_rules(t);
	import_fit(t);
}
