/* SPDX-License-Identifier: GPL-2.0 */
/* What top shows of the live tree: which classes, in which order, which is chosen. */
#ifndef OPTQCTL_TOP_MODEL_H
#define OPTQCTL_TOP_MODEL_H

#include "sample.h"

enum top_sort {
	TOP_BY_RATE, TOP_BY_BACKLOG, TOP_BY_DROPS, TOP_BY_P99, TOP_BY_NAME,
	TOP_BY_TREE, N_TOP_SORTS
};

struct top_row {
	size_t index;		/* of the class */
	uint32_t indent;
	char *path;		/* below what is zoomed into; NULL: not needed */
};

struct top_model {
	enum top_sort sort;
	bool reverse, active_only;
	char *filter;		/* part of the path; NULL: none */

	uint32_t zoom[OPTQ_DEPTH_MAX];	/* ids from the link's child on */
	size_t n_zoom;

	struct top_row *rows;
	size_t n_rows;
	uint32_t chosen;	/* id; 0: the first row, whichever it is */
	size_t cursor, first, height;	/* rows */
};

const char *top_sort_name(enum top_sort sort);
/* False: there is no such key. */
bool top_sort_find(const char *name, enum top_sort *sort);

/* To be called after each change of @s and of the fields above. */
void top_model_update(struct top_model *m, const struct sampler *s);
void top_model_free(struct top_model *m);

void top_model_move(struct top_model *m, const struct sampler *s, long rows);
void top_model_resize(struct top_model *m, size_t height);
void top_model_next_sort(struct top_model *m, int step);
/* Into the chosen class, if it has classes below. */
void top_model_zoom_in(struct top_model *m, const struct sampler *s);
void top_model_zoom_out(struct top_model *m);
/* "link", or the path of the class; to be freed. */
char *top_model_place(const struct top_model *m, const struct sampler *s);
/* Of the row, in the order it stands in; to be freed. */
char *top_model_path(const struct top_model *m, const struct sampler *s, size_t row);

#endif
