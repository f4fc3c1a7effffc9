// SPDX-License-Identifier: GPL-2.0
#include <linux/optq.h>
#include <stdlib.h>

#include "mem.h"
#include "policy_weight.h"

#define BANDS		(OPTQ_PRIO_MAX + 1)
#define KBIT		125	/* bytes per second */
#define LOST_SHARE	100	/* less than one in so many is a mistake */

/* What the children of one class have in one band. */
struct band {
	uint32_t least;		/* weight; 0: none has one */
	uint32_t by_rate;	/* index + 1 of the largest rate without a weight */
};

uint32_t effective_weight(uint32_t weight, uint64_t rate)
{
	uint64_t kbit = rate / KBIT;

	if (weight)
		return weight;
	return !kbit ? 1 : kbit > UINT32_MAX ? UINT32_MAX : (uint32_t)kbit;
}

static bool has_weight(const struct class *class)
{
	return class->weight || class->rate;
}

static uint32_t weight_of(const struct class *class)
{
	return effective_weight(class->weight, class->rate);
}

static size_t band_number(const struct link *link, const struct class *class)
{
	size_t parent = class->parent == NO_CLASS ? link->n_classes :
			class->parent;

	return parent * BANDS + class->prio;
}

static void survey(struct band *bands, const struct link *link)
{
	const struct class *class;
	struct band *band;
	uint32_t i;

	for (i = 0; i < link->n_classes; i++) {
		class = &link->classes[i];
		if (!has_weight(class))
			continue;
		band = &bands[band_number(link, class)];
		if (!band->least || weight_of(class) < band->least)
			band->least = weight_of(class);
		if (!class->weight && (!band->by_rate ||
		    class->rate > link->classes[band->by_rate - 1].rate))
			band->by_rate = i + 1;
	}
}

static void warn_lost(const struct class *class, const struct class *beside,
		      struct diags *d)
{
	uint64_t sum = (uint64_t)class->weight + weight_of(beside);

	if ((uint64_t)class->weight * LOST_SHARE >= sum)
		return;
	diag_warning(d, class->weight_at, "weight: \"%s\" gets 1/%llu of what is left over beside \"%s\", whose weight is its rate in kbit/s: give both a weight",
		     class->name, (unsigned long long)(sum / class->weight),
		     beside->name);
}

void derive_weights(struct link *link, struct diags *d, bool warn)
{
	struct band *bands = mem_zalloc((link->n_classes + (size_t)1) * BANDS,
					sizeof(*bands));
	struct class *class;
	struct band *band;
	uint32_t i;

	survey(bands, link);
	for (i = 0; i < link->n_classes; i++) {
		class = &link->classes[i];
		band = &bands[band_number(link, class)];
		if (!has_weight(class))
			class->weight = band->least ? band->least : 1;
		else if (warn && class->weight && band->by_rate)
			warn_lost(class, &link->classes[band->by_rate - 1], d);
	}
	free(bands);
}

/* What is not said is the least that is said beside it, or 1. */
void weights_given(const struct link *link, bool *given)
{
	struct said { uint32_t by_rate, least, most; bool open; } *bands, *band;
	const struct class *class;
	uint32_t i;

	bands = mem_zalloc((link->n_classes + (size_t)1) * BANDS, sizeof(*bands));
	for (i = 0; i < link->n_classes; i++) {
		class = &link->classes[i];
		band = &bands[band_number(link, class)];
		band->open |= !has_weight(class);
		if (!band->least || weight_of(class) < band->least)
			band->least = weight_of(class);
		if (weight_of(class) > band->most)
			band->most = weight_of(class);
		if (class->rate && (!band->by_rate ||
				    weight_of(class) < band->by_rate))
			band->by_rate = weight_of(class);
	}
	for (i = 0; i < link->n_classes; i++) {
		class = &link->classes[i];
		band = &bands[band_number(link, class)];
		given[i] = class->weight &&
			   (band->open || class->rate ||
			    class->weight != band->least ||
			    (band->by_rate ? band->by_rate != band->least :
					     band->most != 1));
	}
	free(bands);
}
