// SPDX-License-Identifier: GPL-2.0
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "history_view.h"
#include "json_add.h"
#include "mem.h"
#include "term.h"

static const char *state_text(const struct session *s, const struct entry *e)
{
	if (s->pending.number == e->number)
		return "to be confirmed";
	switch (e->state) {
	case ENTRY_LOADING:
		return "never finished";
	case ENTRY_TAKEN_BACK:
		return "taken back";
	default:
		return "";
	}
}

static void put_text(const char *text)
{
	term_print(stdout, text, strlen(text));
}

static void print_entry(struct session *s, const struct entry *e)
{
	time_t then = (time_t)e->time;
	const char *state = state_text(s, e);
	char when[sizeof("2026-11-27 00:54:22")];
	struct tm at;
	size_t i;

	strftime(when, sizeof(when), "%F %T", localtime_r(&then, &at));
	printf("%c %-4u %s  ", history_in_force(&s->history, e) ? '*' : ' ', e->number, when);
	put_text(e->author);
	fputs("  ", stdout);
	put_text(e->what);
	putchar(' ');
	put_text(e->policy);
	for (i = 0; i < e->n_devices; i++) {
		fputs(i ? ", " : ": ", stdout);
		put_text(e->devices[i]);
	}
	printf("%s%s\n", *state ? ", " : "", state);
}

void history_print(struct session *s)
{
	size_t i = s->history.n;

	if (!i)
		puts("No policy has been loaded yet.");
	while (i-- > 0)
		print_entry(s, &s->history.list[i]);
}

static struct json_object *entry_json(struct session *s, const struct entry *e)
{
	struct json_object *o = json_object_new_object();
	struct json_object *devices = json_object_new_array();
	const char *state = state_text(s, e);
	size_t i;

	add_number(o, "number", e->number);
	json_object_object_add(o, "time", json_object_new_int64(e->time));
	add_text(o, "author", e->author);
	add_text(o, "what", e->what);
	add_text(o, "policy", e->policy);
	for (i = 0; i < e->n_devices; i++)
		json_object_array_add(devices, json_object_new_string(e->devices[i]));
	json_object_object_add(o, "devices", devices);
	add_text(o, "state", *state ? state : "applied");
	add_flag(o, "in_force", history_in_force(&s->history, e));
	return o;
}

struct json_object *history_json(struct session *s)
{
	struct json_object *list = json_object_new_array();
	size_t i = s->history.n;

	while (i-- > 0)
		json_object_array_add(list, entry_json(s, &s->history.list[i]));
	return list;
}
