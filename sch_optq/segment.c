// SPDX-License-Identifier: GPL-2.0
#include "segment.h"

/*
 * What the qdisc's size table (tc-stab(8)) makes of a length.  The kernel
 * applies it to a packet before enqueue and exports nothing to do it again.
 */
static u32 stab_len(const struct qdisc_size_table *stab, u32 len)
{
	const struct tc_sizespec *s = &stab->szopts;
	s64 size = (s64)len + s->overhead, slot;

	if (s->tsize) {
		slot = max_t(s64, size + s->cell_align, 0) >> s->cell_log;
		if (slot < s->tsize)
			size = stab->data[slot];
		else
			size = (s64)stab->data[s->tsize - 1] *
			       (u32)((u32)slot / s->tsize) +
			       stab->data[(u32)slot % s->tsize];
		size <<= s->size_log;
	}
	return clamp_t(s64, size, 1, OPTQ_LEN_MAX);
}

void optq_segment_init(struct Qdisc *sch, struct sk_buff *seg)
{
	const struct qdisc_size_table *stab = rcu_dereference_bh(sch->stab);

	optq_set_pkt_len(seg, stab ? stab_len(stab, seg->len) : seg->len);
}
