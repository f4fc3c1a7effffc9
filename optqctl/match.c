// SPDX-License-Identifier: GPL-2.0
/*
 *	match	= both { "or" both }
 *	both	= term { [ "and" ] term }
 *	term	= { "not" } ( "(" match ")" | FAMILY | PROTOCOL | "vlan" |
 *		  FIELD [ "!=" ] values )
 *
 * Values are read by match_set.c.
 */
#include <stdlib.h>
#include <string.h>

#include "match_lex.h"
#include "match_node.h"
#include "match_parser.h"
#include "match_values.h"
#include "match_words.h"
#include "mem.h"

bool match_fail(struct match_parser *p, struct span at, char *text)
{
	p->err->at = at;
	p->err->text = text;
	return false;
}

/* From @start to the end of what was read last. */
static struct span since(const struct match_parser *p, size_t start)
{
	return (struct span){ start, p->lex.end - start };
}

static struct rset *one_value(uint64_t value)
{
	struct ranges r = { 0 };

	ranges_add(&r, value_of(value), value_of(value));
	return rset_of(&r, false);
}

static struct match_node *plain_is(struct match_parser *p, enum optq_field field,
				   uint64_t value)
{
	struct span at = p->lex.token.at;

	lexer_next(&p->lex);
	return match_is(at, (struct dim){ field, 0 }, one_value(value));
}

/* "vlan" alone: there is a tag. */
static bool vlan_alone(const struct match_parser *p)
{
	const struct token *t = &p->lex.token;

	return !token_is_mark(t, '{') && !token_is_mark(t, '!') &&
	       (t->kind != TOKEN_WORD ||
		(!strchr("@0123456789", *t->word) && strcmp(t->word, "id")));
}

static struct match_node *any_vlan(struct span at)
{
	struct dim dim = { OPTQ_FIELD_VLAN, 0 };
	struct ranges r = { 0 };

	ranges_add(&r, value_of(0), dim_max(dim));
	return match_is(at, dim, rset_of(&r, false));
}

static struct match_node *field_term(struct match_parser *p,
				     const struct field_word *word,
				     struct span at)
{
	struct match_node *node, *not;
	bool differs;

	if (word->field == OPTQ_FIELD_VLAN && vlan_alone(p))
		return any_vlan(at);
	/* nft writes it so; "=" or "==" would say nothing. */
	differs = token_is_mark(&p->lex.token, '!') &&
		  p->lex.token.at.len == 2;
	if (differs)
		lexer_next(&p->lex);
	if (token_is_mark(&p->lex.token, '=')) {
		match_fail(p, p->lex.token.at,
			   mem_printf("leave \"%s\" out: a value follows its field, or != and a value",
				      p->lex.token.word));
		return NULL;
	}
	node = match_values(p, word, at.off);
	if (!node || !differs)
		return node;
	not = match_group(MATCH_NOT, node->at);
	match_add_kid(not, node);
	return not;
}

static struct match_node *icmp_term(struct match_parser *p, uint8_t proto)
{
	struct span at = p->lex.token.at;
	const struct field_word *types = field_icmp_type(p->lex.token.word);
	struct match_node *node = plain_is(p, OPTQ_FIELD_PROTO, proto);

	if (!types || !token_is(&p->lex.token, "type"))
		return node;
	match_node_free(node);
	lexer_next(&p->lex);
	return field_term(p, types, at);
}

/*
 * "not tcp dport 53": tcpdump would take the "not" for all of it, the order of
 * precedence takes it for "tcp" alone.
 */
static bool not_is_clear(struct match_parser *p, struct span word)
{
	const struct token *t = &p->lex.token;
	const char *text = p->lex.text + word.off;

	if (t->kind != TOKEN_WORD || token_is(t, "and") || token_is(t, "or"))
		return true;
	return match_fail(p, t->at, mem_printf("does \"not\" go for \"%.*s\" alone? write \"not %.*s and %s ...\", or \"not (%.*s %s ...)\"",
					       (int)word.len, text,
					       (int)word.len, text, t->word,
					       (int)word.len, text, t->word));
}

static struct match_node *word_term(struct match_parser *p, bool negated)
{
	struct token *t = &p->lex.token;
	const struct field_word *f;
	struct match_node *node;
	struct span at = t->at;
	uint8_t proto;

	for (f = field_words; f->word; f++) {
		if (strcmp(t->word, f->word))
			continue;
		lexer_next(&p->lex);
		return field_term(p, f, at);
	}
	if (!strcmp(t->word, "ip") || !strcmp(t->word, "ip6")) {
		node = plain_is(p, OPTQ_FIELD_FAMILY, t->word[2] ? 6 : 4);
	} else if (match_proto_word(t->word, &proto)) {
		node = icmp_term(p, proto);
	} else {
		match_fail(p, at, match_unknown_word(t->word));
		return NULL;
	}
	if (node && negated && since(p, at.off).len == at.len &&
	    !not_is_clear(p, at)) {
		match_node_free(node);
		return NULL;
	}
	return node;
}

static struct match_node *parse_either(struct match_parser *p);

static struct match_node *group_term(struct match_parser *p)
{
	struct span open = p->lex.token.at;
	struct match_node *node;

	if (p->depth == MATCH_DEPTH_MAX) {
		match_fail(p, open, mem_printf("parentheses nested deeper than %d",
					       MATCH_DEPTH_MAX));
		return NULL;
	}
	p->depth++;
	lexer_next(&p->lex);
	node = parse_either(p);
	p->depth--;
	if (!node)
		return NULL;
	if (!token_is_mark(&p->lex.token, ')')) {
		if (p->lex.token.kind == TOKEN_END)
			match_fail(p, open, mem_printf("a \")\" is missing"));
		else
			match_fail(p, p->lex.token.at,
				   match_no_term(&p->lex.token));
		match_node_free(node);
		return NULL;
	}
	lexer_next(&p->lex);
	node->at = since(p, open.off);
	return node;
}

static struct match_node *parse_term(struct match_parser *p)
{
	struct match_node *node, *not;
	size_t start = p->lex.token.at.off;
	bool negated = false;

	while (token_is(&p->lex.token, "not")) {
		negated = !negated;
		lexer_next(&p->lex);
	}
	if (token_is_mark(&p->lex.token, '(')) {
		node = group_term(p);
	} else if (p->lex.token.kind == TOKEN_WORD && !p->lex.token.quoted) {
		node = word_term(p, negated);
	} else {
		match_fail(p, p->lex.token.at, match_no_term(&p->lex.token));
		return NULL;
	}
	if (!node || !negated)
		return node;
	not = match_group(MATCH_NOT, since(p, start));
	match_add_kid(not, node);
	return not;
}

/* Where a chain of terms may go on without a word between them. */
static bool ends_both(const struct token *t)
{
	return t->kind == TOKEN_END || token_is(t, "or") ||
	       token_is_mark(t, ')');
}

static struct match_node *parse_both(struct match_parser *p)
{
	size_t start = p->lex.token.at.off;
	struct match_node *all = match_group(MATCH_AND, p->lex.token.at), *kid;

	do {
		if (all->n && token_is(&p->lex.token, "and"))
			lexer_next(&p->lex);
		kid = parse_term(p);
		if (!kid) {
			match_node_free(all);
			return NULL;
		}
		match_add_kid(all, kid);
	} while (!ends_both(&p->lex.token));
	all->at = since(p, start);
	return match_simplify(all);
}

static struct match_node *parse_either(struct match_parser *p)
{
	size_t start = p->lex.token.at.off;
	struct match_node *any = match_group(MATCH_OR, p->lex.token.at), *kid;

	for (;;) {
		kid = parse_both(p);
		if (!kid) {
			match_node_free(any);
			return NULL;
		}
		match_add_kid(any, kid);
		if (!token_is(&p->lex.token, "or"))
			break;
		lexer_next(&p->lex);
	}
	any->at = since(p, start);
	return match_simplify(any);
}

bool match_parse(const char *text, struct match_names *names,
		 struct named_sets *sets, struct match *m,
		 struct match_error *err)
{
	struct match_parser p = {
		.names = names, .sets = sets, .m = m, .err = err
	};

	memset(m, 0, sizeof(*m));
	memset(err, 0, sizeof(*err));
	lexer_begin(&p.lex, text);
	m->root = parse_either(&p);
	/* Only a parenthesis stops it before the end. */
	if (m->root && p.lex.token.kind != TOKEN_END) {
		match_fail(&p, p.lex.token.at, match_no_term(&p.lex.token));
		match_free(m);
	}
	lexer_free(&p.lex);
	return m->root;
}

void match_free(struct match *m)
{
	match_node_free(m->root);
	m->root = NULL;
}
