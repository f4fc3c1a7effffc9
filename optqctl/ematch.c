// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "ematch.h"
#include "foreign_terms.h"
#include "mem.h"

struct ematch ematch_key(struct foreign_filter *f, const struct foreign_key *key)
{
	struct foreign_filter one = { .protocol = f->protocol };
	struct ematch e = { 0 };
	const char *rest;

	foreign_add_key(&one, *key);
	terms_keys(&one);
	if (one.lacks)
		foreign_lacks(f, "%s", one.lacks);
	/* The family is the filter's, said once. */
	rest = one.terms ? strstr(one.terms, " and ") : NULL;
	if (!one.lacks && f->protocol != PROTOCOL_ALL && rest)
		e.text = mem_strndup(rest + 5, strlen(rest + 5));
	else if (!one.lacks && one.terms)
		e.text = mem_strndup(one.terms, strlen(one.terms));
	foreign_filter_free(&one);
	return e;
}

struct ematch ematch_compare(struct foreign_filter *f, int bytes, int off, bool nexthdr,
			     uint32_t mask, enum ematch_operator op, uint32_t value)
{
	int shift = 8 * (4 - bytes - (off & 3));
	uint32_t all = bytes == 4 ? UINT32_MAX : (1U << 8 * bytes) - 1;
	struct foreign_key key = { 0 };

	if (op != EMATCH_EQUAL || shift < 0) {
		foreign_lacks(f, op != EMATCH_EQUAL ? "bytes that are more or less than a number" :
			      "a value across two words");
		return (struct ematch){ 0 };
	}
	key.value = value << shift;
	key.mask = (mask ? mask & all : all) << shift;
	key.off = off & ~3;
	key.nexthdr = nexthdr;
	return ematch_key(f, &key);
}

struct ematch ematch_mark(struct foreign_filter *f, uint32_t mask, enum ematch_operator op,
			  uint32_t value)
{
	struct ematch e = { 0 };

	if (op == EMATCH_EQUAL && mask && mask != UINT32_MAX)
		e.text = mem_printf("mark 0x%x/0x%x", value & mask, mask);
	else if (op == EMATCH_EQUAL)
		e.text = mem_printf("mark 0x%x", value);
	else if (mask && mask != UINT32_MAX)
		foreign_lacks(f, "part of a mark that is more or less than a number");
	else if (op == EMATCH_GREATER && value < UINT32_MAX)
		e.text = mem_printf("mark 0x%x-0xffffffff", value + 1);
	else if (op == EMATCH_LESS && value)
		e.text = mem_printf("mark 0x0-0x%x", value - 1);
	else
		foreign_lacks(f, "a mark that there is not");
	return e;
}

struct ematch ematch_not(struct ematch e)
{
	struct ematch inverse = { e.text ? mem_printf("not (%s)", e.text) : NULL, false };

	free(e.text);
	return inverse;
}

struct ematch ematch_join(struct ematch a, bool is_or, struct ematch b)
{
	struct ematch both = { .is_or = is_or };

	if (a.text && b.text)
		both.text = mem_printf("%s%s%s %s %s%s%s", !is_or && a.is_or ? "(" : "",
				       a.text, !is_or && a.is_or ? ")" : "",
				       is_or ? "or" : "and", !is_or && b.is_or ? "(" : "",
				       b.text, !is_or && b.is_or ? ")" : "");
	free(a.text);
	free(b.text);
	return both;
}

void ematch_done(struct foreign_filter *f, struct ematch e)
{
	if (e.text && e.is_or)
		foreign_add_term(f, "(%s)", e.text);
	else if (e.text)
		foreign_add_term(f, "%s", e.text);
	free(e.text);
}
