/* SPDX-License-Identifier: GPL-2.0 */
/* Requests that the kernel takes, or nearly. */
#ifndef NLFUZZ_GRAMMAR_H
#define NLFUZZ_GRAMMAR_H

#include "request.h"

/* What is counted apart. */
enum what {
	QDISC_NEW, QDISC_DEL, QDISC_GET,
	CLASS_NEW, CLASS_DEL, CLASS_GET,
	FILTER_NEW, FILTER_DEL, FILTER_GET,
	TREE_SET, TREES_SET, TREE_GET, CLASS_DUMP, RULE_DUMP, FLOW_DUMP,
	ELEM_SET, ELEM_DEL, EXPLAIN, OTHER_CMD,
	WHATS
};

extern const char *const what_names[WHATS];

/* With each round the devices begin anew. */
struct round {
	const char *above;	/* kind of the veth's root qdisc; NULL: optq itself */
};

/* ---- parts of it ---- */

#define IDS	8		/* of classes that tc can name, from 1 on: few, to meet again */

/* What a round begins with: the qdiscs that the others need. */
#define TC_BEGIN	6
void tc_begin(struct request *q, const struct round *round, uint32_t step);

void tc_request(struct request *q, const struct round *round);
void genl_request(struct request *q, const struct round *round);

#define HANDLE_OPTQ	0x10000U
#define HANDLE_ABOVE	0x30000U

/* A message of tc, without attributes. */
void tc_head(struct request *q, uint16_t type, uint16_t flags, uint32_t ifindex,
	     uint32_t handle, uint32_t parent);

/* TCA_KIND and TCA_OPTIONS of a qdisc of any kind that has or needs no classes. */
void put_leaf_kind(struct request *q);
/* Likewise of one with classes; and TCA_OPTIONS of a class of it. */
const char *any_classful(struct rnd *r);
void put_classful(struct request *q, const char *kind);
void put_class_of(struct request *q, const char *kind);

void tc_filter(struct request *q);
/* All that comes to it goes to that class. */
void put_matchall(struct request *q, uint32_t classid);

/* Attributes of optq, without the nest around them. */
void put_link_attrs(struct request *q, bool create);
/* leaf: of one that has, or will have, none below it. */
void put_class_attrs(struct request *q, bool leaf);
/* target: id of a class that packets may be moved to, 0: none are. */
void put_police(struct request *q, int type, uint32_t target);

#endif /* NLFUZZ_GRAMMAR_H */
