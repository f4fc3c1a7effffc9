// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "match_imply.h"
#include "match_never.h"
#include "mem.h"

/* No deeper than parentheses are. */
static bool has_empty_set(const struct match_node *node)
{
	size_t i;

	if (node->kind == MATCH_IS)
		return rset_empty(node->set);
	for (i = 0; i < node->n; i++)
		if (has_empty_set(node->kids[i]))
			return true;
	return false;
}

static char *two_at_once(enum optq_field field)
{
	if (field == OPTQ_FIELD_FAMILY)
		return mem_printf("it would have to be IPv4 and IPv6 at once");
	return mem_printf("%s would have to be two things at once: for either of them write a set { a, b }, or \"or\"",
			  field_text(field));
}

/* Terms that exclude each other, where they stand side by side. */
static char *plain_contradiction(const struct match_node *node)
{
	const struct match_node *kid;
	struct conjunct c = { 0 };
	char *why = NULL;
	bool not;
	size_t i;

	for (i = 0; node->kind == MATCH_AND && i < node->n && !why; i++) {
		kid = node->kids[i];
		for (not = false; kid->kind == MATCH_NOT; not = !not)
			kid = kid->kids[0];
		if (kid->kind != MATCH_IS)
			continue;
		if (!conjunct_narrow(&c, kid->dim, not ?
				     dim_complement(kid->dim, kid->set) :
				     rset_get(kid->set)))
			why = two_at_once(kid->dim.field);
	}
	conjunct_free(&c);
	return why ? why : mem_printf("its terms exclude each other");
}

static bool never(const struct match_node *node, const struct match_names *names,
		  char **why)
{
	struct match_error err;
	struct conjuncts list;
	bool some;
	size_t i;

	*why = NULL;
	some = !match_lower(node, &list, &err);
	if (some)
		free(err.text);
	for (i = 0; i < list.n && !some; i++) {
		free(*why);
		*why = NULL;
		some = conjunct_imply(&list.v[i], names, why);
	}
	if (some) {
		free(*why);
		*why = NULL;
	} else if (!list.n) {
		*why = plain_contradiction(node);
	}
	conjuncts_free(&list);
	return !some;
}

const struct match_node *match_never(const struct match_node *root, size_t *from,
				     const struct match_names *names,
				     char **why)
{
	size_t n = root->kind == MATCH_OR ? root->n : 1;
	const struct match_node *node;

	while (*from < n) {
		node = root->kind == MATCH_OR ? root->kids[*from] : root;
		++*from;
		if (!has_empty_set(node) && never(node, names, why))
			return node;
	}
	return NULL;
}
