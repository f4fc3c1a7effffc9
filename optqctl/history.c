// SPDX-License-Identifier: GPL-2.0
#include <dirent.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "author.h"
#include "device.h"
#include "history.h"
#include "json_add.h"
#include "mem.h"
#include "state.h"

#define META	"meta.json"

static const char *const state_names[] = {
	[ENTRY_LOADING] = "loading",
	[ENTRY_APPLIED] = "applied",
	[ENTRY_TAKEN_BACK] = "taken back",
};

static char *entry_dir(const struct history *h, unsigned int number)
{
	return mem_printf("%s/%u", h->dir, number);
}

void entry_free(struct entry *e)
{
	size_t i;

	for (i = 0; i < e->n_devices; i++)
		free(e->devices[i]);
	free(e->devices);
	free(e->author);
	free(e->what);
	free(e->policy);
	memset(e, 0, sizeof(*e));
}

bool entry_has_device(const struct entry *e, const char *device)
{
	size_t i;

	for (i = 0; i < e->n_devices; i++)
		if (!strcmp(e->devices[i], device))
			return true;
	return false;
}

bool entry_has_link(const struct link *link, void *entry)
{
	char name[IFNAMSIZ];

	return entry_has_device(entry, device_own_name(link->device, name));
}

void entry_add_device(struct entry *e, const char *device)
{
	if (entry_has_device(e, device))
		return;
	e->devices = mem_grow(e->devices, &e->devices_room, e->n_devices + 1,
			      sizeof(*e->devices));
	e->devices[e->n_devices++] = mem_strndup(device, strlen(device));
}

static char *take_text(struct json_object *o, const char *name)
{
	struct json_object *value = json_object_object_get(o, name);
	const char *text = value ? json_object_get_string(value) : "";

	return mem_strndup(text, strlen(text));
}

static enum entry_state take_state(struct json_object *o)
{
	char *text = take_text(o, "state");
	enum entry_state state = ENTRY_TAKEN_BACK;

	while (state > ENTRY_LOADING && strcmp(state_names[state], text))
		state--;
	free(text);
	return state;
}

static void take_meta(struct entry *e, struct json_object *o)
{
	struct json_object *devices = json_object_object_get(o, "devices");
	size_t i, n = 0;

	e->state = take_state(o);
	e->time = json_object_get_int64(json_object_object_get(o, "time"));
	e->author = take_text(o, "author");
	e->what = take_text(o, "what");
	e->policy = take_text(o, "policy");
	if (json_object_is_type(devices, json_type_array))
		n = json_object_array_length(devices);
	for (i = 0; i < n; i++)
		if (json_object_array_get_idx(devices, i))
			entry_add_device(e, json_object_get_string(
					 json_object_array_get_idx(devices, i)));
}

static struct json_object *read_meta(const struct history *h, unsigned int number)
{
	char *path = mem_printf("%s/%u/" META, h->dir, number);
	struct json_object *o = json_object_from_file(path);

	free(path);
	return o;
}

static void read_entry(struct history *h, unsigned int number)
{
	struct json_object *o = read_meta(h, number);
	struct entry *e;

	if (!o)
		return;
	h->list = mem_grow(h->list, &h->room, h->n + 1, sizeof(*h->list));
	e = &h->list[h->n++];
	memset(e, 0, sizeof(*e));
	e->number = number;
	take_meta(e, o);
	json_object_put(o);
}

static int compare_numbers(const void *a, const void *b)
{
	unsigned int x = ((const struct entry *)a)->number;
	unsigned int y = ((const struct entry *)b)->number;

	return (x > y) - (x < y);
}

char *history_read(struct history *h, const char *state)
{
	struct dirent *d;
	char *end;
	DIR *dir;

	memset(h, 0, sizeof(*h));
	h->dir = mem_printf("%s/history", state);
	dir = opendir(h->dir);
	if (!dir)
		return errno == ENOENT ? NULL :
		       mem_printf("%s cannot be read: %s", h->dir, strerror(errno));
	while ((d = readdir(dir))) {
		unsigned long number = strtoul(d->d_name, &end, 10);

		if (number && number < UINT32_MAX && !*end)
			read_entry(h, (unsigned int)number);
	}
	closedir(dir);
	if (h->n)
		qsort(h->list, h->n, sizeof(*h->list), compare_numbers);
	return NULL;
}

void history_free(struct history *h)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		entry_free(&h->list[i]);
	free(h->list);
	free(h->dir);
	memset(h, 0, sizeof(*h));
}

struct entry *history_find(struct history *h, unsigned int number)
{
	size_t i;

	for (i = 0; i < h->n; i++)
		if (h->list[i].number == number)
			return &h->list[i];
	return NULL;
}

static struct entry *newest(struct history *h, size_t before, const char *device)
{
	while (before-- > 0)
		if (h->list[before].state == ENTRY_APPLIED &&
		    entry_has_device(&h->list[before], device))
			return &h->list[before];
	return NULL;
}

/* One that never finished may have been loaded: it is taken back like others. */
struct entry *history_last(struct history *h)
{
	size_t i = h->n;

	while (i-- > 0)
		if (h->list[i].state != ENTRY_TAKEN_BACK)
			return &h->list[i];
	return NULL;
}

struct entry *history_now(struct history *h, const char *device)
{
	return newest(h, h->n, device);
}

bool history_in_force(struct history *h, const struct entry *e)
{
	size_t i;

	for (i = 0; i < e->n_devices; i++)
		if (history_now(h, e->devices[i]) == e)
			return true;
	return false;
}

struct entry *history_before(struct history *h, const struct entry *before,
			     const char *device)
{
	return newest(h, (size_t)(before - h->list), device);
}

/* Files are numbered in the order in which they were read. */
static char *read_file(const char *dir, size_t i, const char *path,
		       struct kept_files *files)
{
	char *name = mem_printf("%zu", i), *text, *why = NULL;
	size_t len;

	text = state_read(dir, name, &len);
	if (text) {
		kept_append(files, path, text, len);
	} else {
		why = mem_printf("%s/%s cannot be read: %s", dir, name, strerror(errno));
	}
	free(text);
	free(name);
	return why;
}

static void take_lets(struct kept_files *files, struct json_object *lets)
{
	size_t n = json_object_is_type(lets, json_type_array) ?
		   json_object_array_length(lets) : 0, i;
	const char **texts = mem_zalloc(n + 1, sizeof(*texts));

	for (i = 0; i < n; i++)
		texts[i] = json_object_get_string(json_object_array_get_idx(lets, i));
	kept_set_lets(files, texts);
	free(texts);
}

char *history_files(const struct history *h, const struct entry *e,
		    struct kept_files *files)
{
	struct json_object *o = read_meta(h, e->number), *paths;
	char *dir = entry_dir(h, e->number), *why = NULL;
	const char *path;
	size_t i, n = 0;

	memset(files, 0, sizeof(*files));
	take_lets(files, json_object_object_get(o, "let"));
	paths = json_object_object_get(o, "files");
	if (json_object_is_type(paths, json_type_array))
		n = json_object_array_length(paths);
	else
		why = mem_printf("%s/" META " cannot be read", dir);
	for (i = 0; !why && i < n; i++) {
		path = json_object_get_string(json_object_array_get_idx(paths, i));
		why = path ? read_file(dir, i, path, files) :
		      mem_printf("%s/" META " is damaged", dir);
	}
	json_object_put(o);
	free(dir);
	return why;
}

static void add_list(struct json_object *o, const char *name,
		     const char *(*get)(const void *arg, size_t i), const void *arg,
		     size_t n)
{
	struct json_object *list = json_object_new_array();
	size_t i;

	for (i = 0; i < n; i++)
		json_object_array_add(list, json_object_new_string(get(arg, i)));
	json_object_object_add(o, name, list);
}

static const char *get_device(const void *arg, size_t i)
{
	return ((const struct entry *)arg)->devices[i];
}

static const char *get_path(const void *arg, size_t i)
{
	return ((const struct kept_files *)arg)->list[i].path;
}

static const char *get_let(const void *arg, size_t i)
{
	return ((const struct kept_files *)arg)->lets[i];
}

static struct json_object *meta_json(const struct entry *e)
{
	struct json_object *o = json_object_new_object();

	add_text(o, "state", state_names[e->state]);
	json_object_object_add(o, "time", json_object_new_int64(e->time));
	add_text(o, "author", e->author);
	add_text(o, "what", e->what);
	add_text(o, "policy", e->policy);
	add_list(o, "devices", get_device, e, e->n_devices);
	return o;
}

/* Takes @o. */
static char *write_meta(const char *dir, struct json_object *o)
{
	const char *text = json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
							  JSON_C_TO_STRING_NOSLASHESCAPE);
	char *why = state_write(dir, META, text, strlen(text));

	json_object_put(o);
	return why;
}

char *history_update(const struct history *h, const struct entry *e)
{
	struct json_object *o = read_meta(h, e->number);
	char *dir = entry_dir(h, e->number), *why;

	if (!o)
		why = mem_printf("%s/" META " cannot be read", dir);
	else {
		json_object_object_add(o, "state",
				       json_object_new_string(state_names[e->state]));
		why = write_meta(dir, o);
	}
	free(dir);
	return why;
}

static void remove_dir(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *d;
	char *file;

	while (dir && (d = readdir(dir))) {
		file = mem_printf("%s/%s", path, d->d_name);
		if (strcmp(d->d_name, ".") && strcmp(d->d_name, ".."))
			unlink(file);
		free(file);
	}
	if (dir)
		closedir(dir);
	rmdir(path);
}

void history_drop(struct history *h, const struct entry *e)
{
	char *dir = entry_dir(h, e->number);

	remove_dir(dir);
	free(dir);
}

static char *write_files(const char *dir, const struct kept_files *files)
{
	char *why = NULL, *name;
	size_t i;

	for (i = 0; !why && i < files->n; i++) {
		name = mem_printf("%zu", i);
		why = state_write(dir, name, files->list[i].text, files->list[i].len);
		free(name);
	}
	return why;
}

/* What is in force somewhere stays: it is what a newer one is taken back to. */
static void drop_old(struct history *h)
{
	size_t i, over = h->n + 1 > HISTORY_MAX ? h->n + 1 - HISTORY_MAX : 0;

	for (i = 0; over && i < h->n; i++) {
		if (history_in_force(h, &h->list[i]))
			continue;
		history_drop(h, &h->list[i]);
		over--;
	}
}

char *history_add(struct history *h, struct entry *e, const struct kept_files *files)
{
	struct json_object *o;
	char *dir, *why;

	e->number = h->n ? h->list[h->n - 1].number + 1 : 1;
	e->time = (int64_t)time(NULL);
	free(e->author);
	e->author = author_name();
	dir = entry_dir(h, e->number);
	why = state_make(dir);
	if (!why)
		why = write_files(dir, files);
	if (!why) {
		o = meta_json(e);
		add_list(o, "files", get_path, files, files->n);
		add_list(o, "let", get_let, files, kept_count_lets(files));
		why = write_meta(dir, o);
	}
	if (why)
		remove_dir(dir);
	if (!why)
		drop_old(h);
	free(dir);
	return why;
}
