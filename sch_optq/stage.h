/* SPDX-License-Identifier: GPL-2.0 */
/*
 * A whole tree as a message asks for it, read and checked before anything of
 * the live tree is touched.
 */
#ifndef OPTQ_STAGE_H
#define OPTQ_STAGE_H

#include "conf.h"

#define OPTQ_NONE	(~0U)		/* no index */

struct optq_stage_class {
	u32 id;
	u32 parent;		/* index; OPTQ_NONE: the link */
	const char *name;	/* into the message; NULL: none */
	struct nlattr *attr;
	struct optq_class_conf conf;
	u64 below;		/* rates that children need */
	u32 depth;
	u32 n_children;
	u32 next_id;		/* chains of the two hashes */
	u32 next_name;
	struct optq_police *police; /* the stage's own, after a swap the old one */
	struct optq_cl *cl;	/* the live class of this id, or a new one */
	bool fresh;		/* cl is new and the stage's own */
};

struct optq_stage {
	struct optq_link_conf link;
	struct optq_police *police;	/* the link's, likewise */
	u32 police_entries;		/* addresses that all of them have meters for */
	struct optq_stage_class *class;
	struct optq_rules *rules;
	u32 *by_id;
	u32 *by_name;
	u32 n;
	u32 hash_mask;
	u32 hash_seed;		/* ids and names may be chosen to collide */
};

/*
 * Compiles the rules of a tree, for optq_stage_parse().  Sleeps, and may take seconds:
 * not under RTNL.  optq_stage_free() follows either way.
 */
int optq_stage_compile(struct optq_stage *st, const struct optq_part *part,
		       struct netlink_ext_ack *extack);

/*
 * Reads and checks the classes, rules and link parameters of a tree on top
 * of the defaults in st->link.  create: flows may be given.  Returns 0,
 * or an error with the reason in extack; optq_stage_free() follows either way.
 */
int optq_stage_parse(struct optq_stage *st, const struct optq_part *part,
		     bool create, struct netlink_ext_ack *extack);

void optq_stage_free(struct optq_stage *st);

/* Index of the class of id; OPTQ_NONE when there is none. */
u32 optq_stage_find(const struct optq_stage *st, u32 id);

#endif /* OPTQ_STAGE_H */
