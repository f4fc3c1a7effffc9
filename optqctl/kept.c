// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "kept.h"
#include "mem.h"

/* Files are read deep inside the parser, and all of one policy. */
static struct kept_files *recorded;
static const struct kept_files *replayed;

void kept_record(struct kept_files *to)
{
	recorded = to;
}

void kept_replay(const struct kept_files *from)
{
	replayed = from;
}

static const struct kept_file *find(const struct kept_files *files, const char *path)
{
	size_t i;

	for (i = 0; i < files->n; i++)
		if (!strcmp(files->list[i].path, path))
			return &files->list[i];
	return NULL;
}

bool kept_find(const char *path, const struct kept_file **file)
{
	if (!replayed)
		return false;
	*file = find(replayed, path);
	return true;
}

void kept_add(const char *path, const char *text, size_t len)
{
	struct kept_file *file;

	if (!recorded || find(recorded, path))
		return;
	recorded->list = mem_grow(recorded->list, &recorded->room, recorded->n + 1,
				  sizeof(*recorded->list));
	file = &recorded->list[recorded->n++];
	file->path = mem_strndup(path, strlen(path));
	file->text = mem_zalloc(len + 1, 1);
	memcpy(file->text, text, len);
	file->len = len;
}

bool kept_same(const struct kept_files *a, const struct kept_files *b)
{
	size_t i;

	if (a->n != b->n)
		return false;
	for (i = 0; i < a->n; i++)
		if (strcmp(a->list[i].path, b->list[i].path) ||
		    a->list[i].len != b->list[i].len ||
		    memcmp(a->list[i].text, b->list[i].text, a->list[i].len))
			return false;
	return true;
}

void kept_free(struct kept_files *files)
{
	size_t i;

	for (i = 0; i < files->n; i++) {
		free(files->list[i].path);
		free(files->list[i].text);
	}
	free(files->list);
	memset(files, 0, sizeof(*files));
}
