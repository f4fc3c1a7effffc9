// SPDX-License-Identifier: GPL-2.0
#include "blue.h"
#include "flow.h"
#include "leaf.h"

/* COBALT's steps, of 2^16, each at most once in a tick of 4.2 ms. */
#define BLUE_UP		256U
#define BLUE_DOWN	16U
/* Never all: a sender that begins to respond must be found out. */
#define BLUE_MAX	(65536U - BLUE_UP)
#define BLUE_TICK_SHIFT	22

static u32 blue_tick(u64 now)
{
	return (u32)(now >> BLUE_TICK_SHIFT);
}

/* What is left of p after ticks of an empty queue. */
static u16 blue_decayed(u32 p, u32 ticks)
{
	u32 down = optq_min_u32(ticks, 65536 / BLUE_DOWN) * BLUE_DOWN;

	return (u16)(p > down ? p - down : 0);
}

/* Nobody is forgotten before f's probability is gone. */
static void blue_keep(struct optq_flow_table *t, const struct optq_flow *f,
		      u32 tick)
{
	u32 until = tick + f->blue_p / BLUE_DOWN + 1;

	if (!t->blue.active || (s32)(until - t->blue.until) > 0)
		t->blue.until = until;
	t->blue.active = true;
}

void optq_blue_overflow(struct optq_flow_table *t, struct optq_flow *f,
			u64 heard_ns, u64 now)
{
	u32 tick = blue_tick(now);

	if (!heard_ns || optq_before(now, heard_ns))
		return;
	if (f->blue_p && f->blue_tick == tick)
		return;
	f->blue_p = (u16)optq_min_u32(f->blue_p + BLUE_UP, BLUE_MAX);
	f->blue_tick = tick;
	blue_keep(t, f, tick);
}

static u32 blue_tag(const struct optq_flow *f)
{
	/* 0 stands for none. */
	u32 tag = optq_flow_key(f->leaf, f->hash);

	return tag ? tag : 1;
}

static struct optq_blue_slot *blue_slot(struct optq_flow_table *t, u32 tag)
{
	return &t->blue.slot[tag & (OPTQ_BLUE_SLOTS - 1)];
}

/* Where two flows want a slot, the one that responds less has it. */
void optq_blue_remember(struct optq_flow_table *t, const struct optq_flow *f)
{
	u32 tag = blue_tag(f);
	struct optq_blue_slot *slot = blue_slot(t, tag);

	if (!f->hashed)
		return;
	if (slot->tag != tag &&
	    blue_decayed(slot->p, f->blue_tick - slot->tick) > f->blue_p)
		return;
	*slot = (struct optq_blue_slot){
		.tag = tag, .tick = f->blue_tick, .p = f->blue_p
	};
}

void optq_blue_empty(struct optq_flow_table *t, struct optq_flow *f, u64 now)
{
	u32 tick = blue_tick(now);

	if (f->blue_tick != tick)
		f->blue_p = blue_decayed(f->blue_p, 1);
	f->blue_tick = tick;
	optq_blue_remember(t, f);
}

static void blue_recall(struct optq_flow_table *t, struct optq_flow *f, u32 tick)
{
	u32 tag = blue_tag(f);
	struct optq_blue_slot *slot = blue_slot(t, tag);

	/* Nobody has a probability any more, however long ago it was. */
	if ((s32)(tick - t->blue.until) > 0) {
		memset(&t->blue, 0, sizeof(t->blue));
		return;
	}
	if (!f->hashed || slot->tag != tag)
		return;
	f->blue_p = slot->p;
	f->blue_tick = slot->tick;
	slot->tag = 0;
}

bool optq_blue_drops(struct optq_flow_table *t, struct optq_flow *f, u64 now)
{
	u32 tick = blue_tick(now);

	if (optq_list_empty(&f->link))
		blue_recall(t, f, tick);
	if (!f->packets && f->blue_p) {
		f->blue_p = blue_decayed(f->blue_p, tick - f->blue_tick);
		f->blue_tick = tick;
	}
	if (!f->blue_p)
		return false;
	blue_keep(t, f, tick);
	return optq_random(t) >> 16 < f->blue_p;
}
