// SPDX-License-Identifier: GPL-2.0
/* Qdiscs of other kinds, for above and below. */
#include <linux/optq.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <string.h>

#include "grammar.h"

static void put_fifo(struct request *q)
{
	struct tc_fifo_qopt opt = { .limit = 1 + below(&q->r, 100) };

	put(q, TCA_OPTIONS, &opt, sizeof(opt));
}

static void put_netem(struct request *q)
{
	struct tc_netem_qopt opt = {
		.latency = below(&q->r, 100000),
		.limit = 1 + below(&q->r, 200),
		.loss = one_in(&q->r, 3) ? 0x40000000 : 0,
		.duplicate = one_in(&q->r, 4) ? 0x40000000 : 0,
		.gap = below(&q->r, 4),
	};

	put(q, TCA_OPTIONS, &opt, sizeof(opt));
}

static void put_codel(struct request *q)
{
	nest_begin(q, TCA_OPTIONS, NULL, 0);
	put_u32(q, TCA_CODEL_TARGET, 1 + below(&q->r, 100));
	put_u32(q, TCA_CODEL_INTERVAL, 1 + below(&q->r, 1000));
	put_u32(q, TCA_CODEL_LIMIT, 1 + below(&q->r, 50));
	nest_end(q);
}

static void put_fq_codel(struct request *q)
{
	nest_begin(q, TCA_OPTIONS, NULL, 0);
	put_u32(q, TCA_FQ_CODEL_LIMIT, 1 + below(&q->r, 50));
	put_u32(q, TCA_FQ_CODEL_TARGET, 1 + below(&q->r, 100));
	put_u32(q, TCA_FQ_CODEL_INTERVAL, 1 + below(&q->r, 1000));
	if (one_in(&q->r, 2))
		put_u32(q, TCA_FQ_CODEL_MEMORY_LIMIT, 1 + below(&q->r, 5000));
	nest_end(q);
}

/* A link layer stands for the table that is missing. */
static void ratespec(struct rnd *r, struct tc_ratespec *spec)
{
	memset(spec, 0, sizeof(*spec));
	spec->linklayer = 1;
	spec->rate = 1000 + below(r, 10000000);
}

static void put_tbf(struct request *q)
{
	struct tc_tbf_qopt opt = { .limit = 1000 + below(&q->r, 100000) };

	ratespec(&q->r, &opt.rate);
	nest_begin(q, TCA_OPTIONS, NULL, 0);
	put(q, TCA_TBF_PARMS, &opt, sizeof(opt));
	put_u32(q, TCA_TBF_BURST, 2000 + below(&q->r, 100000));
	nest_end(q);
}

static void put_plug(struct request *q)
{
	struct tc_plug_qopt opt = { .action = (int)below(&q->r, 4), .limit = 5000 };

	put(q, TCA_OPTIONS, &opt, sizeof(opt));
}

static void put_nothing(struct request *q) { (void)q; }

static const struct kind {
	const char *name;
	void (*options)(struct request *q);
} leaf_kinds[] = {
	{ "pfifo", put_fifo }, { "bfifo", put_fifo }, { "netem", put_netem },
	{ "codel", put_codel }, { "fq_codel", put_fq_codel }, { "tbf", put_tbf },
	{ "plug", put_plug }, { "blackhole", put_nothing }, { "sfq", put_nothing },
	{ "fq", put_nothing }, { "pie", put_nothing }, { "cake", put_nothing },
	{ "drr", put_nothing }, { "qfq", put_nothing },
};

#define COUNT(array)	(sizeof(array) / sizeof(*(array)))

void put_leaf_kind(struct request *q)
{
	const struct kind *k = &leaf_kinds[below(&q->r, COUNT(leaf_kinds))];

	/* Itself, and others with what is below them. */
	if (one_in(&q->r, 6)) {
		put_string(q, TCA_KIND, "optq");
		nest_begin(q, TCA_OPTIONS, NULL, 0);
		put_link_attrs(q, true);
		nest_end(q);
	} else if (one_in(&q->r, 8)) {
		put_classful(q, any_classful(&q->r));
	} else {
		put_string(q, TCA_KIND, k->name);
		k->options(q);
	}
}

static void put_hfsc(struct request *q)
{
	struct tc_hfsc_qopt opt = { .defcls = 1 };

	put(q, TCA_OPTIONS, &opt, sizeof(opt));
}

static void put_prio(struct request *q)
{
	struct tc_prio_qopt opt = { .bands = 4 };

	put(q, TCA_OPTIONS, &opt, sizeof(opt));
}

static void put_htb(struct request *q)
{
	struct tc_htb_glob opt = { .version = 3, .rate2quantum = 10, .defcls = 1 };

	nest_begin(q, TCA_OPTIONS, NULL, 0);
	put(q, TCA_HTB_INIT, &opt, sizeof(opt));
	nest_end(q);
}

static void put_ets(struct request *q)
{
	nest_begin(q, TCA_OPTIONS, NULL, 0);
	put_u8(q, TCA_ETS_NBANDS, 4);
	put_u8(q, TCA_ETS_NSTRICT, (uint8_t)below(&q->r, 4));
	nest_end(q);
}

static void put_drr_class(struct request *q)
{
	put_u32(q, TCA_DRR_QUANTUM, 256 + below(&q->r, 5000));
}

static void put_qfq_class(struct request *q)
{
	put_u32(q, TCA_QFQ_WEIGHT, 1 + below(&q->r, 50));
	put_u32(q, TCA_QFQ_LMAX, 2000 + below(&q->r, 5000));
}

static void put_hfsc_class(struct request *q)
{
	struct tc_service_curve curve = {
		.d = below(&q->r, 1000), .m1 = below(&q->r, 1000000),
		.m2 = 1000 + below(&q->r, 10000000),
	};

	if (one_in(&q->r, 2))
		put(q, TCA_HFSC_RSC, &curve, sizeof(curve));
	put(q, TCA_HFSC_FSC, &curve, sizeof(curve));
}

static void put_htb_class(struct request *q)
{
	struct tc_htb_opt opt = { .buffer = 100000, .cbuffer = 100000, .quantum = 1500 };

	ratespec(&q->r, &opt.rate);
	opt.ceil = opt.rate;
	put(q, TCA_HTB_PARMS, &opt, sizeof(opt));
}

static const struct classful {
	const char *name;
	void (*options)(struct request *q);
	void (*of_class)(struct request *q);
} classful[] = {
	{ "drr", put_nothing, put_drr_class },
	{ "qfq", put_nothing, put_qfq_class },
	{ "hfsc", put_hfsc, put_hfsc_class },
	{ "htb", put_htb, put_htb_class },
	{ "prio", put_prio, put_nothing },
	{ "ets", put_ets, put_nothing },
	{ "tbf", put_tbf, put_nothing },
};

const char *any_classful(struct rnd *r)
{
	return classful[below(r, COUNT(classful))].name;
}

static const struct classful *classful_of(const char *kind)
{
	size_t i;

	for (i = 0; i + 1 < COUNT(classful) && strcmp(classful[i].name, kind); i++)
		;
	return &classful[i];
}

void put_classful(struct request *q, const char *kind)
{
	put_string(q, TCA_KIND, kind);
	classful_of(kind)->options(q);
}

void put_class_of(struct request *q, const char *kind)
{
	put_string(q, TCA_KIND, kind);
	nest_begin(q, TCA_OPTIONS, NULL, 0);
	classful_of(kind)->of_class(q);
	nest_end(q);
}
