// SPDX-License-Identifier: GPL-2.0
#include <json-c/json.h>
#include <string.h>

#include "diag_view.h"
#include "source.h"
#include "term.h"

/* A line may have a megabyte; what is shown of it fits beside the caret. */
#define BEFORE_MAX	60
#define AFTER_MAX	60

static const char *severity_name(const struct diag *diag)
{
	return diag->severity == DIAG_ERROR ? "error" : "warning";
}

static bool utf8_continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

static void print_excerpt(FILE *out, const struct source *src,
			  const struct diag *diag, bool color)
{
	size_t start, len, at, from = 0, to, under, i;
	const char *line = source_line(src, diag->at.off, &start, &len);

	at = diag->at.off < start + len ? diag->at.off - start : len;
	if (at > BEFORE_MAX)
		for (from = at - BEFORE_MAX; from < at && utf8_continues(line[from]); )
			from++;
	to = len - at > AFTER_MAX ? at + AFTER_MAX : len;
	while (to > at && to < len && utf8_continues(line[to]))
		to--;

	fputs(from ? "... " : "    ", out);
	term_print(out, line + from, to - from);
	fputs(to < len ? " ...\n    " : "\n    ", out);
	for (i = term_width(line + from, at - from); i > 0; i--)
		putc(' ', out);
	term_color(out, color, TERM_GREEN);
	putc('^', out);
	under = at + diag->at.len < to ? at + diag->at.len : to;
	for (i = under > at ? term_width(line + at, under - at) : 0; i > 1; i--)
		putc('~', out);
	term_color_end(out, color);
	putc('\n', out);
}

static void print_diag(FILE *out, const struct source *src,
		       const struct diag *diag, bool color)
{
	struct source_pos pos;

	term_color(out, color, TERM_BOLD);
	term_print(out, src->name, strlen(src->name));
	if (diag->at.off != DIAG_NOWHERE) {
		pos = source_position(src, diag->at.off);
		fprintf(out, ":%zu:%zu", pos.line, pos.column);
	}
	fputs(": ", out);
	term_color_end(out, color);
	term_color(out, color, diag->severity == DIAG_ERROR ? TERM_RED :
		   TERM_YELLOW);
	fprintf(out, "%s: ", severity_name(diag));
	term_color_end(out, color);
	term_print(out, diag->text, strlen(diag->text));
	putc('\n', out);
	if (diag->at.off != DIAG_NOWHERE && src->len)
		print_excerpt(out, src, diag, color);
}

static void print_hidden(FILE *out, size_t all, const char *what)
{
	if (all > DIAG_SHOWN_MAX)
		fprintf(out, "... and %zu %s more, not shown\n",
			all - DIAG_SHOWN_MAX, what);
}

void diags_print(FILE *out, const struct source *src, const struct diags *d)
{
	bool color = term_wants_color(out);
	size_t i;

	for (i = 0; i < d->n; i++)
		print_diag(out, src, &d->list[i], color);
	print_hidden(out, d->errors, "errors");
	print_hidden(out, d->warnings, "warnings");
}

static struct json_object *diag_json(const struct source *src,
				     const struct diag *diag)
{
	struct json_object *o = json_object_new_object();
	struct source_pos pos;

	json_object_object_add(o, "severity",
			       json_object_new_string(severity_name(diag)));
	json_object_object_add(o, "file", json_object_new_string(src->name));
	if (diag->at.off != DIAG_NOWHERE) {
		pos = source_position(src, diag->at.off);
		json_object_object_add(o, "line",
				       json_object_new_int64((int64_t)pos.line));
		json_object_object_add(o, "column",
				       json_object_new_int64((int64_t)pos.column));
	}
	json_object_object_add(o, "message", json_object_new_string(diag->text));
	return o;
}

struct json_object *diags_json(const struct source *src, const struct diags *d)
{
	struct json_object *list = json_object_new_array();
	size_t i;

	for (i = 0; i < d->n; i++)
		json_object_array_add(list, diag_json(src, &d->list[i]));
	return list;
}
