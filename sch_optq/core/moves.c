// SPDX-License-Identifier: GPL-2.0
#include "moves.h"
#include "../uapi/linux/optq.h"

/* What a packet may meet next where the policer of m moves it to. */
static u8 hops_of(const struct optq_moves_node *node,
		  const struct optq_moves_node *m)
{
	u8 hops = 0;
	int i;

	for (i = 0; i < OPTQ_COLOURS; i++) {
		if (m->target[i] == OPTQ_MOVES_NONE)
			continue;
		hops = (u8)optq_max_u32(hops,
					node[m->target[i]].hops_path + 1U);
	}
	return hops;
}

/* Each round finds chains that are longer by one, and a circle in the last. */
u32 optq_moves_check(struct optq_moves_node *node, u32 n)
{
	u32 round, i;

	for (i = 0; i < n; i++)
		node[i].hops = node[i].hops_path = 0;
	for (round = 0; round <= OPTQ_POLICE_MOVES_MAX; round++) {
		for (i = 0; i < n; i++)
			node[i].hops = hops_of(node, &node[i]);
		for (i = 0; i < n; i++) {
			struct optq_moves_node *m = &node[i];

			m->hops_path = m->hops;
			if (m->parent != OPTQ_MOVES_NONE)
				m->hops_path = (u8)optq_max_u32(m->hops,
						node[m->parent].hops_path);
		}
	}
	for (i = 0; i < n; i++) {
		if (node[i].hops > OPTQ_POLICE_MOVES_MAX)
			return i;
	}
	return OPTQ_MOVES_NONE;
}
