// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mem.h"
#include "source.h"

static void index_lines(struct source *src)
{
	size_t room = 0, i;

	src->n_lines = 0;
	for (i = 0; i <= src->len; i++) {
		if (i && src->text[i - 1] != '\n')
			continue;
		src->line_start = mem_grow(src->line_start, &room,
					   src->n_lines + 1,
					   sizeof(*src->line_start));
		src->line_start[src->n_lines++] = i;
	}
}

void source_from_text(struct source *src, const char *name, const char *text,
		      size_t len)
{
	static const char bom[] = "\xef\xbb\xbf";

	memset(src, 0, sizeof(*src));
	if (len >= 3 && !memcmp(text, bom, 3)) {
		text += 3;
		len -= 3;
	}
	src->name = mem_strndup(name, strlen(name));
	src->text = mem_strndup(text, len);
	src->len = len;
	index_lines(src);
}

void source_free(struct source *src)
{
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

static char *read_text(struct source *src, const char *label, int fd,
		       const struct kind *kind, const char *too_large)
{
	char *buf, *why;
	size_t len;

	/* One byte over the limit tells a file that grew since fstat. */
	buf = mem_zalloc(kind->max + 1, 1);
	why = read_bounded(fd, buf, kind->max + 1, &len);
	if (!why && len > kind->max)
		why = mem_printf("%s: %s is at most %zu bytes (%zu MiB)",
				 too_large, kind->what, kind->max,
				 kind->max >> 20);
	if (!why)
		source_from_text(src, label, buf, len);
	free(buf);
	return why;
}

static bool is_stdin(const char *path)
{
	return !strcmp(path, "-");
}

const char *source_label(const char *path)
{
	return is_stdin(path) ? "<stdin>" : path;
}

static char *read_file(struct source *src, const char *path,
		       const struct kind *kind)
{
	struct stat st;
	char *why;
	int fd;

	memset(src, 0, sizeof(*src));
	/* O_NONBLOCK: opening a FIFO must not wait for its writer. */
	fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0)
		return mem_printf("cannot be opened: %s", strerror(errno));
	if (fstat(fd, &st))
		why = mem_printf("cannot be read: %s", strerror(errno));
	else
		why = not_readable(&st, kind);
	if (!why)
		why = read_text(src, path, fd, kind, "grew while it was read");
	close(fd);
	return why;
}

static char *read_any(struct source *src, const char *path, const struct kind *kind)
{
	memset(src, 0, sizeof(*src));
	if (is_stdin(path))
		return read_text(src, source_label(path), STDIN_FILENO, kind,
				 "is too long");
	return read_file(src, path, kind);
}

char *source_read_script(struct source *src, const char *path)
{
	return read_any(src, path, &a_script);
}

char *source_read(struct source *src, const char *path)
{
	const char *slash = is_stdin(path) ? NULL : strrchr(path, '/');
	char *why = read_any(src, path, &a_policy);

	if (!why && slash)
		src->dir = mem_strndup(path, slash > path ?
				       (size_t)(slash - path) : 1);
	return why;
}

char *source_read_data(struct source *src, const char *path, const char *what,
		       size_t max)
{
	const struct kind kind = { what, max, false };

	return read_file(src, path, &kind);
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
	pos.line = line + 1;
	pos.column = 1;
	for (i = src->line_start[line]; i < off; i++)
		if ((src->text[i] & 0xc0) != 0x80)
			pos.column++;
	return pos;
}

const char *source_line(const struct source *src, size_t off, size_t *start,
			size_t *len)
{
	size_t line, end;

	if (off > src->len)
		off = src->len;
	line = line_index(src, off);
	*start = src->line_start[line];
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
