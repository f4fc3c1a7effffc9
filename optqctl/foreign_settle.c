// SPDX-License-Identifier: GPL-2.0
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "foreign.h"
#include "foreign_terms.h"

/* The kernel's clock in tc: 64 ns. */
#define TICKS_PER_US	15.625
#define US		1000000.0

/* sch_htb's, for a quantum that is not given. */
#define R2Q_DEFAULT	10
#define QUANTUM_MIN	1000
#define QUANTUM_MAX	200000

/* Of fq_codel and its kin, on Ethernet. */
#define TARGET_DEFAULT_NS	5000000
#define INTERVAL_DEFAULT_NS	100000000
#define QUEUE_QUANTUM		1514

/* tc's default: a packet of 1600 bytes, and what goes in a tick of the clock. */
#define BURST_DEFAULT	1600

void foreign_qdisc_defaults(struct foreign_qdisc *q)
{
	/* sch_prio's, by TC_PRIO_* */
	static const uint8_t map[TC_PRIO_MAX + 1] = {
		1, 2, 2, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1
	};

	if (q->kind == FOREIGN_PRIO) {
		q->prio.bands = 3;
		memcpy(q->prio.map, map, sizeof(map));
	} else if (q->kind == FOREIGN_CAKE) {
		q->cake.mode = CAKE_DIFFSERV_DIFFSERV3;
		q->cake.flows = CAKE_FLOW_TRIPLE;
		q->cake.rtt_ns = 100 * 1000 * 1000;
	} else if (q->kind == FOREIGN_HTB) {
		q->r2q = R2Q_DEFAULT;
	}
}

static double ticks_of(uint64_t rate, double bytes)
{
	return bytes / (double)rate * US * TICKS_PER_US;
}

uint32_t foreign_burst_of_ticks(uint64_t rate, uint32_t ticks)
{
	static const uint32_t round[] = { 1024, 1000, 100, 10, 1 };
	double most = (double)ticks / TICKS_PER_US * (double)rate / US;
	uint64_t top, least;
	size_t i;

	if (most >= UINT32_MAX)
		return UINT32_MAX;
	/* Half a byte for what the division lost. */
	top = (uint64_t)(most + 0.001);
	least = ticks ? (uint64_t)((double)(ticks - 1) / TICKS_PER_US * (double)rate / US) + 1 : 0;
	if (least <= BURST_DEFAULT && top >= BURST_DEFAULT)
		return BURST_DEFAULT;
	for (i = 0; i < sizeof(round) / sizeof(*round); i++)
		if (top / round[i] && top / round[i] * round[i] >= least)
			return (uint32_t)(top / round[i] * round[i]);
	return (uint32_t)top;
}

uint32_t foreign_burst(uint64_t rate, uint32_t burst)
{
	double ticks;

	if (!rate)
		return burst;
	ticks = ceil(ticks_of(rate, burst));
	return foreign_burst_of_ticks(rate, ticks > UINT32_MAX ? UINT32_MAX :
				      (uint32_t)ticks);
}

static void settle_htb(const struct foreign_device *dev, struct foreign_class *c)
{
	const struct foreign_qdisc *q = foreign_qdisc_of(dev, c->id);
	uint64_t quantum;

	c->burst = foreign_burst(c->rate, c->burst);
	c->cburst = foreign_burst(c->ceil, c->cburst);
	if (c->burst == BURST_DEFAULT)
		c->burst = 0;
	if (c->cburst == BURST_DEFAULT)
		c->cburst = 0;
	if (c->prio > 7)
		c->prio = 7;
	if (c->quantum)
		return;
	quantum = c->rate / (q && q->r2q ? q->r2q : R2Q_DEFAULT);
	c->quantum = quantum < QUANTUM_MIN ? QUANTUM_MIN :
		     quantum > QUANTUM_MAX ? QUANTUM_MAX : (uint32_t)quantum;
}

/* CoDel's clock is of 1024 ns. */
static uint64_t codel_tells(uint64_t us)
{
	return ((us * 1000) >> 10 << 10) / 1000;
}

uint64_t foreign_codel_told(uint64_t us)
{
	/* Of the two numbers that come to this one the rounder. */
	return ((us + 1) % 10 == 0 && codel_tells(us + 1) == us ? us + 1 : us) * 1000;
}

uint64_t foreign_codel_time(uint64_t ns)
{
	return foreign_codel_told(codel_tells(ns / 1000));
}

/* What is the kind's default is not said, for nobody may have said it. */
static void settle_queue(struct foreign_qdisc *q)
{
	static const struct { enum foreign_kind kind; uint32_t limit; } limits[] = {
		{ FOREIGN_FQ_CODEL, 10240 }, { FOREIGN_CODEL, 1000 },
		{ FOREIGN_SFQ, 127 }, { FOREIGN_PFIFO, 1000 },
	};
	struct foreign_queue *queue = &q->queue;
	size_t i;

	if (q->kind < FOREIGN_FQ_CODEL || q->kind > FOREIGN_BFIFO)
		return;
	if (queue->target_ns == TARGET_DEFAULT_NS && queue->interval_ns == INTERVAL_DEFAULT_NS)
		queue->target_ns = queue->interval_ns = 0;
	if (queue->quantum == QUEUE_QUANTUM)
		queue->quantum = 0;
	for (i = 0; i < sizeof(limits) / sizeof(*limits); i++)
		if (limits[i].kind == q->kind && limits[i].limit == queue->limit)
			queue->limit = 0;
}

/* In what order a filter's words come, whoever read them. */
static int rank_of(const char *term)
{
	static const char *const order[] = {
		"ip", "ip6", "vlan", "pcp", "src", "dst", "sport", "dport", "icmp type",
		"icmp6 type", "dscp", "ecn", "mark", "ctmark", "iif",
	};
	size_t i, len;

	for (i = 0; i < sizeof(order) / sizeof(*order); i++) {
		len = strlen(order[i]);
		if (!strncmp(term, order[i], len) && (!term[len] || term[len] == ' '))
			return (int)i;
	}
	return 3;	/* a protocol */
}

static void sort_terms(struct foreign_filter *f)
{
	char *terms = f->terms, *list[16], *next;
	size_t n = 0, i, j;

	if (!terms || strcmp(f->name, "flower"))
		return;
	for (; terms && n < sizeof(list) / sizeof(*list); terms = next) {
		next = strstr(terms, " and ");
		if (next) {
			*next = '\0';
			next += strlen(" and ");
		}
		for (j = n++; j && rank_of(list[j - 1]) > rank_of(terms); j--)
			list[j] = list[j - 1];
		list[j] = terms;
	}
	terms = f->terms;
	f->terms = NULL;
	for (i = 0; i < n; i++)
		foreign_add_term(f, "%s", list[i]);
	free(terms);
}

static int compare_filters(const void *a, const void *b)
{
	const struct foreign_filter *x = a, *y = b;

	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	if (x->pref != y->pref)
		return x->pref < y->pref ? -1 : 1;
	if (x->handle != y->handle)
		return x->handle < y->handle ? -1 : 1;
	return x->n < y->n ? -1 : x->n > y->n;
}

static int compare_classes(const void *a, const void *b)
{
	const struct foreign_class *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

static int compare_qdiscs(const void *a, const void *b)
{
	const struct foreign_qdisc *x = a, *y = b;

	return x->parent < y->parent ? -1 : x->parent > y->parent;
}

void foreign_settle(struct foreign *f)
{
	struct foreign_device *dev;
	size_t i, j;

	for (i = 0; i < f->n; i++) {
		dev = &f->devices[i];
		for (j = 0; j < dev->n_classes; j++)
			if (dev->classes[j].kind == FOREIGN_HTB)
				settle_htb(dev, &dev->classes[j]);
		for (j = 0; j < dev->n_filters; j++)
			terms_settle(&dev->filters[j]);
		for (j = 0; j < dev->n_filters; j++)
			sort_terms(&dev->filters[j]);
		for (j = 0; j < dev->n_qdiscs; j++)
			settle_queue(&dev->qdiscs[j]);
		if (dev->n_filters)
			qsort(dev->filters, dev->n_filters, sizeof(*dev->filters),
			      compare_filters);
		if (dev->n_classes)
			qsort(dev->classes, dev->n_classes, sizeof(*dev->classes),
			      compare_classes);
		if (dev->n_qdiscs)
			qsort(dev->qdiscs, dev->n_qdiscs, sizeof(*dev->qdiscs),
			      compare_qdiscs);
	}
}
