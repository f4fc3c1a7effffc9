/* SPDX-License-Identifier: GPL-2.0 */
/* Packets for tests of matches, and what the tree of a match says of them, read plainly. */
#ifndef CTL_PACKET_H
#define CTL_PACKET_H

#include "match_lower.h"

#define PACKET_FIELDS	32

/* Values by dimension; what is not there is absent. */
struct packet {
	struct {
		struct dim dim;
		struct value value;
	} v[PACKET_FIELDS];
	size_t n;
};

static inline void packet_put(struct packet *p, enum optq_field field,
			      uint32_t param, struct value value)
{
	p->v[p->n].dim = (struct dim){ field, param };
	p->v[p->n++].value = value;
}

/* A mark is whole in the packet, and seen through the mask of the condition. */
static inline bool packet_is(const struct packet *p, struct dim dim,
			     const struct rset *set)
{
	bool mark = dim.field == OPTQ_FIELD_MARK || dim.field == OPTQ_FIELD_CTMARK;
	size_t i;

	for (i = 0; i < p->n; i++) {
		if (p->v[i].dim.field != dim.field ||
		    (!mark && p->v[i].dim.param != dim.param))
			continue;
		return rset_has(set, mark ? value_of(p->v[i].value.lo & dim.param) :
				     p->v[i].value);
	}
	return set->absent;
}

static inline bool packet_meets(const struct packet *p,
				const struct match_node *node)
{
	size_t i;

	switch (node->kind) {
	case MATCH_IS:
		return packet_is(p, node->dim, node->set);
	case MATCH_NOT:
		return !packet_meets(p, node->kids[0]);
	case MATCH_AND:
		for (i = 0; i < node->n; i++)
			if (!packet_meets(p, node->kids[i]))
				return false;
		return true;
	default:
		for (i = 0; i < node->n; i++)
			if (packet_meets(p, node->kids[i]))
				return true;
		return false;
	}
}

static inline bool packet_meets_any(const struct packet *p,
				    const struct conjuncts *any)
{
	size_t i, j;

	for (i = 0; i < any->n; i++) {
		for (j = 0; j < any->v[i].n; j++)
			if (!packet_is(p, any->v[i].v[j].dim, any->v[i].v[j].set))
				break;
		if (j == any->v[i].n)
			return true;
	}
	return false;
}

#endif
