/* SPDX-License-Identifier: GPL-2.0 */
/* What a packet takes on the wire, in the words of tc-cake(8). */
#ifndef OPTQ_TC_LINK_LAYER_H
#define OPTQ_TC_LINK_LAYER_H

#include "keyword.h"

/* A layer and its figures under one name. */
struct link_layer {
	const char *name;
	__u8 layer;		/* enum optq_wire_layer; 0: as it was */
	bool whole;		/* the overhead is not added to what was said */
	__s16 overhead;
	__u16 mpu;		/* 0: as it was */
};

/* What the words have said so far.  Their order counts, as in CAKE. */
struct wire {
	bool given;
	bool named;		/* by a word of tc-cake(8) for a line */
	__u8 layer;
	const char *word;	/* that said the layer */
	const char *name;	/* the named layer among them */
	__s64 overhead;
	__u64 mpu;
};

const struct link_layer *link_layer_find(const char *word);
void link_layer_help(const struct keyword_set *set);

/* Zero on success; otherwise the reason is on stderr. */
int wire_set_layer(struct wire *w, const char *word, __u8 layer);
int wire_set_named(struct wire *w, const struct link_layer *ll);
int wire_check(const struct wire *w);

#endif /* OPTQ_TC_LINK_LAYER_H */
