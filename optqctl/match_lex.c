// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "match_lex.h"
#include "mem.h"

static bool word_char(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("._:/@-", c));
}

static void quoted(struct lexer *l)
{
	struct token *t = &l->token;
	const char *start = l->text + l->off + 1;
	size_t len = strcspn(start, "\"");

	t->quoted = true;
	t->kind = start[len] ? TOKEN_WORD : TOKEN_OPEN;
	t->word = mem_strndup(start, len);
	l->off += 1 + len + (t->kind == TOKEN_WORD);
}

static void unquoted(struct lexer *l)
{
	struct token *t = &l->token;
	size_t start = l->off;

	while (word_char(l->text[l->off]))
		l->off++;
	t->kind = l->off > start ? TOKEN_WORD : TOKEN_MARK;
	if (t->kind == TOKEN_MARK) {
		t->mark = l->text[start];
		/* All bytes of one character, so that it can be shown. */
		do
			l->off++;
		while ((l->text[l->off] & 0xc0) == 0x80);
		/* "!=", "==", "&&", "||" */
		if (strchr("!=&|", t->mark) && l->text[l->off] &&
		    (l->text[l->off] == '=' || l->text[l->off] == t->mark))
			l->off++;
	}
	t->word = mem_strndup(l->text + start, l->off - start);
}

void lexer_next(struct lexer *l)
{
	struct token *t = &l->token;

	free(t->word);
	memset(t, 0, sizeof(*t));
	l->end = l->off;
	while (l->text[l->off] && strchr(" \t\r\n", l->text[l->off]))
		l->off++;
	t->at.off = l->off;
	if (!l->text[l->off]) {
		t->kind = TOKEN_END;
		t->at.len = 1;
		return;
	}
	if (l->text[l->off] == '"')
		quoted(l);
	else
		unquoted(l);
	t->at.len = l->off - t->at.off;
}

void lexer_begin(struct lexer *l, const char *text)
{
	memset(l, 0, sizeof(*l));
	l->text = text;
	lexer_next(l);
}

void lexer_free(struct lexer *l)
{
	free(l->token.word);
	l->token.word = NULL;
}

bool token_is_mark(const struct token *t, char mark)
{
	return t->kind == TOKEN_MARK && t->mark == mark;
}

bool token_is(const struct token *t, const char *word)
{
	return t->kind == TOKEN_WORD && !t->quoted && !strcmp(t->word, word);
}
