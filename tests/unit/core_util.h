/* SPDX-License-Identifier: GPL-2.0 */
/* What the unit tests of the core share: a tree, and its ends. */
#ifndef CORE_UTIL_H
#define CORE_UTIL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "core_base.h"

#define CONF(...)	((struct optq_class_conf){ __VA_ARGS__ })

static inline u32 drops_free(struct optq_drops *d)
{
	u32 n = 0;

	while (d->head) {
		struct optq_pkt *next = d->head->next;

		pkt_free(d->head);
		d->head = next;
		n++;
	}
	assert_int_equal(n, d->packets);
	d->packets = 0;
	d->bytes = 0;
	return n;
}

struct world {
	struct optq_tree t;
	struct optq_flow *flows;
	struct optq_flow **buckets;
	u16 signs[OPTQ_FLOW_SIGNS];
	struct optq_drops drops;
	struct optq_inner *inner[128];
	u32 n_inner;
	u64 now;
};

static inline void world_init(struct world *w, u32 flows)
{
	u32 buckets = 1;

	while (buckets < flows)
		buckets *= 2;
	memset(w, 0, sizeof(*w));
	w->flows = calloc(flows, sizeof(*w->flows));
	w->buckets = calloc(buckets, sizeof(*w->buckets));
	optq_flow_table_init(&w->t.flows, w->flows, flows, w->buckets, buckets);
	optq_flow_table_give_signs(&w->t.flows, w->signs);
	optq_tree_init(&w->t, 1000000, 1000, MTU, 12345);
	w->now = SEC;
}

static inline void world_verify(const struct world *w)
{
	const char *why = optq_tree_verify(&w->t);

	if (why)
		fail_msg("verify: %s", why);
}

static inline void world_free(struct world *w)
{
	while (w->n_inner)
		free(w->inner[--w->n_inner]);
	free(w->flows);
	free(w->buckets);
}

static inline void world_give_inner(struct world *w, struct optq_class *c)
{
	struct optq_inner *inner;

	if (c->inner)
		return;
	assert_true(w->n_inner < sizeof(w->inner) / sizeof(w->inner[0]));
	inner = calloc(1, sizeof(*inner));
	optq_class_give_inner(c, inner);
	w->inner[w->n_inner++] = inner;
}

/* For the many: the tree is not walked after each. */
static inline void world_add_one(struct world *w, struct optq_class *c,
				 struct optq_class *parent,
				 struct optq_class_conf conf)
{
	optq_class_init(&w->t, c);
	assert_int_equal(optq_conf_check(&conf), OPTQ_OK);
	optq_class_configure(&w->t, c, &conf, w->now);
	assert_int_equal(optq_class_may_attach(c, parent), OPTQ_OK);
	world_give_inner(w, parent);
	optq_class_attach(&w->t, c, parent, w->now);
}

static inline void world_add(struct world *w, struct optq_class *c,
			     struct optq_class *parent,
			     struct optq_class_conf conf)
{
	world_add_one(w, c, parent, conf);
	world_verify(w);
}

static inline void world_send(struct world *w, struct optq_class *leaf,
			      u32 len, u32 flow, u64 seq)
{
	optq_enqueue(&w->t, leaf, pkt_new(len, flow, seq), flow, w->now,
		     &w->drops);
}

#endif /* CORE_UTIL_H */
