// SPDX-License-Identifier: GPL-2.0
#include "match_trie.h"

/* Bounds from to end - 1 that agree in their first depth words, on the way. */
struct walk {
	const struct optq_bounds *b;
	u32 at, end;
	u32 depth;
	u32 value;		/* of the interval that is open */
	bool begun;
	bool after;		/* a child's last interval goes on past its word */
	u32 next;		/* that is, from this word on */
};

/* A word of a node, and what it has: bounds from to end - 1 below it, or value. */
struct step {
	u32 digit;
	u32 value;		/* with a child: of the interval open at its start */
	u32 from, end;		/* alike: no child */
};

void optq_trie_init(struct optq_trie *t)
{
	memset(t, 0, sizeof(*t));
	t->key.size = sizeof(u32);
	t->value.size = sizeof(u32);
	t->node.size = sizeof(struct optq_trie_node);
}

void optq_trie_free(struct optq_pool *p, struct optq_trie *t)
{
	optq_array_free(p, &t->key);
	optq_array_free(p, &t->value);
	optq_array_free(p, &t->node);
}

void optq_trie_seal(struct optq_pool *p, struct optq_trie *t)
{
	optq_array_trim(p, &t->key);
	optq_array_trim(p, &t->value);
	optq_array_trim(p, &t->node);
}

/* Nothing follows word depth of bound i. */
static bool ends_at(const struct optq_bounds *b, u32 i, u32 depth)
{
	const u32 *word = optq_bound(b, i);

	while (++depth < b->words) {
		if (word[depth])
			return false;
	}
	return true;
}

static void step_interval(struct step *s, u32 digit, u32 value)
{
	s->digit = digit;
	s->value = value;
	s->from = s->end = 0;
}

static void walk_word(struct walk *w, struct step *s)
{
	const struct optq_bounds *b = w->b;
	u32 digit = optq_bound(b, w->at)[w->depth], end = w->at + 1;

	while (end < w->end && optq_bound(b, end)[w->depth] == digit)
		end++;
	if (end == w->at + 1 && ends_at(b, w->at, w->depth)) {
		step_interval(s, digit, optq_bound_value(b, w->at));
	} else {
		s->digit = digit;
		s->value = w->value;
		s->from = w->at;
		s->end = end;
		w->after = digit != ~0U;
		w->next = digit + 1;
	}
	w->value = optq_bound_value(b, end - 1);
	w->at = end;
}

/* The node's words in order, the first is 0; false: that was all. */
static bool walk_step(struct walk *w, struct step *s)
{
	u32 digit = w->at < w->end ? optq_bound(w->b, w->at)[w->depth] : 0;
	bool left = w->at < w->end;

	if (!w->begun) {
		w->begun = true;
		if (!left || digit) {
			step_interval(s, 0, w->value);
			return true;
		}
	}
	if (w->after) {
		w->after = false;
		if (!left || digit != w->next) {
			step_interval(s, w->next, w->value);
			return true;
		}
	}
	if (!left)
		return false;
	walk_word(w, s);
	return true;
}

static u32 lines_of(u32 n)
{
	return (n + OPTQ_TRIE_LINE - 1) / OPTQ_TRIE_LINE;
}

/* Places for a node of n words, with the levels above them. */
static bool node_make(struct optq_pool *p, struct optq_trie *t, u32 n,
		      u32 *number)
{
	struct optq_trie_node node = { .n = n, .value_at = t->value.n };
	u32 lines[OPTQ_TRIE_LEVELS], total = 0, l = 0, i;

	for (lines[0] = lines_of(n); lines[l] > 1; l++)
		lines[l + 1] = lines_of(lines[l]);
	node.levels = l + 1;
	for (i = 0; i < node.levels; i++) {
		node.level_at[i] = t->key.n + total * OPTQ_TRIE_LINE;
		total += lines[l - i];
	}
	if (!optq_array_reserve(p, &t->key, total * OPTQ_TRIE_LINE) ||
	    !optq_array_reserve(p, &t->value, n) ||
	    !optq_array_reserve(p, &t->node, 1))
		return false;
	/* Lines are filled up with what is above every digit but one. */
	memset((u32 *)t->key.at + t->key.n, 0xff,
	       (size_t)total * OPTQ_TRIE_LINE * sizeof(u32));
	t->key.n += total * OPTQ_TRIE_LINE;
	t->value.n += n;
	*number = t->node.n;
	((struct optq_trie_node *)t->node.at)[t->node.n++] = node;
	return true;
}

/* Above each line stands its first word. */
static void node_index(struct optq_trie *t, const struct optq_trie_node *node)
{
	u32 *key = t->key.at, n = node->n, level = node->levels - 1, i;

	for (; level; level--) {
		n = lines_of(n);
		for (i = 0; i < n; i++)
			key[node->level_at[level - 1] + i] =
				key[node->level_at[level] + i * OPTQ_TRIE_LINE];
	}
}

/* Calls itself, at most once a word. */
static bool node_add(struct optq_pool *p, struct optq_trie *t,
		     const struct walk *from, u32 *number)
{
	struct optq_trie_node node;
	struct walk w = *from;
	struct step s;
	u32 n = 0, value, i;

	while (walk_step(&w, &s))
		n++;
	if (!node_make(p, t, n, number))
		return false;
	node = ((struct optq_trie_node *)t->node.at)[*number];
	w = *from;
	for (i = 0; walk_step(&w, &s); i++) {
		value = s.value;
		if (s.from != s.end) {
			struct walk below = {
				.b = w.b, .at = s.from, .end = s.end,
				.depth = w.depth + 1, .value = s.value,
			};

			if (!node_add(p, t, &below, &value))
				return false;
			value |= OPTQ_TRIE_CHILD;
		}
		((u32 *)t->key.at)[node.level_at[node.levels - 1] + i] = s.digit;
		((u32 *)t->value.at)[node.value_at + i] = value;
	}
	node_index(t, &node);
	return true;
}

bool optq_trie_add(struct optq_pool *p, struct optq_trie *t,
		   const struct optq_bounds *b, u32 *root)
{
	struct walk all = { .b = b, .end = b->n, };

	if (b->n == 1) {
		*root = optq_bound_value(b, 0);
		return true;
	}
	if (!node_add(p, t, &all, root))
		return false;
	*root |= OPTQ_TRIE_CHILD;
	return true;
}

/* Words of a line that are not above digit, but the first. */
static __always_inline u32 line_rank(const u32 *line, u32 digit)
{
	u32 i = (u32)(line[8] <= digit) << 3;

	i += (u32)(line[i + 4] <= digit) << 2;
	i += (u32)(line[i + 2] <= digit) << 1;
	return i + (u32)(line[i + 1] <= digit);
}

static __always_inline u32 node_find(const struct optq_trie_node *node,
				     const u32 *key, u32 digit)
{
	const u32 *level = node->level_at, *last = level + node->levels - 1;
	u32 at = 0;

	/* What lines are filled up with is no greater than this. */
	if (unlikely(digit == ~0U))
		return node->n - 1;
	for (; level < last; level++)
		at = (at + line_rank(key + *level + at, digit)) *
		     OPTQ_TRIE_LINE;
	return at + line_rank(key + *level + at, digit);
}

u32 optq_trie_find(const struct optq_trie *t, u32 root, const u32 *word)
{
	const struct optq_trie_node *node = t->node.at;
	const u32 *key = t->key.at, *value = t->value.at;

	while (root & OPTQ_TRIE_CHILD) {
		const struct optq_trie_node *at = &node[root & ~OPTQ_TRIE_CHILD];

		root = value[at->value_at + node_find(at, key, *word++)];
	}
	return root;
}

u32 optq_trie_descend(const struct optq_trie *t, u32 root, const u32 *word,
		      u32 n)
{
	const struct optq_trie_node *node = t->node.at;
	const u32 *value = t->value.at;

	while (n-- && root & OPTQ_TRIE_CHILD) {
		const struct optq_trie_node *at = &node[root & ~OPTQ_TRIE_CHILD];

		root = value[at->value_at + node_find(at, t->key.at, *word++)];
	}
	return root;
}
