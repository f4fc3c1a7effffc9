/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The text of a policy file, read once, and where its lines begin.  Files that it names
 * are put behind it, so that an offset tells a place in any of them.
 */
#ifndef OPTQCTL_SOURCE_H
#define OPTQCTL_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define SOURCE_MAX	(1024 * 1024)
#define SCRIPT_MAX	(64 * 1024 * 1024)

/* Which file that is, whatever it is called. */
struct file_id {
	dev_t dev;
	ino_t ino;		/* 0: no file */
};

/* One file of a source; a byte that is in none follows each. */
struct source_part {
	char *name;
	char *dir;		/* of the file; NULL: none, or where we are */
	struct file_id id;
	size_t base, len;	/* its text */
	size_t first_line;	/* in line_start */
};

struct source {
	char *name;		/* of the policy, as dir and id */
	char *dir;
	struct file_id id;
	char *text;		/* NUL-terminated; offsets count from here */
	size_t len, text_room;
	size_t *line_start;
	size_t n_lines, lines_room;
	struct source_part *more;	/* behind the policy, in the order of base */
	size_t n_more, more_room;
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

/* Adds a text behind what is there and returns its base. */
size_t source_add_text(struct source *src, const char *name, const char *text,
		       size_t len);
/*
 * Likewise a file of at most @max bytes.  Its path counts from the file that names it at
 * @from.  Returns NULL or what is wrong, with its name, to be freed.
 */
char *source_add_file(struct source *src, size_t from, const char *path,
		      const char *what, size_t max, size_t *base);
/* The file that holds @off. */
struct source_part source_part_at(const struct source *src, size_t off);
/* A path that stands at @from: from where we are, and as it is called in messages. */
char *source_path(const struct source *src, size_t from, const char *path);
char *source_path_label(const struct source *src, size_t from, const char *path);

/* "line 14", or seen from a place in another file "line 14 of base.yaml"; to be freed. */
char *source_line_label(const struct source *src, size_t off, size_t from);
struct source_pos source_position(const struct source *src, size_t off);
/* The line that holds @off, without its end. */
const char *source_line(const struct source *src, size_t off, size_t *start,
			size_t *len);

/* Offset of the first byte that is not well-formed UTF-8, or @len. */
size_t utf8_valid_length(const char *s, size_t len);
/* Decodes one character of valid UTF-8 and returns its length. */
size_t utf8_decode(const char *s, size_t len, unsigned int *cp);

#endif
