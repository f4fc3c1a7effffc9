// SPDX-License-Identifier: GPL-2.0
/* Leaves that come and go beside one that gives hosts their share. */
#include "core_util.h"

#define FLOWS	10

struct family {
	struct world w;
	struct optq_class site, hosts, idle;
	struct hosts_mem mem;
	struct optq_shares shares;
};

static void family_init(struct family *f)
{
	struct optq_class_conf triple = CONF(.isolate = OPTQ_ISOLATE_TRIPLE);

	memset(f, 0, sizeof(*f));
	world_init(&f->w, 64);
	hosts_give(&f->mem, &f->w.t.flows, 64);
	world_add(&f->w, &f->site, &f->w.t.root, CONF(.rate = 1000000));
	world_add(&f->w, &f->idle, &f->w.t.root, CONF(.rate = 1000000));
	optq_class_init(&f->w.t, &f->hosts);
	optq_leaf_give_shares(&f->hosts.leaf, &f->shares);
	world_give_inner(&f->w, &f->site);
	optq_class_configure(&f->w.t, &f->hosts, &triple, f->w.now);
	optq_class_attach(&f->w.t, &f->hosts, &f->site, f->w.now);
}

static void family_fill(struct family *f)
{
	u32 i;

	for (i = 0; i < 10 * FLOWS; i++) {
		struct optq_hosts hosts = { .src = 1 + i % 3, .dst = 9 };

		optq_enqueue_of(&f->w.t, &f->hosts,
				pkt_new(1000, 1 + i % FLOWS, i), 1 + i % FLOWS,
				&hosts, f->w.now, &f->w.drops);
	}
	world_verify(&f->w);
}

static void assert_apart(struct family *f)
{
	world_verify(&f->w);
	assert_int_equal(f->hosts.leaf.packets, 10 * FLOWS);
	assert_int_equal(f->hosts.leaf.flows, FLOWS);
	assert_int_equal(f->hosts.leaf.ordered, 0);
}

static void family_free(struct family *f)
{
	optq_purge(&f->w.t, &f->hosts, f->w.now, &f->w.drops);
	drops_free(&f->w.drops);
	world_verify(&f->w);
	hosts_free(&f->mem);
	world_free(&f->w);
}

/* A policy that is laid again over itself. */
static void laid_anew(void **state)
{
	struct family f;

	(void)state;
	family_init(&f);
	family_fill(&f);
	optq_class_unhook(&f.w.t, &f.hosts, f.w.now);
	optq_class_unhook(&f.w.t, &f.site, f.w.now);
	optq_class_unhook(&f.w.t, &f.idle, f.w.now);
	optq_class_attach(&f.w.t, &f.site, &f.w.t.root, f.w.now);
	optq_class_attach(&f.w.t, &f.idle, &f.w.t.root, f.w.now);
	optq_class_attach(&f.w.t, &f.hosts, &f.site, f.w.now);
	assert_apart(&f);
	family_free(&f);
}

/* What a class without packets leaves behind, flows without packets among it. */
static void idle_goes(void **state)
{
	struct family f;
	u64 next;

	(void)state;
	family_init(&f);
	world_send(&f.w, &f.idle, 1000, 1, 1);
	pkt_free(optq_dequeue(&f.w.t, f.w.now, &f.w.drops, &next));
	family_fill(&f);
	optq_move_queue(&f.w.t, &f.hosts, &f.idle, f.w.now);
	assert_apart(&f);
	assert_int_equal(f.idle.leaf.flows, 0);
	family_free(&f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(laid_anew),
		cmocka_unit_test(idle_goes),
	};

	return cmocka_run_group_tests_name("move", tests, NULL, NULL);
}
