// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "foreign.h"
#include "mem.h"

void foreign_filter_free(struct foreign_filter *filter)
{
	free(filter->keys);
	free(filter->terms);
	free(filter->lacks);
	free(filter->acts);
}

void foreign_free(struct foreign *f)
{
	size_t i, j;

	for (i = 0; i < f->n; i++) {
		for (j = 0; j < f->devices[i].n_filters; j++)
			foreign_filter_free(&f->devices[i].filters[j]);
		free(f->devices[i].qdiscs);
		free(f->devices[i].classes);
		free(f->devices[i].filters);
	}
	free(f->devices);
	memset(f, 0, sizeof(*f));
}

const struct foreign_device *foreign_find_device(const struct foreign *f, const char *name)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (!strcmp(f->devices[i].name, name))
			return &f->devices[i];
	return NULL;
}

struct foreign_device *foreign_device(struct foreign *f, const char *name)
{
	const struct foreign_device *found = foreign_find_device(f, name);
	struct foreign_device *dev;

	if (found)
		return &f->devices[found - f->devices];
	f->devices = mem_grow(f->devices, &f->room, f->n + 1, sizeof(*f->devices));
	dev = &f->devices[f->n++];
	memset(dev, 0, sizeof(*dev));
	strncpy(dev->name, name, sizeof(dev->name) - 1);
	return dev;
}

enum foreign_kind foreign_kind(const char *name)
{
	static const struct { const char *name; enum foreign_kind kind; } kinds[] = {
		{ "htb", FOREIGN_HTB }, { "hfsc", FOREIGN_HFSC },
		{ "prio", FOREIGN_PRIO }, { "mq", FOREIGN_MQ },
		{ "tbf", FOREIGN_TBF }, { "cake", FOREIGN_CAKE },
		{ "fq_codel", FOREIGN_FQ_CODEL }, { "codel", FOREIGN_CODEL },
		{ "sfq", FOREIGN_SFQ }, { "pfifo", FOREIGN_PFIFO },
		{ "bfifo", FOREIGN_BFIFO }, { "ingress", FOREIGN_INGRESS },
		{ "clsact", FOREIGN_INGRESS },
	};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return kinds[i].kind;
	return FOREIGN_OTHER;
}

static void drop_filters_of(struct foreign_device *dev, uint32_t parent)
{
	size_t i;

	for (i = dev->n_filters; i-- > 0; )
		if (dev->filters[i].parent == parent)
			foreign_remove_filter(dev, i);
}

void foreign_remove_filter(struct foreign_device *dev, size_t i)
{
	foreign_filter_free(&dev->filters[i]);
	memmove(&dev->filters[i], &dev->filters[i + 1],
		(--dev->n_filters - i) * sizeof(*dev->filters));
}

void foreign_remove_class(struct foreign_device *dev, uint32_t id)
{
	size_t i;

	foreign_remove_qdisc(dev, id);
	drop_filters_of(dev, id);
	for (i = 0; i < dev->n_classes; i++) {
		if (dev->classes[i].id != id)
			continue;
		memmove(&dev->classes[i], &dev->classes[i + 1],
			(--dev->n_classes - i) * sizeof(*dev->classes));
		break;
	}
}

/* What is below goes first; each level takes one away, so it ends. */
void foreign_remove_qdisc(struct foreign_device *dev, uint32_t parent)
{
	const struct foreign_qdisc *found = foreign_qdisc_below(dev, parent);
	uint32_t handle;
	size_t i;

	if (!found)
		return;
	handle = found->handle;
	i = (size_t)(found - dev->qdiscs);
	memmove(&dev->qdiscs[i], &dev->qdiscs[i + 1],
		(--dev->n_qdiscs - i) * sizeof(*dev->qdiscs));
	if (!handle)
		return;
	for (i = dev->n_classes; i-- > 0; )
		if (i < dev->n_classes && TC_H_MAJ(dev->classes[i].id) == handle)
			foreign_remove_class(dev, dev->classes[i].id);
	for (i = dev->n_qdiscs; i-- > 0; )
		if (i < dev->n_qdiscs && TC_H_MAJ(dev->qdiscs[i].parent) == handle &&
		    dev->qdiscs[i].parent != TC_H_ROOT)
			foreign_remove_qdisc(dev, dev->qdiscs[i].parent);
	drop_filters_of(dev, handle);
}

struct foreign_qdisc *foreign_add_qdisc(struct foreign_device *dev, uint32_t parent)
{
	struct foreign_qdisc *q;

	foreign_remove_qdisc(dev, parent);
	dev->qdiscs = mem_grow(dev->qdiscs, &dev->qdiscs_room, dev->n_qdiscs + 1,
			       sizeof(*dev->qdiscs));
	q = &dev->qdiscs[dev->n_qdiscs++];
	memset(q, 0, sizeof(*q));
	q->at.off = DIAG_NOWHERE;
	q->parent = parent;
	return q;
}

struct foreign_class *foreign_add_class(struct foreign_device *dev, uint32_t id)
{
	const struct foreign_class *found = foreign_class_of(dev, id);
	struct foreign_class *c;

	if (found)
		return &dev->classes[found - dev->classes];
	dev->classes = mem_grow(dev->classes, &dev->classes_room, dev->n_classes + 1,
				sizeof(*dev->classes));
	c = &dev->classes[dev->n_classes++];
	memset(c, 0, sizeof(*c));
	c->at.off = DIAG_NOWHERE;
	c->id = id;
	return c;
}

struct foreign_filter *foreign_add_filter(struct foreign *f, struct foreign_device *dev)
{
	struct foreign_filter *filter;

	dev->filters = mem_grow(dev->filters, &dev->filters_room, dev->n_filters + 1,
				sizeof(*dev->filters));
	filter = &dev->filters[dev->n_filters++];
	memset(filter, 0, sizeof(*filter));
	filter->at.off = DIAG_NOWHERE;
	filter->n = f->filters_seen++;
	return filter;
}

const struct foreign_qdisc *foreign_qdisc_below(const struct foreign_device *dev,
						uint32_t parent)
{
	size_t i;

	for (i = 0; i < dev->n_qdiscs; i++)
		if (dev->qdiscs[i].parent == parent)
			return &dev->qdiscs[i];
	return NULL;
}

const struct foreign_qdisc *foreign_qdisc_of(const struct foreign_device *dev,
					     uint32_t handle)
{
	size_t i;

	for (i = 0; i < dev->n_qdiscs; i++)
		if (dev->qdiscs[i].handle == TC_H_MAJ(handle))
			return &dev->qdiscs[i];
	return NULL;
}

const struct foreign_class *foreign_class_of(const struct foreign_device *dev, uint32_t id)
{
	size_t i;

	for (i = 0; i < dev->n_classes; i++)
		if (dev->classes[i].id == id)
			return &dev->classes[i];
	return NULL;
}

void foreign_add_term(struct foreign_filter *filter, const char *fmt, ...)
{
	char *term, *both;
	va_list ap;

	va_start(ap, fmt);
	term = mem_vprintf(fmt, ap);
	va_end(ap);
	if (filter->terms) {
		both = mem_printf("%s and %s", filter->terms, term);
		free(filter->terms);
		free(term);
		term = both;
	}
	filter->terms = term;
}

void foreign_lacks(struct foreign_filter *filter, const char *fmt, ...)
{
	va_list ap;

	if (filter->lacks)
		return;
	va_start(ap, fmt);
	filter->lacks = mem_vprintf(fmt, ap);
	va_end(ap);
}

bool foreign_add_key(struct foreign_filter *filter, struct foreign_key key)
{
	struct foreign_key *have;
	size_t i;

	key.value &= key.mask;
	for (i = 0; i < filter->n_keys; i++) {
		have = &filter->keys[i];
		if (have->off != key.off || have->nexthdr != key.nexthdr)
			continue;
		if ((have->value ^ key.value) & have->mask & key.mask)
			return false;
		have->value |= key.value;
		have->mask |= key.mask;
		return true;
	}
	filter->keys = mem_grow(filter->keys, &filter->keys_room, filter->n_keys + 1,
				sizeof(*filter->keys));
	filter->keys[filter->n_keys++] = key;
	return true;
}

struct foreign_act *foreign_add_act(struct foreign_filter *filter, const char *name)
{
	struct foreign_act *act;

	filter->acts = mem_grow(filter->acts, &filter->acts_room, filter->n_acts + 1,
				sizeof(*filter->acts));
	act = &filter->acts[filter->n_acts++];
	memset(act, 0, sizeof(*act));
	strncpy(act->name, name, sizeof(act->name) - 1);
	return act;
}

char *foreign_id_text(uint32_t id)
{
	if (id == TC_H_ROOT)
		return mem_printf("root");
	if (!TC_H_MIN(id))
		return mem_printf("%x:", TC_H_MAJ(id) >> 16);
	return mem_printf("%x:%x", TC_H_MAJ(id) >> 16, TC_H_MIN(id));
}

char *foreign_qdisc_text(const struct foreign_qdisc *q)
{
	char *parent = foreign_id_text(q->parent), *text;

	text = mem_printf("qdisc %s %s%s", q->name,
			  q->parent == TC_H_ROOT ? "" : "parent ", parent);
	free(parent);
	return text;
}

char *foreign_class_text(const struct foreign_class *c)
{
	char *id = foreign_id_text(c->id), *text;

	text = mem_printf("class %s %s", c->kind == FOREIGN_HFSC ? "hfsc" : "htb", id);
	free(id);
	return text;
}

char *foreign_filter_text(const struct foreign_filter *f)
{
	char *parent = foreign_id_text(f->parent), *id = NULL, *text;

	if (f->classid)
		id = foreign_id_text(f->classid);
	text = mem_printf("filter parent %s pref %u %s%s%s", parent, f->pref, f->name,
			  id ? " to " : "", id ? id : "");
	free(parent);
	free(id);
	return text;
}
