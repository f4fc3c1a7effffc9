// SPDX-License-Identifier: GPL-2.0
/* Devices and their trees: what is known of them, and how it changes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "monitor_events.h"

const char *event_name(enum event_kind kind)
{
	static const char *const names[N_EVENTS] = {
		[EVENT_POLICY_CHANGED] = "policy-changed",
		[EVENT_QDISC_CREATED] = "qdisc-created",
		[EVENT_QDISC_REPLACED] = "qdisc-replaced",
		[EVENT_QDISC_CHANGED] = "qdisc-changed",
		[EVENT_QDISC_GONE] = "qdisc-gone",
		[EVENT_CLASS_ADDED] = "class-added",
		[EVENT_CLASS_CHANGED] = "class-changed",
		[EVENT_CLASS_DELETED] = "class-deleted",
		[EVENT_DROPS_BEGAN] = "drops-began",
		[EVENT_DROPS_OVER] = "drops-over",
		[EVENT_GUARANTEE_MISSED] = "guarantee-missed",
		[EVENT_GUARANTEE_MET] = "guarantee-met",
		[EVENT_LINK_UP] = "link-up",
		[EVENT_LINK_DOWN] = "link-down",
		[EVENT_DEVICE_CAME] = "device-came",
		[EVENT_DEVICE_GONE] = "device-gone",
		[EVENT_MODULE_CAME] = "module-came",
		[EVENT_MODULE_GONE] = "module-gone",
		[EVENT_LOST] = "events-lost",
	};

	return names[kind];
}

struct event monitor_event(enum event_kind kind, const struct monitor_dev *dev)
{
	return (struct event){
		.kind = kind,
		.device = dev->device,
		.ingress_of = dev->ingress_of,
		.ifindex = dev->ifindex,
		.handle = dev->handle,
		.generation = dev->generation,
	};
}

static void emit(struct monitor *m, const struct event *ev)
{
	m->emit(ev, m->arg);
}

struct monitor_dev *monitor_find(struct monitor *m, int ifindex)
{
	size_t i;

	for (i = 0; i < m->n_devs; i++)
		if (m->devs[i]->ifindex == ifindex)
			return m->devs[i];
	return NULL;
}

struct monitor_dev *monitor_add(struct monitor *m, int ifindex, const char *device,
				const char *ingress_of)
{
	struct monitor_dev *dev = mem_zalloc(1, sizeof(*dev));

	dev->ifindex = ifindex;
	snprintf(dev->device, sizeof(dev->device), "%s", device);
	snprintf(dev->ingress_of, sizeof(dev->ingress_of), "%s", ingress_of);
	m->devs = mem_grow(m->devs, &m->room, m->n_devs + 1, sizeof(*m->devs));
	m->devs[m->n_devs++] = dev;
	return dev;
}

static void dev_free(struct monitor_dev *dev)
{
	size_t i;

	for (i = 0; i < dev->n_watch; i++)
		free(dev->watch[i].path);
	free(dev->watch);
	live_free(&dev->tree);
	free(dev);
}

void monitor_free(struct monitor *m)
{
	size_t i;

	for (i = 0; i < m->n_devs; i++)
		dev_free(m->devs[i]);
	free(m->devs);
	m->devs = NULL;
	m->n_devs = 0;
	m->room = 0;
}

void monitor_names(struct monitor_dev *dev, struct live_tree *tree)
{
	live_free(&dev->tree);
	dev->tree = *tree;
	memset(tree, 0, sizeof(*tree));
	dev->stale = false;
}

static void tree_gone(struct monitor *m, struct monitor_dev *dev)
{
	monitor_unsample(m, dev);
	live_free(&dev->tree);
	dev->has_tree = false;
	dev->stale = false;
}

/* One that takes another's place is told of before the other goes. */
static void tree_added(struct monitor *m, struct monitor_dev *dev, struct event *ev)
{
	ev->kind = EVENT_QDISC_CREATED;
	if (dev->has_tree && dev->handle != ev->handle) {
		ev->kind = EVENT_QDISC_REPLACED;
		ev->old_handle = dev->handle;
	}
	tree_gone(m, dev);
	dev->has_tree = true;
	dev->handle = ev->handle;
	dev->generation = ev->generation;
	dev->stale = true;
	emit(m, ev);
}

static void tree_deleted(struct monitor *m, struct monitor_dev *dev, struct event *ev)
{
	/* Another has its place already. */
	if (dev->has_tree && dev->handle != ev->handle)
		return;
	tree_gone(m, dev);
	/* One that could not be put in its place is told of in the same way. */
	dev->stale = true;
	ev->kind = EVENT_QDISC_GONE;
	emit(m, ev);
}

static void tree_changed(struct monitor *m, struct monitor_dev *dev,
			 struct event *ev, enum event_kind kind)
{
	ev->kind = kind;
	dev->has_tree = true;
	dev->handle = ev->handle;
	dev->generation = ev->generation;
	dev->stale = true;
	emit(m, ev);
}

/* The class under its id among the names that are known: its place, or SIZE_MAX. */
static size_t learn_class(struct live_tree *tree, struct nlattr *nest)
{
	size_t n = tree->n, at;
	struct live_class *last;

	live_add_class(tree, nest);
	if (tree->n == n)
		return SIZE_MAX;
	last = &tree->classes[n];
	last->parent_index = live_find(tree, last->parent);
	at = live_find(tree, last->id);
	if (at == n)
		return at;
	/* It was there: the new one has its place. */
	live_class_free(&tree->classes[at]);
	tree->classes[at] = *last;
	tree->n = n;
	return at;
}

static void class_noticed(struct monitor *m, struct monitor_dev *dev,
			  const struct tree_notice *n, struct event *ev)
{
	static const enum event_kind kinds[] = {
		EVENT_CLASS_ADDED, EVENT_CLASS_CHANGED, EVENT_CLASS_DELETED
	};
	size_t at = learn_class(&dev->tree, n->class);
	char *path;

	if (at == SIZE_MAX)
		return;
	dev->generation = n->generation;
	dev->tree.handle = dev->handle;
	path = live_path(&dev->tree, at);
	ev->kind = kinds[n->cmd - OPTQ_CMD_CLASS_ADD_NTF];
	ev->handle = dev->handle;
	ev->path = path;
	ev->class_id = dev->tree.classes[at].id;
	ev->rate = dev->tree.classes[at].rate;
	ev->ceil = dev->tree.classes[at].ceil;
	emit(m, ev);
	free(path);
}

/* It was on its way when what it tells of was found. */
static bool told_already(const struct monitor_dev *dev, const struct tree_notice *n)
{
	return n->cmd != OPTQ_CMD_TREE_DEL_NTF && dev->has_tree &&
	       (n->class || n->handle == dev->handle) &&
	       (int32_t)(n->generation - dev->generation) <= 0;
}

void monitor_notice(struct monitor *m, struct monitor_dev *dev,
		    const struct tree_notice *n)
{
	struct event ev = monitor_event(EVENT_POLICY_CHANGED, dev);

	if (told_already(dev, n))
		return;
	ev.handle = n->handle;
	ev.generation = n->generation;
	ev.classes = n->classes;
	ev.dropped = n->dropped;
	ev.by = n->by;
	switch (n->cmd) {
	case OPTQ_CMD_TREE_ADD_NTF:
		tree_added(m, dev, &ev);
		break;
	case OPTQ_CMD_TREE_SET_NTF:
		tree_changed(m, dev, &ev, EVENT_POLICY_CHANGED);
		break;
	case OPTQ_CMD_TREE_CHANGE_NTF:
		tree_changed(m, dev, &ev, EVENT_QDISC_CHANGED);
		break;
	case OPTQ_CMD_TREE_DEL_NTF:
		tree_deleted(m, dev, &ev);
		break;
	default:
		class_noticed(m, dev, n, &ev);
	}
}

void monitor_found(struct monitor *m, struct monitor_dev *dev,
		   const struct live_tree *tree, bool first)
{
	struct event ev = monitor_event(EVENT_POLICY_CHANGED, dev);
	bool told;

	ev.seen_late = true;
	if (!tree) {
		if (dev->has_tree && !first)
			tree_deleted(m, dev, &ev);
		return;
	}
	ev.handle = tree->handle;
	ev.generation = tree->generation;
	ev.classes = (uint32_t)tree->n;
	told = dev->has_tree && dev->handle == tree->handle;
	if (first) {
		dev->has_tree = true;
		dev->handle = tree->handle;
		dev->generation = tree->generation;
	} else if (!told) {
		tree_added(m, dev, &ev);
	} else if (dev->generation != tree->generation) {
		tree_changed(m, dev, &ev, EVENT_POLICY_CHANGED);
	}
}

static void dev_gone(struct monitor *m, struct monitor_dev *dev)
{
	struct event ev = monitor_event(EVENT_DEVICE_GONE, dev);
	size_t i;

	tree_gone(m, dev);
	emit(m, &ev);
	for (i = 0; m->devs[i] != dev; i++)
		;
	m->devs[i] = m->devs[--m->n_devs];
	dev_free(dev);
}

static bool is_up(const struct monitor_dev *dev)
{
	return dev->enabled && dev->carrier;
}

void monitor_link(struct monitor *m, struct monitor_dev *dev,
		  const struct link_notice *n)
{
	struct event ev;
	bool before = is_up(dev), known = dev->link_known;

	if (n->gone) {
		dev_gone(m, dev);
		return;
	}
	if (*n->device)
		memcpy(dev->device, n->device, sizeof(dev->device));
	dev->link_known = true;
	dev->enabled = n->enabled;
	dev->carrier = n->carrier;
	if (!known || before == is_up(dev))
		return;
	ev = monitor_event(before ? EVENT_LINK_DOWN : EVENT_LINK_UP, dev);
	ev.enabled = dev->enabled;
	emit(m, &ev);
}

void monitor_came(struct monitor *m, struct monitor_dev *dev)
{
	struct event ev = monitor_event(EVENT_DEVICE_CAME, dev);

	emit(m, &ev);
}

void monitor_module(struct monitor *m, bool here)
{
	struct event ev = { .kind = here ? EVENT_MODULE_CAME : EVENT_MODULE_GONE };
	size_t i;

	/* It does not go before its trees have; what told of them may be lost. */
	for (i = 0; i < m->n_devs && !here; i++)
		tree_gone(m, m->devs[i]);
	emit(m, &ev);
}

void monitor_lost(struct monitor *m)
{
	struct event ev = { .kind = EVENT_LOST };

	emit(m, &ev);
}
