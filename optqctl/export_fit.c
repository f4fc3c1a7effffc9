// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "export_fit.h"
#include "mem.h"
#include "policy_weight.h"
#include "units.h"

struct fit {
	struct link *link;
	size_t link_index;
	struct policy_notes *notes;
	uint64_t *sum;		/* of the guarantees below each class; the link's last */
};

static uint32_t parent_of(const struct fit *f, uint32_t i)
{
	uint32_t parent = f->link->classes[i].parent;

	return parent == NO_CLASS ? f->link->n_classes : parent;
}

/* As a policy's reader finds them: what has no rate has the sum of those below. */
static void sum_up(struct fit *f)
{
	const struct class *class;
	uint32_t i;

	for (i = 0; i <= f->link->n_classes; i++)
		f->sum[i] = 0;
	for (i = f->link->n_classes; i-- > 0; ) {
		class = &f->link->classes[i];
		f->sum[parent_of(f, i)] += class->rate ? class->rate : f->sum[i];
	}
}

static void lower(struct fit *f, uint32_t i, uint64_t rate)
{
	struct class *class = &f->link->classes[i];
	char *old = rate_text(class->rate ? class->rate : f->sum[i]);
	char *new = rate_text(rate);

	policy_note(f->notes, f->link_index, i,
		    "it was promised %s, more than the %s that is above it: that could not be kept",
		    old, new);
	/* What it gets of the rest went by its rate. */
	class->weight = effective_weight(class->weight, class->rate);
	class->rate = rate;
	free(old);
	free(new);
}

/* Sold more than once at the top, the sum of a class may exceed the link. */
static bool is_oversold_sum(const struct fit *f, uint32_t i)
{
	const struct class *class = &f->link->classes[i];

	return class->children && class->parent == NO_CLASS &&
	       f->link->oversubscribe &&
	       (!class->rate || class->rate == f->sum[i]);
}

static void fit_rates(struct fit *f)
{
	struct class *class;
	uint64_t most, rate;
	uint32_t i;

	for (i = 0; i < f->link->n_classes; i++) {
		class = &f->link->classes[i];
		rate = class->rate ? class->rate : f->sum[i];
		most = class->parent == NO_CLASS ? f->link->rate :
		       f->link->classes[class->parent].rate;
		if (most && rate > most) {
			if (is_oversold_sum(f, i))
				class->rate_derived = class->rate;
			else
				lower(f, i, most);
		}
		rate = class->rate ? class->rate : f->sum[i];
		if (class->ceil && rate > class->ceil)
			lower(f, i, class->ceil);
	}
}

static void fit_sums(struct fit *f)
{
	struct class *class;
	uint32_t i;

	for (i = 0; i < f->link->n_classes; i++) {
		class = &f->link->classes[i];
		if (!class->rate || class->rate_derived || class->oversubscribe ||
		    f->sum[i] <= class->rate)
			continue;
		class->oversubscribe = true;
		policy_note(f->notes, f->link_index, i,
			    "more is promised below it than it has: they are served in proportion when all want theirs");
	}
	if (!f->link->rate || f->link->oversubscribe ||
	    f->sum[f->link->n_classes] <= f->link->rate)
		return;
	f->link->oversubscribe = true;
	policy_note(f->notes, f->link_index, NO_CLASS,
		    "more is promised than the link has: the classes are served in proportion when all want theirs");
}

/* As the reader of a policy has them. */
static void derive_sums(struct fit *f)
{
	struct class *class;
	uint32_t i;

	for (i = 0; i < f->link->n_classes; i++) {
		class = &f->link->classes[i];
		if (class->rate || !f->sum[i])
			continue;
		class->rate = f->sum[i];
		class->rate_derived = true;
	}
}

void export_fit(struct link *link, size_t link_index, struct policy_notes *notes)
{
	struct fit f = {
		.link = link, .link_index = link_index, .notes = notes,
		.sum = mem_zalloc(link->n_classes + (size_t)1, sizeof(uint64_t)),
	};

	sum_up(&f);
	fit_rates(&f);
	sum_up(&f);
	fit_sums(&f);
	derive_sums(&f);
	free(f.sum);
}
