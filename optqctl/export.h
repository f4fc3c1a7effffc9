/* SPDX-License-Identifier: GPL-2.0 */
/* From a live tree to the model of a policy that would make it. */
#ifndef OPTQCTL_EXPORT_H
#define OPTQCTL_EXPORT_H

#include "live.h"
#include "live_rules.h"
#include "policy_note.h"

/* What a policy that is at hand knows, and the kernel does not tell. */
struct known_rules {
	struct known_rule { char *where, *text; } *list;
	size_t n, room;
};

struct export {
	struct policy policy;		/* may have sets already */
	struct policy_notes notes;
	struct known_rules known;
};

/*
 * Appends a link for @tree.  False when a match cannot be told: *why, to be freed, and
 * then the policy is of no use.
 */
bool export_tree(struct export *e, const struct live_tree *tree,
		 const struct live_rules *rules, char **why);
/* Tells of the tree that was exported last that tc filters lead to its classes. */
void export_note_filters(struct export *e);
/*
 * After all trees: what a policy's classes must keep to and tc's need not.  Classes and
 * rules are brought into the order in which they are written.
 */
void export_finish(struct export *e);
/* Takes over what a policy of this host says: its sets, and its matches as they stand. */
void export_know(struct export *e, struct policy *from);
void export_free(struct export *e);

#endif
