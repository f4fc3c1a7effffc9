/* SPDX-License-Identifier: GPL-2.0 */
/* Qdiscs put under leaves through tc that a policy's tree has no place for. */
#ifndef OPTQCTL_LOST_H
#define OPTQCTL_LOST_H

#include "live.h"
#include "model.h"

struct lost_qdisc {
	char *path, *kind;
	bool class_removed;	/* else the class has classes below it now */
};

struct lost_qdiscs {
	struct lost_qdisc *list;
	size_t n, room;
};

/* @link has its ids assigned. */
void lost_find(const struct link *link, const struct live_tree *live,
	       struct lost_qdiscs *lost);
void lost_free(struct lost_qdiscs *lost);

#endif
