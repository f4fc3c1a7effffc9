// SPDX-License-Identifier: GPL-2.0
/*
 *	match	= term { [ "and" ] term }
 *	term	= "ip" | "ip6" | PROTOCOL | FIELD values
 *	values	= value | "{" value { "," value } "}"
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "match.h"
#include "match_values.h"
#include "mem.h"
#include "suggest.h"

#define TWICE_MAX	1024

enum token_kind { TOKEN_WORD, TOKEN_MARK, TOKEN_END };

struct token {
	enum token_kind kind;
	char mark;		/* of TOKEN_MARK: one of "{},", or what is wrong */
	struct span at;
	char *word;
};

enum field {
	FIELD_FAMILY, FIELD_PROTO, FIELD_SRC, FIELD_DST, FIELD_SPORT,
	FIELD_DPORT, FIELD_PORT, FIELD_DSCP, FIELD_MARK, FIELDS
};

struct parser {
	const char *text;
	size_t off;
	struct token token;	/* the one that comes next */
	struct match *m;
	struct match_error *err;
	struct span seen[FIELDS];	/* len 0: not yet */
};

static bool fail(struct parser *p, struct span at, char *text)
{
	p->err->at = at;
	p->err->text = text;
	return false;
}

static bool word_char(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("._:/-", c));
}

static void next_token(struct parser *p)
{
	struct token *t = &p->token;
	size_t start;

	free(t->word);
	t->word = NULL;
	while (p->text[p->off] && strchr(" \t\r\n", p->text[p->off]))
		p->off++;
	start = p->off;
	t->at.off = start;
	if (!p->text[start]) {
		t->kind = TOKEN_END;
		t->at.len = 1;
		return;
	}
	while (word_char(p->text[p->off]))
		p->off++;
	t->kind = p->off > start ? TOKEN_WORD : TOKEN_MARK;
	if (t->kind == TOKEN_MARK) {
		t->mark = p->text[start];
		/* All bytes of one character, so that it can be shown. */
		do
			p->off++;
		while ((p->text[p->off] & 0xc0) == 0x80);
	}
	t->at.len = p->off - start;
	t->word = mem_strndup(p->text + start, t->at.len);
}

static bool is_mark(const struct parser *p, char mark)
{
	return p->token.kind == TOKEN_MARK && p->token.mark == mark;
}

static const struct {
	const char *word;
	enum field field;
	const char *needs;
} fields[] = {
	{ "proto", FIELD_PROTO, "a protocol: \"proto ospf\", \"proto 89\"" },
	{ "src", FIELD_SRC, "an address: \"src 192.0.2.0/24\"" },
	{ "dst", FIELD_DST, "an address: \"dst 2001:db8::/32\"" },
	{ "sport", FIELD_SPORT, "a port: \"sport 53\"" },
	{ "dport", FIELD_DPORT, "a port: \"dport 16384-32767\"" },
	{ "port", FIELD_PORT, "a port: \"port { 80, 443 }\"" },
	{ "dscp", FIELD_DSCP, "a code point: \"dscp ef\"" },
	{ "mark", FIELD_MARK, "a mark: \"mark 0x10/0xff\"" },
};

static char *append_value(struct match *m, enum field field, const char *word)
{
	switch (field) {
	case FIELD_PROTO:
		return match_add_proto(m, word);
	case FIELD_SRC:
		return match_add_address(&m->src, word);
	case FIELD_DST:
		return match_add_address(&m->dst, word);
	case FIELD_SPORT:
		return match_add_ports(&m->sport, word);
	case FIELD_DPORT:
		return match_add_ports(&m->dport, word);
	case FIELD_PORT:
		return match_add_ports(&m->port, word);
	case FIELD_DSCP:
		return match_add_dscp(m, word);
	default:
		return match_add_mark(m, word);
	}
}

static size_t last_of(const struct match *m, enum field field)
{
	const size_t n[FIELDS] = {
		[FIELD_PROTO] = m->proto.n, [FIELD_SRC] = m->src.n,
		[FIELD_DST] = m->dst.n, [FIELD_SPORT] = m->sport.n,
		[FIELD_DPORT] = m->dport.n, [FIELD_PORT] = m->port.n,
		[FIELD_DSCP] = m->dscp.n, [FIELD_MARK] = m->mark.n,
	};

	return n[field] - 1;
}

static bool same_ports(const struct port_set *set, size_t i, size_t j)
{
	return set->v[i].min == set->v[j].min && set->v[i].max == set->v[j].max;
}

static bool same_address(const struct address_set *set, size_t i, size_t j)
{
	return !memcmp(&set->v[i], &set->v[j], sizeof(set->v[i]));
}

static bool same_value(const struct match *m, enum field field, size_t i,
		       size_t j)
{
	switch (field) {
	case FIELD_PROTO:
		return m->proto.v[i] == m->proto.v[j];
	case FIELD_SRC:
		return same_address(&m->src, i, j);
	case FIELD_DST:
		return same_address(&m->dst, i, j);
	case FIELD_SPORT:
		return same_ports(&m->sport, i, j);
	case FIELD_DPORT:
		return same_ports(&m->dport, i, j);
	case FIELD_PORT:
		return same_ports(&m->port, i, j);
	case FIELD_DSCP:
		return m->dscp.v[i] == m->dscp.v[j];
	default:
		return m->mark.v[i].value == m->mark.v[j].value &&
		       m->mark.v[i].mask == m->mark.v[j].mask;
	}
}

/* As written it may differ: "ef" and 46. */
static void note_twice(struct parser *p, enum field field)
{
	size_t last = last_of(p->m, field), i;

	/* Each value is held against all before it: longer sets are let be. */
	if (p->m->twice_at.len || last > TWICE_MAX)
		return;
	for (i = 0; i < last; i++)
		if (same_value(p->m, field, i, last))
			p->m->twice_at = p->token.at;
}

static bool parse_value(struct parser *p, size_t row)
{
	char *why;

	if (p->token.kind != TOKEN_WORD)
		return fail(p, p->token.at,
			    mem_printf("\"%s\" needs %s", fields[row].word,
				       fields[row].needs));
	why = append_value(p->m, fields[row].field, p->token.word);
	if (why)
		return fail(p, p->token.at, why);
	note_twice(p, fields[row].field);
	next_token(p);
	return true;
}

/* "104,11112": what the set would be. */
static bool fail_without_braces(struct parser *p, size_t first)
{
	struct span at = p->token.at;
	size_t end = at.off;

	while (is_mark(p, ',')) {
		next_token(p);
		if (p->token.kind != TOKEN_WORD)
			break;
		end = p->off;
		next_token(p);
	}
	return fail(p, at, mem_printf("several values are a set: { %.*s }",
				      (int)(end - first), p->text + first));
}

static bool parse_values(struct parser *p, size_t row)
{
	struct span open = p->token.at;

	if (!is_mark(p, '{'))
		return parse_value(p, row) &&
		       (!is_mark(p, ',') || fail_without_braces(p, open.off));
	next_token(p);
	for (;;) {
		if (!parse_value(p, row))
			return false;
		if (is_mark(p, '}'))
			break;
		if (p->token.kind == TOKEN_END)
			return fail(p, open, mem_printf("the set is not closed: a \"}\" is missing"));
		if (!is_mark(p, ','))
			return fail(p, p->token.at,
				    mem_printf("a comma goes between the values of a set"));
		next_token(p);
	}
	next_token(p);
	return true;
}

static bool once(struct parser *p, enum field field, const char *what)
{
	if (p->seen[field].len)
		return fail(p, p->token.at,
			    mem_printf("%s is given twice: write a set { a, b } for either, or a list of matches for alternatives",
				       what));
	p->seen[field] = p->token.at;
	return true;
}

static char *unknown_word(const char *word)
{
	struct suggestion best;
	const char *const *name;
	size_t i;

	if (!strcmp(word, "or"))
		return mem_printf("\"or\" is not in this language: alternatives are a list of matches or a set { a, b }");
	if (!strcmp(word, "not"))
		return mem_printf("\"not\" is not in this language: the first match counts, so match what is excepted in a class further up");
	suggest_begin(&best, word);
	for (i = 0; i < sizeof(fields) / sizeof(*fields); i++)
		suggest_offer(&best, fields[i].word);
	suggest_offer(&best, "ip");
	suggest_offer(&best, "ip6");
	for (name = match_proto_words(); *name; name++)
		suggest_offer(&best, *name);
	if (suggest_end(&best))
		return mem_printf("unknown word \"%s\": did you mean \"%s\"?",
				  word, suggest_end(&best));
	return mem_printf("unknown word \"%s\": a term is ip, ip6, a protocol, or one of proto src dst sport dport port dscp mark with a value",
			  word);
}

static bool parse_word_term(struct parser *p)
{
	const char *word = p->token.word;
	uint8_t proto;

	if (!strcmp(word, "ip") || !strcmp(word, "ip6")) {
		if (!once(p, FIELD_FAMILY, "the family"))
			return false;
		p->m->family = word[2] ? 6 : 4;
	} else if (match_proto_word(word, &proto)) {
		char *why;

		if (!once(p, FIELD_PROTO, "the protocol"))
			return false;
		why = match_add_proto(p->m, word);
		if (why)
			return fail(p, p->token.at, why);
	} else {
		return fail(p, p->token.at, unknown_word(word));
	}
	next_token(p);
	return true;
}

static bool parse_term(struct parser *p)
{
	size_t i;

	if (p->token.kind != TOKEN_WORD)
		return fail(p, p->token.at, p->token.kind == TOKEN_END ?
			    mem_printf("a term must follow: \"dscp ef\", \"tcp port 443\"") :
			    mem_printf("\"%s\" is out of place: a term is a word such as tcp, or a word with a value such as dscp ef",
				       p->token.word));
	for (i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		if (strcmp(p->token.word, fields[i].word))
			continue;
		if (!once(p, fields[i].field, fields[i].field == FIELD_PROTO ?
			  "the protocol" : fields[i].word))
			return false;
		next_token(p);
		return parse_values(p, i);
	}
	return parse_word_term(p);
}

static char *no_ports(uint8_t proto)
{
	static const char have[] = "tcp, udp, sctp, dccp and udplite have";
	const char *name = match_proto_name(proto);

	if (name)
		return mem_printf("%s has no ports: %s", name, have);
	return mem_printf("protocol %d has no ports: %s", proto, have);
}

static bool check_ports(struct parser *p)
{
	struct match *m = p->m;
	struct span at = p->seen[FIELD_PORT];
	size_t i;

	if (m->port.n && (m->sport.n || m->dport.n))
		return fail(p, at, mem_printf("\"port\" means either side already: leave it or sport and dport out"));
	at = m->port.n ? at : m->sport.n ? p->seen[FIELD_SPORT] :
	     p->seen[FIELD_DPORT];
	if (!m->port.n && !m->sport.n && !m->dport.n)
		return true;
	if (!m->proto.n) {
		match_add_proto(m, "tcp");
		match_add_proto(m, "udp");
	}
	for (i = 0; i < m->proto.n; i++)
		if (!match_proto_has_ports(m->proto.v[i]))
			return fail(p, at, no_ports(m->proto.v[i]));
	return true;
}

static bool check_families(struct parser *p)
{
	struct span all = { 0, strlen(p->text) };

	if (match_possible(p->m))
		return true;
	return fail(p, all, mem_printf("no packet can match: it would have to be IPv4 and IPv6 at once"));
}

bool match_parse(const char *text, struct match *m, struct match_error *err)
{
	struct parser p = { .text = text, .m = m, .err = err };
	bool good;

	memset(m, 0, sizeof(*m));
	next_token(&p);
	good = parse_term(&p);
	while (good && p.token.kind != TOKEN_END) {
		if (p.token.kind == TOKEN_WORD && !strcmp(p.token.word, "and"))
			next_token(&p);
		good = parse_term(&p);
	}
	good = good && check_ports(&p) && check_families(&p);
	free(p.token.word);
	return good;
}

void match_free(struct match *m)
{
	free(m->proto.v);
	free(m->dscp.v);
	free(m->src.v);
	free(m->dst.v);
	free(m->sport.v);
	free(m->dport.v);
	free(m->port.v);
	free(m->mark.v);
	memset(m, 0, sizeof(*m));
}
