// SPDX-License-Identifier: GPL-2.0
#include "wfq.h"

/* Members passed by one that finds its place in a group. */
#define WFQ_SEARCH_MAX	16
/* 2^20 bytes times a reciprocal below 2^43 stay within 63 bits. */
#define WFQ_RECIP_SHIFT	(63 - OPTQ_WFQ_SHIFT)

static struct optq_wfq_node *wfq_node(struct optq_list *link)
{
	return optq_list_entry(link, struct optq_wfq_node, link);
}

void optq_wfq_init(struct optq_wfq *s)
{
	memset(s, 0, sizeof(*s));
}

/* Eighths of an octave of the virtual time that a packet takes. */
static void wfq_set_code(struct optq_wfq_node *n)
{
	u64 span = n->len * n->inv;
	u32 top = (u32)fls64(span);

	n->code = top << 3 | (u32)((top > 4 ? span >> (top - 4) : span) & 7);
}

void optq_wfq_node_init(struct optq_wfq_node *n)
{
	memset(n, 0, sizeof(*n));
	optq_list_init(&n->link);
	n->len = 1;
	optq_wfq_set_weight(n, 1);
}

void optq_wfq_set_weight(struct optq_wfq_node *n, u32 weight)
{
	n->weight = weight ? weight : 1;
	n->inv = div64_u64(1ULL << OPTQ_WFQ_SHIFT, n->weight);
	wfq_set_code(n);
}

static struct optq_wfq_group *wfq_group(const struct optq_wfq *s, u32 code)
{
	struct optq_wfq_group *g = s->groups;

	while (g && g->code != code)
		g = g->next;
	return g;
}

/* Which of its two lists begins first. */
static void group_find_head(struct optq_wfq_group *g)
{
	struct optq_wfq_node *n = wfq_node(g->served.next);

	if (optq_list_empty(&g->served) ||
	    (!optq_list_empty(&g->joined) &&
	     !optq_before(n->start, wfq_node(g->joined.next)->start)))
		n = wfq_node(g->joined.next);
	g->head = n;
	g->start = n->start;
	g->finish = n->start + n->len * n->inv;
}

/*
 * A place by start, looked for from the end, where nearly all belong.  Past the
 * bound it is a place too late: one too early would hold up those behind it.
 */
static void list_add_sorted(struct optq_list *list, struct optq_wfq_node *n)
{
	struct optq_list *at = list;
	int i;

	for (i = 0; i < WFQ_SEARCH_MAX && at->prev != list; i++) {
		if (!optq_before(n->start, wfq_node(at->prev)->start))
			break;
		at = at->prev;
	}
	optq_list_add_tail(at, &n->link);
}

static bool list_ends_before(struct optq_list *list,
			     const struct optq_wfq_node *n)
{
	return optq_list_empty(list) ||
	       !optq_before(n->start, wfq_node(list->prev)->start);
}

static void group_add(struct optq_wfq *s, struct optq_wfq_group *g,
		      struct optq_wfq_node *n)
{
	/* joined ends no later than now, so whoever comes now stands last. */
	bool due = !optq_before(s->vtime, n->start);

	if (due && list_ends_before(&g->joined, n))
		optq_list_add_tail(&g->joined, &n->link);
	else if (!due || list_ends_before(&g->served, n))
		list_add_sorted(&g->served, n);
	else
		list_add_sorted(&g->joined, n);
	group_find_head(g);
}

static void wfq_link(struct optq_wfq *s, struct optq_wfq_node *n)
{
	struct optq_wfq_group *g = wfq_group(s, n->code);

	if (!g) {
		g = &n->own;
		n->owner = true;
		g->code = n->code;
		optq_list_init(&g->joined);
		optq_list_init(&g->served);
		g->next = s->groups;
		s->groups = g;
	}
	group_add(s, g, n);
}

static struct optq_wfq_group **wfq_place(struct optq_wfq *s,
					 const struct optq_wfq_group *g)
{
	struct optq_wfq_group **at = &s->groups;

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
static void group_hand_over(struct optq_wfq *s, struct optq_wfq_group *g)
{
	struct optq_wfq_group *to = &g->head->own;

	*to = *g;
	list_move_all(&to->joined, &g->joined);
	list_move_all(&to->served, &g->served);
	*wfq_place(s, g) = to;
	to->head->owner = true;
}

static void wfq_unlink(struct optq_wfq *s, struct optq_wfq_node *n)
{
	struct optq_wfq_group *g = wfq_group(s, n->code);

	optq_list_del(&n->link);
	if (optq_list_empty(&g->joined) && optq_list_empty(&g->served)) {
		*wfq_place(s, g) = g->next;
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

void optq_wfq_insert(struct optq_wfq *s, struct optq_wfq_node *n)
{
	s64 ahead = (s64)(n->start - s->vtime);

	/* Of another clock, or further ahead than a packet reaches: wrapped. */
	if (n->clock != s || ahead < 0 || (u64)ahead > OPTQ_LEN_MAX * n->inv) {
		n->clock = s;
		n->start = s->vtime;
	}
	s->wsum += n->weight;
	s->recip = 0;
	wfq_link(s, n);
}

void optq_wfq_remove(struct optq_wfq *s, struct optq_wfq_node *n)
{
	if (!optq_wfq_linked(n))
		return;
	s->wsum -= n->weight;
	s->recip = 0;
	wfq_unlink(s, n);
}

/* A member is ordered by what it sends next: a small packet is due soon. */
void optq_wfq_set_len(struct optq_wfq *s, struct optq_wfq_node *n, u32 len)
{
	bool linked = optq_wfq_linked(n);

	if (n->len == len)
		return;
	if (linked)
		wfq_unlink(s, n);
	n->len = len;
	wfq_set_code(n);
	if (linked)
		wfq_link(s, n);
}

static bool group_is_sooner(const struct optq_wfq_group *a,
			    const struct optq_wfq_group *b)
{
	return a->start == b->start ? optq_before(a->finish, b->finish) :
				      optq_before(a->start, b->start);
}

struct optq_wfq_node *optq_wfq_pick(struct optq_wfq *s)
{
	struct optq_wfq_group *g = s->groups, *sooner = g, *best = NULL;

	if (!g)
		return NULL;
	for (; g; g = g->next) {
		if (!optq_before(s->vtime, g->start)) {
			if (!best || optq_before(g->finish, best->finish))
				best = g;
		} else if (group_is_sooner(g, sooner)) {
			sooner = g;
		}
	}
	if (best)
		return best->head;
	s->vtime = sooner->start;
	return sooner->head;
}

static void wfq_advance(struct optq_wfq *s, const struct optq_wfq_node *n,
			u32 len)
{
	u64 wsum = s->wsum ? s->wsum : n->weight;

	if (!s->recip || !s->wsum) {
		s->shift = (u8)optq_min_u32((u32)fls64(wsum) + 1,
					    WFQ_RECIP_SHIFT);
		s->recip = div64_u64(1ULL << (OPTQ_WFQ_SHIFT + s->shift), wsum);
	}
	s->vtime += (len * s->recip) >> s->shift;
	if (!s->wsum)
		s->recip = 0;
}

void optq_wfq_charge(struct optq_wfq *s, struct optq_wfq_node *n, u32 len)
{
	bool linked = optq_wfq_linked(n);

	if (linked)
		wfq_unlink(s, n);
	wfq_advance(s, n, len);
	n->start += len * n->inv;
	if (linked)
		wfq_link(s, n);
}
