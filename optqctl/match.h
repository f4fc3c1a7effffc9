/* SPDX-License-Identifier: GPL-2.0 */
/* The language of "match:", from its text to a tree of conditions. */
#ifndef OPTQCTL_MATCH_H
#define OPTQCTL_MATCH_H

#include "diag.h"
#include "match_field.h"

struct named_sets;

enum match_kind {
	MATCH_IS,		/* the value of dim is in set */
	MATCH_AND, MATCH_OR,	/* of all kids */
	MATCH_NOT		/* of the one kid */
};

struct match_node {
	enum match_kind kind;
	struct span at;		/* inside the expression */
	struct dim dim;
	struct rset *set;
	struct match_node **kids;
	size_t n, room;
};

struct match {
	struct match_node *root;
	struct span twice_at;	/* first value that its set has; len 0: none */
};

struct match_error {
	struct span at;		/* inside the expression */
	char *text;		/* to be freed; NULL: it was reported elsewhere */
};

/* Parentheses may be nested so deep. */
#define MATCH_DEPTH_MAX	32

/*
 * Fails with the first thing that is wrong.  @names gets the names that the text has,
 * @sets are those it may refer to; NULL: there are none.  match_free() either way.
 */
bool match_parse(const char *text, struct match_names *names,
		 struct named_sets *sets, struct match *m,
		 struct match_error *err);
void match_free(struct match *m);

#endif
