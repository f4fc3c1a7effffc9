// SPDX-License-Identifier: GPL-2.0
/*
 *	values	= value | "{" value { "," value } "}"
 *	value	= WORD | "quoted" | "@" NAME
 */
#include <stdlib.h>
#include <string.h>

#include "match_node.h"
#include "match_parser.h"
#include "mem.h"
#include "named_set.h"

#define TWICE_MAX	1024

struct set_reader {
	struct match_parser *p;
	const struct field_word *word;
	struct values values;		/* written here */
	struct set_parts named;		/* of the sets named here */
};

/* As it is written it may differ: "ef" and 46. */
static void note_twice(struct set_reader *r)
{
	struct match *m = r->p->m;
	struct range *last;
	size_t i, j, n;

	/* Each value is held against all before it: longer sets are let be. */
	for (i = 0; i < r->values.n && !m->twice_at.len; i++) {
		n = r->values.v[i].ranges.n;
		if (n > TWICE_MAX)
			return;
		last = &r->values.v[i].ranges.v[n - 1];
		for (j = 0; j + 1 < n; j++)
			if (!memcmp(&r->values.v[i].ranges.v[j], last,
				    sizeof(*last)))
				m->twice_at = r->p->lex.token.at;
	}
}

static bool named_value(struct set_reader *r)
{
	struct match_parser *p = r->p;
	struct token *t = &p->lex.token;
	const struct set_parts *parts;
	struct named_set *set;
	char *why = NULL;
	size_t i;
	bool told;

	if (!p->sets)
		return match_fail(p, t->at, mem_printf("no set can be named here"));
	set = named_set_find(p->sets, t->word + 1, &why);
	if (!set)
		return match_fail(p, t->at, why);
	parts = named_set_values(p->sets, set, r->word->field, p->names, &told);
	if (!parts)
		return match_fail(p, t->at, told ? NULL :
				  mem_printf("\"%s\" has values that \"%s\" cannot have",
					     t->word, r->word->word));
	for (i = 0; i < parts->n; i++)
		set_parts_add(&r->named, parts->v[i].param,
			      rset_get(parts->v[i].set));
	return true;
}

static bool parse_value(struct set_reader *r)
{
	struct match_parser *p = r->p;
	struct token *t = &p->lex.token;
	char *why;

	if (t->kind != TOKEN_WORD)
		return match_fail(p, t->at, t->kind == TOKEN_OPEN ?
				  mem_printf("the quoted text does not end: a '\"' is missing") :
				  mem_printf("\"%s\" needs %s", r->word->word,
					     r->word->needs));
	if (*t->word == '@' && !t->quoted) {
		if (!named_value(r))
			return false;
	} else {
		why = field_value(r->word->field, t->word, p->names, &r->values);
		if (why)
			return match_fail(p, t->at, why);
		note_twice(r);
	}
	lexer_next(&p->lex);
	return true;
}

/* "104,11112": what the set would be. */
static bool fail_without_braces(struct match_parser *p, size_t first)
{
	struct span at = p->lex.token.at;
	size_t end = at.off;

	while (token_is_mark(&p->lex.token, ',')) {
		lexer_next(&p->lex);
		if (p->lex.token.kind != TOKEN_WORD)
			break;
		end = p->lex.off;
		lexer_next(&p->lex);
	}
	return match_fail(p, at, mem_printf("several values are a set: { %.*s }",
					    (int)(end - first),
					    p->lex.text + first));
}

static bool parse_values(struct set_reader *r)
{
	struct match_parser *p = r->p;
	struct span open = p->lex.token.at;

	if (!token_is_mark(&p->lex.token, '{'))
		return parse_value(r) && (!token_is_mark(&p->lex.token, ',') ||
					  fail_without_braces(p, open.off));
	lexer_next(&p->lex);
	for (;;) {
		if (!parse_value(r))
			return false;
		if (token_is_mark(&p->lex.token, '}'))
			break;
		if (p->lex.token.kind == TOKEN_END)
			return match_fail(p, open, mem_printf("the set is not closed: a \"}\" is missing"));
		if (!token_is_mark(&p->lex.token, ','))
			return match_fail(p, p->lex.token.at,
					  mem_printf("a comma goes between the values of a set"));
		lexer_next(&p->lex);
	}
	lexer_next(&p->lex);
	return true;
}

/* What is written and what is named, by parameter. */
static void gather(struct set_reader *r, struct set_parts *all)
{
	size_t i;

	for (i = 0; i < r->values.n; i++)
		set_parts_add(all, r->values.v[i].param,
			      rset_of(&r->values.v[i].ranges, false));
	for (i = 0; i < r->named.n; i++)
		set_parts_add(all, r->named.v[i].param,
			      rset_get(r->named.v[i].set));
	/* A set that is empty is a set all the same. */
	if (!all->n)
		set_parts_add(all, 0, rset_of(&(struct ranges){ 0 }, false));
}

static struct dim other_side(struct dim dim)
{
	return dim.field == OPTQ_FIELD_HOST ?
	       (struct dim){ OPTQ_FIELD_HOST, 1 } :
	       (struct dim){ OPTQ_FIELD_DPORT, 0 };
}

struct match_node *match_values(struct match_parser *p,
				const struct field_word *word, size_t start)
{
	struct set_reader r = { .p = p, .word = word };
	struct match_node *any = NULL;
	struct set_parts all = { 0 };
	struct dim dim = { word->field, word->param };
	struct span at;
	size_t i;

	if (parse_values(&r)) {
		at = (struct span){ start, p->lex.end - start };
		any = match_group(MATCH_OR, at);
		gather(&r, &all);
	}
	for (i = 0; i < all.n; i++) {
		if (all.v[i].param)
			dim.param = all.v[i].param;
		match_add_kid(any, match_is(at, dim, rset_get(all.v[i].set)));
		if (word->either_side)
			match_add_kid(any, match_is(at, other_side(dim),
						    rset_get(all.v[i].set)));
	}
	set_parts_free(&all);
	set_parts_free(&r.named);
	values_free(&r.values);
	return any ? match_simplify(any) : NULL;
}
