// SPDX-License-Identifier: GPL-2.0
/*
 * A walk along one dimension, from 0 up: where a set begins or ends, what holds of its
 * conjuncts turns round.
 *
 * What is interned at each step is which sets the place is in: of those there are few,
 * and the conjuncts are looked at only where there is a new combination of them.  So
 * a million ranges of a set cost the same whether one rule or ten thousand use it.
 */
#include "match_check.h"
#include "match_impl.h"

/* Steps between two pauses. */
#define SWEEP_PAUSE	4096U

/* Larger tables of values take more cache than a search does. */
#define SWEEP_DIRECT	256U

/* The next place where a set begins or ends, of its ranges. */
struct cursor {
	u32 at[OPTQ_MATCH_WORDS];
	u32 set;		/* number in this dimension */
	u32 next;		/* range, twice; odd: its end */
	const u32 *range;
	u32 n;
	bool v4;
};

struct sweep {
	struct optq_match *m;
	struct optq_pool *p;
	const struct optq_match_rules *r;
	u32 dim;
	u32 words;
	u32 n_sets;		/* that have terms of this dimension */
	u32 *number;		/* of each set; OPTQ_MATCH_NONE: none */
	const struct optq_match_set **set;
	u32 *use_at;		/* n_sets + 1: where those of each begin in use */
	u32 *use;		/* slots */
	struct cursor *cursor;	/* a heap, the least first */
	u32 n_cursors;
	struct optq_bits in;	/* which sets the place is in */
	u64 *in_last;		/* what m->bits was brought to last */
	struct optq_array vec;	/* u32: of each vector of in, that of m->bits */
	struct optq_bounds bounds;
	u32 bounds_room;
};

/* Both calls of each term of the dimension, with its conjunct. */
#define for_each_term(s, c, t, i)					\
	for (c = 0, t = (s)->r->terms; c < (s)->r->n_conjuncts; c++)	\
		for (i = 0; i < (s)->r->conjuncts[c].n_terms; i++, t++)	\
			if (t->dim == (s)->dim)

static bool sweep_alloc_sets(struct sweep *s)
{
	const struct optq_match_term *t;
	u32 c, i;

	s->number = optq_pool_alloc(s->p, (u64)s->r->n_sets * sizeof(u32));
	s->set = optq_pool_alloc(s->p, (u64)s->r->n_sets * sizeof(*s->set));
	if (!s->number || !s->set)
		return false;
	for (i = 0; i < s->r->n_sets; i++)
		s->number[i] = OPTQ_MATCH_NONE;
	for_each_term(s, c, t, i) {
		if (s->number[t->set] != OPTQ_MATCH_NONE)
			continue;
		s->number[t->set] = s->n_sets;
		s->set[s->n_sets++] = &s->r->sets[t->set];
	}
	return true;
}

/* Their slots by set. */
static bool sweep_uses(struct sweep *s)
{
	const struct optq_match_term *t;
	u32 c, i;

	s->use_at = optq_pool_zalloc(s->p, ((u64)s->n_sets + 1) * sizeof(u32));
	s->use = optq_pool_alloc(s->p, (u64)s->r->n_conjuncts * sizeof(u32));
	if (!s->use_at || !s->use)
		return false;
	for_each_term(s, c, t, i)
		s->use_at[s->number[t->set]]++;
	for (i = 1; i <= s->n_sets; i++)
		s->use_at[i] += s->use_at[i - 1];
	for_each_term(s, c, t, i)
		s->use[--s->use_at[s->number[t->set]]] = s->m->slot[c];
	return true;
}

static bool sweep_alloc(struct sweep *s)
{
	u64 bounds = 1;
	u32 i;

	if (!sweep_alloc_sets(s) || !sweep_uses(s) ||
	    !optq_bits_init(s->p, &s->in, s->n_sets))
		return false;
	for (i = 0; i < s->n_sets; i++)
		bounds += 2 * ((u64)s->set[i]->n + s->set[i]->n_v4);
	s->bounds.words = s->words;
	s->bounds_room = (u32)bounds;
	s->bounds.at = optq_pool_alloc(s->p, bounds * (s->words + 1) *
				       sizeof(u32));
	s->cursor = optq_pool_alloc(s->p, 2 * (u64)s->n_sets *
				    sizeof(*s->cursor));
	s->in_last = optq_pool_zalloc(s->p, (u64)s->in.n_groups *
				      OPTQ_GROUP_WORDS * sizeof(u64));
	return s->bounds.at && s->cursor && s->in_last;
}

static void sweep_free(struct sweep *s)
{
	u64 n = s->r->n_sets;

	optq_pool_free(s->p, s->number, n * sizeof(u32));
	optq_pool_free(s->p, s->set, n * sizeof(*s->set));
	optq_pool_free(s->p, s->use_at, ((u64)s->n_sets + 1) * sizeof(u32));
	optq_pool_free(s->p, s->use, (u64)s->r->n_conjuncts * sizeof(u32));
	optq_pool_free(s->p, s->in_last, (u64)s->in.n_groups *
		       OPTQ_GROUP_WORDS * sizeof(u64));
	optq_bits_free(s->p, &s->in);
	optq_array_free(s->p, &s->vec);
	optq_pool_free(s->p, s->bounds.at, (u64)s->bounds_room *
		       (s->words + 1) * sizeof(u32));
	optq_pool_free(s->p, s->cursor, 2 * (u64)s->n_sets *
		       sizeof(*s->cursor));
}

/* One more; false: there is none. */
static bool words_inc(u32 *at, u32 words)
{
	while (words--) {
		if (++at[words])
			return true;
	}
	return false;
}

/* Reads where the cursor's next place is; false: it has had all. */
static bool cursor_read(struct cursor *c, u32 words)
{
	u32 width = c->v4 ? 1 : words;

	if (c->next / 2 >= c->n)
		return false;
	memset(c->at, 0, sizeof(c->at));
	if (c->v4)
		c->at[2] = OPTQ_MATCH_V4;
	memcpy(c->at + words - width, c->range + (size_t)c->next * width,
	       width * sizeof(u32));
	/* It ends behind its last value, which nothing may be. */
	return !(c->next & 1) || words_inc(c->at, words);
}

static void heap_sink(struct sweep *s, u32 i)
{
	struct cursor *heap = s->cursor, moved = heap[i];
	u32 child;

	while ((child = 2 * i + 1) < s->n_cursors) {
		if (child + 1 < s->n_cursors &&
		    optq_words_cmp(heap[child + 1].at, heap[child].at,
				   s->words) < 0)
			child++;
		if (optq_words_cmp(moved.at, heap[child].at, s->words) <= 0)
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = moved;
}

static void cursor_add(struct sweep *s, u32 set, bool v4)
{
	const struct optq_match_set *from = s->set[set];
	struct cursor *c = &s->cursor[s->n_cursors];

	c->set = set;
	c->next = 0;
	c->v4 = v4;
	c->range = v4 ? from->range_v4 : from->range;
	c->n = v4 ? from->n_v4 : from->n;
	if (cursor_read(c, s->words))
		s->n_cursors++;
}

static void sweep_cursors(struct sweep *s)
{
	u32 i;

	for (i = 0; i < s->n_sets; i++) {
		cursor_add(s, i, false);
		cursor_add(s, i, true);
	}
	for (i = s->n_cursors / 2; i--; )
		heap_sink(s, i);
}

static void set_flip(struct sweep *s, u32 set)
{
	u32 i;

	for (i = s->use_at[set]; i < s->use_at[set + 1]; i++)
		optq_bits_flip(&s->m->bits, s->use[i]);
}

/* Who holds of what is in no set: those who ask for that. */
static void sweep_begin(struct sweep *s)
{
	const struct optq_match_term *t;
	u32 c, i;

	optq_bits_clear(&s->m->bits);
	for_each_term(s, c, t, i) {
		if (t->negate)
			optq_bits_flip(&s->m->bits, s->m->slot[c]);
	}
}

/* The vector of a packet that has no such field; leaves m->bits as sweep_begin(). */
static bool sweep_absent(struct sweep *s)
{
	u32 i, *absent = &s->m->part[s->dim].absent;

	sweep_begin(s);
	for (i = 0; i < s->n_sets; i++) {
		if (s->set[i]->absent)
			set_flip(s, i);
	}
	*absent = optq_bits_intern(s->p, &s->m->bits);
	sweep_begin(s);
	return *absent != OPTQ_MATCH_NONE;
}

/* Brings m->bits to the sets that the place is in. */
static void sweep_follow(struct sweep *s)
{
	u32 words = s->in.n_groups * OPTQ_GROUP_WORDS, w;
	u64 turned;

	for (w = 0; w < words; w++) {
		turned = s->in.now[w] ^ s->in_last[w];
		s->in_last[w] = s->in.now[w];
		for (; turned; turned &= turned - 1)
			set_flip(s, w * 64 + (u32)__ffs64(turned));
	}
}

/* The vector of the place; OPTQ_MATCH_NONE: no memory. */
static u32 sweep_vec(struct sweep *s)
{
	u32 in = optq_bits_intern(s->p, &s->in), vec;

	if (in == OPTQ_MATCH_NONE)
		return in;
	if (in < s->vec.n)
		return ((u32 *)s->vec.at)[in];
	sweep_follow(s);
	vec = optq_bits_intern(s->p, &s->m->bits);
	if (vec == OPTQ_MATCH_NONE || !optq_array_reserve(s->p, &s->vec, 1))
		return OPTQ_MATCH_NONE;
	/* Numbers are given out in order. */
	((u32 *)s->vec.at)[s->vec.n++] = vec;
	return vec;
}

static bool sweep_bound(struct sweep *s, const u32 *at)
{
	u32 *bound = s->bounds.at + (size_t)s->bounds.n * (s->words + 1);
	u32 vec = sweep_vec(s);

	if (vec == OPTQ_MATCH_NONE)
		return false;
	/* Nothing begins where all stays the same. */
	if (s->bounds.n && bound[-1] == vec)
		return true;
	memcpy(bound, at, s->words * sizeof(u32));
	bound[s->words] = vec;
	s->bounds.n++;
	return true;
}

/* Turns round all sets that begin or end where the first cursor is. */
static void sweep_turn(struct sweep *s, const u32 *at)
{
	while (s->n_cursors &&
	       !optq_words_cmp(s->cursor[0].at, at, s->words)) {
		struct cursor *c = &s->cursor[0];

		optq_bits_flip(&s->in, c->set);
		c->next++;
		if (!cursor_read(c, s->words))
			*c = s->cursor[--s->n_cursors];
		if (s->n_cursors)
			heap_sink(s, 0);
	}
}

static bool sweep_walk(struct sweep *s)
{
	u32 at[OPTQ_MATCH_WORDS] = {}, steps = 0;

	sweep_cursors(s);
	for (;;) {
		sweep_turn(s, at);
		if (!sweep_bound(s, at))
			return false;
		if (!s->n_cursors)
			return true;
		memcpy(at, s->cursor[0].at, sizeof(at));
		if (!(++steps % SWEEP_PAUSE))
			optq_pool_pause(s->p);
	}
}

/* A table of all values, where there are few or a search would be long. */
static bool part_direct(struct sweep *s, struct optq_match_part *part)
{
	u32 i, v = 0, end;

	part->direct = optq_pool_alloc(s->p, ((u64)part->max + 1) * sizeof(u32));
	if (!part->direct)
		return false;
	for (i = 0; i < s->bounds.n; i++) {
		end = i + 1 < s->bounds.n ? *optq_bound(&s->bounds, i + 1) : ~0U;
		for (; v < end && v <= part->max; v++)
			part->direct[v] = optq_bound_value(&s->bounds, i);
	}
	return true;
}

static bool part_make(struct sweep *s, struct optq_match_part *part)
{
	static const u32 v4[] = { 0, 0, OPTQ_MATCH_V4 };

	if (part->words == 1 && part->max <= 65535 &&
	    (part->max < SWEEP_DIRECT || s->bounds.n > OPTQ_TRIE_LINE))
		return part_direct(s, part);
	if (!optq_trie_add(s->p, &s->m->trie, &s->bounds, &part->root))
		return false;
	part->root_v4 = part->root;
	if (part->words == 4)
		part->root_v4 = optq_trie_descend(&s->m->trie, part->root, v4, 3);
	return true;
}

bool optq_match_sweep(struct optq_match *m, const struct optq_match_rules *r,
		      u32 dim)
{
	struct optq_match_part *part = &m->part[dim];
	struct sweep s = {
		.m = m, .p = &m->pool, .r = r, .dim = dim,
		.words = part->words,
		.vec.size = sizeof(u32),
	};
	bool ok;

	ok = sweep_alloc(&s) && sweep_absent(&s) && sweep_walk(&s) &&
	     part_make(&s, part);
	sweep_free(&s);
	return ok;
}
