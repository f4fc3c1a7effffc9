// SPDX-License-Identifier: GPL-2.0
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "names.h"

/* FNV-1a (Fowler, Noll, Vo), 64 bits. */
static size_t hash(const char *s)
{
	uint64_t h = 0xcbf29ce484222325ULL;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 0x100000001b3ULL;
	return (size_t)(h ^ h >> 32);
}

/* Its slot, or the free one where it belongs. */
static uint32_t *slot_of(const struct names *names, const char *name)
{
	size_t i = hash(name) & (names->slots - 1);

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
