/* SPDX-License-Identifier: GPL-2.0 */
/*
 * From what the kernel tells, and from samples of the statistics, to events: what begins
 * is told once, and once when it is over.  Knows neither sockets nor clocks.
 */
#ifndef OPTQCTL_MONITOR_EVENTS_H
#define OPTQCTL_MONITOR_EVENTS_H

#include "live.h"
#include "monitor_nl.h"

#define MONITOR_CALM	3	/* samples without it after which something is over */
#define MONITOR_MET	97	/* percent of its rate that a class must be sent */

enum event_kind {
	EVENT_POLICY_CHANGED,
	EVENT_QDISC_CREATED,
	EVENT_QDISC_REPLACED,
	EVENT_QDISC_CHANGED,
	EVENT_QDISC_GONE,
	EVENT_CLASS_ADDED,
	EVENT_CLASS_CHANGED,
	EVENT_CLASS_DELETED,
	EVENT_DROPS_BEGAN,
	EVENT_DROPS_OVER,
	EVENT_GUARANTEE_MISSED,
	EVENT_GUARANTEE_MET,
	EVENT_LINK_UP,
	EVENT_LINK_DOWN,
	EVENT_DEVICE_CAME,
	EVENT_DEVICE_GONE,
	EVENT_MODULE_CAME,
	EVENT_MODULE_GONE,
	EVENT_LOST,
	N_EVENTS
};

/* What of it says something is up to the kind. */
struct event {
	enum event_kind kind;
	const char *device;		/* NULL: of no device */
	const char *ingress_of;		/* the device that it serves, or empty */
	int ifindex;
	const char *path;		/* of the class; NULL: of none */
	uint32_t class_id;
	uint32_t handle, old_handle;
	uint32_t generation, classes, dropped;
	struct doer by;
	bool seen_late;			/* found after events were lost */
	bool class_gone;		/* over for that reason */
	bool enabled;			/* of a link that is down: it lacks the carrier */
	uint64_t rate, ceil;		/* bytes per second */
	uint64_t ns, packets, drops, bytes;	/* while it lasted, as far as known */
};

enum drops_unit { DROPS_SHARE, DROPS_PER_SECOND, DROPS_PER_SAMPLE };

/* More than that is too much; a share is in units of PERCENT, see units.h. */
struct drops_limit {
	enum drops_unit unit;
	uint64_t value;
};

/* A condition of one class that lasts, its figures up to the last sample that had it. */
struct episode {
	bool on;
	unsigned int calm;
	uint64_t since_ns, ns, packets, drops, bytes;
	uint64_t run_packets, run_drops, run_bytes;	/* up to now */
};

struct class_watch {
	uint32_t id;
	char *path;			/* when an episode began */
	uint64_t packets, bytes, drops, backlog, rate;
	struct episode dropping, missing;
};

struct monitor_dev {
	int ifindex;
	char device[IFNAMSIZ], ingress_of[IFNAMSIZ];
	bool link_known, enabled, carrier;
	bool has_tree;
	uint32_t handle, generation;
	bool stale;			/* what the kernel has is to be read anew */
	struct live_tree tree;		/* names of classes, as last read */
	uint64_t sampled_ns;		/* 0: never */
	struct class_watch *watch;	/* by id */
	size_t n_watch;
};

struct monitor {
	struct drops_limit limit;
	void (*emit)(const struct event *ev, void *arg);
	void *arg;
	struct monitor_dev **devs;
	size_t n_devs, room;
};

/* NULL when it is not watched. */
struct monitor_dev *monitor_find(struct monitor *m, int ifindex);
/* Watches it, with nothing known yet. */
struct monitor_dev *monitor_add(struct monitor *m, int ifindex, const char *device,
				const char *ingress_of);
void monitor_free(struct monitor *m);

void monitor_notice(struct monitor *m, struct monitor_dev *dev,
		    const struct tree_notice *n);
/* @dev is freed when it is gone. */
void monitor_link(struct monitor *m, struct monitor_dev *dev,
		  const struct link_notice *n);
void monitor_module(struct monitor *m, bool here);
void monitor_lost(struct monitor *m);
void monitor_came(struct monitor *m, struct monitor_dev *dev);

/*
 * The tree that the device has, NULL: none.  At first it is the one to begin with, later
 * one that no notification told of.
 */
void monitor_found(struct monitor *m, struct monitor_dev *dev,
		   const struct live_tree *tree, bool first);
/* Takes the names of @tree, which is left empty. */
void monitor_names(struct monitor_dev *dev, struct live_tree *tree);
/* Likewise, and judges what went on since the last sample. */
void monitor_sample(struct monitor *m, struct monitor_dev *dev,
		    struct live_tree *tree, uint64_t now_ns);
/* The classes of a tree that is gone: what lasted is over. */
void monitor_unsample(struct monitor *m, struct monitor_dev *dev);

/* An event of @dev, to be filled. */
struct event monitor_event(enum event_kind kind, const struct monitor_dev *dev);

/* Which of its events it is: "drops-began". */
const char *event_name(enum event_kind kind);

#endif
