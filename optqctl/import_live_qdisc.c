// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "import_live_attr.h"

#define US	1000ULL		/* ns */

static uint64_t codel_time(struct nlattr *attr)
{
	return foreign_codel_told(get_u32(attr));
}

static void read_fq_codel(struct foreign_qdisc *q, struct nlattr *options)
{
	struct nlattr *tb[TCA_FQ_CODEL_MAX + 1];

	if (nla_parse_nested(tb, TCA_FQ_CODEL_MAX, options, NULL))
		return;
	q->queue.limit = get_u32(tb[TCA_FQ_CODEL_LIMIT]);
	q->queue.quantum = get_u32(tb[TCA_FQ_CODEL_QUANTUM]);
	q->queue.target_ns = codel_time(tb[TCA_FQ_CODEL_TARGET]);
	q->queue.interval_ns = codel_time(tb[TCA_FQ_CODEL_INTERVAL]);
	q->queue.ce_threshold_ns = codel_time(tb[TCA_FQ_CODEL_CE_THRESHOLD]);
	q->queue.ecn = get_u32(tb[TCA_FQ_CODEL_ECN]);
	q->queue.noecn = !q->queue.ecn;
}

static void read_codel(struct foreign_qdisc *q, struct nlattr *options)
{
	struct nlattr *tb[TCA_CODEL_MAX + 1];

	if (nla_parse_nested(tb, TCA_CODEL_MAX, options, NULL))
		return;
	q->queue.limit = get_u32(tb[TCA_CODEL_LIMIT]);
	q->queue.target_ns = codel_time(tb[TCA_CODEL_TARGET]);
	q->queue.interval_ns = codel_time(tb[TCA_CODEL_INTERVAL]);
	q->queue.ce_threshold_ns = codel_time(tb[TCA_CODEL_CE_THRESHOLD]);
	q->queue.ecn = get_u32(tb[TCA_CODEL_ECN]);
}

static uint8_t raw_layer(bool atm)
{
	return atm ? OPTQ_WIRE_RAW_ATM : OPTQ_WIRE_RAW;
}

static uint8_t cake_layer(uint32_t atm, bool raw)
{
	static const uint8_t layers[2][3] = {
		{ OPTQ_WIRE_NOATM, OPTQ_WIRE_ATM, OPTQ_WIRE_PTM },
		{ OPTQ_WIRE_RAW, OPTQ_WIRE_RAW_ATM, OPTQ_WIRE_RAW_PTM },
	};

	return layers[raw][atm > 2 ? 0 : atm];
}

static void read_cake(struct foreign_cake *cake, struct nlattr *options)
{
	struct nlattr *tb[TCA_CAKE_MAX + 1];

	if (nla_parse_nested(tb, TCA_CAKE_MAX, options, NULL))
		return;
	cake->rate = get_u64(tb[TCA_CAKE_BASE_RATE64]);
	cake->mode = get_u32(tb[TCA_CAKE_DIFFSERV_MODE]);
	cake->flows = get_u32(tb[TCA_CAKE_FLOW_MODE]) & CAKE_FLOW_TRIPLE;
	cake->ack_filter = get_u32(tb[TCA_CAKE_ACK_FILTER]);
	cake->rtt_ns = get_u32(tb[TCA_CAKE_RTT]) * US;
	cake->fwmark = get_u32(tb[TCA_CAKE_FWMARK]);
	cake->memory = get_u32(tb[TCA_CAKE_MEMORY]);
	cake->nat = get_u32(tb[TCA_CAKE_NAT]);
	cake->wash = get_u32(tb[TCA_CAKE_WASH]);
	cake->ingress = get_u32(tb[TCA_CAKE_INGRESS]);
	cake->autorate = get_u32(tb[TCA_CAKE_AUTORATE]);
	cake->wire.overhead = (int16_t)(int32_t)get_u32(tb[TCA_CAKE_OVERHEAD]);
	cake->wire.mpu = (uint16_t)get_u32(tb[TCA_CAKE_MPU]);
	cake->wire.layer = cake_layer(get_u32(tb[TCA_CAKE_ATM]), tb[TCA_CAKE_RAW]);
	if (cake->wire.layer == OPTQ_WIRE_RAW && !optq_wire_on(&cake->wire))
		cake->wire.layer = OPTQ_WIRE_UNSPEC;
}

static void read_tbf(struct foreign_tbf *tbf, struct nlattr *options)
{
	struct nlattr *tb[TCA_TBF_MAX + 1];
	struct tc_tbf_qopt parms = { 0 };

	if (nla_parse_nested(tb, TCA_TBF_MAX, options, NULL))
		return;
	get_struct(tb[TCA_TBF_PARMS], &parms, sizeof(parms));
	tbf->rate = tb[TCA_TBF_RATE64] ? get_u64(tb[TCA_TBF_RATE64]) : parms.rate.rate;
	tbf->peak = parms.peakrate.rate;
	tbf->limit = parms.limit;
	tbf->burst = foreign_burst_of_ticks(tbf->rate, parms.buffer);
}

static void read_prio(struct foreign_prio *prio, struct nlattr *options)
{
	struct tc_prio_qopt opt = { 0 };

	get_struct(options, &opt, sizeof(opt));
	prio->bands = opt.bands > 0 && opt.bands <= TC_PRIO_MAX + 1 ? (uint32_t)opt.bands : 1;
	memcpy(prio->map, opt.priomap, sizeof(prio->map));
}

static void read_htb(struct foreign_qdisc *q, struct nlattr *options)
{
	struct nlattr *tb[TCA_HTB_MAX + 1];
	struct tc_htb_glob glob = { 0 };

	if (nla_parse_nested(tb, TCA_HTB_MAX, options, NULL))
		return;
	get_struct(tb[TCA_HTB_INIT], &glob, sizeof(glob));
	q->default_minor = TC_H_MIN(glob.defcls);
	q->r2q = glob.rate2quantum;
}

static void read_stab(struct foreign_qdisc *q, struct nlattr *stab)
{
	struct nlattr *tb[TCA_STAB_MAX + 1];
	struct tc_sizespec spec = { 0 };

	if (nla_parse_nested(tb, TCA_STAB_MAX, stab, NULL) || !tb[TCA_STAB_BASE])
		return;
	get_struct(tb[TCA_STAB_BASE], &spec, sizeof(spec));
	q->stab = (struct optq_wire){ (int16_t)spec.overhead, (uint16_t)spec.mpu,
				      raw_layer(spec.linklayer == TC_LINKLAYER_ATM) };
}

void live_qdisc_options(struct foreign_qdisc *q, struct nlattr *options,
			struct nlattr *stab)
{
	struct tc_sfq_qopt sfq = { 0 };
	struct tc_hfsc_qopt hfsc = { 0 };
	struct tc_fifo_qopt fifo = { 0 };

	foreign_qdisc_defaults(q);
	if (stab)
		read_stab(q, stab);
	if (!options)
		return;
	switch (q->kind) {
	case FOREIGN_HTB:
		read_htb(q, options);
		break;
	case FOREIGN_HFSC:
		get_struct(options, &hfsc, sizeof(hfsc));
		q->default_minor = hfsc.defcls;
		break;
	case FOREIGN_PRIO:
		read_prio(&q->prio, options);
		break;
	case FOREIGN_TBF:
		read_tbf(&q->tbf, options);
		break;
	case FOREIGN_CAKE:
		read_cake(&q->cake, options);
		break;
	case FOREIGN_FQ_CODEL:
		read_fq_codel(q, options);
		break;
	case FOREIGN_CODEL:
		read_codel(q, options);
		break;
	case FOREIGN_SFQ:
		get_struct(options, &sfq, sizeof(sfq));
		q->queue.limit = sfq.limit;
		q->queue.quantum = sfq.quantum;
		break;
	case FOREIGN_PFIFO:
	case FOREIGN_BFIFO:
		get_struct(options, &fifo, sizeof(fifo));
		q->queue.limit = fifo.limit;
		break;
	default:
		break;
	}
}

static void read_htb_class(struct foreign_class *c, struct nlattr *options)
{
	struct nlattr *tb[TCA_HTB_MAX + 1];
	struct tc_htb_opt opt = { 0 };

	if (nla_parse_nested(tb, TCA_HTB_MAX, options, NULL))
		return;
	get_struct(tb[TCA_HTB_PARMS], &opt, sizeof(opt));
	c->rate = tb[TCA_HTB_RATE64] ? get_u64(tb[TCA_HTB_RATE64]) : opt.rate.rate;
	c->ceil = tb[TCA_HTB_CEIL64] ? get_u64(tb[TCA_HTB_CEIL64]) : opt.ceil.rate;
	c->burst = foreign_burst_of_ticks(c->rate, opt.buffer);
	c->cburst = foreign_burst_of_ticks(c->ceil, opt.cbuffer);
	c->quantum = opt.quantum;
	c->prio = opt.prio;
	c->wire.overhead = (int16_t)opt.rate.overhead;
	c->wire.mpu = opt.rate.mpu;
	if (opt.rate.linklayer == TC_LINKLAYER_ATM || c->wire.overhead || c->wire.mpu)
		c->wire.layer = raw_layer(opt.rate.linklayer == TC_LINKLAYER_ATM);
}

static struct foreign_curve curve_of(struct nlattr *attr)
{
	struct tc_service_curve curve = { 0 };

	get_struct(attr, &curve, sizeof(curve));
	return (struct foreign_curve){ curve.m1, curve.m2, curve.d };
}

static void read_hfsc_class(struct foreign_class *c, struct nlattr *options)
{
	struct nlattr *tb[TCA_HFSC_MAX + 1];

	if (nla_parse_nested(tb, TCA_HFSC_MAX, options, NULL))
		return;
	c->rt = curve_of(tb[TCA_HFSC_RSC]);
	c->ls = curve_of(tb[TCA_HFSC_FSC]);
	c->ul = curve_of(tb[TCA_HFSC_USC]);
}

void live_class_options(struct foreign_class *c, struct nlattr *options)
{
	if (options && c->kind == FOREIGN_HTB)
		read_htb_class(c, options);
	else if (options)
		read_hfsc_class(c, options);
}
