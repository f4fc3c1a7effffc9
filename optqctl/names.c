// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "names.h"

uint32_t names_id(const char *name)
{
	uint32_t h = 0x811c9dc5;

	for (; *name; name++)
		h = (h ^ (unsigned char)*name) * 0x01000193;
	return h ? h : 1;
}

/* Its slot, or the free one where it belongs. */
static uint32_t *slot_of(const struct names *names, const char *name)
{
	size_t i = names_id(name) & (names->slots - 1);

	while (names->slot[i] && strcmp(names->v[names->slot[i] - 1], name))
		i = (i + 1) & (names->slots - 1);
	return &names->slot[i];
}

static void make_room(struct names *names)
{
	size_t i;

	/* Half of the slots stay free. */
	if (2 * (names->n + 1) <= names->slots)
		return;
	free(names->slot);
	names->slots = names->slots ? 2 * names->slots : 16;
	names->slot = mem_zalloc(names->slots, sizeof(*names->slot));
	for (i = 0; i < names->n; i++)
		*slot_of(names, names->v[i]) = (uint32_t)i + 1;
}

uint32_t names_number(struct names *names, const char *name)
{
	uint32_t *slot;

	make_room(names);
	slot = slot_of(names, name);
	if (!*slot) {
		names->v = mem_grow(names->v, &names->room, names->n + 1,
				    sizeof(*names->v));
		names->v[names->n++] = mem_strndup(name, strlen(name));
		*slot = (uint32_t)names->n;
	}
	return *slot;
}

const char *names_clash(const struct names *names, const char *name)
{
	uint32_t id = names_id(name);
	const char *other;
	size_t i;

	if (!names->slots)
		return NULL;
	/* Those of one id stand in one stretch. */
	for (i = id & (names->slots - 1); names->slot[i];
	     i = (i + 1) & (names->slots - 1)) {
		other = names->v[names->slot[i] - 1];
		if (names_id(other) == id && strcmp(other, name))
			return other;
	}
	return NULL;
}

const char *names_name(const struct names *names, uint64_t number)
{
	return number && number <= names->n ? names->v[number - 1] : NULL;
}

void names_free(struct names *names)
{
	size_t i;

	for (i = 0; i < names->n; i++)
		free(names->v[i]);
	free(names->v);
	free(names->slot);
	memset(names, 0, sizeof(*names));
}
