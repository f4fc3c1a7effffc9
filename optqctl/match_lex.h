/* SPDX-License-Identifier: GPL-2.0 */
/* The words and marks of a match expression. */
#ifndef OPTQCTL_MATCH_LEX_H
#define OPTQCTL_MATCH_LEX_H

#include "diag.h"

enum token_kind {
	TOKEN_WORD,		/* also "@name" and "quoted text", without its quotes */
	TOKEN_MARK,
	TOKEN_OPEN,		/* a quoted text that does not end */
	TOKEN_END
};

struct token {
	enum token_kind kind;
	bool quoted;		/* of TOKEN_WORD */
	char mark;		/* of TOKEN_MARK: the first of its bytes */
	struct span at;
	char *word;		/* as it stands there */
};

struct lexer {
	const char *text;
	size_t off;
	size_t end;		/* of the token before */
	struct token token;	/* the one that comes next */
};

/* lexer_free() when done. */
void lexer_begin(struct lexer *l, const char *text);
void lexer_next(struct lexer *l);
void lexer_free(struct lexer *l);

bool token_is_mark(const struct token *t, char mark);
/* A word that is not quoted. */
bool token_is(const struct token *t, const char *word);

#endif
