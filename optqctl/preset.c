// SPDX-License-Identifier: GPL-2.0
/* The presets that there are, and what is said of the places in them. */
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "policy_keys.h"
#include "preset.h"
#include "suggest.h"

/* optqctl/presets/, put here by the Makefile. */
static const struct preset presets[] = {
#include "preset_texts.h"
	{ NULL, NULL }
};

const struct preset *preset_at(size_t i)
{
	return &presets[i];
}

/* "diffserv4 diffserv8", to be freed. */
static char *preset_names(void)
{
	char *list = mem_strndup("", 0), *longer;
	const struct preset *p;

	for (p = presets; p->name; p++) {
		longer = mem_printf("%s%s%s", list, *list ? " " : "", p->name);
		free(list);
		list = longer;
	}
	return list;
}

const struct preset *preset_find(const char *name, size_t *index, char **why)
{
	struct suggestion near;
	const struct preset *p;
	char *list;

	suggest_begin(&near, name);
	for (p = presets; p->name; p++) {
		suggest_offer(&near, p->name);
		if (strcmp(p->name, name))
			continue;
		if (index)
			*index = (size_t)(p - presets);
		return p;
	}
	list = preset_names();
	if (suggest_end(&near))
		*why = mem_printf("unknown preset \"%s\": did you mean \"%s\"? there are %s",
				  name, suggest_end(&near), list);
	else
		*why = mem_printf("unknown preset \"%s\": there are %s", name,
				  list);
	free(list);
	return NULL;
}

static const struct preset_use *use_at(const struct preset_uses *uses, size_t off)
{
	size_t lo = 0, hi = uses->n, mid;

	/* DIAG_NOWHERE is beyond all of them. */
	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (off < uses->list[mid].base)
			hi = mid;
		else if (off - uses->list[mid].base > uses->list[mid].len)
			lo = mid + 1;
		else
			return &uses->list[mid];
	}
	return NULL;
}

/* The class whose lines hold byte @off of the preset: the last one named before. */
static const char *class_at(const struct ynode *classes, size_t off)
{
	const struct ynode *below;
	const char *name = NULL, *deeper;
	size_t i;

	for (i = 0; i < classes->n && classes->keys[i]->at.off <= off; i++) {
		name = classes->keys[i]->text;
		below = classes->items[i]->kind == YNODE_MAP ?
			map_find(classes->items[i], "classes") : NULL;
		deeper = below ? class_at(below, off) : NULL;
		name = deeper ? deeper : name;
	}
	return name;
}

static void place_diag(const struct preset_uses *uses, struct diag *diag)
{
	const struct preset_use *use = use_at(uses, diag->at.off);
	const char *class;
	char *text;

	if (!use)
		return;
	class = class_at(use->classes, diag->at.off - use->base);
	text = mem_printf("preset %s: %s%s%s%s", use->name,
			  class ? "class \"" : "", class ? class : "",
			  class ? "\": " : "", diag->text);
	free(diag->text);
	diag->text = text;
	diag->at = use->at;
}

static void place_class(const struct preset_uses *uses, struct class *class)
{
	const struct preset_use *use = use_at(uses, class->name_at.off);

	if (use)
		class->name_at = use->at;
}

void presets_place(const struct preset_uses *uses, struct policy *policy,
		   struct diags *d)
{
	const struct preset_use *use;
	struct link *link;
	size_t i;
	uint32_t c;

	for (i = 0; i < d->n; i++)
		place_diag(uses, &d->list[i]);
	if (!uses->n)
		return;
	for (link = policy->links; link < policy->links + policy->n_links; link++) {
		for (c = 0; c < link->n_classes; c++)
			place_class(uses, &link->classes[c]);
		for (i = 0; i < link->n_rules; i++) {
			use = use_at(uses, link->rules[i].at.off);
			if (use)
				link->rules[i].at = use->at;
		}
	}
}
