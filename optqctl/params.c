// SPDX-License-Identifier: GPL-2.0
#include <linux/optq.h>
#include <string.h>

#include "ack_text.h"
#include "core/meter.h"
#include "dscp_text.h"
#include "params.h"
#include "isolate_text.h"
#include "mem.h"
#include "police_text.h"
#include "policy_weight.h"
#include "units.h"
#include "wire_text.h"

const struct param class_params[N_CLASS_PARAMS] = {
	[CLASS_LEAF] = { "leaf", PARAM_FLAG, NULL, true },
	[CLASS_RATE] = { "rate", PARAM_RATE, "none", 0 },
	[CLASS_CEIL] = { "ceil", PARAM_RATE, "none", 0 },
	[CLASS_WEIGHT] = { "weight", PARAM_WEIGHT, "auto", 0 },
	[CLASS_PRIO] = { "prio", PARAM_NUMBER, NULL, 0 },
	[CLASS_DELAY] = { "delay", PARAM_TIME, "none", 0 },
	[CLASS_BURST] = { "burst", PARAM_BYTES, "auto", 0 },
	[CLASS_CBURST] = { "cburst", PARAM_BYTES, "auto", 0 },
	[CLASS_LIMIT] = { "limit", PARAM_PACKETS, NULL, OPTQ_LEAF_LIMIT },
	[CLASS_QUANTUM] = { "quantum", PARAM_BYTES, "auto", 0 },
	[CLASS_TARGET] = { "target", PARAM_TIME, "auto", 0 },
	[CLASS_INTERVAL] = { "interval", PARAM_TIME, "auto", 0 },
	[CLASS_ECN] = { "ecn", PARAM_FLAG, NULL, true },
	[CLASS_L4S] = { "l4s", PARAM_FLAG, NULL, true },
	[CLASS_STEP] = { "step_thresh", PARAM_TIME, "auto", 0 },
	[CLASS_ISOLATE] = { "isolate", PARAM_ISOLATE, NULL, OPTQ_ISOLATE_FLOW },
	[CLASS_NAT] = { "nat", PARAM_FLAG, NULL, false },
	[CLASS_OVERSUBSCRIBE] = { "oversubscribe", PARAM_FLAG, NULL, false },
	[CLASS_WIRE] = { "wire", PARAM_WIRE, "as above", 0 },
	[CLASS_DSCP] = { "dscp", PARAM_DSCP, "as above", 0 },
	[CLASS_ACK_FILTER] = { "ack-filter", PARAM_ACK_FILTER, "as above", 0 },
};

const struct param link_params[N_LINK_PARAMS] = {
	[LINK_RATE] = { "rate", PARAM_RATE, "none", 0 },
	[LINK_DEFAULT] = { "default", PARAM_CLASS, "direct", 0 },
	[LINK_BURST] = { "burst", PARAM_BYTES, "auto", 0 },
	[LINK_LIMIT] = { "limit", PARAM_PACKETS, NULL, OPTQ_LIMIT },
	[LINK_DIRECT] = { "direct_qlen", PARAM_PACKETS, NULL, 0 },
	[LINK_MEMORY] = { "memory", PARAM_BYTES, "auto", 0 },
	[LINK_OVERSUBSCRIBE] = { "oversubscribe", PARAM_FLAG, NULL, false },
	[LINK_SYSFS] = { "sysfs", PARAM_FLAG, NULL, false },
	[LINK_WIRE] = { "wire", PARAM_WIRE, NULL, OPTQ_WIRE_RAW },
	[LINK_DSCP] = { "dscp", PARAM_DSCP, NULL, OPTQ_DSCP_KEEP + 1 },
	[LINK_ACK_FILTER] = { "ack-filter", PARAM_ACK_FILTER, NULL,
			      OPTQ_ACK_FILTER_OFF },
};

#define ACT_DROP	1U

const struct param police_params[N_POLICE_PARAMS] = {
	[POLICE_CIR] = { "cir", PARAM_RATE, "none", 0 },
	[POLICE_CBS] = { "cbs", PARAM_BYTES, "none", 0 },
	[POLICE_EIR] = { "eir", PARAM_RATE, "none", 0 },
	[POLICE_EBS] = { "ebs", PARAM_BYTES, "none", 0 },
	[POLICE_PIR] = { "pir", PARAM_RATE, "none", 0 },
	[POLICE_PBS] = { "pbs", PARAM_BYTES, "none", 0 },
	[POLICE_COLOUR] = { "colour", PARAM_COLOUR, NULL, OPTQ_POLICE_BELOW },
	[POLICE_CONFORM] = { "conform", PARAM_ACT, NULL, 0 },
	[POLICE_EXCEED] = { "exceed", PARAM_ACT, NULL, 0 },
	[POLICE_VIOLATE] = { "violate", PARAM_ACT, NULL, ACT_DROP },
	[POLICE_EACH] = { "each", PARAM_EACH, "none", OPTQ_POLICE_ALL },
	[POLICE_PREFIX4] = { "prefix4", PARAM_NUMBER, NULL, 0 },
	[POLICE_PREFIX6] = { "prefix6", PARAM_NUMBER, NULL, 0 },
	[POLICE_ENTRIES] = { "entries", PARAM_NUMBER, NULL, 0 },
};

const struct param qdisc_param = { "qdisc", PARAM_QDISC, "none", 0 };

static uint64_t pack_weight(uint32_t weight, uint64_t rate)
{
	return (uint64_t)effective_weight(weight, rate) << 32 | weight;
}

uint32_t param_weight(uint64_t value)
{
	return (uint32_t)(value >> 32);
}

static uint64_t pack_wire(const struct optq_wire *wire)
{
	return wire->layer | (uint64_t)(uint16_t)wire->overhead << 8 |
	       (uint64_t)wire->mpu << 24;
}

static struct optq_wire unpack_wire(uint64_t value)
{
	return (struct optq_wire){
		.layer = (uint8_t)value, .overhead = (int16_t)(value >> 8),
		.mpu = (uint16_t)(value >> 24),
	};
}

static uint64_t pack_act(bool drop, uint8_t dscp, uint8_t pcp, uint32_t id)
{
	return (drop ? ACT_DROP : 0) | (uint64_t)dscp << 8 |
	       (uint64_t)pcp << 16 | (uint64_t)id << 32;
}

/* The same of both: their members have the same names. */
#define COMMON_CLASS_VALUES(c, v) do {					\
	(v)[CLASS_RATE] = (c)->rate;					\
	(v)[CLASS_CEIL] = (c)->ceil;					\
	(v)[CLASS_WEIGHT] = pack_weight((c)->weight, (c)->rate);	\
	(v)[CLASS_PRIO] = (c)->prio;					\
	(v)[CLASS_BURST] = (c)->burst;					\
	(v)[CLASS_CBURST] = (c)->cburst;				\
	(v)[CLASS_WIRE] = pack_wire(&(c)->wire);			\
	(v)[CLASS_DSCP] = (c)->dscp;					\
	(v)[CLASS_ACK_FILTER] = (c)->ack_filter;			\
} while (0)

#define COMMON_LEAF_VALUES(c, v) do {					\
	(v)[CLASS_DELAY] = (c)->delay_ns;				\
	(v)[CLASS_LIMIT] = (c)->limit ? (c)->limit : OPTQ_LEAF_LIMIT;	\
	(v)[CLASS_QUANTUM] = (c)->quantum;				\
	(v)[CLASS_TARGET] = (c)->target_ns;				\
	(v)[CLASS_INTERVAL] = (c)->interval_ns;				\
	(v)[CLASS_STEP] = (c)->step_ns;					\
	(v)[CLASS_ISOLATE] = (c)->isolate;				\
	(v)[CLASS_NAT] = (c)->nat;					\
	(v)[CLASS_ECN] = (c)->ecn != 0;					\
	(v)[CLASS_L4S] = (c)->l4s != 0;					\
} while (0)

void class_values(const struct class *c, uint64_t v[N_CLASS_PARAMS])
{
	size_t i;

	for (i = 0; i < N_CLASS_PARAMS; i++)
		v[i] = class_params[i].unset;
	COMMON_CLASS_VALUES(c, v);
	v[CLASS_LEAF] = !c->children;
	if (!c->children)
		COMMON_LEAF_VALUES(c, v);
	else
		v[CLASS_OVERSUBSCRIBE] = c->oversubscribe;
}

void class_live_values(const struct live_class *c, uint64_t v[N_CLASS_PARAMS])
{
	COMMON_CLASS_VALUES(c, v);
	COMMON_LEAF_VALUES(c, v);
	v[CLASS_LEAF] = c->leaf;
	v[CLASS_OVERSUBSCRIBE] = c->oversubscribe;
}

/* What a link does not say is not taken from above. */
#define COMMON_LINK_VALUES(l, v) do {					\
	(v)[LINK_RATE] = (l)->rate;					\
	(v)[LINK_BURST] = (l)->burst;					\
	(v)[LINK_LIMIT] = (l)->limit ? (l)->limit : OPTQ_LIMIT;		\
	(v)[LINK_MEMORY] = (l)->memory;					\
	(v)[LINK_OVERSUBSCRIBE] = (l)->oversubscribe;			\
	(v)[LINK_SYSFS] = (l)->sysfs;					\
	(v)[LINK_WIRE] = (l)->wire.layer ? pack_wire(&(l)->wire) : OPTQ_WIRE_RAW; \
	(v)[LINK_DSCP] = (l)->dscp ? (l)->dscp : OPTQ_DSCP_KEEP + 1;	\
	(v)[LINK_ACK_FILTER] = (l)->ack_filter ? (l)->ack_filter :	\
						 OPTQ_ACK_FILTER_OFF;	\
} while (0)

void link_values(const struct link *link, const uint32_t *ids, uint32_t direct,
		 uint64_t v[N_LINK_PARAMS])
{
	COMMON_LINK_VALUES(link, v);
	v[LINK_DEFAULT] = ids[link->default_class];
	v[LINK_DIRECT] = direct;
}

void link_live_values(const struct live_tree *tree, uint64_t v[N_LINK_PARAMS])
{
	COMMON_LINK_VALUES(tree, v);
	v[LINK_DEFAULT] = tree->default_id;
	v[LINK_DIRECT] = tree->direct_limit;
}

static uint64_t burst_of(uint64_t rate, uint32_t burst)
{
	return burst || !rate ? burst : optq_meter_burst(rate);
}

#define COMMON_POLICE_VALUES(p, v) do {					\
	(v)[POLICE_CIR] = (p)->cir;					\
	(v)[POLICE_EIR] = (p)->eir;					\
	(v)[POLICE_PIR] = (p)->pir;					\
	(v)[POLICE_CBS] = burst_of((p)->cir, (p)->cbs);			\
	(v)[POLICE_EBS] = burst_of((p)->eir, (p)->ebs);			\
	(v)[POLICE_PBS] = burst_of((p)->pir, (p)->pbs);			\
	(v)[POLICE_COLOUR] = (p)->colour;				\
	(v)[POLICE_EACH] = (p)->each;					\
	if ((p)->each) {						\
		(v)[POLICE_PREFIX4] = (p)->prefix4;			\
		(v)[POLICE_PREFIX6] = (p)->prefix6;			\
		(v)[POLICE_ENTRIES] = (p)->entries ? (p)->entries :	\
						     OPTQ_POLICE_ENTRIES; \
	}								\
} while (0)

uint64_t *police_values(const struct police *p, const uint32_t *ids)
{
	const struct police_act *act;
	uint64_t *v;
	int i;

	if (!p)
		return NULL;
	v = mem_zalloc(N_POLICE_PARAMS, sizeof(*v));
	COMMON_POLICE_VALUES(p, v);
	for (i = 0; i < POLICE_COLOURS; i++) {
		act = &p->act[i];
		v[POLICE_CONFORM + i] =
			pack_act(act->drop, act->dscp, act->pcp,
				 act->class_index == NO_CLASS ? 0 :
				 ids[act->class_index]);
	}
	return v;
}

uint64_t *police_live_values(const struct live_police *p)
{
	uint64_t *v;
	int i;

	if (!p)
		return NULL;
	v = mem_zalloc(N_POLICE_PARAMS, sizeof(*v));
	COMMON_POLICE_VALUES(p, v);
	for (i = 0; i < POLICE_COLOURS; i++)
		v[POLICE_CONFORM + i] = pack_act(p->act[i].drop, p->act[i].dscp,
						 p->act[i].pcp,
						 p->act[i].class_id);
	return v;
}

bool param_same(const struct param *f, uint64_t a, uint64_t b)
{
	/* Left out on both sides it follows the rate, and is none of its own. */
	if (f->kind == PARAM_WEIGHT)
		return (uint32_t)a == (uint32_t)b ||
		       param_weight(a) == param_weight(b);
	return a == b;
}

uint32_t param_class(const struct param *f, uint64_t value)
{
	return f->kind == PARAM_CLASS ? (uint32_t)value :
	       f->kind == PARAM_ACT ? (uint32_t)(value >> 32) : 0;
}

/* NULL: of a newer kernel. */
static char *word(const char *text, uint64_t value)
{
	return text ? mem_printf("%s", text) :
	       mem_printf("%llu", (unsigned long long)value);
}

char *param_text(const struct param *f, uint64_t value, const char *class)
{
	struct optq_wire wire;

	if (!value && f->zero)
		return mem_printf("%s", f->zero);
	switch (f->kind) {
	case PARAM_RATE:
		return rate_text(value);
	case PARAM_BYTES:
		return size_text(value);
	case PARAM_TIME:
		return time_text(value);
	case PARAM_FLAG:
		return mem_printf("%s", value ? "yes" : "no");
	case PARAM_WEIGHT:
		return mem_printf((uint32_t)value ? "%u" : "auto (%u)",
				  param_weight(value));
	case PARAM_WIRE:
		wire = unpack_wire(value);
		return wire_text(&wire);
	case PARAM_DSCP:
		return word(dscp_text((uint8_t)value), value);
	case PARAM_ACK_FILTER:
		return word(ack_filter_text((uint8_t)value), value);
	case PARAM_ISOLATE:
		return word(isolate_text((uint8_t)value), value);
	case PARAM_COLOUR:
		return word(colour_text((uint8_t)value), value);
	case PARAM_EACH:
		return word(each_text((uint8_t)value), value);
	case PARAM_ACT:
		return act_text(value & ACT_DROP, (uint8_t)(value >> 8),
				(uint8_t)(value >> 16), class);
	case PARAM_CLASS:
		return word(class, value);
	case PARAM_PACKETS:
	case PARAM_NUMBER:
	case PARAM_QDISC:
		break;
	}
	return mem_printf("%llu", (unsigned long long)value);
}
