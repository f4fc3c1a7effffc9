// SPDX-License-Identifier: GPL-2.0
/* What of their figures says something in a policy. */
#include <linux/optq.h>
#include <stdlib.h>

#include "import_tree.h"
#include "mem.h"

#define BANDS		(OPTQ_PRIO_MAX + 1)

/* A ceil that is no less than what is above it says nothing. */
static void drop_ceilings(struct import_tree *t)
{
	uint64_t *ceil = mem_zalloc(t->link->n_classes, sizeof(*ceil)), up;
	struct class *class;
	uint32_t i;

	for (i = 0; i < t->link->n_classes; i++) {
		class = import_class(t, i);
		up = class->parent == NO_CLASS ? t->link->rate : ceil[class->parent];
		if (class->ceil && up && class->ceil >= up) {
			class->ceil = 0;
			class->cburst = 0;
		}
		ceil[i] = class->ceil ? class->ceil : up;
	}
	free(ceil);
}

/* A prio that all siblings have is none. */
static void level_prios(struct import_tree *t)
{
	size_t n = t->link->n_classes;
	uint32_t *prio = mem_zalloc(n + 1, sizeof(*prio)), i;
	bool *seen = mem_zalloc(n + 1, sizeof(*seen)), *differ;
	struct class *class;
	size_t parent;

	differ = mem_zalloc(n + 1, sizeof(*differ));
	for (i = 0; i < n; i++) {
		class = import_class(t, i);
		parent = class->parent == NO_CLASS ? n : class->parent;
		differ[parent] |= seen[parent] && prio[parent] != class->prio;
		prio[parent] = class->prio;
		seen[parent] = true;
	}
	for (i = 0; i < n; i++) {
		class = import_class(t, i);
		if (!differ[class->parent == NO_CLASS ? n : class->parent])
			class->prio = 0;
	}
	free(prio);
	free(seen);
	free(differ);
}

struct band {
	uint64_t gcd;
	uint32_t n, first;
	bool by_rate;		/* shares go by rates, so no weight need be said */
};

static uint64_t gcd(uint64_t a, uint64_t b)
{
	uint64_t rest;

	while (b) {
		rest = a % b;
		a = b;
		b = rest;
	}
	return a;
}

static struct band *band_of(const struct import_tree *t, struct band *bands, uint32_t i)
{
	const struct class *class = &t->link->classes[i];
	size_t parent = class->parent == NO_CLASS ? t->link->n_classes : class->parent;

	return &bands[parent * BANDS + class->prio];
}

/* Whether both have shares as their rates, but for a hundredth. */
static bool in_proportion(const struct import_tree *t, uint32_t a, uint32_t b)
{
	double x = (double)t->share[a] * (double)t->link->classes[b].rate;
	double y = (double)t->share[b] * (double)t->link->classes[a].rate;

	return t->link->classes[a].rate && t->link->classes[b].rate && x < y * 1.01 &&
	       y < x * 1.01;
}

static void say_weights(struct import_tree *t)
{
	struct band *bands = mem_zalloc((t->link->n_classes + (size_t)1) * BANDS,
					sizeof(*bands)), *band;
	uint64_t weight;
	uint32_t i;

	for (i = 0; i < t->link->n_classes; i++) {
		band = band_of(t, bands, i);
		if (!t->share[i])
			continue;
		if (!band->n++) {
			band->first = i;
			band->by_rate = true;
		}
		band->by_rate &= in_proportion(t, band->first, i) || band->first == i;
		band->gcd = gcd(band->gcd, t->share[i]);
	}
	for (i = 0; i < t->link->n_classes; i++) {
		band = band_of(t, bands, i);
		if (band->n < 2 || band->by_rate || !band->gcd || !t->share[i])
			continue;
		weight = t->share[i] / band->gcd;
		import_class(t, i)->weight = weight > UINT32_MAX ? UINT32_MAX : (uint32_t)weight;
	}
	free(bands);
}

void import_fit(struct import_tree *t)
{
	drop_ceilings(t);
	level_prios(t);
	say_weights(t);
}
