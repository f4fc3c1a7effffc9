/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Every invariant of a tree, checked from scratch: for tests, fuzzers and the
 * debug build of the module.  Time grows with all classes, flows and packets.
 */
#ifndef OPTQ_VERIFY_H
#define OPTQ_VERIFY_H

#include "class.h"

/*
 * NULL, or what is broken.  To be called between operations, not within one.
 * Packets of a class that is out of the tree may be part of the tree's total.
 */
const char *optq_tree_verify(const struct optq_tree *t);

/* Parts of it: the sets of c's children. */
const char *optq_sets_verify(const struct optq_class *c);

/* A leaf's flows and their hosts; refs: grows by what its flows say. */
const char *optq_shares_verify(const struct optq_flow_table *t,
			       const struct optq_leaf *l, u32 *refs);
const char *optq_hosts_verify(const struct optq_host_table *t, u32 refs);

#endif /* OPTQ_VERIFY_H */
