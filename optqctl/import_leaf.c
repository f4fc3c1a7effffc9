// SPDX-License-Identifier: GPL-2.0
#include <linux/optq.h>

#include "import_tree.h"
#include "units.h"
#include <stdlib.h>

#define PACKET_BYTES	1514

static void set_limit(struct class *class, uint64_t packets)
{
	class->limit = packets > OPTQ_LIMIT_MAX ? OPTQ_LIMIT_MAX :
		       packets ? (uint32_t)packets : 1;
}

static void set_quantum(struct import_tree *t, const struct foreign_qdisc *q,
			struct class *class)
{
	uint32_t quantum = q->queue.quantum;

	if (!quantum)
		return;
	if (quantum < OPTQ_QUANTUM_MIN || quantum > OPTQ_QUANTUM_MAX)
		import_note_qdisc(t->notes, t->dev, q, "quantum %u is out of range, 256 to 1mb: it is left out",
				  quantum);
	else
		class->quantum = quantum;
}

static void import_aqm(struct import_tree *t, const struct foreign_qdisc *q,
		       struct class *class)
{
	class->target_ns = q->queue.target_ns;
	class->interval_ns = q->queue.interval_ns;
	if (q->kind == FOREIGN_CODEL ? !q->queue.ecn : q->queue.noecn)
		class->ecn = 0;
	if (!q->queue.ce_threshold_ns)
		return;
	class->step_ns = q->queue.ce_threshold_ns;
	import_note_qdisc(t->notes, t->dev, q, "ce_threshold marks whatever is ECN-capable: here it is a step_thresh, for ECT(1) alone");
}

void import_leaf(struct import_tree *t, const struct foreign_qdisc *q, uint32_t index)
{
	struct class *class = import_class(t, index);

	switch (q->kind) {
	case FOREIGN_FQ_CODEL:
	case FOREIGN_CODEL:
		import_aqm(t, q, class);
		set_quantum(t, q, class);
		break;
	case FOREIGN_SFQ:
		set_quantum(t, q, class);
		break;
	case FOREIGN_PFIFO:
		break;
	case FOREIGN_BFIFO:
		if (q->queue.limit)
			set_limit(class, q->queue.limit / PACKET_BYTES);
		import_note_qdisc(t->notes, t->dev, q, "its limit counts bytes: here it is as many packets of %d bytes",
				  PACKET_BYTES);
		return;
	default:
		import_note_qdisc(t->notes, t->dev, q, "\"%s\" has no counterpart: packets queue in flows, each under CoDel",
				  q->name);
		return;
	}
	if (q->queue.limit)
		set_limit(class, q->queue.limit);
}
