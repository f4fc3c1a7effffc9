// SPDX-License-Identifier: GPL-2.0
/* CAKE's tins as classes: the presets', where there is one that is like its mode. */
#include <linux/optq.h>
#include <stdlib.h>
#include <string.h>

#include "dscp_text.h"
#include "import_tree.h"
#include "mem.h"
#include "policy.h"

/* Shares are of that rate until that of the link is known. */
#define BASE		12500000ULL	/* 100mbit */
#define DELAY_RATE	125000		/* 1mbit: where the presets' delays fit */
#define RTT_USUAL	100000000ULL	/* ns */

#define HEAD		"optq: 1\nlinks: { x: { egress: { rate: 100mbit, "

static const char *tins_of(uint32_t mode)
{
	switch (mode) {
	case CAKE_DIFFSERV_DIFFSERV4:
		return HEAD "preset: diffserv4 } } }";
	case CAKE_DIFFSERV_DIFFSERV8:
		return HEAD "preset: diffserv8 } } }";
	case CAKE_DIFFSERV_PRECEDENCE:
		return HEAD "default: precedence0, classes: {"
			" precedence7: { rate: 10%, match: dscp 56-63 },"
			" precedence6: { rate: 10%, match: dscp 48-55 },"
			" precedence5: { rate: 10%, match: dscp 40-47 },"
			" precedence4: { rate: 10%, match: dscp 32-39 },"
			" precedence3: { rate: 10%, match: dscp 24-31 },"
			" precedence2: { rate: 10%, match: dscp 16-23 },"
			" precedence1: { rate: 10%, match: dscp 8-15 },"
			" precedence0: { rate: 10% } } } } }";
	default:
		return HEAD "default: besteffort, classes: {"
			" voice: { rate: 25%, burst: 1000, delay: 25ms,"
			" match: \"dscp { ef, va, cs6, cs7, 4 }\" },"
			" besteffort: { rate: 50% },"
			" bulk: { rate: 5%, prio: 1, match: \"dscp { le, cs1 }\" } } } } }";
	}
}

static uint8_t isolation(struct import_tree *t, const struct foreign_qdisc *q)
{
	switch (q->cake.flows) {
	case CAKE_FLOW_SRC_IP:
		return OPTQ_ISOLATE_SRC_HOST;
	case CAKE_FLOW_DST_IP:
		return OPTQ_ISOLATE_DST_HOST;
	case CAKE_FLOW_DUAL_SRC:
		return OPTQ_ISOLATE_DUAL_SRC;
	case CAKE_FLOW_DUAL_DST:
		return OPTQ_ISOLATE_DUAL_DST;
	case CAKE_FLOW_TRIPLE:
		return OPTQ_ISOLATE_TRIPLE;
	case CAKE_FLOW_NONE:
		import_note_qdisc(t->notes, t->dev, q, "flowblind has no counterpart: flows share evenly");
		return OPTQ_ISOLATE_FLOW;
	case CAKE_FLOW_HOSTS:
		import_note_qdisc(t->notes, t->dev, q, "hosts has no counterpart: source addresses share evenly");
		return OPTQ_ISOLATE_SRC_HOST;
	default:
		return OPTQ_ISOLATE_FLOW;
	}
}

static void cake_leaf(struct class *class, const struct foreign_cake *cake, uint8_t isolate)
{
	class->isolate = isolate;
	class->nat = cake->nat;
	/* CAKE's own way from the one to the other. */
	if (cake->rtt_ns && cake->rtt_ns != RTT_USUAL) {
		class->interval_ns = cake->rtt_ns > OPTQ_TIME_MAX_NS ? OPTQ_TIME_MAX_NS :
				     cake->rtt_ns;
		class->target_ns = class->interval_ns / 20;
	}
}

static uint8_t ack_filter(uint32_t filter)
{
	return filter == CAKE_ACK_FILTER ? OPTQ_ACK_FILTER_CONSERVATIVE :
	       filter == CAKE_ACK_AGGRESSIVE ? OPTQ_ACK_FILTER_AGGRESSIVE :
	       OPTQ_ACK_FILTER_UNSPEC;
}

static void note_lost(struct import_tree *t, const struct foreign_qdisc *q, bool at_link)
{
	if (q->cake.fwmark)
		import_note_qdisc(t->notes, t->dev, q, "fwmark, a tin by mark, is not carried over: give the classes a match such as \"mark 1/0xff\"");
	if (q->cake.ingress)
		import_note_qdisc(t->notes, t->dev, q, "ingress, by which drops count as sent, has no counterpart");
	if (q->cake.autorate)
		import_note_qdisc(t->notes, t->dev, q, "autorate-ingress has no counterpart: the rate is the one it has now");
	if (q->cake.memory && !at_link)
		import_note_qdisc(t->notes, t->dev, q, "memlimit of a class has no counterpart");
	if (q->cake.memory && at_link && q->cake.memory < OPTQ_MEMORY_MIN)
		import_note_qdisc(t->notes, t->dev, q, "memlimit is less than memory can be, 64kb: it is left out");
}

/* What counts for all of its tins, to the link or to a class; returns its rate. */
static uint64_t cake_whole(struct import_tree *t, const struct foreign_qdisc *q,
			   uint32_t container)
{
	const struct foreign_cake *cake = &q->cake;
	uint8_t wash = 0;
	struct class *class;

	if (cake->wash)
		free(dscp_parse("wash", &wash));
	note_lost(t, q, container == NO_CLASS);
	if (container == NO_CLASS) {
		t->link->rate = cake->rate;
		t->link->dscp = wash;
		t->link->ack_filter = ack_filter(cake->ack_filter);
		if (cake->memory >= OPTQ_MEMORY_MIN && cake->memory <= OPTQ_MEMORY_MAX)
			t->link->memory = cake->memory;
		if (cake->wire.layer)
			t->link->wire = cake->wire;
		return cake->rate;
	}
	class = import_class(t, container);
	class->dscp = wash;
	class->ack_filter = ack_filter(cake->ack_filter);
	if (cake->wire.layer)
		class->wire = cake->wire;
	if (cake->rate && (!class->ceil || cake->rate < class->ceil))
		class->ceil = cake->rate;
	return class->rate ? class->rate : class->ceil;
}

static void add_tin(struct import_tree *t, uint32_t container, uint32_t index,
		    const char *match)
{
	struct import_tin *tin;

	t->tins = mem_grow(t->tins, &t->tins_room, t->n_tins + 1, sizeof(*t->tins));
	tin = &t->tins[t->n_tins++];
	tin->container = container;
	tin->index = index;
	tin->match = match ? mem_strndup(match, strlen(match)) : NULL;
}

/* Without a rate there is nothing to guarantee a share of: the excess goes by them. */
static void take_tin(struct import_tree *t, uint32_t index, const struct class *from,
		     uint64_t rate)
{
	struct class *class = import_class(t, index);

	class->prio = from->prio;
	class->rate = rate ? (uint64_t)((double)from->rate * (double)rate / BASE) : 0;
	if (!rate)
		import_set_share(t, index, from->rate);
	if (rate < DELAY_RATE)
		return;
	class->burst = from->burst;
	class->delay_ns = from->delay_ns;
}

static void add_tins(struct import_tree *t, const struct foreign_qdisc *q,
		     uint32_t container, uint64_t rate, uint8_t isolate)
{
	const char *text = tins_of(q->cake.mode), *match;
	struct diags d = { 0 };
	struct policy policy;
	struct source src;
	uint32_t i, index;
	size_t r;

	source_from_text(&src, q->name, text, strlen(text));
	policy_parse(&src, &policy, &d);
	for (i = 0; i < policy.links[0].n_classes; i++) {
		index = import_add_class(t, container, policy.links[0].classes[i].name);
		take_tin(t, index, &policy.links[0].classes[i], rate);
		cake_leaf(import_class(t, index), &q->cake, isolate);
		match = NULL;
		for (r = 0; r < policy.links[0].n_rules; r++)
			if (policy.links[0].rules[r].class_index == i)
				match = policy.links[0].rules[r].text;
		add_tin(t, container, index, match);
	}
	policy_free(&policy);
	source_free(&src);
	diags_free(&d);
}

void import_cake(struct import_tree *t, const struct foreign_qdisc *q, uint32_t container)
{
	uint64_t rate = cake_whole(t, q, container);
	uint8_t isolate = isolation(t, q);

	if (q->cake.mode != CAKE_DIFFSERV_BESTEFFORT) {
		import_note_qdisc(t->notes, t->dev, q, "its tins are classes with guarantees here, where CAKE's step back beyond a threshold");
		add_tins(t, q, container, rate, isolate);
		return;
	}
	if (container == NO_CLASS)
		container = import_add_class(t, NO_CLASS, "all");
	cake_leaf(import_class(t, container), &q->cake, isolate);
}
