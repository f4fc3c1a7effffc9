/* SPDX-License-Identifier: GPL-2.0 */
/* One link of an import, as it grows. */
#ifndef OPTQCTL_IMPORT_TREE_H
#define OPTQCTL_IMPORT_TREE_H

#include "foreign.h"
#include "import_notes.h"
#include "model.h"

/* Where one of their classes went. */
struct import_node {
	uint32_t id;
	uint32_t index;		/* of the link's class; NO_CLASS: the link itself */
};

/* What a tin of CAKE takes. */
struct import_tin {
	uint32_t container;	/* the class that has the tins; NO_CLASS: the link */
	uint32_t index;
	char *match;		/* NULL: what is left */
};

struct import_tree {
	const struct foreign_device *dev;
	struct import_notes *notes;
	struct policy *policy;
	struct link *link;
	struct import_node *nodes;
	size_t n_nodes, nodes_room;
	struct import_tin *tins;
	size_t n_tins, tins_room;
	uint64_t *share;	/* by class: what it takes of the excess; 0: by its rate */
	size_t n_share, share_room;
	bool by_connection;	/* marks are those of connections */
	uint32_t dropped;	/* the class of what filters drop, or NO_CLASS */
	uint32_t caught;	/* where a filter leads all to, or NO_CLASS */
};

/* Makes the link's classes of the device's root. */
void import_tree(struct import_tree *t);
/* @q is what @container, a class or NO_CLASS, the link, has below it. */
void import_qdisc(struct import_tree *t, const struct foreign_qdisc *q, uint32_t container);
/* The classes of an htb or an hfsc below @container. */
void import_classes(struct import_tree *t, const struct foreign_qdisc *q,
		    uint32_t container);
/* What of a qdisc is a leaf's. */
void import_leaf(struct import_tree *t, const struct foreign_qdisc *q, uint32_t index);
void import_cake(struct import_tree *t, const struct foreign_qdisc *q, uint32_t container);
/* Matches from filters, and the default. */
void import_rules(struct import_tree *t);
/* Says weights, and nothing that says nothing. */
void import_fit(struct import_tree *t);

struct class *import_class(struct import_tree *t, uint32_t index);
uint32_t import_add_class(struct import_tree *t, uint32_t parent, const char *name);
void import_add_node(struct import_tree *t, uint32_t id, uint32_t index);
/* False: none of their classes has that number. */
bool import_find_node(const struct import_tree *t, uint32_t id, uint32_t *index);
/* The class or the link that holds it. */
void import_set_share(struct import_tree *t, uint32_t index, uint64_t share);
/* The leaf that takes what no filter of @q does; NO_CLASS: there is none. */
uint32_t import_default(const struct import_tree *t, const struct foreign_qdisc *q);
/* Likewise of a class and what is below it. */
uint32_t import_default_of(const struct import_tree *t, uint32_t id);
/* Takes @text over. */
void import_add_rule(struct import_tree *t, uint32_t index, char *text);
/* Whether a filter of @parent takes all that comes to it. */
bool import_catches_all(const struct import_tree *t, uint32_t parent);
/* The first filter of @parent, or one past them. */
size_t import_first_filter(const struct foreign_device *dev, uint32_t parent);

#endif
