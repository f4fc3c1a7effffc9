/* SPDX-License-Identifier: GPL-2.0 */
/* The language of "match:" and the kernel rules that it stands for. */
#ifndef OPTQCTL_MATCH_H
#define OPTQCTL_MATCH_H

#include "model.h"

struct byte_set {
	uint8_t *v;
	size_t n, room;
};

struct address_set {
	struct address *v;
	size_t n, room;
};

struct port_set {
	struct port_range *v;
	size_t n, room;
};

struct mark {
	uint32_t value, mask;
};

struct mark_set {
	struct mark *v;
	size_t n, room;
};

/* A packet must have one value of each set; an empty set asks nothing. */
struct match {
	uint8_t family;
	struct byte_set proto, dscp;
	struct address_set src, dst;
	struct port_set sport, dport;
	struct port_set port;		/* source or destination */
	struct mark_set mark;
	struct span twice_at;		/* first value that its set has; len 0: none */
};

struct match_error {
	struct span at;		/* inside the expression */
	char *text;		/* to be freed */
};

/* Fails with the first thing that is wrong. */
bool match_parse(const char *text, struct match *m, struct match_error *err);
void match_free(struct match *m);

/* How many rules @m stands for; at most SIZE_MAX. */
size_t match_count(const struct match *m);
void match_expand(const struct match *m, struct link *link,
		  uint32_t class_index);
/* False when the families that its terms ask for exclude each other. */
bool match_possible(const struct match *m);

#endif
