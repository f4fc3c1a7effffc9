// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "match_node.h"
#include "mem.h"

struct match_node *match_group(enum match_kind kind, struct span at)
{
	struct match_node *node = mem_zalloc(1, sizeof(*node));

	node->kind = kind;
	node->at = at;
	return node;
}

struct match_node *match_is(struct span at, struct dim dim, struct rset *set)
{
	struct match_node *node = match_group(MATCH_IS, at);

	node->dim = dim;
	node->set = set;
	return node;
}

void match_add_kid(struct match_node *group, struct match_node *kid)
{
	size_t i;

	if (kid->kind == group->kind && kid->kind != MATCH_NOT) {
		for (i = 0; i < kid->n; i++)
			match_add_kid(group, kid->kids[i]);
		free(kid->kids);
		free(kid);
		return;
	}
	group->kids = mem_grow(group->kids, &group->room, group->n + 1,
			       sizeof(struct match_node *));
	group->kids[group->n++] = kid;
}

struct match_node *match_simplify(struct match_node *group)
{
	struct match_node *only;

	if (group->n != 1 || group->kind == MATCH_NOT)
		return group;
	only = group->kids[0];
	free(group->kids);
	free(group);
	return only;
}

/* No deeper than a few times MATCH_DEPTH_MAX. */
void match_node_free(struct match_node *node)
{
	size_t i;

	if (!node)
		return;
	for (i = 0; i < node->n; i++)
		match_node_free(node->kids[i]);
	free(node->kids);
	rset_put(node->set);
	free(node);
}
