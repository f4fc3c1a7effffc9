/* SPDX-License-Identifier: GPL-2.0 */
/* What one tree has that another has not, class by class: for plan and diff. */
#ifndef OPTQCTL_DELTA_H
#define OPTQCTL_DELTA_H

#include "image.h"
#include "link_nl.h"

enum delta_op {
	DELTA_ADD,
	DELTA_CHANGE,
	DELTA_REMOVE,
	DELTA_MOVE,
	DELTA_FOREIGN,		/* tc's doing, which a change of the tree leaves there */
};

/* What becomes of the packets that wait in a class. */
enum packets_fate {
	PACKETS_NONE,		/* none wait */
	PACKETS_KEPT,
	PACKETS_CUT,		/* kept; what a smaller limit has no room for is dropped */
	PACKETS_DRAINED,	/* through the default class, or the direct queue */
	PACKETS_HANDED_DOWN,	/* to the first leaf below a leaf that becomes inner */
	PACKETS_LOST,		/* with a qdisc that goes with its leaf */
};

struct param_change {
	const struct param *param;
	bool of_police;
	bool had, has;		/* false: there was, or is, no such class */
	uint64_t old, new;
	char *old_text, *new_text;
};

struct param_changes {
	struct param_change *list;
	size_t n, room;
};

struct class_change {
	enum delta_op op;
	const struct class_image *old, *new;	/* NULL: of what is added, removed */
	struct param_changes params;
	enum packets_fate fate;
	/* Those that the old matches put there go first where the new ones put them. */
	bool matched_anew;
	const char *to;		/* path where they go; NULL: they stay */
	uint64_t lost_most;	/* packets that may be dropped */
};

struct rule_change {
	enum delta_op op;	/* MOVE: to another class; CHANGE: tried at another place */
	const struct rule_image *old, *new;
	size_t old_place, new_place;	/* from 1 on */
	/* Why it is a CHANGE: in the order, and what its sets stand for. */
	bool elsewhere, sets_differ;
};

struct delta {
	struct link_image old, new;
	struct param_changes params;	/* the link's own */
	struct class_change *classes;
	size_t n_classes, classes_room;
	struct rule_change *rules;
	size_t n_rules, rules_room;
	/* All read the same, and the kernel says that they take other packets. */
	bool sets_differ;
	bool matched_anew;	/* packets that wait go where the new matches put them */
	size_t count[DELTA_FOREIGN + 1];	/* classes of each op */
	uint64_t lost_most;	/* packets that may be dropped at the change */
};

/* Both images become the delta's. @verdict: what the kernel says of the rules. */
void delta_make(struct delta *delta, struct link_image *old, struct link_image *new,
		enum rules_verdict verdict);
/* From one policy to another, as if the one were in force; old or new NULL: none. */
void delta_links(const struct link *old, const struct link *new, struct delta *out);
/* Nothing in which they differ. */
bool delta_empty(const struct delta *delta);
void delta_free(struct delta *delta);

/* Parts of delta_make(). */
void delta_rules(struct delta *delta);
void delta_packets(struct delta *delta);

#endif
