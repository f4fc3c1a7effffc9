// SPDX-License-Identifier: GPL-2.0
/*
 * A line is a value, with white space around it; what follows "#" or ";" is a
 * comment.  That is how lists of prefixes are published.
 */
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "set_file.h"

#define WORD_MAX	255

struct line_reader {
	struct named_sets *sets;
	struct named_set *set;
	enum optq_field field;
	struct match_names *names;
	struct values *values;
	struct source file;
	size_t line;		/* counts from 0 */
	size_t entries, errors;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static void fail(struct line_reader *r, struct span at, const char *why)
{
	r->errors++;
	diag_error_in(r->sets->d, r->set->file_at, &r->file, at, "set \"%s\": %s",
		      r->set->name, why);
}

static void take_word(struct line_reader *r, struct span at)
{
	const char *start = r->file.text + at.off;
	char word[WORD_MAX + 1], *why;

	if (at.len > WORD_MAX) {
		fail(r, at, "a value of more than 255 bytes");
		return;
	}
	if (memchr(start, '\0', at.len)) {
		fail(r, at, "a NUL byte: a value a line is needed");
		return;
	}
	if (utf8_valid_length(start, at.len) < at.len) {
		fail(r, at, "is not UTF-8: a value a line is needed");
		return;
	}
	if (r->entries++ == SET_ENTRIES_MAX) {
		why = mem_printf("more than %d values: that is the most that a set has",
				 SET_ENTRIES_MAX);
	} else {
		memcpy(word, start, at.len);
		word[at.len] = '\0';
		why = field_value(r->field, word, r->names, r->values);
	}
	if (why)
		fail(r, at, why);
	free(why);
}

static void take_line(struct line_reader *r, size_t start, size_t end)
{
	const char *text = r->file.text;
	size_t from = start, to, word;

	for (to = start; to < end && text[to] != '#' && text[to] != ';'; to++)
		;
	while (from < to && is_blank(text[from]))
		from++;
	while (from < to && is_blank(text[to - 1]))
		to--;
	for (word = from; word < to && !is_blank(text[word]); word++)
		;
	if (from == to)
		return;
	if (word < to)
		fail(r, (struct span){ word, 1 },
		     "one value a line is needed, what is said of it stands behind a \"#\"");
	else
		take_word(r, (struct span){ from, to - from });
}

static void take_lines(struct line_reader *r)
{
	const struct source *file = &r->file;
	size_t end;

	/* More than are shown need not be found. */
	for (r->line = 0; r->line < file->n_lines && r->errors < DIAG_SHOWN_MAX &&
	     r->entries <= SET_ENTRIES_MAX; r->line++) {
		end = r->line + 1 < file->n_lines ?
		      file->line_start[r->line + 1] - 1 : file->len;
		take_line(r, file->line_start[r->line], end);
	}
}

bool set_file_read(struct named_sets *sets, struct named_set *set,
		   enum optq_field field, struct match_names *names,
		   struct values *values)
{
	struct line_reader r = {
		.sets = sets, .set = set, .field = field, .names = names,
		.values = values,
	};
	char *path = source_path(sets->src, set->file_at.off, set->path), *why;
	char *label = source_path_label(sets->src, set->file_at.off, set->path);

	why = source_read_data(&r.file, path, "a set's file", SET_FILE_MAX);
	if (why) {
		diag_error(sets->d, set->file_at, "set \"%s\": %s %s", set->name,
			   label, why);
		r.errors++;
		free(why);
	} else {
		free(r.file.name);
		r.file.name = mem_strndup(label, strlen(label));
		take_lines(&r);
	}
	source_free(&r.file);
	free(label);
	free(path);
	return !r.errors;
}

void set_files_make_absolute(struct named_sets *sets)
{
	char *path, *real;
	size_t i;

	for (i = 0; i < sets->n; i++) {
		if (!sets->v[i].path)
			continue;
		path = source_path(sets->src, sets->v[i].file_at.off, sets->v[i].path);
		real = realpath(path, NULL);
		free(sets->v[i].path);
		sets->v[i].path = real ? real : path;
		if (real)
			free(path);
	}
}
