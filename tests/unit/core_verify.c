// SPDX-License-Identifier: GPL-2.0
/*
 * Checks of optq_tree_verify() fail once each: one word of a tree that
 * is right is made wrong, what is said of it is compared, and the word is put back.
 */
#include "core_util.h"

/* A link, an inner class, and leaves: held at a ceiling, beyond its rate, and within it. */
struct stand {
	struct world w;
	struct optq_class inner, held, beyond, within;
};

/* BROKEN(S, TEXT, WORD, VALUE): with VALUE in WORD TEXT is said, without it nothing. */
#define BROKEN(s, text, word, value) do { \
	__typeof__((word) + 0) kept_ = (word); \
	(word) = (value); \
	assert_said(optq_tree_verify(&(s)->w.t), text); \
	(word) = kept_; \
	world_verify(&(s)->w); \
} while (0)

static void assert_said(const char *said, const char *text)
{
	if (!said)
		fail_msg("nothing was said of: %s", text);
	assert_string_equal(said, text);
}

static void stand_make(struct stand *s)
{
	struct optq_pkt *pkt;
	u64 next;
	u32 i;

	world_init(&s->w, 64);
	world_add(&s->w, &s->inner, &s->w.t.root, CONF(.rate = 1000000));
	world_add(&s->w, &s->held, &s->inner, CONF(.ceil = 1000, .cburst = 1600, .weight = 100));
	world_add(&s->w, &s->beyond, &s->inner, CONF(.rate = 1000, .burst = 1600, .weight = 1));
	world_add(&s->w, &s->within, &s->inner, CONF(.rate = 1000000, .burst = 3000, .weight = 1));
	for (i = 0; i < 20; i++) {
		world_send(&s->w, &s->held, 1000, i % 3, i);
		world_send(&s->w, &s->beyond, 1000, i % 2, i);
		world_send(&s->w, &s->within, 1000, 7, i);
	}
	for (i = 0; i < 20 && !(s->held.red && s->beyond.rate.tokens < 0); i++) {
		pkt = optq_dequeue(&s->w.t, s->w.now, &s->w.drops, &next);
		assert_non_null(pkt);
		pkt_free(pkt);
	}
	world_verify(&s->w);
	assert_true(s->held.red && s->held.qlen && s->beyond.qlen && s->within.qlen);
}

static void stand_free(struct stand *s)
{
	struct optq_class *all[] = { &s->held, &s->beyond, &s->within };
	u32 i;

	for (i = 0; i < 3; i++)
		optq_purge(&s->w.t, all[i], s->w.now, &s->w.drops);
	drops_free(&s->w.drops);
	world_free(&s->w);
}

static struct optq_flow *flow_of(struct optq_class *c)
{
	struct optq_list *head = optq_list_empty(&c->leaf.old_flows) ?
				 &c->leaf.new_flows : &c->leaf.old_flows;

	return optq_list_entry(head->next, struct optq_flow, link);
}

static void test_packets(void **state)
{
	struct stand s;
	struct optq_flow *f;

	(void)state;
	stand_make(&s);
	f = flow_of(&s.held);
	BROKEN(&s, "flow: packets out of order", f->head->enqueue_ns, s.w.now + SEC);
	BROKEN(&s, "flow: counts differ from the packets", f->bytes, f->bytes + 1);
	BROKEN(&s, "flow: counts differ from the packets", f->packets, f->packets - 1);
	BROKEN(&s, "flow: counts differ from the packets", f->tail, f->head);
	BROKEN(&s, "flow: on the list of another leaf", f->leaf, &s.beyond.leaf);
	BROKEN(&s, "flow: not what the table finds", f->hash, f->hash + 1);
	BROKEN(&s, "flow: deficit out of range", f->deficit, (s32)OPTQ_QUANTUM_MAX + 1);
	BROKEN(&s, "flow: deficit out of range", f->deficit, -65 * (s32)OPTQ_QUANTUM_MAX);
	stand_free(&s);
}

static void test_leaf(void **state)
{
	struct stand s;
	struct optq_leaf *l = &s.held.leaf;

	(void)state;
	stand_make(&s);
	BROKEN(&s, "leaf: number of flows is wrong", l->flows, l->flows + 1);
	BROKEN(&s, "leaf: number of flows is wrong", l->flows_old, l->flows_old + 1);
	BROKEN(&s, "leaf: backlog differs from its flows", l->bytes, l->bytes - 1);
	BROKEN(&s, "leaf: backlog differs from its flows", l->packets, l->packets + 1);
	BROKEN(&s, "leaf: more in order than there are", l->ordered, 1);
	BROKEN(&s, "leaf: longest flow is not its own", l->fattest, flow_of(&s.beyond));
	stand_free(&s);
}

static void test_class(void **state)
{
	struct stand s;

	(void)state;
	stand_make(&s);
	BROKEN(&s, "class: qlen differs from its queues", s.within.own_qlen, 0);
	BROKEN(&s, "class: qlen differs from its queues", s.held.qlen, 0);
	BROKEN(&s, "class: number of children is wrong", s.inner.n_children, 2);
	BROKEN(&s, "class: child does not know its place", s.held.parent, &s.w.t.root);
	BROKEN(&s, "class: child does not know its place", s.held.depth, 5);
	BROKEN(&s, "class: child does not know its place", s.held.attached, false);
	BROKEN(&s, "class: sum of the guarantees below is wrong",
	       s.inner.inner->rate_below, 1);
	BROKEN(&s, "class: whether it has a delay is not known to it", s.held.has_delay, true);
	BROKEN(&s, "class: pace of its turns does not follow the need", s.beyond.rate.mult, 7);
	BROKEN(&s, "class: inner class with packets of its own", s.inner.qlen, 1);
	BROKEN(&s, "DSCP or ACK filter is not the one that was asked for", s.held.leaf.dscp, 9);
	stand_free(&s);
}

static void test_buckets(void **state)
{
	struct stand s;

	(void)state;
	stand_make(&s);
	BROKEN(&s, "bucket: negative capacity", s.beyond.rate.cap, -1);
	BROKEN(&s, "bucket: more tokens than it can hold", s.held.ceil.tokens,
	       s.held.ceil.cap + 1);
	BROKEN(&s, "bucket: more tokens than it can hold", s.beyond.rate.tokens, 1LL << 60);
	BROKEN(&s, "class: in debt to its ceiling, yet not held", s.held.red, false);
	BROKEN(&s, "class: ceiling's timer is early", s.held.timer.when_ns, 1);
	stand_free(&s);
}

static void test_places(void **state)
{
	struct stand s;
	u32 place;

	(void)state;
	stand_make(&s);
	BROKEN(&s, "class: held at a ceiling that it has not", s.within.red, true);
	BROKEN(&s, "class: runnable and its place for the excess differ", s.within.blocked, true);
	BROKEN(&s, "class: rate timer is set to another time", s.beyond.timer.when_ns,
	       s.beyond.timer.when_ns + 1);
	place = s.held.timer.slot;
	BROKEN(&s, "wheel: bitmap and slot differ", s.w.t.red.map[place / OPTQ_WHEEL_SLOTS],
	       s.w.t.red.map[place / OPTQ_WHEEL_SLOTS] ^ 1ULL << (place + 1) % OPTQ_WHEEL_SLOTS);
	BROKEN(&s, "wheel: levels and their bitmaps differ", s.w.t.red.levels, 0);
	BROKEN(&s, "wheel: timer before the earliest", s.w.t.red.early, ~0ULL);
	stand_free(&s);
}

static void test_sets(void **state)
{
	struct stand s;
	struct optq_wfq *band;

	(void)state;
	stand_make(&s);
	band = &s.inner.inner->bands[0];
	BROKEN(&s, "set: sum of weights is wrong", band->wsum, band->wsum + 1);
	BROKEN(&s, "band_map and its sets differ", s.inner.band_map, 3);
	BROKEN(&s, "wfq: weight and its inverse differ", s.within.excess.inv, 1);
	BROKEN(&s, "wfq: span is of another length", s.within.excess.len, 1);
	BROKEN(&s, "set: member has another prio", s.within.conf.prio, 4);
	stand_free(&s);
}

static void test_totals(void **state)
{
	struct stand s;
	struct optq_flow_table *t = &s.w.t.flows;

	(void)state;
	stand_make(&s);
	BROKEN(&s, "tree: qlen is below the sum of its leaves", s.w.t.qlen, 1);
	BROKEN(&s, "flow table: entries leaked", t->used, t->used + 1);
	BROKEN(&s, "flow table: flows remembered are not counted", t->pasts, 1);
	BROKEN(&s, "flow table: idle and its list differ", flow_of(&s.held)->idle.next,
	       &flow_of(&s.held)->link);
	BROKEN(&s, "tree: packets of no sole leaf", s.w.t.sole.packets, 1);
	stand_free(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packets), cmocka_unit_test(test_leaf),
		cmocka_unit_test(test_class), cmocka_unit_test(test_buckets),
		cmocka_unit_test(test_places), cmocka_unit_test(test_sets),
		cmocka_unit_test(test_totals),
	};

	return cmocka_run_group_tests_name("core_verify", tests, NULL, NULL);
}
