/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What has to be true of a qdisc between any two operations, looked at after each where the
 * module is built with OPTQ_DEBUG=1.  The tree lock is held.
 */
#ifndef OPTQ_VERIFY_QDISC_H
#define OPTQ_VERIFY_QDISC_H

#include "qdisc.h"

#ifdef OPTQ_DEBUG

/* After a packet. */
void optq_verify(struct optq_sched *q, const char *where);
/* After a change: all that only changes can break as well. */
void optq_verify_change(struct optq_sched *q, const char *where);
/* After a dequeue that gave nothing and is to come again at next, ns; 0: at no time. */
void optq_verify_idle(struct optq_sched *q, u64 next);
/* After a reset. */
void optq_verify_reset(struct optq_sched *q);

/* The same in words, NULL when all is well, for verify_fault.c. */
const char *optq_verify_why(struct optq_sched *q, bool changed);
const char *optq_idle_why(struct optq_sched *q, u64 next);

/* Faults made by hand, in debugfs. */
void optq_fault_init(void);
void optq_fault_exit(void);

#else

static inline void optq_verify(struct optq_sched *q, const char *where) { }
static inline void optq_verify_change(struct optq_sched *q, const char *where) { }
static inline void optq_verify_idle(struct optq_sched *q, u64 next) { }
static inline void optq_verify_reset(struct optq_sched *q) { }
static inline void optq_fault_init(void) { }
static inline void optq_fault_exit(void) { }

#endif /* OPTQ_DEBUG */

#endif /* OPTQ_VERIFY_QDISC_H */
