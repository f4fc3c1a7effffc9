// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "top_model.h"

static const char *const sort_names[N_TOP_SORTS] = {
	[TOP_BY_RATE] = "rate", [TOP_BY_BACKLOG] = "backlog",
	[TOP_BY_DROPS] = "drops", [TOP_BY_P99] = "p99", [TOP_BY_NAME] = "name",
	[TOP_BY_TREE] = "tree",
};

const char *top_sort_name(enum top_sort sort)
{
	return sort_names[sort];
}

bool top_sort_find(const char *name, enum top_sort *sort)
{
	unsigned int i;

	for (i = 0; i < N_TOP_SORTS; i++) {
		if (strcmp(sort_names[i], name))
			continue;
		*sort = (enum top_sort)i;
		return true;
	}
	return false;
}

static size_t zoomed_class(const struct top_model *m, const struct sampler *s)
{
	return m->n_zoom ? live_find(&s->tree, m->zoom[m->n_zoom - 1]) : SIZE_MAX;
}

/* Where a class has gone, what was above it is shown. */
static void leave_what_is_gone(struct top_model *m, const struct sampler *s)
{
	size_t i;

	for (i = 0; i < m->n_zoom; i++)
		if (live_find(&s->tree, m->zoom[i]) == SIZE_MAX)
			m->n_zoom = i;
}

static bool is_active(const struct sampler *s, size_t index)
{
	return s->rates[index].packets > 0 || s->rates[index].drops > 0 ||
	       s->tree.classes[index].stats.backlog_packets;
}

/* The path below what is zoomed into. */
static char *short_path(const struct sampler *s, size_t index, size_t zoom)
{
	char *path = live_path(&s->tree, index), *above, *rest;
	size_t skip = 0;

	if (zoom != SIZE_MAX) {
		above = live_path(&s->tree, zoom);
		skip = strlen(above) + 1;
		free(above);
	}
	if (skip >= strlen(path))
		return path;
	rest = mem_strndup(path + skip, strlen(path + skip));
	free(path);
	return rest;
}

static bool is_wanted(const struct top_model *m, const struct sampler *s,
		      const struct top_row *row)
{
	if (m->active_only && !is_active(s, row->index))
		return false;
	return !m->filter || strcasestr(row->path, m->filter);
}

static void forget_rows(struct top_model *m)
{
	size_t i;

	for (i = 0; i < m->n_rows; i++)
		free(m->rows[i].path);
	free(m->rows);
	m->rows = NULL;
	m->n_rows = 0;
}

static void add_row(struct top_model *m, const struct sampler *s, size_t index,
		    size_t zoom)
{
	struct top_row *row = &m->rows[m->n_rows];
	uint32_t above = zoom == SIZE_MAX ? 0 : s->tree.classes[zoom].level;

	row->index = index;
	row->path = NULL;
	row->indent = 0;
	if (m->sort == TOP_BY_TREE)
		row->indent = s->tree.classes[index].level - above - 1;
	if (m->sort == TOP_BY_NAME || m->filter)
		row->path = short_path(s, index, zoom);
	if (is_wanted(m, s, row))
		m->n_rows++;
	else
		free(row->path);
}

/* What is below the class that is zoomed into, depth first. */
static void collect(struct top_model *m, const struct sampler *s)
{
	bool *below = mem_zalloc(s->tree.n, sizeof(*below));
	size_t zoom = zoomed_class(m, s), i, at, parent;

	m->rows = mem_zalloc(s->tree.n, sizeof(*m->rows));
	for (i = 0; i < s->tree.n; i++) {
		at = s->order[i];
		if (at == SIZE_MAX)
			continue;
		parent = s->tree.classes[at].parent_index;
		below[at] = parent == zoom || (parent != SIZE_MAX && below[parent]);
		if (below[at])
			add_row(m, s, at, zoom);
	}
	free(below);
}

struct sorting {
	const struct top_model *m;
	const struct sampler *s;
};

static double sort_figure(const struct sampler *s, size_t index, enum top_sort sort)
{
	switch (sort) {
	case TOP_BY_RATE:
		return s->rates[index].sent;
	case TOP_BY_BACKLOG:
		return (double)s->tree.classes[index].stats.backlog_bytes;
	case TOP_BY_DROPS:
		return s->rates[index].drops;
	default:
		return (double)s->rates[index].p99_ns;
	}
}

static int compare_rows(const void *a, const void *b, void *arg)
{
	const struct top_row *x = a, *y = b;
	const struct sorting *by = arg;
	double left, right;
	int order;

	if (by->m->sort == TOP_BY_NAME) {
		order = strcmp(x->path, y->path);
	} else {
		left = sort_figure(by->s, x->index, by->m->sort);
		right = sort_figure(by->s, y->index, by->m->sort);
		order = (left < right) - (left > right);
	}
	if (by->m->reverse)
		order = -order;
	/* Equals do not change places from one second to the next. */
	return order ? order : (x->index > y->index) - (x->index < y->index);
}

static void keep_cursor_in_view(struct top_model *m)
{
	if (m->cursor >= m->n_rows)
		m->cursor = m->n_rows ? m->n_rows - 1 : 0;
	if (m->first > m->cursor)
		m->first = m->cursor;
	if (m->height && m->cursor >= m->first + m->height)
		m->first = m->cursor - m->height + 1;
	if (m->first + m->height > m->n_rows)
		m->first = m->n_rows > m->height ? m->n_rows - m->height : 0;
}

/* The cursor goes where the chosen class goes. */
static void follow_chosen(struct top_model *m, const struct sampler *s)
{
	size_t i;

	if (!m->chosen)
		m->cursor = m->first = 0;
	for (i = 0; m->chosen && i < m->n_rows; i++) {
		if (s->tree.classes[m->rows[i].index].id != m->chosen)
			continue;
		m->cursor = i;
		break;
	}
	keep_cursor_in_view(m);
}

void top_model_update(struct top_model *m, const struct sampler *s)
{
	struct sorting by = { m, s };

	forget_rows(m);
	leave_what_is_gone(m, s);
	collect(m, s);
	if (m->sort != TOP_BY_TREE)
		qsort_r(m->rows, m->n_rows, sizeof(*m->rows), compare_rows, &by);
	follow_chosen(m, s);
}

void top_model_free(struct top_model *m)
{
	forget_rows(m);
	free(m->filter);
	m->filter = NULL;
}

void top_model_move(struct top_model *m, const struct sampler *s, long rows)
{
	long to = (long)m->cursor + rows, last = (long)m->n_rows - 1;

	if (last < 0)
		return;
	m->cursor = to < 0 ? 0 : to > last ? (size_t)last : (size_t)to;
	m->chosen = m->cursor ? s->tree.classes[m->rows[m->cursor].index].id : 0;
	keep_cursor_in_view(m);
}

void top_model_resize(struct top_model *m, size_t height)
{
	m->height = height;
	keep_cursor_in_view(m);
}

void top_model_next_sort(struct top_model *m, int step)
{
	m->sort = (enum top_sort)(((int)m->sort + step + N_TOP_SORTS) % N_TOP_SORTS);
	m->reverse = false;
}

/* With the classes between, so that the way back is the way up. */
void top_model_zoom_in(struct top_model *m, const struct sampler *s)
{
	size_t at, n = 0, i;

	if (!m->n_rows || s->tree.classes[m->rows[m->cursor].index].leaf)
		return;
	at = m->rows[m->cursor].index;
	for (; at != SIZE_MAX && n < OPTQ_DEPTH_MAX; at = s->tree.classes[at].parent_index)
		m->zoom[n++] = s->tree.classes[at].id;
	m->n_zoom = n;
	for (i = 0; i < n / 2; i++) {
		uint32_t id = m->zoom[i];

		m->zoom[i] = m->zoom[n - 1 - i];
		m->zoom[n - 1 - i] = id;
	}
	m->chosen = 0;
}

void top_model_zoom_out(struct top_model *m)
{
	if (m->n_zoom)
		m->chosen = m->zoom[--m->n_zoom];
}

char *top_model_place(const struct top_model *m, const struct sampler *s)
{
	size_t at = zoomed_class(m, s);

	return at == SIZE_MAX ? mem_printf("link") : live_path(&s->tree, at);
}

char *top_model_path(const struct top_model *m, const struct sampler *s, size_t row)
{
	const struct live_class *class = &s->tree.classes[m->rows[row].index];

	if (m->sort != TOP_BY_TREE)
		return short_path(s, m->rows[row].index, zoomed_class(m, s));
	return class->name ? mem_strndup(class->name, strlen(class->name)) :
	       live_class_id(&s->tree, class->id);
}
