/* SPDX-License-Identifier: GPL-2.0 */
/* The connection that a packet is of, as connection tracking knows it. */
#ifndef OPTQ_CONN_H
#define OPTQ_CONN_H

#include <linux/skbuff.h>

/*
 * From now on connections are looked up for packets that have not met connection tracking
 * yet, as those that come in by an ifb; connection tracking is loaded for it, and stays.
 * Where it cannot be had they are of none.  Sleeps.
 */
void optq_conn_use(void);

/* Nobody looks up any more. */
void optq_conn_exit(void);

/*
 * Its mark; false: the packet is of no connection, which those are that come in later
 * fragments.  Who has met connection tracking and was found invalid is looked up as well.
 * In any context.
 */
bool optq_conn_mark(const struct sk_buff *skb, u32 *mark);

#endif /* OPTQ_CONN_H */
