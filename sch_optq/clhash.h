/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The table that classes are found in is the kernel's, its memory is ours: the kernel's
 * own is on nobody's account, and stays when the classes have gone.
 */
#ifndef OPTQ_CLHASH_H
#define OPTQ_CLHASH_H

#include "qdisc.h"

int optq_clhash_init(struct optq_sched *q);

/*
 * A table for n classes: before many come at once, since packets look into it from then
 * on, and after some have come or gone.  Without memory it stays as it is.  Sleeps; RTNL
 * held, the tree lock not.
 */
void optq_clhash_fit(struct optq_sched *q, u32 n);

#endif /* OPTQ_CLHASH_H */
