// SPDX-License-Identifier: GPL-2.0
/*
 * What a packet costs in the core, in user space: one enqueue and one dequeue
 * with all leaves backlogged, by number of classes and of levels.
 *	cc -O2 -o core_bench core_bench.c ../../sch_optq/core/[a-z]*.c
 *	core_bench			nanoseconds, of this machine as it is
 *	core_bench CLASSES LEVELS N	2 N packets, for who counts otherwise: core.sh
 */
#include <time.h>

#include "../unit/core_base.h"

static u32 packets = 1000000;

static double clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e9 + (double)ts.tv_nsec;
}

struct bench {
	struct optq_tree t;
	struct optq_class *c;
	struct optq_inner *inner;
	struct optq_flow *flows;
	struct optq_flow **buckets;
	struct optq_drops drops;
	u32 classes, first_leaf;
	u64 now;
};

/* A chain of levels - 1 classes, and the other classes as its leaves. */
static void bench_init(struct bench *b, u32 classes, u32 levels)
{
	struct optq_class_conf inner = { .rate = 125000000 };
	struct optq_class_conf leaf = { .rate = 1000, .target_ns = 10 * SEC,
					.interval_ns = 10 * SEC };
	struct optq_class *parent;
	u32 flows = 4, i;

	memset(b, 0, sizeof(*b));
	while (flows < 4 * classes)
		flows *= 2;
	b->classes = classes;
	b->first_leaf = levels - 1;
	b->now = SEC;
	b->c = calloc(classes, sizeof(*b->c));
	b->inner = calloc(levels, sizeof(*b->inner));
	b->flows = calloc(flows, sizeof(*b->flows));
	b->buckets = calloc(flows, sizeof(*b->buckets));
	optq_flow_table_init(&b->t.flows, b->flows, flows, b->buckets, flows);
	optq_tree_init(&b->t, ~0U, 1000, MTU, 1);
	parent = &b->t.root;
	for (i = 0; i < classes; i++) {
		optq_class_init(&b->t, &b->c[i]);
		optq_class_configure(&b->t, &b->c[i],
				     i < b->first_leaf ? &inner : &leaf, b->now);
		optq_class_attach(&b->t, &b->c[i], parent, b->now);
		if (i < b->first_leaf) {
			parent = &b->c[i];
			optq_class_give_inner(parent, &b->inner[i]);
		}
	}
}

/* As good as the kernel's (MurmurHash3's finalizer): chains are to be short. */
static u32 hash_of(u32 x)
{
	x = (x ^ x >> 16) * 0x85ebca6bU;
	x = (x ^ x >> 13) * 0xc2b2ae35U;
	return x ^ x >> 16;
}

static void bench_put(struct bench *b, u32 leaf, struct optq_pkt *p)
{
	optq_enqueue(&b->t, &b->c[leaf], p, hash_of(leaf), b->now, &b->drops);
}

/* What comes out goes in again, so that every leaf stays backlogged. */
static double bench_run(struct bench *b)
{
	double from = 0;
	u32 i;

	for (i = b->first_leaf; i < b->classes; i++) {
		bench_put(b, i, pkt_new(1000, i, 0));
		bench_put(b, i, pkt_new(1000, i, 0));
	}
	for (i = 0; i < 2 * packets; i++) {
		struct optq_pkt *p;
		u64 next;

		if (i == packets)
			from = clock_ns();
		b->now += 80;
		p = optq_dequeue(&b->t, b->now, &b->drops, &next);
		if (!p || b->drops.head) {
			fprintf(stderr, "core_bench: nothing to send\n");
			exit(1);
		}
		bench_put(b, tpkt(p)->flow, p);
	}
	return (clock_ns() - from) / packets;
}

static void bench_free(struct bench *b)
{
	u32 i;

	for (i = b->first_leaf; i < b->classes; i++)
		optq_purge(&b->t, &b->c[i], b->now, &b->drops);
	while (b->drops.head) {
		struct optq_pkt *next = b->drops.head->next;

		pkt_free(b->drops.head);
		b->drops.head = next;
	}
	free(b->c);
	free(b->inner);
	free(b->flows);
	free(b->buckets);
}

static void bench_all(void)
{
	static const u32 classes[] = { 20, 1000, 100000 };
	static const u32 levels[] = { 1, 3, 8, 16 };
	size_t i, j;

	printf("ns per enqueue + dequeue, all leaves backlogged; %zu bytes a class, %zu a flow\n",
	       sizeof(struct optq_class), sizeof(struct optq_flow));
	printf("%10s", "classes");
	for (j = 0; j < sizeof(levels) / sizeof(levels[0]); j++)
		printf("  %2u levels", levels[j]);
	printf("\n");
	for (i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		printf("%10u", classes[i]);
		for (j = 0; j < sizeof(levels) / sizeof(levels[0]); j++) {
			static struct bench b;

			bench_init(&b, classes[i], levels[j]);
			printf("  %9.0f", bench_run(&b));
			fflush(stdout);
			bench_free(&b);
		}
		printf("\n");
	}
}

int main(int argc, char **argv)
{
	static struct bench b;

	if (argc != 4) {
		bench_all();
		return 0;
	}
	packets = (u32)strtoul(argv[3], NULL, 0);
	bench_init(&b, (u32)strtoul(argv[1], NULL, 0),
		   (u32)strtoul(argv[2], NULL, 0));
	bench_run(&b);
	bench_free(&b);
	return 0;
}
