// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "explain_packet.h"
#include "match_rules.h"
#include "mem.h"

struct explainer {
	const struct link *link;
	struct conjunct packet;		/* as far as it is known */
};

static struct optq_match_key key_of(const struct link *link,
				    const struct conjunct *c)
{
	struct optq_match_key key = { 0 };
	const struct rset *set;
	unsigned int i;

	for (i = 0; i < link->n_dims; i++) {
		set = conjunct_set(c, link->dims[i]);
		if (packet_value_known(set) && set->n)
			match_key_put(&key, i, link->dims[i].field,
				      set->v[0].min);
	}
	return key;
}

static uint32_t dim_bit(const struct link *link, struct dim dim)
{
	size_t i = link_find_dim(link, dim);

	return i < link->n_dims ? 1U << i : 0;
}

/* What @c does to the packet, and by which dimensions it is not TAKES. */
static enum optq_outcome try_conjunct(const struct explainer *x,
				      const struct conjunct *c, uint32_t *dims)
{
	const struct rset *have;
	uint32_t open = 0, missed = 0;
	size_t i;

	for (i = 0; i < c->n; i++) {
		have = conjunct_set(&x->packet, c->v[i].dim);
		if (have && rset_subset(have, c->v[i].set))
			continue;
		if (have && rset_disjoint(have, c->v[i].set))
			missed |= dim_bit(x->link, c->v[i].dim);
		else
			open |= dim_bit(x->link, c->v[i].dim);
	}
	*dims = missed ? missed : open;
	if (missed)
		return OPTQ_OUTCOME_MISSES;
	return open ? OPTQ_OUTCOME_OPEN : OPTQ_OUTCOME_TAKES;
}

/* An alternative that is open makes the rule so. */
static enum optq_outcome try_rule(const struct explainer *x, uint32_t rule,
				  uint32_t *dims)
{
	const struct conjuncts *any = &x->link->rules[rule].any;
	uint32_t missed = 0, open = 0, these;
	bool some = false;
	size_t i;

	for (i = 0; i < any->n; i++) {
		switch (try_conjunct(x, &any->v[i], &these)) {
		case OPTQ_OUTCOME_TAKES:
			*dims = 0;
			return OPTQ_OUTCOME_TAKES;
		case OPTQ_OUTCOME_OPEN:
			some = true;
			open |= these;
			break;
		default:
			missed |= these;
		}
	}
	*dims = some ? open : missed;
	return some ? OPTQ_OUTCOME_OPEN : OPTQ_OUTCOME_MISSES;
}

static uint32_t class_of(const struct link *link, uint32_t rule)
{
	return rule == NO_RULE ? link->default_class :
	       link->rules[rule].class_index;
}

static void add(struct explain_rule **list, size_t *n, size_t *room,
		struct explain_rule rule)
{
	*list = mem_grow(*list, room, *n + 1, sizeof(**list));
	(*list)[(*n)++] = rule;
}

static void find_before(struct explanation *e, const struct explain_try *tries,
			size_t n)
{
	size_t room = 0, i;

	for (i = 0; i < n; i++)
		add(&e->before, &e->n_before, &room, (struct explain_rule){
			.rule = (uint32_t)i,
			.open = tries[i].outcome == OPTQ_OUTCOME_OPEN,
			.dims = tries[i].dims,
		});
}

/* @own: what the rule that takes the packet depends on itself. */
static void find_behind(struct explanation *e, const struct explain_try *tries,
			size_t n, uint32_t *own)
{
	size_t room = 0, i;

	*own = 0;
	e->otherwise = NO_RULE;
	/* Behind the last one there is nothing but the default. */
	for (i = e->rule; i < n; i++) {
		if (tries[i].outcome == OPTQ_OUTCOME_TAKES) {
			e->otherwise = (uint32_t)i;
			return;
		}
		if (tries[i].outcome == OPTQ_OUTCOME_MISSES)
			continue;
		if (i == e->rule)
			*own = tries[i].dims;
		else
			add(&e->behind, &e->n_behind, &room,
			    (struct explain_rule){ (uint32_t)i, true, tries[i].dims });
	}
}

/* Only what leads to another class is worth a word. */
static void find_depends(struct explanation *e, const struct link *link,
			 uint32_t own)
{
	bool other = class_of(link, e->otherwise) != e->class_index;
	size_t i;

	for (i = 0; i < e->n_before; i++)
		if (e->before[i].open &&
		    class_of(link, e->before[i].rule) != e->class_index)
			e->depends |= e->before[i].dims;
	for (i = 0; i < e->n_behind; i++)
		other |= class_of(link, e->behind[i].rule) != e->class_index;
	if (other)
		e->depends |= own;
}

void explain_tries(const struct link *link, const struct conjunct *packet,
		   uint32_t rule, const struct explain_try *tries, size_t n,
		   struct explanation *e)
{
	uint32_t own;
	size_t i;

	memset(e, 0, sizeof(*e));
	e->rule = rule;
	e->class_index = class_of(link, rule);
	find_before(e, tries, rule == NO_RULE ? n : rule);
	find_behind(e, tries, n, &own);
	find_depends(e, link, own);
	for (i = 0; i < link->n_dims; i++)
		if (conjunct_set(packet, link->dims[i]))
			e->given |= 1U << i;
}

/* Up to the first that takes it in any case; to be freed. */
static struct explain_try *try_rules(const struct explainer *x, size_t *n)
{
	struct explain_try *tries = mem_zalloc(x->link->n_rules, sizeof(*tries));
	struct explain_try *t = tries;

	for (*n = 0; *n < x->link->n_rules; t++) {
		t->outcome = try_rule(x, (uint32_t)(*n)++, &t->dims);
		if (t->outcome == OPTQ_OUTCOME_TAKES)
			break;
	}
	return tries;
}

/* Which takes it, by the compiled matches. */
static bool find_rule(const struct link *link, const struct conjunct *whole,
		      struct diags *d, uint32_t *rule)
{
	const struct span nowhere = { DIAG_NOWHERE, 0 };
	struct optq_match_key key = key_of(link, whole);
	struct optq_match *compiled;
	struct match_rules rules;
	char *why = NULL;

	match_rules_make(&rules, link, NULL);
	compiled = match_rules_compile(&rules, &why);
	match_rules_free(&rules);
	if (!compiled) {
		diag_error(d, nowhere, "%s", why);
		free(why);
		return false;
	}
	*rule = optq_match_find(compiled, &key);
	if (*rule == OPTQ_MATCH_NONE)
		*rule = NO_RULE;
	match_compiled_free(compiled);
	return true;
}

bool explain_conjunct(const struct policy *policy, const struct link *link,
		      struct conjunct packet, struct diags *d,
		      struct explanation *e)
{
	struct explainer x = { .link = link, .packet = packet };
	struct explain_try *tries;
	struct conjunct whole;
	uint32_t rule;
	size_t n;
	bool good;

	packet_conclude(&x.packet, link, &policy->names);
	whole = packet_complete(&x.packet, link, &policy->names);
	good = find_rule(link, &whole, d, &rule);
	if (good) {
		tries = try_rules(&x, &n);
		explain_tries(link, &x.packet, rule, tries, n, e);
		free(tries);
	}
	conjunct_free(&whole);
	conjunct_free(&x.packet);
	return good;
}

bool explain_packet(struct policy *policy, const struct link *link,
		    const char *text, struct diags *d, struct explanation *e)
{
	struct conjunct packet;

	return packet_read(policy, link, text, d, &packet) &&
	       explain_conjunct(policy, link, packet, d, e);
}

void explanation_free(struct explanation *e)
{
	free(e->before);
	free(e->behind);
	memset(e, 0, sizeof(*e));
}
