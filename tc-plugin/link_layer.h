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
	bool figures;		/* overhead or mpu */
	bool from_ip;		/* overhead, or a name that has one */
	bool cake;		/* a word of tc-cake(8) */
	bool htb;		/* HTB's linklayer */
	bool raw;
	bool inherit;
	__u8 cells;		/* OPTQ_WIRE_NOATM, _ATM or _PTM */
	const char *word;	/* that said the layer */
	const char *name;	/* the named layer among them */
	__s64 overhead;
	__u64 mpu;
};

const struct link_layer *link_layer_find(const char *word);
const char *link_layer_name(__u64 layer);
void link_layer_help(void);

/* Zero on success; otherwise the reason is on stderr. */
int wire_set_layer(struct wire *w, const char *word, __u8 layer);
int wire_set_named(struct wire *w, const struct link_layer *ll);
int wire_set_htb(struct wire *w, const char *type);
int wire_check(const struct wire *w);

bool wire_given(const struct wire *w);

/*
 * In CAKE an overhead has packets counted from the IP header on; mpu, atm and ptm by
 * themselves leave the device's length.  htb: so does an overhead without a layer.
 */
__u8 wire_layer(const struct wire *w, bool htb);

#endif /* OPTQ_TC_LINK_LAYER_H */
