/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQ_SEGMENT_H
#define OPTQ_SEGMENT_H

#include "qdisc.h"

/* Gives a segment of a split packet its length on the wire.  RCU-bh held. */
void optq_segment_init(struct Qdisc *sch, struct sk_buff *seg);

#endif /* OPTQ_SEGMENT_H */
