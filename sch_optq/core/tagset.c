// SPDX-License-Identifier: GPL-2.0
#include "tagset.h"

/* Members passed by one that finds its place in a group. */
#define TAGSET_SEARCH_MAX	16

static struct optq_tagged *tagged(struct optq_list *link)
{
	return optq_list_entry(link, struct optq_tagged, link);
}

void optq_tagged_init(struct optq_tagged *n)
{
	memset(n, 0, sizeof(*n));
	optq_list_init(&n->link);
}

static struct optq_tag_group *set_group(const struct optq_tagset *s, u32 code)
{
	struct optq_tag_group *g = s->groups;

	while (g && g->head->code != code)
		g = g->next;
	return g;
}

/* Which of its two lists begins first. */
static void group_find_head(struct optq_tag_group *g)
{
	struct optq_tagged *n = tagged(g->served.next);

	if (optq_list_empty(&g->served) ||
	    (!optq_list_empty(&g->joined) &&
	     !optq_before(n->start, tagged(g->joined.next)->start)))
		n = tagged(g->joined.next);
	g->head = n;
}

/*
 * A place by start, looked for from the end, where nearly all belong.  Past the
 * bound it is a place too late: one too early would hold up those behind it.
 */
static void list_add_sorted(struct optq_list *list, struct optq_tagged *n)
{
	struct optq_list *at = list;
	int i;

	for (i = 0; i < TAGSET_SEARCH_MAX && at->prev != list; i++) {
		if (!optq_before(n->start, tagged(at->prev)->start))
			break;
		at = at->prev;
	}
	optq_list_add_tail(at, &n->link);
}

static bool list_ends_before(struct optq_list *list,
			     const struct optq_tagged *n)
{
	return optq_list_empty(list) ||
	       !optq_before(n->start, tagged(list->prev)->start);
}

static void group_add(struct optq_tag_group *g, struct optq_tagged *n,
		      u64 clock)
{
	/* joined ends no later than now, so whoever comes now stands last. */
	bool due = !optq_before(clock, n->start);

	if (due && list_ends_before(&g->joined, n))
		optq_list_add_tail(&g->joined, &n->link);
	else if (!due || list_ends_before(&g->served, n))
		list_add_sorted(&g->served, n);
	else
		list_add_sorted(&g->joined, n);
	group_find_head(g);
}

void optq_tagset_add(struct optq_tagset *s, struct optq_tagged *n, u64 clock)
{
	struct optq_tag_group *g = set_group(s, n->code);

	if (!g) {
		g = &n->own;
		n->owner = true;
		optq_list_init(&g->joined);
		optq_list_init(&g->served);
		g->next = s->groups;
		s->groups = g;
	}
	group_add(g, n, clock);
}

static struct optq_tag_group **set_place(struct optq_tagset *s,
					 const struct optq_tag_group *g)
{
	struct optq_tag_group **at = &s->groups;

	while (*at != g)
		at = &(*at)->next;
	return at;
}

static void list_move_all(struct optq_list *to, struct optq_list *from)
{
	optq_list_init(to);
	if (optq_list_empty(from))
		return;
	to->next = from->next;
	to->prev = from->prev;
	to->next->prev = to;
	to->prev->next = to;
}

/* Its owner leaves: the group goes on, kept by its head. */
static void group_hand_over(struct optq_tagset *s, struct optq_tag_group *g)
{
	struct optq_tag_group *to = &g->head->own;

	*to = *g;
	list_move_all(&to->joined, &g->joined);
	list_move_all(&to->served, &g->served);
	*set_place(s, g) = to;
	to->head->owner = true;
}

void optq_tagset_del(struct optq_tagset *s, struct optq_tagged *n)
{
	struct optq_tag_group *g = set_group(s, n->code);

	optq_list_del(&n->link);
	if (optq_list_empty(&g->joined) && optq_list_empty(&g->served)) {
		*set_place(s, g) = g->next;
		n->owner = false;
		return;
	}
	if (g->head == n)
		group_find_head(g);
	if (n->owner) {
		n->owner = false;
		group_hand_over(s, g);
	}
}

void optq_tagset_set_span(struct optq_tagset *s, struct optq_tagged *n,
			  u64 span, u64 clock)
{
	bool linked = optq_tagged_linked(n);

	if (n->span == span)
		return;
	if (linked)
		optq_tagset_del(s, n);
	n->span = span;
	n->code = optq_tag_code(span);
	if (linked)
		optq_tagset_add(s, n, clock);
}

static u64 finish_of(const struct optq_tagged *n)
{
	return n->start + n->span;
}

static bool is_sooner(const struct optq_tagged *a, const struct optq_tagged *b)
{
	return a->start == b->start ? optq_before(finish_of(a), finish_of(b)) :
				      optq_before(a->start, b->start);
}

struct optq_tagged *optq_tagset_first(const struct optq_tagset *s, u64 clock)
{
	struct optq_tagged *sooner, *best = NULL, *n;
	const struct optq_tag_group *g = s->groups;

	if (!g)
		return NULL;
	sooner = g->head;
	for (; g; g = g->next) {
		n = g->head;
		if (!optq_before(clock, n->start)) {
			if (!best || optq_before(finish_of(n), finish_of(best)))
				best = n;
		} else if (is_sooner(n, sooner)) {
			sooner = n;
		}
	}
	return best ? best : sooner;
}

u64 optq_tagset_start(const struct optq_tagset *s)
{
	const struct optq_tag_group *g = s->groups;
	u64 start = g->head->start;

	while ((g = g->next)) {
		if (optq_before(g->head->start, start))
			start = g->head->start;
	}
	return start;
}
