// SPDX-License-Identifier: GPL-2.0
/* Requests of optq's generic netlink family. */
#include <linux/genetlink.h>
#include <linux/optq.h>
#include <stdio.h>
#include <string.h>

#include "devices.h"
#include "grammar.h"

static void genl_head(struct request *q, int what, uint8_t cmd)
{
	struct genlmsghdr head = { .cmd = cmd, .version = OPTQ_GENL_VERSION };

	q->genl = true;
	q->what = what;
	q->head_len = sizeof(head);
	memcpy(q->head, &head, sizeof(head));
}

/* ---- trees ---- */

static const struct {
	uint32_t max;
	uint8_t words;
} fields[OPTQ_FIELD_MAX + 1] = {
	[OPTQ_FIELD_FAMILY]	= { 8, 1 },
	[OPTQ_FIELD_PROTO]	= { 60, 1 },
	[OPTQ_FIELD_SRC]	= { UINT32_MAX, 4 },
	[OPTQ_FIELD_DST]	= { UINT32_MAX, 4 },
	[OPTQ_FIELD_SPORT]	= { 9000, 1 },
	[OPTQ_FIELD_DPORT]	= { 9000, 1 },
	[OPTQ_FIELD_DSCP]	= { 63, 1 },
	[OPTQ_FIELD_ECN]	= { 3, 1 },
	[OPTQ_FIELD_VLAN]	= { 4095, 1 },
	[OPTQ_FIELD_PCP]	= { 7, 1 },
	[OPTQ_FIELD_MARK]	= { 16, 1 },
	[OPTQ_FIELD_CTMARK]	= { 16, 1 },
	[OPTQ_FIELD_IIF]	= { 200, 1 },
	[OPTQ_FIELD_UID]	= { 2000, 1 },
	[OPTQ_FIELD_CGROUP]	= { UINT32_MAX, 2 },
	[OPTQ_FIELD_ICMP_TYPE]	= { 255, 1 },
	[OPTQ_FIELD_ICMP6_TYPE]	= { 255, 1 },
	[OPTQ_FIELD_APP]	= { 8, 1 },
	[OPTQ_FIELD_HOST]	= { 8, 1 },
};

#define CLASSES		160

struct tree {
	uint32_t n, ids[CLASSES], parent[CLASSES];
	bool inner[CLASSES];
	uint8_t dim[8];
	uint32_t n_dims;
};

static uint32_t any_leaf(struct request *q, const struct tree *t)
{
	uint32_t tries = 8;

	while (t->n && tries--) {
		uint32_t i = below(&q->r, t->n);

		if (!t->inner[i])
			return t->ids[i];
	}
	return 0;
}

/* Their shape first: what is a leaf has to be known. */
static void plan_tree(struct request *q, struct tree *t)
{
	uint32_t i, p;

	memset(t, 0, sizeof(*t));
	t->n = one_in(&q->r, 8) ? below(&q->r, 2) : 2 + below(&q->r, 2 * IDS - 2);
	/* Some that a dump tells in parts. */
	if (one_in(&q->r, 40))
		t->n = CLASSES;
	for (i = 0; i < t->n; i++) {
		t->ids[i] = one_in(&q->r, 10) ? 0x10000 + i : i + 1;
		if (!i || one_in(&q->r, 2))
			continue;
		p = below(&q->r, i);
		t->inner[p] = true;
		t->parent[i] = t->ids[p];
	}
}

static void put_classes(struct request *q, const struct tree *t)
{
	uint32_t i, target;
	char name[16];

	for (i = 0; i < t->n; i++) {
		nest_begin(q, OPTQ_A_CLASS, NULL, 0);
		put_u32(q, OPTQ_CLASS_A_ID, t->ids[i]);
		if (t->parent[i])
			put_u32(q, OPTQ_CLASS_A_PARENT, t->parent[i]);
		if (one_in(&q->r, 3)) {
			snprintf(name, sizeof(name), "c%u", i);
			put_string(q, OPTQ_CLASS_A_NAME, name);
		}
		put_class_attrs(q, !t->inner[i]);
		/* Seldom, as two may make a circle. */
		target = one_in(&q->r, 6) ? any_leaf(q, t) : 0;
		if (one_in(&q->r, 8))
			put_police(q, OPTQ_CLASS_A_POLICE, target);
		nest_end(q);
	}
}

static uint32_t dim_param(struct request *q, uint8_t field)
{
	switch (field) {
	case OPTQ_FIELD_MARK:
	case OPTQ_FIELD_CTMARK:
		return 0xff;
	case OPTQ_FIELD_CGROUP:
		return 1 + below(&q->r, 3);
	case OPTQ_FIELD_HOST:
		return below(&q->r, 2);
	default:
		return 0;
	}
}

static void put_dims(struct request *q, struct tree *t)
{
	uint32_t want = below(&q->r, 6), i;
	uint8_t field = 1 + (uint8_t)below(&q->r, OPTQ_FIELD_MAX);

	for (i = 0; i < want; i++) {
		uint32_t param = dim_param(q, field);

		t->dim[t->n_dims++] = field;
		nest_begin(q, OPTQ_A_DIM, NULL, 0);
		put_u8(q, OPTQ_DIM_A_FIELD, field);
		if (param)
			put_u32(q, OPTQ_DIM_A_PARAM, param);
		nest_end(q);
		field = field % OPTQ_FIELD_MAX + 1;
	}
}

/* One for each dimension, of the same number. */
static void put_set(struct request *q, uint8_t field)
{
	uint32_t words = fields[field].words, n = 1 + below(&q->r, 5), i, w;
	uint32_t range[8 * 5], *at = range, step = fields[field].max / n, low = 0;

	for (i = 0; i < n; i++, low += step) {
		for (w = 0; w < 2 * words; w++)
			*at++ = w + 1 == words ? low :
				w + 1 == 2 * words ? low + step / 2 :
				words == 4 && w % words == 2 ? 0xffff : 0;
		if (step < 2)
			break;
	}
	nest_begin(q, OPTQ_A_SET, NULL, 0);
	put_u8(q, OPTQ_SET_A_WORDS, (uint8_t)words);
	if (one_in(&q->r, 3))
		put_u8(q, OPTQ_SET_A_ABSENT, 1);
	put(q, OPTQ_SET_A_RANGES, range, (size_t)(at - range) * sizeof(*range));
	nest_end(q);
}

static void put_rule(struct request *q, const struct tree *t)
{
	uint32_t conjuncts = below(&q->r, 3), i;

	nest_begin(q, OPTQ_A_RULE, NULL, 0);
	put_u32(q, OPTQ_RULE_A_CLASS, any_leaf(q, t));
	do {
		struct optq_term term[8];
		uint32_t n = 0;

		memset(term, 0, sizeof(term));
		for (i = 0; i < t->n_dims; i++) {
			if (one_in(&q->r, 2))
				continue;
			term[n].set = i;
			term[n].dim = (uint8_t)i;
			term[n++].negate = one_in(&q->r, 4);
		}
		put(q, OPTQ_RULE_A_CONJUNCT, term, n * sizeof(*term));
	} while (conjuncts--);
	if (one_in(&q->r, 2))
		put_string(q, OPTQ_RULE_A_WHERE, "policy.yaml:7");
	if (one_in(&q->r, 2))
		put_string(q, OPTQ_RULE_A_TEXT, "proto udp and dport 53");
	nest_end(q);
}

static void put_rules(struct request *q, struct tree *t)
{
	uint32_t n = below(&q->r, 6), i;

	put_dims(q, t);
	for (i = 0; i < t->n_dims; i++)
		put_set(q, t->dim[i]);
	while (n--)
		put_rule(q, t);
}

static void put_tree(struct request *q, uint32_t ifindex)
{
	struct tree t;

	plan_tree(q, &t);
	put_u32(q, OPTQ_A_IFINDEX, ifindex);
	if (one_in(&q->r, 30))
		put_u32(q, OPTQ_A_GENERATION, below(&q->r, 100));
	nest_begin(q, OPTQ_A_LINK, NULL, 0);
	if (!one_in(&q->r, 3))
		put_u32(q, OPTQ_LINK_A_DEFAULT, any_leaf(q, &t));
	put_link_attrs(q, false);
	nest_end(q);
	put_classes(q, &t);
	if (any_leaf(q, &t) && one_in(&q->r, 2))
		put_rules(q, &t);
}

static void tree_set(struct request *q, const struct round *round)
{
	bool two = one_in(&q->r, 5) && (!round->above || one_in(&q->r, 8));

	genl_head(q, two ? TREES_SET : TREE_SET, OPTQ_CMD_TREE_SET);
	if (one_in(&q->r, 3))
		q->flags |= NLM_F_ECHO;
	if (one_in(&q->r, 8))
		put_u32(q, OPTQ_A_FLAGS, OPTQ_F_CHECK);
	put_tree(q, two ? (uint32_t)DEV_VETH :
		 round->above ? (uint32_t)DEV_DUMMY : own_ifindex(&q->r));
	if (two)
		put_tree(q, DEV_DUMMY);
}

/* ---- the rest ---- */

static void put_device(struct request *q, const struct round *round)
{
	put_u32(q, OPTQ_A_IFINDEX, round->above ? (uint32_t)DEV_DUMMY : own_ifindex(&q->r));
}

static void dump(struct request *q, const struct round *round, int what, uint8_t cmd)
{
	genl_head(q, what, cmd);
	q->flags |= NLM_F_DUMP;
	q->reads = one_in(&q->r, 3) ? 1 + (int)below(&q->r, 3) : -1;
	put_device(q, round);
}

static void address(struct request *q, uint8_t *at)
{
	memset(at, 0, 16);
	at[10] = at[11] = 0xff;
	at[12] = 10;
	at[15] = (uint8_t)below(&q->r, 4);
}

static void put_elem(struct request *q, bool set)
{
	bool app = one_in(&q->r, 2);
	uint8_t addr[16];

	nest_begin(q, OPTQ_A_ELEM, NULL, 0);
	put_u8(q, OPTQ_ELEM_A_FIELD, app ? OPTQ_FIELD_APP : OPTQ_FIELD_HOST);
	if (set || one_in(&q->r, 8))
		put_u32(q, OPTQ_ELEM_A_ID, 1 + below(&q->r, 4));
	address(q, addr);
	put(q, OPTQ_ELEM_A_SRC, addr, sizeof(addr));
	if (app) {
		address(q, addr);
		put(q, OPTQ_ELEM_A_DST, addr, sizeof(addr));
		put_u8(q, OPTQ_ELEM_A_PROTO, 17);
		if (one_in(&q->r, 2)) {
			put_u16(q, OPTQ_ELEM_A_SPORT, (uint16_t)(6000 + below(&q->r, 2)));
			put_u16(q, OPTQ_ELEM_A_DPORT, 6000);
		}
	}
	if (set && one_in(&q->r, 2))
		put_u32(q, OPTQ_ELEM_A_TIMEOUT, below(&q->r, 3000));
	nest_end(q);
}

static void elems(struct request *q, const struct round *round, bool set)
{
	uint32_t n = 1 + below(&q->r, 4);

	genl_head(q, set ? ELEM_SET : ELEM_DEL, set ? OPTQ_CMD_ELEM_SET : OPTQ_CMD_ELEM_DEL);
	put_device(q, round);
	while (n--)
		put_elem(q, set);
}

static void explain(struct request *q, const struct round *round)
{
	uint32_t n = below(&q->r, 8), value[4];

	dump(q, round, EXPLAIN, OPTQ_CMD_EXPLAIN);
	while (n--) {
		uint8_t field = (uint8_t)(1 + below(&q->r, OPTQ_FIELD_MAX));
		uint32_t param = dim_param(q, field), i;

		for (i = 0; i < 4; i++)
			value[i] = below(&q->r, 1000);
		nest_begin(q, OPTQ_A_DIM, NULL, 0);
		put_u8(q, OPTQ_DIM_A_FIELD, field);
		if (param)
			put_u32(q, OPTQ_DIM_A_PARAM, param);
		if (!one_in(&q->r, 4))
			put(q, OPTQ_DIM_A_VALUE, value, fields[field].words * 4U);
		nest_end(q);
	}
}

static void other_cmd(struct request *q, const struct round *round)
{
	genl_head(q, OTHER_CMD, (uint8_t)below(&q->r, OPTQ_CMD_MAX + 3));
	if (one_in(&q->r, 2))
		q->flags |= NLM_F_DUMP;
	put_device(q, round);
}

void genl_request(struct request *q, const struct round *round)
{
	uint32_t k = below(&q->r, 100);

	if (k < 28) {
		tree_set(q, round);
	} else if (k < 38) {
		genl_head(q, TREE_GET, OPTQ_CMD_TREE_GET);
		put_device(q, round);
	} else if (k < 46) {
		dump(q, round, CLASS_DUMP, OPTQ_CMD_CLASS_GET);
	} else if (k < 54) {
		dump(q, round, RULE_DUMP, OPTQ_CMD_RULE_GET);
	} else if (k < 62) {
		dump(q, round, FLOW_DUMP, OPTQ_CMD_FLOW_GET);
	} else if (k < 80) {
		elems(q, round, true);
	} else if (k < 86) {
		elems(q, round, false);
	} else if (k < 97) {
		explain(q, round);
	} else {
		other_cmd(q, round);
	}
}
