// SPDX-License-Identifier: GPL-2.0
/* Rules go by their text: a line that moves in its file is no change. */
#include <stdlib.h>
#include <string.h>

#include "delta.h"
#include "mem.h"

#define NO_PARTNER	SIZE_MAX

/* A rule of one side, and which one of the other it is. */
struct party {
	const struct rule_image *rule;
	size_t place, partner;
	bool stays;		/* in its order among those that both sides have */
};

struct sides {
	struct party *old, *new;
	size_t n_old, n_new;
};

static const char *text_of(const struct rule_image *rule)
{
	return rule->text ? rule->text : "";
}

static int compare_texts(const struct party *x, const struct party *y)
{
	return strcmp(text_of(x->rule), text_of(y->rule));
}

static int compare_texts_classes(const struct party *x, const struct party *y)
{
	uint32_t a = x->rule->class_id, b = y->rule->class_id;
	int order = compare_texts(x, y);

	return order ? order : (a > b) - (a < b);
}

static int compare_all(const void *a, const void *b)
{
	const struct party *x = *(const struct party *const *)a;
	const struct party *y = *(const struct party *const *)b;
	int order = compare_texts_classes(x, y);

	return order ? order : (x->place > y->place) - (x->place < y->place);
}

static struct party *parties(const struct rule_image *rules, size_t n)
{
	struct party *list = mem_zalloc(n, sizeof(*list));
	size_t i;

	for (i = 0; i < n; i++) {
		list[i].rule = &rules[i];
		list[i].place = i;
		list[i].partner = NO_PARTNER;
	}
	return list;
}

static struct party **sorted(struct party *list, size_t n)
{
	struct party **sorted = mem_zalloc(n, sizeof(*sorted));
	size_t i;

	for (i = 0; i < n; i++)
		sorted[i] = &list[i];
	qsort(sorted, n, sizeof(*sorted), compare_all);
	return sorted;
}

/* Those without a partner, in one walk along both. */
static void pair(const struct sides *s, struct party **old, struct party **new,
		 int (*compare)(const struct party *x, const struct party *y))
{
	size_t i = 0, j = 0;
	int order;

	while (i < s->n_old && j < s->n_new) {
		if (old[i]->partner != NO_PARTNER) {
			i++;
			continue;
		}
		if (new[j]->partner != NO_PARTNER) {
			j++;
			continue;
		}
		order = compare(old[i], new[j]);
		if (!order) {
			old[i]->partner = new[j]->place;
			new[j]->partner = old[i]->place;
		}
		i += order <= 0;
		j += order >= 0;
	}
}

static void find_partners(const struct sides *s)
{
	struct party **old = sorted(s->old, s->n_old);
	struct party **new = sorted(s->new, s->n_new);

	pair(s, old, new, compare_texts_classes);
	pair(s, old, new, compare_texts);
	free(old);
	free(new);
}

/* What goes to another class is told as that, wherever it is tried. */
static bool is_ordered(const struct sides *s, const struct party *new)
{
	return new->partner != NO_PARTNER &&
	       s->old[new->partner].rule->class_id == new->rule->class_id;
}

/*
 * The most rules that are in the same order on both sides, a longest rising sequence
 * (patience sorting); the others are told as tried elsewhere.
 */
static void find_order(struct sides *s)
{
	size_t *top = mem_zalloc(s->n_new, sizeof(*top));
	size_t *before = mem_zalloc(s->n_new, sizeof(*before));
	size_t n = 0, i, lo, hi, mid;

	for (i = 0; i < s->n_new; i++) {
		if (!is_ordered(s, &s->new[i]))
			continue;
		for (lo = 0, hi = n; lo < hi;) {
			mid = lo + (hi - lo) / 2;
			if (s->new[top[mid]].partner < s->new[i].partner)
				lo = mid + 1;
			else
				hi = mid;
		}
		before[i] = lo ? top[lo - 1] : NO_PARTNER;
		top[lo] = i;
		n += lo == n;
	}
	for (i = n ? top[n - 1] : NO_PARTNER; i != NO_PARTNER; i = before[i])
		s->new[i].stays = true;
	free(top);
	free(before);
}

/* Names have numbers of their own on either side, and stand in the text. */
static bool same_conjunct(const struct conjunct *a, const struct conjunct *b)
{
	size_t i;

	if (a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++)
		if (!dim_same(a->v[i].dim, b->v[i].dim) ||
		    (!field_has_names(a->v[i].dim.field) &&
		     !rset_equal(a->v[i].set, b->v[i].set)))
			return false;
	return true;
}

/* Of two that read the same: what a set stands for is not in the text. */
static bool sets_differ(const struct rule_image *a, const struct rule_image *b)
{
	size_t i;

	if (!a->any || !b->any)
		return false;
	if (a->any->n != b->any->n)
		return true;
	for (i = 0; i < a->any->n; i++)
		if (!same_conjunct(&a->any->v[i], &b->any->v[i]))
			return true;
	return false;
}

static void push(struct delta *d, enum delta_op op, const struct party *old,
		 const struct party *new)
{
	struct rule_change *rc;

	d->rules = mem_grow(d->rules, &d->rules_room, d->n_rules + 1,
			    sizeof(*d->rules));
	rc = &d->rules[d->n_rules++];
	memset(rc, 0, sizeof(*rc));
	rc->op = op;
	if (old) {
		rc->old = old->rule;
		rc->old_place = old->place + 1;
	}
	if (new) {
		rc->new = new->rule;
		rc->new_place = new->place + 1;
	}
	rc->elsewhere = op == DELTA_CHANGE && !new->stays;
	rc->sets_differ = old && new && sets_differ(old->rule, new->rule);
}

void delta_rules(struct delta *d)
{
	struct sides s = {
		.old = parties(d->old.rules, d->old.n_rules),
		.new = parties(d->new.rules, d->new.n_rules),
		.n_old = d->old.n_rules, .n_new = d->new.n_rules,
	};
	const struct party *old;
	size_t i;

	find_partners(&s);
	find_order(&s);
	for (i = 0; i < s.n_new; i++) {
		old = s.new[i].partner == NO_PARTNER ? NULL :
		      &s.old[s.new[i].partner];
		if (!old)
			push(d, DELTA_ADD, NULL, &s.new[i]);
		else if (old->rule->class_id != s.new[i].rule->class_id)
			push(d, DELTA_MOVE, old, &s.new[i]);
		else if (!s.new[i].stays ||
			 sets_differ(old->rule, s.new[i].rule))
			push(d, DELTA_CHANGE, old, &s.new[i]);
	}
	for (i = 0; i < s.n_old; i++)
		if (s.old[i].partner == NO_PARTNER)
			push(d, DELTA_REMOVE, &s.old[i], NULL);
	free(s.old);
	free(s.new);
}
