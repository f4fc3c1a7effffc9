/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of the parser of matches share. */
#ifndef OPTQCTL_MATCH_PARSER_H
#define OPTQCTL_MATCH_PARSER_H

#include "match.h"
#include "match_lex.h"

struct match_parser {
	struct lexer lex;
	unsigned int depth;	/* of parentheses */
	struct match_names *names;
	struct named_sets *sets;
	struct match *m;
	struct match_error *err;
};

/* Takes @text over; returns false. */
bool match_fail(struct match_parser *p, struct span at, char *text);

/*
 * The values behind a field's word, which began at @start: NULL, with the error, if they
 * are wrong.
 */
struct match_node *match_values(struct match_parser *p,
				const struct field_word *word, size_t start);

#endif
