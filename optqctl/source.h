/* SPDX-License-Identifier: GPL-2.0 */
/* The text of a policy file, read once, and where its lines begin. */
#ifndef OPTQCTL_SOURCE_H
#define OPTQCTL_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#define SOURCE_MAX	(1024 * 1024)
#define SCRIPT_MAX	(64 * 1024 * 1024)

struct source {
	char *name;
	char *dir;		/* of the file; NULL: none, or where we are */
	char *text;		/* NUL-terminated; offsets count from here */
	size_t len;
	size_t *line_start;
	size_t n_lines;
};

/* Lines and columns count from 1, columns in characters. */
struct source_pos {
	size_t line;
	size_t column;
};

/* What to call the file @path in messages: "-" is standard input. */
const char *source_label(const char *path);
/* Returns NULL or what is wrong, to be freed. */
char *source_read(struct source *src, const char *path);
/* Likewise a script, of at most SCRIPT_MAX bytes. */
char *source_read_script(struct source *src, const char *path);
/* Likewise for another file of at most @max bytes; @what it is: "a set's file". */
char *source_read_data(struct source *src, const char *path, const char *what,
		       size_t max);
void source_from_text(struct source *src, const char *name, const char *text,
		      size_t len);
void source_free(struct source *src);

struct source_pos source_position(const struct source *src, size_t off);
/* The line that holds @off, without its end. */
const char *source_line(const struct source *src, size_t off, size_t *start,
			size_t *len);

/* Offset of the first byte that is not well-formed UTF-8, or @len. */
size_t utf8_valid_length(const char *s, size_t len);
/* Decodes one character of valid UTF-8 and returns its length. */
size_t utf8_decode(const char *s, size_t len, unsigned int *cp);

#endif
