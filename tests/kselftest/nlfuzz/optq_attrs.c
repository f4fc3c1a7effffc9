// SPDX-License-Identifier: GPL-2.0
/* The parameters of optq's link, classes and policers. */
#include <linux/optq.h>

#include "grammar.h"

/* Mostly below n; sometimes where a check may be wrong. */
static uint64_t number(struct request *q, uint64_t n)
{
	if (one_in(&q->r, 60))
		return boundary(&q->r);
	return n ? rnd64(&q->r) % n : 0;
}

static bool maybe(struct request *q) { return one_in(&q->r, 6); }

static void put_wire(struct request *q, int layer, int overhead, int mpu)
{
	if (!maybe(q))
		return;
	put_u8(q, layer, (uint8_t)(1 + number(q, OPTQ_WIRE_RAW_PTM)));
	if (one_in(&q->r, 2))
		put_u32(q, overhead, (uint32_t)(number(q, 100) - 20));
	if (one_in(&q->r, 2))
		put_u32(q, mpu, (uint32_t)number(q, OPTQ_MPU_MAX + 1));
}

static void put_dscp(struct request *q, int type)
{
	static const uint8_t values[] = { 0, 10, 46, 63, OPTQ_DSCP_KEEP, OPTQ_DSCP_INHERIT };

	if (maybe(q))
		put_u8(q, type, one_in(&q->r, 60) ? (uint8_t)rnd64(&q->r) :
				values[below(&q->r, sizeof(values))]);
}

static void put_act(struct request *q, int type, uint32_t target)
{
	nest_begin(q, type, NULL, 0);
	if (one_in(&q->r, 3)) {
		put(q, OPTQ_ACT_A_DROP, NULL, 0);
	} else {
		if (one_in(&q->r, 2))
			put_u8(q, OPTQ_ACT_A_DSCP, (uint8_t)number(q, 64));
		if (one_in(&q->r, 3))
			put_u8(q, OPTQ_ACT_A_PCP, (uint8_t)number(q, 8));
		if (target && one_in(&q->r, 2))
			put_u32(q, OPTQ_ACT_A_CLASS, target);
	}
	nest_end(q);
}

static void put_each(struct request *q)
{
	put_u8(q, OPTQ_POLICE_A_EACH, (uint8_t)(1 + number(q, 2)));
	if (one_in(&q->r, 2))
		put_u8(q, OPTQ_POLICE_A_PREFIX4, (uint8_t)number(q, 33));
	if (one_in(&q->r, 2))
		put_u8(q, OPTQ_POLICE_A_PREFIX6, (uint8_t)number(q, 129));
	put_u32(q, OPTQ_POLICE_A_ENTRIES, (uint32_t)(1 + number(q, 64)));
}

void put_police(struct request *q, int type, uint32_t target)
{
	uint64_t cir = 1 + number(q, 1000000);
	int i;

	nest_begin(q, type, NULL, 0);
	if (!one_in(&q->r, 6)) {
		put_u64(q, OPTQ_POLICE_A_CIR, cir);
		if (one_in(&q->r, 2))
			put_u32(q, OPTQ_POLICE_A_CBS, (uint32_t)(1 + number(q, 100000)));
		if (one_in(&q->r, 3)) {
			put_u64(q, OPTQ_POLICE_A_PIR, cir + number(q, 1000000));
			put_u32(q, OPTQ_POLICE_A_PBS, (uint32_t)(1 + number(q, 100000)));
		} else if (one_in(&q->r, 2)) {
			put_u64(q, OPTQ_POLICE_A_EIR, 1 + number(q, 1000000));
		} else if (one_in(&q->r, 2)) {
			put_u32(q, OPTQ_POLICE_A_EBS, (uint32_t)number(q, 100000));
		}
		if (one_in(&q->r, 2))
			put_u8(q, OPTQ_POLICE_A_COLOUR, (uint8_t)number(q, 3));
		for (i = OPTQ_POLICE_A_CONFORM; i <= OPTQ_POLICE_A_VIOLATE; i++) {
			if (one_in(&q->r, 2))
				put_act(q, i, target);
		}
		if (one_in(&q->r, 3))
			put_each(q);
	}
	nest_end(q);
}

static void put_link_numbers(struct request *q, bool create)
{
	if (maybe(q))
		put_u64(q, OPTQ_LINK_A_RATE, number(q, 12500000));
	if (maybe(q))
		put_u32(q, OPTQ_LINK_A_BURST, (uint32_t)number(q, 100000));
	if (maybe(q))
		put_u32(q, OPTQ_LINK_A_LIMIT, (uint32_t)(1 + number(q, 2000)));
	if (maybe(q))
		put_u32(q, OPTQ_LINK_A_DIRECT_LIMIT, (uint32_t)(1 + number(q, 200)));
	if (maybe(q))
		put_u32(q, OPTQ_LINK_A_MEMORY, (uint32_t)(OPTQ_MEMORY_MIN + number(q, 1 << 20)));
	if (create && one_in(&q->r, 2))
		put_u32(q, OPTQ_LINK_A_FLOWS, (uint32_t)(1 + number(q, 1024)));
}

void put_link_attrs(struct request *q, bool create)
{
	put_link_numbers(q, create);
	if (!one_in(&q->r, 32))
		put_u8(q, OPTQ_LINK_A_OVERSUBSCRIBE, 1);
	/* A file for each figure takes longer than all the rest. */
	if (one_in(&q->r, 20))
		put_u8(q, OPTQ_LINK_A_SYSFS, (uint8_t)below(&q->r, 2));
	put_wire(q, OPTQ_LINK_A_LAYER, OPTQ_LINK_A_OVERHEAD, OPTQ_LINK_A_MPU);
	put_dscp(q, OPTQ_LINK_A_DSCP);
	if (maybe(q))
		put_u8(q, OPTQ_LINK_A_ACK_FILTER, (uint8_t)number(q, 4));
	if (maybe(q))
		put_police(q, OPTQ_LINK_A_POLICE, 0);
}

/* Held classes keep packets; others let them through. */
static void put_class_rates(struct request *q, bool leaf)
{
	bool held = one_in(&q->r, 3);
	uint64_t rate = one_in(&q->r, 3) ? 0 : number(q, held ? 100 : 1000000);

	if (rate || one_in(&q->r, 2))
		put_u64(q, OPTQ_CLASS_A_RATE, rate);
	if (one_in(&q->r, 2))
		put_u64(q, OPTQ_CLASS_A_CEIL, 1 + rate + number(q, held ? 1000 : 10000000));
	if (maybe(q))
		put_u32(q, OPTQ_CLASS_A_BURST, (uint32_t)number(q, 100000));
	if (maybe(q))
		put_u32(q, OPTQ_CLASS_A_CBURST, (uint32_t)number(q, 100000));
	if (rate && one_in(&q->r, leaf ? 8 : 100))
		put_u64(q, OPTQ_CLASS_A_DELAY, 1000000 + number(q, 9000000000ULL));
}

static void put_class_queue(struct request *q)
{
	if (maybe(q))
		put_u32(q, OPTQ_CLASS_A_QUANTUM, (uint32_t)(256 + number(q, 2000)));
	if (maybe(q))
		put_u32(q, OPTQ_CLASS_A_LIMIT, (uint32_t)number(q, 300));
	if (maybe(q))
		put_u64(q, OPTQ_CLASS_A_TARGET, 1000 + number(q, 10000000));
	if (maybe(q))
		put_u64(q, OPTQ_CLASS_A_INTERVAL, 1000 + number(q, 100000000));
	if (maybe(q))
		put_u64(q, OPTQ_CLASS_A_STEP_THRESH, 1000 + number(q, 1000000));
	if (maybe(q))
		put_u8(q, OPTQ_CLASS_A_ECN, (uint8_t)below(&q->r, 2));
	if (maybe(q))
		put_u8(q, OPTQ_CLASS_A_L4S, (uint8_t)below(&q->r, 2));
	if (one_in(&q->r, 3))
		put_u8(q, OPTQ_CLASS_A_ISOLATE, (uint8_t)number(q, OPTQ_ISOLATE_MAX + 1));
	if (maybe(q))
		put_u8(q, OPTQ_CLASS_A_NAT, (uint8_t)below(&q->r, 2));
	if (maybe(q))
		put_u8(q, OPTQ_CLASS_A_ACK_FILTER, (uint8_t)number(q, 4));
}

void put_class_attrs(struct request *q, bool leaf)
{
	put_class_rates(q, leaf);
	if (maybe(q))
		put_u32(q, OPTQ_CLASS_A_WEIGHT, (uint32_t)number(q, 10000));
	if (maybe(q))
		put_u32(q, OPTQ_CLASS_A_PRIO, (uint32_t)number(q, OPTQ_PRIO_MAX + 1));
	put_class_queue(q);
	if (!one_in(&q->r, 32))
		put_u8(q, OPTQ_CLASS_A_OVERSUBSCRIBE, 1);
	put_wire(q, OPTQ_CLASS_A_LAYER, OPTQ_CLASS_A_OVERHEAD, OPTQ_CLASS_A_MPU);
	put_dscp(q, OPTQ_CLASS_A_DSCP);
}
