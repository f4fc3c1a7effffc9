// SPDX-License-Identifier: GPL-2.0
/*
 * A match is unreachable when each of its rules lies within one earlier rule,
 * field by field.  One that several together cover is not found.
 */
#include <stdlib.h>
#include <string.h>

#include "policy_reach.h"

static bool covers_mark(const struct rule *a, const struct rule *b)
{
	if (!a->has_mark)
		return true;
	return b->has_mark && !(a->mark_mask & ~b->mark_mask) &&
	       (b->mark & a->mark_mask) == a->mark;
}

static bool covers_address(const struct address *a, const struct address *b)
{
	uint8_t whole = a->prefix_len / 8, bits = a->prefix_len % 8;

	/* The family of a prefix of length 0 is in the rule's. */
	if (!a->family || !a->prefix_len)
		return true;
	if (a->family != b->family || a->prefix_len > b->prefix_len ||
	    memcmp(a->bytes, b->bytes, whole))
		return false;
	return !bits || !((a->bytes[whole] ^ b->bytes[whole]) >> (8 - bits));
}

static bool covers_ports(const struct port_range *a, const struct port_range *b)
{
	return !a->set || (b->set && a->min <= b->min && a->max >= b->max);
}

static bool covers(const struct rule *a, const struct rule *b)
{
	return covers_mark(a, b) && covers_ports(&a->dport, &b->dport) &&
	       (a->dscp < 0 || a->dscp == b->dscp) &&
	       (a->proto < 0 || a->proto == b->proto) &&
	       (!a->family || a->family == b->family) &&
	       covers_ports(&a->sport, &b->sport) &&
	       covers_address(&a->src, &b->src) &&
	       covers_address(&a->dst, &b->dst);
}

/* The first rule before @end that takes all that @rule would, or NULL. */
static const struct rule *covering(const struct link *link, size_t end,
				   const struct rule *rule)
{
	size_t i;

	for (i = 0; i < end; i++)
		if (covers(&link->rules[i], rule))
			return &link->rules[i];
	return NULL;
}

static void warn(const struct link *link, const struct rule *rule,
		 const struct rule *first, struct diags *d)
{
	char *path = class_path(link, first->class_index);

	diag_warning(d, rule->at, "match: never reached: %s \"%s\" takes all of it before",
		     first->class_index == rule->class_index ?
		     "an earlier match of" : "the match of", path);
	free(path);
}

void warn_unreachable(const struct link *link, struct diags *d)
{
	const struct rule *first, *found;
	size_t begin, end, i;

	/* Rules of one match stand together. */
	for (begin = 0; begin < link->n_rules; begin = end) {
		first = found = NULL;
		for (end = begin; end < link->n_rules &&
		     link->rules[end].at.off == link->rules[begin].at.off; end++)
			;
		for (i = begin; i < end; i++) {
			found = covering(link, begin, &link->rules[i]);
			if (!found)
				break;
			if (!first)
				first = found;
		}
		if (found)
			warn(link, &link->rules[begin], first, d);
	}
}
