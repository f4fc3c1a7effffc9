// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kept.h"
#include "mem.h"
#include "source.h"

static void index_lines(struct source *src, size_t from)
{
	size_t i;

	for (i = from; i <= src->len; i++) {
		if (i > from && src->text[i - 1] != '\n')
			continue;
		src->line_start = mem_grow(src->line_start, &src->lines_room,
					   src->n_lines + 1,
					   sizeof(*src->line_start));
		src->line_start[src->n_lines++] = i;
	}
}

/* From @base on. */
static void take_text(struct source *src, size_t base, const char *text,
		      size_t len)
{
	static const char bom[] = "\xef\xbb\xbf";

	if (len >= 3 && !memcmp(text, bom, 3)) {
		text += 3;
		len -= 3;
	}
	src->text = mem_grow(src->text, &src->text_room, base + len + 1, 1);
	memcpy(src->text + base, text, len);
	src->text[base + len] = '\0';
	src->len = base + len;
	index_lines(src, base);
}

void source_from_text(struct source *src, const char *name, const char *text,
		      size_t len)
{
	memset(src, 0, sizeof(*src));
	src->name = mem_strndup(name, strlen(name));
	take_text(src, 0, text, len);
}

size_t source_add_text(struct source *src, const char *name, const char *text,
		       size_t len)
{
	size_t base = src->len + 1;
	struct source_part *part;

	src->more = mem_grow(src->more, &src->more_room, src->n_more + 1,
			     sizeof(*src->more));
	part = &src->more[src->n_more++];
	part->name = mem_strndup(name, strlen(name));
	part->base = base;
	part->first_line = src->n_lines;
	take_text(src, base, text, len);
	part->len = src->len - base;
	return base;
}

void source_free(struct source *src)
{
	size_t i;

	for (i = 0; i < src->n_more; i++) {
		free(src->more[i].name);
		free(src->more[i].dir);
	}
	free(src->more);
	free(src->name);
	free(src->dir);
	free(src->text);
	free(src->line_start);
	memset(src, 0, sizeof(*src));
}

static char *read_bounded(int fd, char *buf, size_t room, size_t *len)
{
	ssize_t n;

	*len = 0;
	while (*len < room) {
		n = read(fd, buf + *len, room - *len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return mem_printf("cannot be read: %s", strerror(errno));
		if (!n)
			break;
		*len += (size_t)n;
	}
	return NULL;
}

/* What is read, and how much of it there may be. */
struct kind {
	const char *what;
	size_t max;
	bool stdin_too;
};

static const struct kind a_policy = { "a policy", SOURCE_MAX, true };
static const struct kind a_script = { "a script", SCRIPT_MAX, true };

static char *not_readable(const struct stat *st, const struct kind *kind)
{
	if (S_ISDIR(st->st_mode))
		return mem_printf("is a directory: name %s%s in it", kind->what,
				  kind->stdin_too ? " file" : "");
	if (!S_ISREG(st->st_mode))
		return mem_printf("is not a regular file: %s is read from a regular file%s",
				  kind->what, kind->stdin_too ?
				  ", or with \"-\" from standard input" : "");
	if (st->st_size > (off_t)kind->max)
		return mem_printf("holds %lld bytes: %s is at most %zu bytes (%zu MiB)",
				  (long long)st->st_size, kind->what, kind->max,
				  kind->max >> 20);
	return NULL;
}

/* What was read of a file, or why it was not. */
struct content {
	char *text, *why;
	size_t len;
	struct file_id id;
};

static void read_text(struct content *c, int fd, const struct kind *kind,
		      const char *too_large)
{
	/* One byte over the limit tells a file that grew since fstat. */
	c->text = mem_zalloc(kind->max + 1, 1);
	c->why = read_bounded(fd, c->text, kind->max + 1, &c->len);
	if (!c->why && c->len > kind->max)
		c->why = mem_printf("%s: %s is at most %zu bytes (%zu MiB)",
				    too_large, kind->what, kind->max,
				    kind->max >> 20);
}

static bool is_stdin(const char *path)
{
	return !strcmp(path, "-");
}

const char *source_label(const char *path)
{
	return is_stdin(path) ? "<stdin>" : path;
}

static void read_file(struct content *c, const char *path,
		      const struct kind *kind)
{
	struct stat st;
	int fd;

	/* O_NONBLOCK: opening a FIFO must not wait for its writer. */
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0) {
		c->why = mem_printf("cannot be opened: %s", strerror(errno));
		return;
	}
	if (fstat(fd, &st))
		c->why = mem_printf("cannot be read: %s", strerror(errno));
	else
		c->why = not_readable(&st, kind);
	if (!c->why) {
		c->id = (struct file_id){ st.st_dev, st.st_ino };
		read_text(c, fd, kind, "grew while it was read");
	}
	close(fd);
}

/* Where a file is whose path is that; NULL: where we are. */
static char *directory(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return NULL;
	return mem_strndup(path, slash > path ? (size_t)(slash - path) : 1);
}

/* What was kept is as it was checked then; each is another file. */
static void take_kept(struct content *c, const struct kept_file *kept)
{
	if (!kept) {
		c->why = mem_printf("was not kept");
		return;
	}
	c->text = mem_strndup(kept->text, kept->len);
	c->len = kept->len;
	c->id = (struct file_id){ 0, (ino_t)(uintptr_t)kept };
}

static void read_content(struct content *c, const char *path,
			 const struct kind *kind)
{
	const struct kept_file *kept;

	if (kept_find(path, &kept)) {
		take_kept(c, kept);
		return;
	}
	if (kind->stdin_too && is_stdin(path))
		read_text(c, STDIN_FILENO, kind, "is too long");
	else
		read_file(c, path, kind);
	if (!c->why)
		kept_add(path, c->text, c->len);
}

static char *read_whole(struct source *src, const char *path,
			const struct kind *kind)
{
	struct content c = { 0 };

	memset(src, 0, sizeof(*src));
	read_content(&c, path, kind);
	if (!c.why) {
		source_from_text(src, source_label(path), c.text, c.len);
		src->dir = directory(path);
		src->id = c.id;
	}
	free(c.text);
	return c.why;
}

char *source_read(struct source *src, const char *path)
{
	return read_whole(src, path, &a_policy);
}

char *source_read_script(struct source *src, const char *path)
{
	return read_whole(src, path, &a_script);
}

char *source_read_data(struct source *src, const char *path, const char *what,
		       size_t max)
{
	const struct kind kind = { what, max, false };

	return read_whole(src, path, &kind);
}

char *source_add_file(struct source *src, size_t from, const char *path,
		      const char *what, size_t max, size_t *base)
{
	const struct kind kind = { what, max, false };
	char *label = source_path_label(src, from, path);
	char *where = source_path(src, from, path);
	struct content c = { 0 };
	char *why = NULL;

	read_content(&c, where, &kind);
	if (c.why) {
		why = mem_printf("%s %s", label, c.why);
	} else {
		*base = source_add_text(src, label, c.text, c.len);
		src->more[src->n_more - 1].dir = directory(where);
		src->more[src->n_more - 1].id = c.id;
	}
	free(c.text);
	free(c.why);
	free(where);
	free(label);
	return why;
}

struct source_part source_part_at(const struct source *src, size_t off)
{
	size_t lo = 0, hi = src->n_more, mid;

	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (src->more[mid].base <= off)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo)
		return src->more[lo - 1];
	return (struct source_part){
		.name = src->name, .dir = src->dir, .id = src->id,
		.len = src->n_more ? src->more[0].base - 1 : src->len,
	};
}

/* Relative to where the file is that names it, not to where optqctl was started. */
char *source_path(const struct source *src, size_t from, const char *path)
{
	struct source_part part = source_part_at(src, from);

	if (*path == '/' || !part.dir)
		return mem_strndup(path, strlen(path));
	return mem_printf("%s/%s", part.dir, path);
}

char *source_path_label(const struct source *src, size_t from, const char *path)
{
	struct source_part part = source_part_at(src, from);
	const char *slash = strrchr(part.name, '/');

	if (*path == '/' || !slash)
		return mem_strndup(path, strlen(path));
	return mem_printf("%.*s/%s", (int)(slash - part.name), part.name, path);
}

static size_t line_index(const struct source *src, size_t off)
{
	size_t lo = 0, hi = src->n_lines, mid;

	while (hi - lo > 1) {
		mid = lo + (hi - lo) / 2;
		if (src->line_start[mid] <= off)
			lo = mid;
		else
			hi = mid;
	}
	return lo;
}

struct source_pos source_position(const struct source *src, size_t off)
{
	size_t line, i;
	struct source_pos pos;

	if (off > src->len)
		off = src->len;
	line = line_index(src, off);
	pos.line = line - source_part_at(src, off).first_line + 1;
	pos.column = 1;
	for (i = src->line_start[line]; i < off; i++)
		if ((src->text[i] & 0xc0) != 0x80)
			pos.column++;
	return pos;
}

char *source_line_label(const struct source *src, size_t off, size_t from)
{
	struct source_part part = source_part_at(src, off);
	size_t line = source_position(src, off).line;

	if (part.base == source_part_at(src, from).base)
		return mem_printf("line %zu", line);
	return mem_printf("line %zu of %s", line, part.name);
}

const char *source_line(const struct source *src, size_t off, size_t *start,
			size_t *len)
{
	size_t line, end;

	if (off > src->len)
		off = src->len;
	line = line_index(src, off);
	*start = src->line_start[line];
	/* What follows a line is its end, or the byte behind a file. */
	end = line + 1 < src->n_lines ? src->line_start[line + 1] - 1 : src->len;
	if (end > *start && src->text[end - 1] == '\r')
		end--;
	*len = end - *start;
	return src->text + *start;
}

static size_t utf8_sequence(const unsigned char *s, size_t len, unsigned int *cp)
{
	static const unsigned int smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t n, i;

	if (s[0] < 0x80) {
		*cp = s[0];
		return 1;
	}
	n = (s[0] & 0xe0) == 0xc0 ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 :
	    (s[0] & 0xf8) == 0xf0 ? 4 : 0;
	if (!n || n > len)
		return 0;
	*cp = s[0] & (0x7f >> n);
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*cp = *cp << 6 | (s[i] & 0x3f);
	}
	if (*cp < smallest[n] || *cp > 0x10ffff || (*cp >= 0xd800 && *cp < 0xe000))
		return 0;
	return n;
}

size_t utf8_valid_length(const char *s, size_t len)
{
	unsigned int cp;
	size_t i = 0, n;

	while (i < len) {
		n = utf8_sequence((const unsigned char *)s + i, len - i, &cp);
		if (!n)
			break;
		i += n;
	}
	return i;
}

size_t utf8_decode(const char *s, size_t len, unsigned int *cp)
{
	size_t n = len ? utf8_sequence((const unsigned char *)s, len, cp) : 0;

	if (n)
		return n;
	*cp = len ? (unsigned char)*s : 0;
	return 1;
}
