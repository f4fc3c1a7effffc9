// SPDX-License-Identifier: GPL-2.0
/* Frames of text, for a pipe, a file or a plain terminal. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "mem.h"
#include "term.h"
#include "top_columns.h"
#include "top_text.h"

#define COLUMNS		80

/* Both are freed. */
static void print_line(FILE *out, char *left, char *right)
{
	char *text = mem_printf("%s %s", left, right);
	char *fits = term_shorten(text, COLUMNS);

	fprintf(out, "%s\n", fits);
	free(fits);
	free(text);
	free(left);
	free(right);
}

static void print_headings(FILE *out, const struct top_layout *l)
{
	int i;

	fprintf(out, "%-*s", l->name, "CLASS");
	for (i = 0; i < N_TOP_COLUMNS; i++)
		if (l->has[i])
			fprintf(out, " %*s", top_column_width(i), top_heading(i));
	putc('\n', out);
}

static void print_row(FILE *out, const struct top *t, const struct top_layout *l,
		      size_t row)
{
	int indent = (int)t->model.rows[row].indent, i;
	char buf[SHORT_TEXT_MAX], *path, *fits;

	indent = indent * 2 < l->name / 2 ? indent * 2 : l->name / 2;
	path = top_model_path(&t->model, &t->sampler, row);
	fits = term_shorten(path, (size_t)(l->name - indent));
	fprintf(out, "%*s%s%*s", indent, "", fits,
		l->name - indent - (int)term_width(fits, strlen(fits)), "");
	for (i = 0; i < N_TOP_COLUMNS; i++)
		if (l->has[i])
			fprintf(out, " %*s", top_column_width(i),
				top_cell(&t->sampler, t->model.rows[row].index, i, buf));
	putc('\n', out);
	free(path);
	free(fits);
}

void top_print_frame(FILE *out, const struct top *t)
{
	time_t now = time(NULL);
	struct top_layout l;
	char clock[16];
	size_t i;

	strftime(clock, sizeof(clock), "%T", localtime(&now));
	if (t->why) {
		print_line(out, mem_printf("%s", clock), mem_printf("%s", t->why));
		return;
	}
	top_layout_fit(&l, COLUMNS, false);
	print_line(out, mem_printf("%s", clock), top_title_text(&t->sampler));
	print_line(out, top_usage_text(&t->sampler), top_load_text(&t->sampler));
	print_headings(out, &l);
	for (i = 0; i < t->model.n_rows; i++)
		print_row(out, t, &l, i);
	putc('\n', out);
}
