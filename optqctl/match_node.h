/* SPDX-License-Identifier: GPL-2.0 */
/* How the tree of a match is put together. */
#ifndef OPTQCTL_MATCH_NODE_H
#define OPTQCTL_MATCH_NODE_H

#include "match.h"

/* Takes @set over. */
struct match_node *match_is(struct span at, struct dim dim, struct rset *set);
struct match_node *match_group(enum match_kind kind, struct span at);
/* Takes @kid over; one of the same kind is taken apart. */
void match_add_kid(struct match_node *group, struct match_node *kid);
/* A group of one is that one. */
struct match_node *match_simplify(struct match_node *group);
void match_node_free(struct match_node *node);

#endif
