// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "subst.h"

bool var_ref_next(const char *text, size_t len, size_t from,
		  struct var_ref *ref)
{
	const char *at, *end;
	size_t off;

	memset(ref, 0, sizeof(*ref));
	for (off = from; off + 1 < len; off++) {
		at = memchr(text + off, '$', len - off);
		if (!at)
			return false;
		off = (size_t)(at - text);
		ref->off = off;
		if (len - off > 2 && !memcmp(at, "$${", 3)) {
			ref->len = 3;
			ref->escape = true;
			return true;
		}
		if (len - off < 2 || at[1] != '{')
			continue;
		ref->name = at + 2;
		end = memchr(ref->name, '}', len - off - 2);
		ref->open = !end;
		ref->name_len = end ? (size_t)(end - ref->name) : len - off - 2;
		ref->len = ref->name_len + (end ? 3 : 2);
		return true;
	}
	return false;
}

static struct span place_of(const struct source *src, const struct ynode *node,
			    const struct var_ref *ref)
{
	size_t off = ynode_source_offset(src, node, ref->off);
	size_t end = ynode_source_offset(src, node, ref->off + ref->len);

	return (struct span){ off, end > off ? end - off : 1 };
}

static void unknown(const struct source *src, const struct ynode *node,
		    const struct var_ref *ref, const struct var_scope *scope,
		    struct diags *d)
{
	struct span at = place_of(src, node, ref);
	char *name, *why;

	if (ref->open) {
		diag_error(d, at, "\"${\" begins the name of a variable: its \"}\" is missing; \"$${\" stands for \"${\" itself");
		return;
	}
	name = mem_strndup(ref->name, ref->name_len);
	why = scope->unknown(scope->arg, name);
	diag_error(d, at, "there is no variable \"%s\": %s", name, why);
	free(why);
	free(name);
}

bool subst_check(const struct source *src, const struct ynode *node,
		 const struct var_scope *scope, struct diags *d)
{
	struct var_value value;
	struct var_ref ref;
	bool good = true;
	size_t from;

	for (from = 0; var_ref_next(node->text, node->text_len, from, &ref);
	     from = ref.off + ref.len) {
		if (ref.escape || (!ref.open &&
		    scope->value(scope->arg, ref.name, ref.name_len, &value)))
			continue;
		unknown(src, node, &ref, scope, d);
		good = false;
	}
	return good;
}

struct text {
	char *v;
	size_t n, room;
};

static void text_add(struct text *t, const char *s, size_t len)
{
	t->v = mem_grow(t->v, &t->room, t->n + len + 1, 1);
	memcpy(t->v + t->n, s, len);
	t->n += len;
	t->v[t->n] = '\0';
}

static void add_piece(struct ynode_subst *subst, const struct var_ref *ref,
		      size_t off, size_t len)
{
	subst->pieces = mem_grow(subst->pieces, &subst->room, subst->n + 1,
				 sizeof(*subst->pieces));
	subst->pieces[subst->n++] = (struct ynode_piece){
		off, len, ref->off, ref->len
	};
}

void subst_scalar(const struct source *src, struct ynode *node,
		  const struct var_scope *scope, struct diags *d)
{
	struct var_value value;
	struct ynode_subst *subst;
	struct text text = { 0 };
	struct var_ref ref;
	size_t from = 0;

	if (!memchr(node->text, '$', node->text_len) ||
	    !var_ref_next(node->text, node->text_len, 0, &ref) ||
	    !subst_check(src, node, scope, d))
		return;
	subst = mem_zalloc(1, sizeof(*subst));
	do {
		text_add(&text, node->text + from, ref.off - from);
		if (ref.escape)
			value = (struct var_value){ .text = "${", .len = 2 };
		else
			scope->value(scope->arg, ref.name, ref.name_len, &value);
		add_piece(subst, &ref, text.n, value.len);
		text_add(&text, value.text, value.len);
		from = ref.off + ref.len;
	} while (var_ref_next(node->text, node->text_len, from, &ref));
	text_add(&text, node->text + from, node->text_len - from);
	subst->raw = node->text;
	subst->raw_len = node->text_len;
	node->subst = subst;
	node->text = text.v;
	node->text_len = text.n;
	/* In a map of one line the name needs quotes, which say nothing of its value. */
	node->plain = true;
}

bool subst_in_source(const struct source *src, struct span at,
		     struct var_ref *ref)
{
	struct source_part part = source_part_at(src, at.off);
	size_t end = part.base + part.len, from = at.off;
	size_t last = at.off + (at.len ? at.len : 1);
	const char *text = src->text;

	/* The text behind @at may be long, and a name may end there. */
	if (last > end)
		last = end;
	while (from < last && memchr(text + from, '$', last - from) &&
	       var_ref_next(text, end, from, ref) && ref->off < last) {
		if (!ref->escape && !ref->open)
			return true;
		from = ref->off + ref->len;
	}
	return false;
}
