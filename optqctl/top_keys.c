// SPDX-License-Identifier: GPL-2.0
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "mem.h"
#include "top_keys.h"

const char *const top_help[][2] = {
	{ "Up Down PgUp PgDn Home End", "choose a class" },
	{ "Enter", "show only what is below the chosen class" },
	{ "Backspace", "one class up again" },
	{ "s S", "sort by the next, the previous figure" },
	{ "r", "the other way round" },
	{ "i", "leave idle classes out" },
	{ "/", "only paths that have what is typed; Esc: all" },
	{ "Tab", "the next tree: ingress, other devices" },
	{ "Space", "stop, go on" },
	{ "q", "end" },
	{ NULL, NULL },
};

static void set_filter(struct top *t, char *filter)
{
	free(t->model.filter);
	t->model.filter = filter;
	t->model.chosen = 0;
}

static void end_typing(struct top *t)
{
	free(t->typed);
	t->typed = NULL;
	t->prompt = TOP_KEYS;
}

static void type_character(struct top *t, unsigned int code)
{
	char bytes[MB_LEN_MAX + 1] = "", *longer;
	mbstate_t state = { 0 };

	if (code < ' ' || code == 0x7f ||
	    wcrtomb(bytes, (wchar_t)code, &state) == (size_t)-1)
		return;
	longer = mem_printf("%s%s", t->typed, bytes);
	free(t->typed);
	t->typed = longer;
}

static void erase_character(char *text)
{
	size_t len = strlen(text);

	while (len && ((unsigned char)text[--len] & 0xc0) == 0x80)
		;
	text[len] = '\0';
}

/* The list follows what is typed. */
static void type(struct top *t, unsigned int key)
{
	if (key == TOP_KEY_ESCAPE) {
		set_filter(t, NULL);
		end_typing(t);
		return;
	}
	if (key == TOP_KEY_ENTER) {
		end_typing(t);
		return;
	}
	if (key == TOP_KEY_BACK)
		erase_character(t->typed);
	else if (key < TOP_KEY_UP)
		type_character(t, key);
	set_filter(t, *t->typed ? mem_printf("%s", t->typed) : NULL);
}

static void move(struct top *t, unsigned int key)
{
	long page = t->model.height > 1 ? (long)t->model.height - 1 : 1;
	long all = (long)t->model.n_rows;

	switch (key) {
	case TOP_KEY_UP:
		page = -1;
		break;
	case TOP_KEY_DOWN:
		page = 1;
		break;
	case TOP_KEY_PAGE_UP:
		page = -page;
		break;
	case TOP_KEY_HOME:
		page = -all;
		break;
	case TOP_KEY_END:
		page = all;
		break;
	}
	top_model_move(&t->model, &t->sampler, page);
}

static enum top_act press(struct top *t, unsigned int key)
{
	switch (key) {
	case 'q':
		return TOP_QUITS;
	case '\t':
		return TOP_NEXT_TREE;
	case ' ':
		t->paused = !t->paused;
		break;
	case '?':
	case 'h':
		t->prompt = TOP_HELP;
		break;
	case '/':
		t->prompt = TOP_FILTER;
		t->typed = mem_printf("%s", t->model.filter ? t->model.filter : "");
		break;
	case TOP_KEY_ESCAPE:
		set_filter(t, NULL);
		break;
	case 's':
	case 'S':
		top_model_next_sort(&t->model, key == 's' ? 1 : -1);
		break;
	case 'r':
		t->model.reverse = !t->model.reverse;
		break;
	case 'i':
		t->model.active_only = !t->model.active_only;
		break;
	case TOP_KEY_ENTER:
		top_model_zoom_in(&t->model, &t->sampler);
		break;
	case TOP_KEY_BACK:
		top_model_zoom_out(&t->model);
		break;
	case TOP_KEY_OTHER:
		break;
	default:
		if (key >= TOP_KEY_UP)
			move(t, key);
	}
	return TOP_STAYS;
}

enum top_act top_press(struct top *t, unsigned int key)
{
	enum top_act act = TOP_STAYS;

	if (t->prompt == TOP_HELP)
		t->prompt = TOP_KEYS;
	else if (t->prompt == TOP_FILTER)
		type(t, key);
	else
		act = press(t, key);
	if (act == TOP_STAYS)
		top_model_update(&t->model, &t->sampler);
	return act;
}
