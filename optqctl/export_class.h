/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQCTL_EXPORT_CLASS_H
#define OPTQCTL_EXPORT_CLASS_H

#include "export.h"

/* A live tree and the link that is made of it: class i of one is class i of the other. */
struct export_link {
	struct export *e;
	const struct live_tree *tree;
	struct link *link;
	size_t link_index;
	struct live_class **sorted;	/* by id */
};

/* A name that a policy may have; to be freed. */
char *export_name(const char *name);
/* The classes, what the link polices, and where its default is. */
void export_classes(struct export_link *x);

#endif
