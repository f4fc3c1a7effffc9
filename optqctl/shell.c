// SPDX-License-Identifier: GPL-2.0
/*
 * Quotes, continued lines, comments, redirections, and variables that are set to what is
 * known.  What would have to be run, such as $(...), makes a word unknown.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "shell.h"

/* A value may have others in it: no more comes of a script than this. */
#define VALUE_MAX	65536

/* A word as it grows. */
struct buffer {
	char *text;
	size_t n, room;
	bool any;		/* an empty word, "", is one too */
	bool quoted, unknown, assigns;
	size_t start;
};

void shell_begin(struct shell *sh, const struct source *src)
{
	memset(sh, 0, sizeof(*sh));
	sh->src = src;
}

void shell_end(struct shell *sh)
{
	size_t i;

	for (i = 0; i < sh->n; i++) {
		free(sh->variables[i].name);
		free(sh->variables[i].value);
	}
	free(sh->variables);
	free(sh->here_end);
	memset(sh, 0, sizeof(*sh));
}

void shell_command_free(struct shell_command *cmd)
{
	size_t i;

	for (i = 0; i < cmd->n; i++)
		free(cmd->v[i].text);
	free(cmd->v);
	memset(cmd, 0, sizeof(*cmd));
}

static const char *at(const struct shell *sh)
{
	return sh->src->text + sh->pos;
}

static void put(struct buffer *b, char c)
{
	b->text = mem_grow(b->text, &b->room, b->n + 2, 1);
	b->text[b->n++] = c;
	b->text[b->n] = '\0';
	b->any = true;
}

static void put_all(struct buffer *b, const char *s, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		put(b, s[i]);
}

static void end_word(struct shell *sh, struct buffer *b, struct shell_command *cmd)
{
	struct shell_word *word;

	if (!b->any) {
		b->start = sh->pos;
		return;
	}
	cmd->v = mem_grow(cmd->v, &cmd->room, cmd->n + 1, sizeof(*cmd->v));
	word = &cmd->v[cmd->n++];
	word->text = b->text ? b->text : mem_strndup("", 0);
	word->at = (struct span){ b->start, sh->pos > b->start ? sh->pos - b->start : 1 };
	word->unknown = b->unknown;
	word->assigns = b->assigns;
	memset(b, 0, sizeof(*b));
	b->start = sh->pos;
}

static struct shell_variable *find_variable(const struct shell *sh, const char *name,
					    size_t len)
{
	size_t i;

	for (i = 0; i < sh->n; i++)
		if (strlen(sh->variables[i].name) == len &&
		    !memcmp(sh->variables[i].name, name, len))
			return &sh->variables[i];
	return NULL;
}

/* @value NULL: it is not known any more. */
static void set_variable(struct shell *sh, const char *name, size_t len,
			 const char *value)
{
	struct shell_variable *v = find_variable(sh, name, len);

	if (!v) {
		sh->variables = mem_grow(sh->variables, &sh->room, sh->n + 1,
					 sizeof(*sh->variables));
		v = &sh->variables[sh->n++];
		v->name = mem_strndup(name, len);
	}
	free(v->value);
	v->value = value ? mem_strndup(value, strlen(value)) : NULL;
}

static size_t name_length(const char *s)
{
	size_t n = 0;

	while (isalpha((unsigned char)s[n]) || s[n] == '_' ||
	       (n && isdigit((unsigned char)s[n])))
		n++;
	return n;
}

/* What stands between brackets, with those inside; 0: they do not close. */
static size_t bracket_length(const char *s, char open, char close)
{
	size_t n = 0, depth = 0;

	do {
		if (s[n] == open)
			depth++;
		else if (s[n] == close)
			depth--;
		else if (!s[n])
			return 0;
		n++;
	} while (depth);
	return n;
}

/* Unquoted, blanks of a value end words. */
static void put_value(struct shell *sh, struct buffer *b, struct shell_command *cmd,
		      const char *value, bool quoted)
{
	for (; *value; value++) {
		if (!quoted && !b->assigns && isspace((unsigned char)*value))
			end_word(sh, b, cmd);
		else if (b->n < VALUE_MAX)
			put(b, *value);
	}
}

/* ${NAME}, ${NAME:-WORD}; other ways to change a value are not followed. */
static bool brace_value(const struct shell *sh, const char *s, size_t len, char **value)
{
	size_t n = name_length(s);
	const struct shell_variable *v = find_variable(sh, s, n);
	bool set = v && v->value;

	if (n && n == len && set)
		*value = mem_strndup(v->value, strlen(v->value));
	else if (n && len >= n + 2 && s[n] == ':' && s[n + 1] == '-' &&
		 !memchr(s + n, '$', len - n))
		*value = set && *v->value ? mem_strndup(v->value, strlen(v->value)) :
			 mem_strndup(s + n + 2, len - n - 2);
	else
		return false;
	return true;
}

static void expand(struct shell *sh, struct buffer *b, struct shell_command *cmd,
		   bool quoted)
{
	const char *s = at(sh);
	size_t len = 1 + name_length(s + 1);
	const struct shell_variable *v;
	char *value = NULL;

	if (s[1] == '{') {
		len = bracket_length(s + 1, '{', '}');
		if (len && brace_value(sh, s + 2, len - 2, &value))
			put_value(sh, b, cmd, value, quoted);
		len += !!len;
	} else if (s[1] == '(') {
		len = bracket_length(s + 1, '(', ')');
		len += !!len;
	} else if (len > 1) {
		v = find_variable(sh, s + 1, len - 1);
		if (v && v->value) {
			value = mem_strndup(v->value, strlen(v->value));
			put_value(sh, b, cmd, value, quoted);
		}
	} else if (strchr("0123456789@*#?$!-", s[1]) && s[1]) {
		len = 2;
	}
	if (!len)
		len = strlen(s);
	if (!value) {
		put_all(b, s, len);
		b->unknown = true;
	}
	free(value);
	sh->pos += len;
}

static void backticks(struct shell *sh, struct buffer *b)
{
	const char *s = at(sh), *end = strchr(s + 1, '`');
	size_t len = end ? (size_t)(end - s) + 1 : strlen(s);

	put_all(b, s, len);
	b->unknown = true;
	sh->pos += len;
}

static void double_quotes(struct shell *sh, struct buffer *b, struct shell_command *cmd)
{
	char c;

	b->any = true;
	sh->pos++;
	while ((c = *at(sh)) && c != '"') {
		if (c == '$') {
			expand(sh, b, cmd, true);
			continue;
		}
		if (c == '`') {
			backticks(sh, b);
			continue;
		}
		if (c == '\\' && at(sh)[1] && strchr("$`\"\\\n", at(sh)[1])) {
			c = *(at(sh) + 1);
			sh->pos++;
		}
		if (c != '\n' || sh->src->text[sh->pos - 1] != '\\')
			put(b, c);
		sh->pos++;
	}
	sh->pos += *at(sh) == '"';
}

static void single_quotes(struct shell *sh, struct buffer *b)
{
	const char *s = at(sh) + 1, *end = strchr(s, '\'');
	size_t len = end ? (size_t)(end - s) : strlen(s);

	b->any = true;
	put_all(b, s, len);
	sh->pos += len + 1 + !!end;
	if (sh->pos > sh->src->len)
		sh->pos = sh->src->len;
}

/* >FILE, 2>&1, <<END: where it goes to is of no concern, but the end of a document. */
static void redirection(struct shell *sh, struct buffer *b)
{
	const char *s = at(sh);
	bool here = s[0] == '<' && s[1] == '<';
	size_t n;

	/* The number of what is redirected. */
	if (b->n && strspn(b->text, "0123456789&") == b->n) {
		b->n = 0;
		b->any = false;
	}
	sh->pos += strspn(s, "<>&|");
	sh->pos += *at(sh) == '-' && here;
	sh->pos += strspn(at(sh), " \t");
	n = strcspn(at(sh), " \t\r\n;|&<>()");
	if (here) {
		free(sh->here_end);
		s = at(sh);
		while (n && strchr("'\"\\", *s))
			s++, n--, sh->pos++;
		sh->here_end = mem_strndup(s, strcspn(s, "'\" \t\r\n;|&<>()"));
	}
	sh->pos += n;
}

/* Whether the word so far could be the name of a variable that is set. */
static bool may_assign(const struct buffer *b)
{
	return b->n && !b->unknown && name_length(b->text) == b->n;
}

/* True at the end of a command. */
static bool take(struct shell *sh, struct buffer *b, struct shell_command *cmd)
{
	char c = *at(sh);

	if (c == '\\' && at(sh)[1] == '\n') {
		sh->pos += 2;
	} else if (c == '\\' && at(sh)[1] == '\r' && at(sh)[2] == '\n') {
		sh->pos += 3;
	} else if (c == '\\' && at(sh)[1]) {
		put(b, at(sh)[1]);
		sh->pos += 2;
	} else if (c == '\n' || strchr(";|&", c)) {
		/* 2>&1 and &> are redirections. */
		if (c == '&' && at(sh)[1] == '>') {
			redirection(sh, b);
			return false;
		}
		end_word(sh, b, cmd);
		sh->pos += 1;
		return true;
	} else if (isspace((unsigned char)c)) {
		end_word(sh, b, cmd);
		b->start = ++sh->pos;
	} else if (c == '#' && !b->any) {
		sh->pos += strcspn(at(sh), "\n");
	} else if (c == '"') {
		double_quotes(sh, b, cmd);
	} else if (c == '\'') {
		single_quotes(sh, b);
	} else if (c == '$') {
		expand(sh, b, cmd, false);
	} else if (c == '`') {
		backticks(sh, b);
	} else if (c == '<' || c == '>') {
		redirection(sh, b);
	} else {
		if (c == '=' && may_assign(b))
			b->assigns = true;
		put(b, c);
		sh->pos++;
	}
	return false;
}

static void drop_words(struct shell_command *cmd, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(cmd->v[i].text);
	memmove(cmd->v, cmd->v + n, (cmd->n - n) * sizeof(*cmd->v));
	cmd->n -= n;
}

static bool is_declaration(const char *word)
{
	return !strcmp(word, "export") || !strcmp(word, "local") ||
	       !strcmp(word, "readonly") || !strcmp(word, "declare");
}

static void assign(struct shell *sh, struct shell_command *cmd)
{
	const struct shell_word *word;
	size_t i = 0, n;

	if (cmd->n > 1 && is_declaration(cmd->v[0].text))
		i = 1;
	for (; i < cmd->n && cmd->v[i].assigns; i++) {
		word = &cmd->v[i];
		n = strcspn(word->text, "=");
		set_variable(sh, word->text, n, word->unknown ? NULL : word->text + n + 1);
	}
	if (i && (i > 1 || cmd->v[0].assigns))
		drop_words(cmd, i);
}

static bool ends_document(struct shell *sh, const struct shell_command *cmd)
{
	if (!sh->here_end || cmd->n != 1 || strcmp(cmd->v[0].text, sh->here_end))
		return false;
	free(sh->here_end);
	sh->here_end = NULL;
	return true;
}

bool shell_next(struct shell *sh, struct shell_command *cmd)
{
	struct buffer b = { 0 };
	bool ended;

	shell_command_free(cmd);
	while (sh->pos < sh->src->len) {
		b.start = sh->pos;
		ended = false;
		while (!ended && sh->pos < sh->src->len)
			/* A NUL byte is a blank. */
			if (*at(sh))
				ended = take(sh, &b, cmd);
			else
				sh->pos++;
		end_word(sh, &b, cmd);
		assign(sh, cmd);
		if (ends_document(sh, cmd))
			shell_command_free(cmd);
		if (cmd->n)
			break;
	}
	free(b.text);
	return cmd->n > 0;
}
