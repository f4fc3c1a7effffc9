/* SPDX-License-Identifier: GPL-2.0 */
/* Doubly linked ring.  A node off every list points to itself. */
#ifndef OPTQ_LIST_H
#define OPTQ_LIST_H

#include "env.h"

struct optq_list {
	struct optq_list *next, *prev;
};

static inline void optq_list_init(struct optq_list *l)
{
	l->next = l;
	l->prev = l;
}

static inline bool optq_list_empty(const struct optq_list *l)
{
	return l->next == l;
}

static inline void optq_list_add_tail(struct optq_list *head,
				      struct optq_list *node)
{
	node->prev = head->prev;
	node->next = head;
	head->prev->next = node;
	head->prev = node;
}

/* Safe on a node that is on no list: activity is the link itself. */
static inline void optq_list_del(struct optq_list *node)
{
	node->next->prev = node->prev;
	node->prev->next = node->next;
	optq_list_init(node);
}

static inline void optq_list_move_tail(struct optq_list *head,
				       struct optq_list *node)
{
	optq_list_del(node);
	optq_list_add_tail(head, node);
}

#define optq_list_entry(ptr, type, member) \
	optq_container_of(ptr, type, member)

#define optq_list_for_each(pos, head) \
	for ((pos) = (head)->next; (pos) != (head); (pos) = (pos)->next)

#define optq_list_for_each_safe(pos, tmp, head) \
	for ((pos) = (head)->next, (tmp) = (pos)->next; (pos) != (head); \
	     (pos) = (tmp), (tmp) = (pos)->next)

#endif /* OPTQ_LIST_H */
