// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "explain.h"
#include "match_imply.h"
#include "match_rules.h"
#include "mem.h"

struct explainer {
	const struct policy *policy;
	const struct link *link;
	struct conjunct packet;		/* as far as it is known */
	struct optq_match *compiled;
	struct explanation *e;		/* what is found out */
};

/* The description's only conjunct. */
static bool read_packet(struct policy *policy, const char *text,
			struct diags *d, struct conjunct *packet)
{
	struct conjuncts any = { 0 };
	struct match_error err;
	char *why = NULL;
	struct match m;
	bool good;

	policy->sets.d = d;
	good = match_parse(text, &policy->names, &policy->sets, &m, &err);
	if (good) {
		good = match_lower(m.root, &any, &err);
		err.at = good ? m.root->at : err.at;
	}
	if (good && any.n != 1) {
		err.text = any.n ? mem_printf("these are %zu kinds of packets, and one is needed: sport or dport in place of port, shost or dhost in place of host, no \"or\" across fields",
					      any.n) :
				   mem_printf("there is no such packet: its terms exclude each other");
		good = false;
	}
	if (good && !conjunct_imply(&any.v[0], &policy->names, &why)) {
		err.text = mem_printf("there is no such packet: %s", why);
		good = false;
	}
	free(why);
	if (good)
		*packet = conjunct_copy(&any.v[0]);
	else if (err.text)
		diag_error(d, err.at, "%s", err.text);
	if (!good)
		free(err.text);
	conjuncts_free(&any);
	match_free(&m);
	return good;
}

/* A packet's cgroup is the one that is named, and none below it. */
static void end_cgroup(struct conjunct *packet, const struct link *link)
{
	const struct dim *dim;
	uint32_t level = 0;
	size_t i;

	for (i = 0; i < packet->n; i++)
		if (packet->v[i].dim.field == OPTQ_FIELD_CGROUP &&
		    !packet->v[i].set->absent)
			level = packet->v[i].dim.param;
	for (i = 0; level && i < link->n_dims; i++) {
		dim = &link->dims[i];
		if (dim->field == OPTQ_FIELD_CGROUP && dim->param > level)
			conjunct_narrow(packet, *dim,
					rset_of(&(struct ranges){ 0 }, true));
	}
}

/* One value, or for sure none. */
static bool is_known(const struct rset *set)
{
	if (!set)
		return false;
	return set->absent ? !set->n : rset_count(set) == 1;
}

static struct rset *one_value(struct value v)
{
	struct ranges r = { 0 };

	ranges_add(&r, v, v);
	return rset_of(&r, false);
}

/* What is taken where nothing, or more than one thing, was said. */
static struct rset *assume(struct dim dim, const struct rset *set)
{
	if (dim.field == OPTQ_FIELD_FAMILY && rset_has(set, value_of(4)))
		return one_value(value_of(4));
	if (set->absent)
		return rset_of(&(struct ranges){ 0 }, true);
	return one_value(set->v[0].min);
}

/* @packet with one value, or none, in each dimension of the link. */
static struct conjunct complete(const struct explainer *x)
{
	struct conjunct c = conjunct_copy(&x->packet), before;
	const struct dim family = { OPTQ_FIELD_FAMILY, 0 };
	struct rset *all, *assumed;
	const struct rset *set;
	size_t i;

	for (i = 0; i <= x->link->n_dims; i++) {
		/* The family first: others follow from it. */
		struct dim dim = i ? x->link->dims[i - 1] : family;

		set = conjunct_set(&c, dim);
		if (is_known(set))
			continue;
		all = dim_everything(dim);
		assumed = assume(dim, set ? set : all);
		rset_put(all);
		before = conjunct_copy(&c);
		if (conjunct_narrow(&c, dim, assumed) &&
		    conjunct_imply(&c, &x->policy->names, NULL)) {
			conjunct_free(&before);
			continue;
		}
		conjunct_free(&c);
		c = before;
	}
	return c;
}

static struct optq_match_key key_of(const struct explainer *x,
				    const struct conjunct *c, uint32_t *known)
{
	struct optq_match_key key = { 0 };
	const struct rset *set;
	unsigned int i;

	*known = 0;
	for (i = 0; i < x->link->n_dims; i++) {
		set = conjunct_set(c, x->link->dims[i]);
		if (!is_known(set))
			continue;
		*known |= 1U << i;
		if (set->n)
			match_key_put(&key, i, x->link->dims[i].field,
				      set->v[0].min);
	}
	return key;
}

static uint32_t dim_bit(const struct link *link, struct dim dim)
{
	uint32_t i = 0;

	while (i < link->n_dims && !dim_same(link->dims[i], dim))
		i++;
	return i < link->n_dims ? 1U << i : 0;
}

enum outcome { TAKES, OPEN, MISSES };

/* What @c does to the packet, and by which dimensions it is not TAKES. */
static enum outcome try_conjunct(const struct explainer *x,
				 const struct conjunct *c, uint32_t *dims)
{
	const struct rset *have;
	uint32_t open = 0;
	size_t i;

	for (i = 0; i < c->n; i++) {
		have = conjunct_set(&x->packet, c->v[i].dim);
		if (have && rset_subset(have, c->v[i].set))
			continue;
		if (have && rset_disjoint(have, c->v[i].set)) {
			*dims = dim_bit(x->link, c->v[i].dim);
			return MISSES;
		}
		open |= dim_bit(x->link, c->v[i].dim);
	}
	*dims = open;
	return open ? OPEN : TAKES;
}

/* An alternative that is open makes the rule so. */
static enum outcome try_rule(const struct explainer *x, uint32_t rule,
			     uint32_t *dims)
{
	const struct conjuncts *any = &x->link->rules[rule].any;
	uint32_t missed = 0, open = 0, these;
	bool some = false;
	size_t i;

	for (i = 0; i < any->n; i++) {
		switch (try_conjunct(x, &any->v[i], &these)) {
		case TAKES:
			*dims = 0;
			return TAKES;
		case OPEN:
			some = true;
			open |= these;
			break;
		default:
			missed |= these;
		}
	}
	*dims = some ? open : missed;
	return some ? OPEN : MISSES;
}

static uint32_t class_of(const struct explainer *x, uint32_t rule)
{
	return rule == NO_RULE ? x->link->default_class :
	       x->link->rules[rule].class_index;
}

static void add(struct explain_rule **list, size_t *n, size_t *room,
		struct explain_rule rule)
{
	*list = mem_grow(*list, room, *n + 1, sizeof(**list));
	(*list)[(*n)++] = rule;
}

/*
 * Those that what is known does not exclude, from the compiled matcher.  @own: what the
 * rule that takes the packet depends on itself.
 */
static void find_behind(struct explainer *x, const struct optq_match_key *key,
			uint32_t known, uint32_t *own)
{
	uint32_t c = 0, rule, last = NO_RULE, dims;
	struct explanation *e = x->e;
	enum outcome outcome;
	size_t room = 0;

	*own = 0;
	e->otherwise = NO_RULE;
	/* Behind the last one there is nothing but the default. */
	while (e->rule != NO_RULE &&
	       (c = optq_match_next(x->compiled, key, known, c)) !=
	       OPTQ_MATCH_NONE) {
		rule = optq_match_rule_of(x->compiled, c++);
		if (rule == last || rule < e->rule)
			continue;
		last = rule;
		outcome = try_rule(x, rule, &dims);
		if (outcome == TAKES) {
			e->otherwise = rule;
			return;
		}
		if (outcome == OPEN && rule == e->rule)
			*own = dims;
		else if (outcome == OPEN)
			add(&e->behind, &e->n_behind, &room,
			    (struct explain_rule){ rule, true, dims });
	}
}

static void find_before(struct explainer *x)
{
	struct explanation *e = x->e;
	uint32_t end = e->rule == NO_RULE ? (uint32_t)x->link->n_rules : e->rule;
	size_t room = 0;
	uint32_t i;

	for (i = 0; i < end; i++) {
		struct explain_rule r = { .rule = i };

		r.open = try_rule(x, i, &r.dims) == OPEN;
		add(&e->before, &e->n_before, &room, r);
	}
}

/* Only what leads to another class is worth a word. */
static void find_depends(struct explainer *x, uint32_t own)
{
	struct explanation *e = x->e;
	bool other = class_of(x, e->otherwise) != e->class_index;
	size_t i;

	for (i = 0; i < e->n_before; i++)
		if (e->before[i].open &&
		    class_of(x, e->before[i].rule) != e->class_index)
			e->depends |= e->before[i].dims;
	for (i = 0; i < e->n_behind; i++)
		other |= class_of(x, e->behind[i].rule) != e->class_index;
	if (other)
		e->depends |= own;
}

static bool explain(struct explainer *x, struct diags *d)
{
	const struct span nowhere = { DIAG_NOWHERE, 0 };
	struct explanation *e = x->e;
	struct optq_match_key key;
	struct match_rules rules;
	struct conjunct whole;
	uint32_t known, own;
	char *why = NULL;
	size_t i;

	match_rules_make(&rules, x->link, NULL);
	x->compiled = match_rules_compile(&rules, &why);
	match_rules_free(&rules);
	if (!x->compiled) {
		diag_error(d, nowhere, "%s", why);
		free(why);
		return false;
	}
	whole = complete(x);
	key = key_of(x, &whole, &known);
	e->rule = optq_match_find(x->compiled, &key);
	if (e->rule == OPTQ_MATCH_NONE)
		e->rule = NO_RULE;
	e->class_index = class_of(x, e->rule);
	key = key_of(x, &x->packet, &known);
	find_behind(x, &key, known, &own);
	find_before(x);
	find_depends(x, own);
	for (i = 0; i < x->link->n_dims; i++)
		if (conjunct_set(&x->packet, x->link->dims[i]))
			e->given |= 1U << i;
	conjunct_free(&whole);
	match_compiled_free(x->compiled);
	return true;
}

bool explain_conjunct(const struct policy *policy, const struct link *link,
		      struct conjunct packet, struct diags *d,
		      struct explanation *e)
{
	struct explainer x = {
		.policy = policy, .link = link, .packet = packet, .e = e
	};
	bool good;

	memset(e, 0, sizeof(*e));
	conjunct_tell(&x.packet, &policy->names, link->dims, link->n_dims);
	conjunct_imply(&x.packet, &policy->names, NULL);
	good = explain(&x, d);
	conjunct_free(&x.packet);
	return good;
}

bool explain_packet(struct policy *policy, const struct link *link,
		    const char *text, struct diags *d, struct explanation *e)
{
	struct conjunct packet;

	if (!read_packet(policy, text, d, &packet))
		return false;
	end_cgroup(&packet, link);
	return explain_conjunct(policy, link, packet, d, e);
}

void explanation_free(struct explanation *e)
{
	free(e->before);
	free(e->behind);
	memset(e, 0, sizeof(*e));
}
