// SPDX-License-Identifier: GPL-2.0
/* "basic match cmp(u8 at 9 layer network eq 17) and not meta(nf_mark eq 5)" */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "ematch.h"
#include "foreign_terms.h"
#include "import_tc.h"
#include "mem.h"

#define DEPTH_MAX	32

struct reader {
	struct foreign_filter *f;
	const char *s;
	unsigned int depth;
	bool bad;
};

static struct ematch read_expression(struct reader *r);

static void skip_blanks(struct reader *r)
{
	r->s += strspn(r->s, " \t");
}

/* The next word, without what stands in brackets; to be freed. */
static char *next_word(struct reader *r)
{
	size_t n;
	char *word;

	skip_blanks(r);
	n = strcspn(r->s, " \t()");
	word = mem_strndup(r->s, n);
	r->s += n;
	return word;
}

static bool take_word(struct reader *r, const char *word)
{
	size_t n = strlen(word);

	skip_blanks(r);
	if (strncmp(r->s, word, n) || (isalpha((unsigned char)*word) &&
				       isalnum((unsigned char)r->s[n])))
		return false;
	r->s += n;
	return true;
}

static uint32_t read_number(struct reader *r)
{
	char *word = next_word(r), *end;
	unsigned long number = strtoul(word, &end, 0);

	r->bad |= !*word || *end || number > UINT32_MAX;
	free(word);
	return (uint32_t)number;
}

static int read_width(struct reader *r)
{
	if (take_word(r, "u8"))
		return 1;
	if (take_word(r, "u16"))
		return 2;
	if (!take_word(r, "u32"))
		r->bad = true;
	return 4;
}

static enum ematch_operator read_operator(struct reader *r)
{
	if (take_word(r, "gt"))
		return EMATCH_GREATER;
	if (take_word(r, "lt"))
		return EMATCH_LESS;
	if (!take_word(r, "eq"))
		r->bad = true;
	return EMATCH_EQUAL;
}

static struct ematch read_compare(struct reader *r)
{
	int bytes = read_width(r), off = 0;
	enum ematch_operator op;
	uint32_t mask = 0;
	bool transport = false;

	if (take_word(r, "at"))
		off = (int)read_number(r);
	for (;;) {
		if (take_word(r, "layer")) {
			if (take_word(r, "transport") || take_word(r, "2"))
				transport = true;
			else if (!take_word(r, "network") && !take_word(r, "1"))
				foreign_lacks(r->f, "bytes of the link layer");
		} else if (take_word(r, "mask")) {
			mask = read_number(r);
		} else if (take_word(r, "trans")) {
			foreign_lacks(r->f, "bytes in another order");
		} else {
			break;
		}
	}
	op = read_operator(r);
	return ematch_compare(r->f, bytes, off, transport, mask, op, read_number(r));
}

static struct ematch read_u32(struct reader *r)
{
	int bytes = read_width(r), off = 0;
	uint32_t value = read_number(r), mask = read_number(r);
	bool nexthdr = false;

	if (take_word(r, "at")) {
		nexthdr = take_word(r, "nexthdr+");
		off = (int)read_number(r);
	}
	return ematch_compare(r->f, bytes, off, nexthdr, mask, EMATCH_EQUAL, value);
}

static struct ematch read_meta(struct reader *r)
{
	char *what = next_word(r);
	enum ematch_operator op;
	uint32_t mask = 0;

	if (strcmp(what, "nf_mark") && strcmp(what, "fwmark"))
		foreign_lacks(r->f, "\"meta(%s)\"", what);
	free(what);
	if (r->f->lacks)
		return (struct ematch){ 0 };
	if (take_word(r, "shift"))
		foreign_lacks(r->f, "a part of a mark");
	if (take_word(r, "mask"))
		mask = read_number(r);
	op = read_operator(r);
	return ematch_mark(r->f, mask, op, read_number(r));
}

static struct ematch read_test(struct reader *r)
{
	struct ematch e = { 0 };
	char *kind = next_word(r);

	if (!take_word(r, "("))
		r->bad = true;
	else if (!strcmp(kind, "cmp"))
		e = read_compare(r);
	else if (!strcmp(kind, "u32"))
		e = read_u32(r);
	else if (!strcmp(kind, "meta"))
		e = read_meta(r);
	else
		foreign_lacks(r->f, "\"%s(...)\"", kind);
	free(kind);
	/* What is not understood is passed whole. */
	if (r->f->lacks)
		r->s += strcspn(r->s, ")");
	if (!take_word(r, ")"))
		r->bad = true;
	return e;
}

static struct ematch read_one(struct reader *r)
{
	struct ematch e = { 0 };
	bool inverse = take_word(r, "not") || take_word(r, "NOT");

	if (r->depth >= DEPTH_MAX) {
		r->bad = true;
	} else if (take_word(r, "(")) {
		r->depth++;
		e = read_expression(r);
		r->depth--;
		r->bad |= !take_word(r, ")");
	} else {
		e = read_test(r);
	}
	return inverse ? ematch_not(e) : e;
}

/* What follows belongs together: "a and b or c" is "a and (b or c)" in the kernel. */
static struct ematch read_expression(struct reader *r)
{
	struct ematch e = read_one(r);
	bool is_or;

	if (r->bad)
		return e;
	is_or = take_word(r, "or") || take_word(r, "OR");
	if (!is_or && !take_word(r, "and") && !take_word(r, "AND"))
		return e;
	if (r->depth >= DEPTH_MAX) {
		r->bad = true;
		return e;
	}
	r->depth++;
	e = ematch_join(e, is_or, read_expression(r));
	r->depth--;
	return e;
}

/* All up to what is not of it; to be freed. */
static char *expression_text(struct tc *tc)
{
	char *text = mem_strndup("", 0), *longer;
	const char *word;

	while ((word = tc_word(tc)) && strcmp(word, "flowid") && strcmp(word, "classid") &&
	       strcmp(word, "action") && strcmp(word, "police")) {
		longer = mem_printf("%s%s ", text, word);
		free(text);
		text = longer;
		tc->i++;
	}
	return text;
}

void tc_basic_options(struct tc *tc, struct foreign_filter *f)
{
	struct reader r = { .f = f };
	struct ematch e;
	char *text;

	terms_family(f, f->protocol);
	while (tc_word(tc)) {
		if (tc_filter_common(tc, f))
			continue;
		if (!tc_is(tc, "match")) {
			tc_unknown(tc, "basic");
			continue;
		}
		text = expression_text(tc);
		r.s = text;
		e = read_expression(&r);
		skip_blanks(&r);
		if (r.bad || *r.s)
			foreign_lacks(f, "what could not be read");
		ematch_done(f, e);
		free(text);
	}
}
