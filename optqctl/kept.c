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

void kept_append(struct kept_files *files, const char *path, const char *text, size_t len)
{
	struct kept_file *file;

	files->list = mem_grow(files->list, &files->room, files->n + 1,
			       sizeof(*files->list));
	file = &files->list[files->n++];
	file->path = mem_strndup(path, strlen(path));
	file->text = mem_zalloc(len + 1, 1);
	memcpy(file->text, text, len);
	file->len = len;
}

void kept_add(const char *path, const char *text, size_t len)
{
	if (recorded && !find(recorded, path))
		kept_append(recorded, path, text, len);
}

static size_t count_lets(const char *const *lets)
{
	size_t n = 0;

	while (lets && lets[n])
		n++;
	return n;
}

size_t kept_count_lets(const struct kept_files *files)
{
	return count_lets((const char *const *)files->lets);
}

void kept_set_lets(struct kept_files *files, const char *const *lets)
{
	size_t n = count_lets(lets), i;

	files->lets = mem_zalloc(n + 1, sizeof(*files->lets));
	for (i = 0; i < n; i++)
		files->lets[i] = mem_strndup(lets[i], strlen(lets[i]));
}

static bool same_lets(const char *const *a, const char *const *b)
{
	size_t n = count_lets(a), i;

	if (count_lets(b) != n)
		return false;
	for (i = 0; i < n; i++)
		if (strcmp(a[i], b[i]))
			return false;
	return true;
}

bool kept_same(const struct kept_files *a, const struct kept_files *b)
{
	size_t i;

	if (a->n != b->n || !same_lets((const char *const *)a->lets,
				       (const char *const *)b->lets))
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
	for (i = 0; files->lets && files->lets[i]; i++)
		free(files->lets[i]);
	free(files->lets);
	memset(files, 0, sizeof(*files));
}
