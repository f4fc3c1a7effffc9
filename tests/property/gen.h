/* SPDX-License-Identifier: GPL-2.0 */
/* Random trees and traffic. */
#ifndef GEN_H
#define GEN_H

#include "sim.h"

struct gen {
	u32 classes, levels;	/* at most */
	bool fit;		/* guarantees fit everywhere */
	bool tight;		/* ... and leave nothing over */
	bool chains;		/* ... of classes that give nearly all to one child */
	bool roomy_ceils;	/* ceilings that forgive waiting */
	bool small_bursts;	/* a few packets, so that shares settle soon */
	bool large_packets;	/* bursts that let super-packets stay whole */
	bool no_aqm;		/* CoDel out of the way */
	bool isolate;		/* leaves by hosts too */
	bool delays;		/* any, whether they can be met or not */
};

/* Parameters for a child of a class whose guarantee still has room bytes/s. */
struct optq_class_conf gen_conf(struct sim *s, const struct gen *g, u64 room,
				u64 parent_ceil);

/* Fills the tree of s, which has only its link so far. */
void gen_tree(struct sim *s, const struct gen *g);

/* Gives every leaf that has none a random source that suits the line. */
void gen_sources(struct sim *s);

bool node_is_leaf(const struct node *n);

/* Any class but the link, or NULL. */
struct node *gen_pick(struct sim *s, bool leaf);

#endif /* GEN_H */
