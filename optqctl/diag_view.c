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

/* What a diagnostic is about, in whatever file. */
struct place {
	const char *file;
	struct source_pos pos;
	const char *line;	/* NULL: no place in it */
	size_t len;
	struct span at;		/* inside the line */
};

static size_t characters(const char *s, size_t len)
{
	size_t n = 0, i;

	for (i = 0; i < len; i++)
		n += !utf8_continues(s[i]);
	return n;
}

static struct place place_in(const struct source *src, struct span at)
{
	struct place p = { .file = source_part_at(src, at.off).name, .at = at };
	size_t start;

	p.pos = source_position(src, at.off);
	p.line = source_line(src, at.off, &start, &p.len);
	p.at.off -= start;
	return p;
}

static struct place place_of(const struct source *src, const struct diag *diag)
{
	struct place p = { .file = src->name, .at = diag->at };

	if (diag->file) {
		p.file = diag->file->name;
		p.line = diag->file->line;
		p.len = strlen(p.line);
		p.at = diag->file->at;
		p.pos.line = diag->file->line_number;
		p.pos.column = characters(p.line, p.at.off < p.len ? p.at.off :
					  p.len) + 1;
	} else if (diag->at.off != DIAG_NOWHERE) {
		p = place_in(src, diag->at);
	}
	return p;
}

static void print_excerpt(FILE *out, const struct place *place, bool color)
{
	size_t len = place->len, at, from = 0, to, under, i;
	const char *line = place->line;

	at = place->at.off < len ? place->at.off : len;
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
	under = at + place->at.len < to ? at + place->at.len : to;
	for (i = under > at ? term_width(line + at, under - at) : 0; i > 1; i--)
		putc('~', out);
	term_color_end(out, color);
	putc('\n', out);
}

static void print_place(FILE *out, const struct place *place, bool color)
{
	term_color(out, color, TERM_BOLD);
	term_print(out, place->file, strlen(place->file));
	if (place->line)
		fprintf(out, ":%zu:%zu", place->pos.line, place->pos.column);
	fputs(": ", out);
	term_color_end(out, color);
}

static void print_used(FILE *out, const struct source *src, struct span used,
		       bool color)
{
	struct place place = place_in(src, used);

	print_place(out, &place, color);
	fputs("note: is used here\n", out);
	print_excerpt(out, &place, color);
}

static void print_diag(FILE *out, const struct source *src,
		       const struct diag *diag, bool color)
{
	struct place place = place_of(src, diag);

	print_place(out, &place, color);
	term_color(out, color, diag->severity == DIAG_ERROR ? TERM_RED :
		   TERM_YELLOW);
	fprintf(out, "%s: ", severity_name(diag));
	term_color_end(out, color);
	term_print(out, diag->text, strlen(diag->text));
	putc('\n', out);
	if (place.line && (diag->file || src->len))
		print_excerpt(out, &place, color);
	if (diag->used.len)
		print_used(out, src, diag->used, color);
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

static void add_place(struct json_object *o, const struct place *place)
{
	json_object_object_add(o, "file", json_object_new_string(place->file));
	if (!place->line)
		return;
	json_object_object_add(o, "line",
			       json_object_new_int64((int64_t)place->pos.line));
	json_object_object_add(o, "column",
			       json_object_new_int64((int64_t)place->pos.column));
}

static struct json_object *diag_json(const struct source *src,
				     const struct diag *diag)
{
	struct json_object *o = json_object_new_object(), *used;
	struct place place = place_of(src, diag);

	json_object_object_add(o, "severity",
			       json_object_new_string(severity_name(diag)));
	add_place(o, &place);
	if (diag->used.len) {
		place = place_in(src, diag->used);
		used = json_object_new_object();
		add_place(used, &place);
		json_object_object_add(o, "used", used);
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
