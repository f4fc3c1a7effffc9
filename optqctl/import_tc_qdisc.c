// SPDX-License-Identifier: GPL-2.0
/* The options of qdiscs and classes. */
#include <stdlib.h>
#include <string.h>

#include "import_tc.h"
#include "match_values.h"
#include "policy_wire.h"

#define US		1000ULL		/* ns */

#define QUEUE(field)	offsetof(struct foreign_queue, field)

static const struct tc_option fq_codel_options[] = {
	{ "limit", TC_NUMBER, QUEUE(limit) }, { "target", TC_TIME, QUEUE(target_ns) },
	{ "interval", TC_TIME, QUEUE(interval_ns) },
	{ "quantum", TC_SIZE, QUEUE(quantum) },
	{ "ce_threshold", TC_TIME, QUEUE(ce_threshold_ns) },
	{ "ecn", TC_FLAG, QUEUE(ecn) }, { "noecn", TC_FLAG, QUEUE(noecn) },
	{ "flows", TC_QUIET }, { "drop_batch", TC_QUIET },
	{ "memory_limit", TC_LOST }, { "ce_threshold_selector", TC_LOST }, { NULL }
};

static const struct tc_option sfq_options[] = {
	{ "limit", TC_NUMBER, QUEUE(limit) }, { "quantum", TC_SIZE, QUEUE(quantum) },
	{ "perturb", TC_QUIET }, { "flows", TC_QUIET }, { "divisor", TC_QUIET },
	{ "depth", TC_LOST }, { "headdrop", TC_QUIET_FLAG }, { "redflowlimit", TC_LOST },
	{ "min", TC_LOST }, { "max", TC_LOST }, { "avpkt", TC_LOST }, { "burst", TC_LOST },
	{ "probability", TC_LOST }, { "harddrop", TC_LOST_FLAG }, { "ecn", TC_LOST_FLAG },
	{ NULL }
};

static const struct tc_option pfifo_options[] = {
	{ "limit", TC_NUMBER, QUEUE(limit) }, { NULL }
};

static const struct tc_option bfifo_options[] = {
	{ "limit", TC_SIZE, QUEUE(limit) }, { NULL }
};

static const struct tc_option htb_options[] = {
	{ "default", TC_HEX, offsetof(struct foreign_qdisc, default_minor) },
	{ "r2q", TC_NUMBER, offsetof(struct foreign_qdisc, r2q) },
	{ "direct_qlen", TC_QUIET }, { "debug", TC_QUIET }, { "offload", TC_QUIET_FLAG },
	{ NULL }
};

static const struct tc_option hfsc_options[] = {
	{ "default", TC_HEX, offsetof(struct foreign_qdisc, default_minor) }, { NULL }
};

static const struct tc_option mq_options[] = { { NULL } };

#define CAKE(field)	offsetof(struct foreign_cake, field)

static const struct tc_option cake_options[] = {
	{ "bandwidth", TC_RATE, CAKE(rate) }, { "rtt", TC_TIME, CAKE(rtt_ns) },
	{ "besteffort", TC_SET, CAKE(mode), CAKE_DIFFSERV_BESTEFFORT },
	{ "precedence", TC_SET, CAKE(mode), CAKE_DIFFSERV_PRECEDENCE },
	{ "diffserv3", TC_SET, CAKE(mode), CAKE_DIFFSERV_DIFFSERV3 },
	{ "diffserv4", TC_SET, CAKE(mode), CAKE_DIFFSERV_DIFFSERV4 },
	{ "diffserv", TC_SET, CAKE(mode), CAKE_DIFFSERV_DIFFSERV4 },
	{ "diffserv8", TC_SET, CAKE(mode), CAKE_DIFFSERV_DIFFSERV8 },
	{ "flowblind", TC_SET, CAKE(flows), CAKE_FLOW_NONE },
	{ "srchost", TC_SET, CAKE(flows), CAKE_FLOW_SRC_IP },
	{ "dsthost", TC_SET, CAKE(flows), CAKE_FLOW_DST_IP },
	{ "hosts", TC_SET, CAKE(flows), CAKE_FLOW_HOSTS },
	{ "flows", TC_SET, CAKE(flows), CAKE_FLOW_FLOWS },
	{ "dual-srchost", TC_SET, CAKE(flows), CAKE_FLOW_DUAL_SRC },
	{ "dual-dsthost", TC_SET, CAKE(flows), CAKE_FLOW_DUAL_DST },
	{ "triple-isolate", TC_SET, CAKE(flows), CAKE_FLOW_TRIPLE },
	{ "ack-filter", TC_SET, CAKE(ack_filter), CAKE_ACK_FILTER },
	{ "ack-filter-aggressive", TC_SET, CAKE(ack_filter), CAKE_ACK_AGGRESSIVE },
	{ "no-ack-filter", TC_SET, CAKE(ack_filter), CAKE_ACK_NONE },
	{ "nat", TC_FLAG, CAKE(nat) }, { "wash", TC_FLAG, CAKE(wash) },
	{ "ingress", TC_FLAG, CAKE(ingress) },
	{ "autorate-ingress", TC_FLAG, CAKE(autorate) },
	{ "memlimit", TC_SIZE, CAKE(memory) }, { "fwmark", TC_NUMBER, CAKE(fwmark) },
	{ "nonat", TC_QUIET_FLAG }, { "nowash", TC_QUIET_FLAG },
	{ "egress", TC_QUIET_FLAG }, { "split-gso", TC_QUIET_FLAG },
	{ "no-split-gso", TC_QUIET_FLAG }, { "no-autorate", TC_QUIET_FLAG },
	{ "unlimited", TC_QUIET_FLAG },
	{ NULL }
};

static const struct { const char *name; uint64_t us; } cake_rtts[] = {
	{ "datacentre", 100 }, { "lan", 1000 }, { "metro", 10000 },
	{ "regional", 30000 }, { "internet", 100000 }, { "oceanic", 300000 },
	{ "satellite", 1000000 }, { "interplanetary", 3600000000ULL },
};

static uint8_t with_cells(const struct optq_wire *wire, uint8_t cells)
{
	bool raw = wire->layer <= OPTQ_WIRE_RAW || wire->layer >= OPTQ_WIRE_RAW_ATM;

	if (!raw)
		return cells;
	return cells == OPTQ_WIRE_ATM ? OPTQ_WIRE_RAW_ATM :
	       cells == OPTQ_WIRE_PTM ? OPTQ_WIRE_RAW_PTM : OPTQ_WIRE_RAW;
}

/* An overhead counts from the packet's IP header on. */
static uint8_t without_device(uint8_t layer)
{
	return layer == OPTQ_WIRE_RAW_ATM ? OPTQ_WIRE_ATM :
	       layer == OPTQ_WIRE_RAW_PTM ? OPTQ_WIRE_PTM :
	       layer <= OPTQ_WIRE_RAW ? OPTQ_WIRE_NOATM : layer;
}

static void cake_overhead(struct tc *tc, struct optq_wire *wire)
{
	const char *word = tc_word(tc);
	uint64_t number;
	bool minus = word && *word == '-';

	word = tc_value(tc, "overhead");
	if (!word)
		return;
	if (!match_number(word + minus, strlen(word + minus), minus ? 64 : 256, &number)) {
		tc_note(tc, "overhead: \"%s\" is no number from -64 to 256", word);
		return;
	}
	wire->overhead = (int16_t)(minus ? -(int)number : (int)number);
	wire->layer = without_device(wire->layer);
}

static bool cake_wire(struct tc *tc, struct optq_wire *wire)
{
	const struct optq_wire *named = wire_find_name(tc_word(tc));
	uint32_t mpu;

	if (tc_is(tc, "overhead")) {
		cake_overhead(tc, wire);
	} else if (tc_is(tc, "mpu")) {
		if (tc_number(tc, "mpu", 256, &mpu))
			wire->mpu = (uint16_t)mpu;
	} else if (tc_is(tc, "noatm")) {
		wire->layer = with_cells(wire, OPTQ_WIRE_NOATM);
	} else if (tc_is(tc, "atm")) {
		wire->layer = with_cells(wire, OPTQ_WIRE_ATM);
	} else if (tc_is(tc, "ptm")) {
		wire->layer = with_cells(wire, OPTQ_WIRE_PTM);
	} else if (named) {
		/* All but raw and conservative add up, as a tag to what is below it. */
		if (!strcmp(tc_word(tc), "raw") || !strcmp(tc_word(tc), "conservative"))
			wire->overhead = 0;
		wire->overhead = (int16_t)(wire->overhead + named->overhead);
		wire->mpu = named->mpu ? named->mpu : wire->mpu;
		wire->layer = strcmp(tc_word(tc), "ether-vlan") ? named->layer :
			      without_device(wire->layer);
		tc->i++;
	} else {
		return false;
	}
	return true;
}

static bool cake_rtt(struct tc *tc, struct foreign_cake *cake)
{
	size_t i;

	for (i = 0; i < sizeof(cake_rtts) / sizeof(*cake_rtts); i++) {
		if (!tc_is(tc, cake_rtts[i].name))
			continue;
		cake->rtt_ns = cake_rtts[i].us * US;
		return true;
	}
	return false;
}

static void read_cake(struct tc *tc, struct foreign_cake *cake)
{
	struct optq_wire *wire = &cake->wire;

	while (tc_word(tc))
		if (!tc_option(tc, cake_options, "cake", cake) &&
		    !cake_rtt(tc, cake) && !cake_wire(tc, wire))
			tc_unknown(tc, "cake");
	if (wire->layer == OPTQ_WIRE_RAW && !optq_wire_on(wire))
		wire->layer = OPTQ_WIRE_UNSPEC;
	else if (!wire->layer && wire->mpu)
		wire->layer = OPTQ_WIRE_RAW;
}

static void read_prio(struct tc *tc, struct foreign_prio *prio)
{
	uint32_t band, i;

	while (tc_word(tc)) {
		if (tc_is(tc, "bands")) {
			tc_number(tc, "bands", TC_PRIO_MAX + 1, &prio->bands);
		} else if (tc_is(tc, "priomap")) {
			for (i = 0; i <= TC_PRIO_MAX && tc_word(tc); i++)
				if (tc_number(tc, "priomap", TC_PRIO_MAX, &band))
					prio->map[i] = (uint8_t)band;
		} else {
			tc_unknown(tc, "prio");
		}
	}
	for (i = 0; i <= TC_PRIO_MAX; i++)
		if (prio->map[i] >= prio->bands)
			prio->map[i] = 0;
}

struct tbf_reading {
	struct foreign_tbf tbf;
	uint64_t latency_ns;
};

#define TBF(field)	offsetof(struct tbf_reading, field)

static void read_tbf(struct tc *tc, struct foreign_tbf *tbf)
{
	static const struct tc_option options[] = {
		{ "rate", TC_RATE, TBF(tbf.rate) }, { "peakrate", TC_RATE, TBF(tbf.peak) },
		{ "burst", TC_SIZE, TBF(tbf.burst) }, { "buffer", TC_SIZE, TBF(tbf.burst) },
		{ "maxburst", TC_SIZE, TBF(tbf.burst) }, { "limit", TC_SIZE, TBF(tbf.limit) },
		{ "latency", TC_TIME, TBF(latency_ns) }, { "mtu", TC_QUIET },
		{ "minburst", TC_QUIET }, { "mpu", TC_LOST }, { "overhead", TC_LOST },
		{ "linklayer", TC_LOST }, { NULL }
	};
	struct tbf_reading r = { .tbf = *tbf };

	while (tc_word(tc))
		if (!tc_option(tc, options, "tbf", &r))
			tc_unknown(tc, "tbf");
	/* As tc counts it. */
	if (r.latency_ns && !r.tbf.limit)
		r.tbf.limit = (uint32_t)((double)r.tbf.rate * (double)(r.latency_ns / US) /
					 1000000 + r.tbf.burst);
	r.tbf.burst = foreign_burst(r.tbf.rate, r.tbf.burst);
	*tbf = r.tbf;
}

static const struct tc_option *options_of(enum foreign_kind kind, bool *is_queue)
{
	*is_queue = true;
	switch (kind) {
	case FOREIGN_FQ_CODEL:
	case FOREIGN_CODEL:
		return fq_codel_options;
	case FOREIGN_SFQ:
		return sfq_options;
	case FOREIGN_PFIFO:
		return pfifo_options;
	case FOREIGN_BFIFO:
		return bfifo_options;
	case FOREIGN_HTB:
		*is_queue = false;
		return htb_options;
	case FOREIGN_HFSC:
		*is_queue = false;
		return hfsc_options;
	case FOREIGN_MQ:
	case FOREIGN_INGRESS:
		return mq_options;
	default:
		return NULL;
	}
}

static void settle_times(struct foreign_queue *queue)
{
	queue->target_ns = foreign_codel_time(queue->target_ns);
	queue->interval_ns = foreign_codel_time(queue->interval_ns);
	queue->ce_threshold_ns = foreign_codel_time(queue->ce_threshold_ns);
}

void tc_qdisc_options(struct tc *tc, struct foreign_qdisc *q)
{
	const struct tc_option *options;
	bool is_queue;

	if (q->kind == FOREIGN_CAKE) {
		read_cake(tc, &q->cake);
	} else if (q->kind == FOREIGN_PRIO) {
		read_prio(tc, &q->prio);
	} else if (q->kind == FOREIGN_TBF) {
		read_tbf(tc, &q->tbf);
	} else {
		options = options_of(q->kind, &is_queue);
		while (options && tc_word(tc))
			if (!tc_option(tc, options, q->name,
				       is_queue ? (void *)&q->queue : (void *)q))
				tc_unknown(tc, q->name);
		if (options == fq_codel_options)
			settle_times(&q->queue);
	}
}

struct htb_reading {
	uint64_t rate, ceil;
	uint32_t burst, cburst, prio, quantum, overhead, mpu;
};

#define HTB(field)	offsetof(struct htb_reading, field)

static void read_htb(struct tc *tc, struct foreign_class *c)
{
	static const struct tc_option options[] = {
		{ "rate", TC_RATE, HTB(rate) }, { "ceil", TC_RATE, HTB(ceil) },
		{ "burst", TC_SIZE, HTB(burst) }, { "buffer", TC_SIZE, HTB(burst) },
		{ "maxburst", TC_SIZE, HTB(burst) }, { "cburst", TC_SIZE, HTB(cburst) },
		{ "cbuffer", TC_SIZE, HTB(cburst) }, { "cmaxburst", TC_SIZE, HTB(cburst) },
		{ "prio", TC_NUMBER, HTB(prio) }, { "quantum", TC_SIZE, HTB(quantum) },
		{ "overhead", TC_NUMBER, HTB(overhead) }, { "mpu", TC_NUMBER, HTB(mpu) },
		{ "mtu", TC_QUIET }, { NULL }
	};
	struct htb_reading r = { .prio = 0 };
	const char *layer = NULL;

	while (tc_word(tc)) {
		if (tc_is(tc, "linklayer"))
			layer = tc_value(tc, "linklayer");
		else if (!tc_option(tc, options, "htb", &r))
			tc_unknown(tc, "htb");
	}
	c->rate = r.rate;
	c->ceil = r.ceil ? r.ceil : r.rate;
	c->burst = r.burst;
	c->cburst = r.cburst;
	c->prio = r.prio;
	c->quantum = r.quantum;
	c->wire = (struct optq_wire){ (int16_t)(r.overhead & 0x7fff),
				      (uint16_t)r.mpu, OPTQ_WIRE_UNSPEC };
	if (layer && (!strcmp(layer, "atm") || !strcmp(layer, "adsl")))
		c->wire.layer = OPTQ_WIRE_RAW_ATM;
	else if (r.overhead || r.mpu)
		c->wire.layer = OPTQ_WIRE_RAW;
}

struct curve_reading {
	uint64_t m1, m2, d_ns, rate, dmax_ns;
	uint32_t umax;
};

#define CURVE(field)	offsetof(struct curve_reading, field)

/* tc's: umax bytes within dmax are a first slope, unless the rate alone is steeper. */
static struct foreign_curve curve_of(const struct curve_reading *r)
{
	double dmax = (double)(r->dmax_ns / US), umax = r->umax;
	struct foreign_curve curve = { r->m1, r->m2, r->d_ns / US };

	if (!r->rate)
		return curve;
	curve = (struct foreign_curve){ 0, r->rate, 0 };
	if (umax > 0 && dmax > 0 && umax * 1000000 / dmax > (double)r->rate)
		curve = (struct foreign_curve){ (uint64_t)(umax * 1000000 / dmax), r->rate,
						r->dmax_ns / US };
	else if (dmax > umax * 1000000 / (double)r->rate)
		curve.d_us = (uint64_t)(dmax - umax * 1000000 / (double)r->rate);
	return curve;
}

static struct foreign_curve read_curve(struct tc *tc)
{
	static const struct tc_option options[] = {
		{ "m1", TC_RATE, CURVE(m1) }, { "m2", TC_RATE, CURVE(m2) },
		{ "d", TC_TIME, CURVE(d_ns) }, { "rate", TC_RATE, CURVE(rate) },
		{ "umax", TC_SIZE, CURVE(umax) }, { "dmax", TC_TIME, CURVE(dmax_ns) },
		{ NULL }
	};
	struct curve_reading r = { 0 };

	while (tc_word(tc) && tc_option(tc, options, "hfsc", &r))
		;
	return curve_of(&r);
}

static void read_hfsc(struct tc *tc, struct foreign_class *c)
{
	while (tc_word(tc)) {
		if (tc_is(tc, "rt"))
			c->rt = read_curve(tc);
		else if (tc_is(tc, "ls"))
			c->ls = read_curve(tc);
		else if (tc_is(tc, "ul"))
			c->ul = read_curve(tc);
		else if (tc_is(tc, "sc"))
			c->rt = c->ls = read_curve(tc);
		else
			tc_unknown(tc, "hfsc");
	}
}

void tc_class_options(struct tc *tc, struct foreign_class *c)
{
	if (c->kind == FOREIGN_HTB)
		read_htb(tc, c);
	else
		read_hfsc(tc, c);
}
