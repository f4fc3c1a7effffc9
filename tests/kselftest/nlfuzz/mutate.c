// SPDX-License-Identifier: GPL-2.0
/* What is done to valid requests. */
#include <linux/netlink.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "devices.h"
#include "request.h"

#define DEEP	1000

/* One that is linked: all are, but for those that were taken out. */
static struct node *any_node(struct request *q)
{
	return q->n_nodes ? &q->node[below(&q->r, q->n_nodes)] : NULL;
}

static struct node **link_of(struct node **at, const struct node *n, int depth)
{
	for (; *at; at = &(*at)->next) {
		struct node **found;

		if (*at == n)
			return at;
		found = depth < NEST_MAX ? link_of(&(*at)->child, n, depth + 1) : NULL;
		if (found)
			return found;
	}
	return NULL;
}

static void drop(struct request *q, struct node *n)
{
	struct node **at = link_of(&q->attrs, n, 0);

	if (at)
		*at = n->next;
}

/* What is below is shared: it is only read from now on. */
static void twice(struct request *q, struct node *n)
{
	struct node *again = node_new(q);

	if (!again)
		return;
	*again = *n;
	n->next = again;
}

static void exchange(struct request *q, struct node *a)
{
	struct node *b = any_node(q), keep = *a;

	if (one_in(&q->r, 2)) {
		a->type = b->type;
		b->type = keep.type;
		return;
	}
	a->data = b->data;
	a->len = b->len;
	b->data = keep.data;
	b->len = keep.len;
}

static void say_length(struct request *q, struct node *n)
{
	static const int lengths[] = { 0, 1, 3, 4, 5, 65535 };

	n->said = lengths[below(&q->r, 6)];
}

static void other_type(struct request *q, struct node *n)
{
	switch (below(&q->r, 4)) {
	case 0:
		n->type += below(&q->r, 3) - 1;
		break;
	case 1:
		n->type = (uint16_t)below(&q->r, 48);
		break;
	case 2:
		n->type = (uint16_t)below(&q->r, 65536);
		break;
	default:
		n->type ^= NLA_F_NET_BYTEORDER;
		break;
	}
}

static void deep(struct request *q, struct node *n)
{
	uint16_t type = one_in(&q->r, 2) ? n->type : (uint16_t)below(&q->r, 32);
	int i;

	n->child = NULL;
	n->len = 0;
	n->nest = true;
	for (i = 0; i < DEEP; i++) {
		struct node *child = node_new(q);

		if (!child)
			return;
		child->type = type;
		child->nest = true;
		n->child = child;
		n = child;
	}
}

static void other_number(struct request *q, struct node *n)
{
	uint64_t v = boundary(&q->r);
	uint8_t *at = bytes_new(q, 8);

	if (!at || n->child)
		return;
	memcpy(at, &v, 8);
	n->data = at;
	if (n->len > 8 || one_in(&q->r, 8))
		n->len = 1U << below(&q->r, 4);
}

/* Text of any length, with control bytes or none, with its end or not. */
static void other_text(struct request *q, struct node *n)
{
	uint32_t len = one_in(&q->r, 2) ? below(&q->r, 80) : below(&q->r, 1100), i;
	bool plain = one_in(&q->r, 2);
	uint8_t *at = bytes_new(q, len);

	if (!at || n->child)
		return;
	for (i = 0; i < len; i++)
		at[i] = plain ? 'a' + below(&q->r, 26) : (uint8_t)rnd64(&q->r);
	if (len && one_in(&q->r, 2))
		at[len - 1] = '\0';
	n->data = at;
	n->len = len;
}

static void mutate_node(struct request *q, struct node *n)
{
	switch (below(&q->r, 10)) {
	case 0:
		drop(q, n);
		break;
	case 1:
		twice(q, n);
		break;
	case 2:
		exchange(q, n);
		break;
	case 3:
		n->len = below(&q->r, n->len + 1);
		break;
	case 4:
		say_length(q, n);
		break;
	case 5:
		other_type(q, n);
		break;
	case 6:
		n->nest = !n->nest;
		break;
	case 7:
		if (one_in(&q->r, 4))
			deep(q, n);
		else
			other_text(q, n);
		break;
	default:
		other_number(q, n);
		break;
	}
}

static void mutate_tcmsg(struct request *q)
{
	static const uint32_t handles[] = {
		0, TC_H_ROOT, TC_H_INGRESS, TC_H_UNSPEC, 0xffff0000, 0xfffffff2,
		0xfffffff3, 0x10000, 0x1ffff, 0x1fffe, 0x10001, 0x20001, 0x0000ffff,
	};
	uint32_t v = one_in(&q->r, 4) ? (uint32_t)rnd64(&q->r) :
		     handles[below(&q->r, sizeof(handles) / sizeof(*handles))];
	struct tcmsg *tcm = (struct tcmsg *)q->head;

	switch (below(&q->r, 5)) {
	case 0:
		tcm->tcm_handle = v;
		break;
	case 1:
		tcm->tcm_parent = v;
		break;
	case 2:
		tcm->tcm_ifindex = (int)any_ifindex(&q->r);
		break;
	case 3:
		tcm->tcm_info = v;
		break;
	default:
		tcm->tcm_family = (uint8_t)rnd64(&q->r);
		break;
	}
}

static void mutate_flags(struct request *q)
{
	static const uint16_t flags[] = {
		NLM_F_EXCL, NLM_F_REPLACE, NLM_F_CREATE, NLM_F_APPEND, NLM_F_ECHO,
		NLM_F_DUMP, NLM_F_ROOT, NLM_F_MATCH, NLM_F_ATOMIC, NLM_F_MULTI,
		NLM_F_DUMP_INTR, NLM_F_ACK, 0x1000, 0x8000,
	};

	q->flags ^= flags[below(&q->r, sizeof(flags) / sizeof(*flags))];
}

static void mutate_head(struct request *q)
{
	switch (below(&q->r, 6)) {
	case 0:
		q->said = (int)below(&q->r, 64);
		break;
	case 1:
		q->cut = 1 + below(&q->r, 64);
		break;
	case 2:
		q->head_len = below(&q->r, sizeof(q->head));
		break;
	case 3:
	case 4:
		mutate_flags(q);
		break;
	default:
		/* The command of genlmsghdr, or all of it; a message of tc. */
		if (q->genl)
			q->head[one_in(&q->r, 2) ? 0 : below(&q->r, 4)] =
				(uint8_t)below(&q->r, 20);
		else
			mutate_tcmsg(q);
		break;
	}
}

void mutate(struct request *q)
{
	uint32_t n = 1 + below(&q->r, 3);

	q->broken = true;
	while (n--) {
		struct node *node = any_node(q);

		if (!node || one_in(&q->r, 5))
			mutate_head(q);
		else
			mutate_node(q, node);
	}
}
