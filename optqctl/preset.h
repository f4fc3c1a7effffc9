/* SPDX-License-Identifier: GPL-2.0 */
/* Usual trees by one word: "preset: NAME" in a policy. */
#ifndef OPTQCTL_PRESET_H
#define OPTQCTL_PRESET_H

#include "model.h"
#include "yaml.h"

/* A policy file that is part of the program; its link is what it is about. */
struct preset {
	const char *name;
	const char *text;
};

/* In the order of their names; NULL ends the list. */
const struct preset *preset_at(size_t i);
/*
 * NULL when there is none of that name: *why, to be freed, names those there are.
 * @index, if it is not NULL, takes its place.
 */
const struct preset *preset_find(const char *name, size_t *index, char **why);

/*
 * Where presets were used.  What comes from one has places beyond the policy's own
 * text, each use its own, until preset_places() has put them right.
 */
struct preset_use {
	const char *name;
	const struct ynode *classes;	/* of the preset, as it stands there */
	size_t base, len;		/* its places, from base on */
	struct span at;			/* the name in the policy */
};

struct preset_uses {
	struct preset_use *list;	/* in the order of base */
	size_t n, room;
	size_t base;			/* of the first */
	struct ynode **roots;		/* presets that were read, in their order */
};

/*
 * Puts classes in place of each "preset:" below @root, merged with those beside it; the
 * policy has no place from @base on.
 */
void presets_expand(struct ynode *root, struct preset_uses *uses, size_t base,
		    struct diags *d);
/* What is wrong inside a preset is shown at the line that asked for it. */
void presets_place(const struct preset_uses *uses, struct policy *policy,
		   struct diags *d);
void preset_uses_free(struct preset_uses *uses);

#endif
