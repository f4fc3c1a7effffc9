// SPDX-License-Identifier: GPL-2.0
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

#include "mem.h"
#include "source.h"
#include "term.h"

#define SHOWN_MAX	16

bool term_wants_color(FILE *out)
{
	const char *no = getenv("NO_COLOR"), *term = getenv("TERM");

	return !(no && *no) && term && strcmp(term, "dumb") &&
	       isatty(fileno(out));
}

void term_color(FILE *out, bool color, const char *code)
{
	if (color)
		fprintf(out, "\033[%sm", code);
}

void term_color_end(FILE *out, bool color)
{
	if (color)
		fputs("\033[0m", out);
}

bool term_utf8(void)
{
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

/* wcwidth is negative for controls; marks that reorder text have no width. */
static int printable_width(unsigned int cp)
{
	if (cp < 0x80)
		return cp >= ' ' && cp < 0x7f ? 1 : 0;
	if (!term_utf8())
		return 0;
	return wcwidth((wchar_t)cp);
}

/* One character in the form in which it is shown. */
static size_t show(const char *s, size_t len, char shown[SHOWN_MAX], int *width)
{
	unsigned int cp;
	size_t n = utf8_decode(s, len, &cp);

	/* A byte above ASCII that stands alone is no character. */
	*width = n == 1 && cp >= 0x80 ? 0 : printable_width(cp);
	if (cp == '\t') {
		strcpy(shown, " ");
		*width = 1;
	} else if (*width > 0) {
		memcpy(shown, s, n);
		shown[n] = '\0';
	} else {
		*width = snprintf(shown, SHOWN_MAX, cp < 0x80 || n == 1 ?
				  "\\x%02x" : "\\u{%x}", cp);
	}
	return n;
}

void term_print(FILE *out, const char *s, size_t len)
{
	char shown[SHOWN_MAX];
	size_t i = 0;
	int width;

	while (i < len) {
		i += show(s + i, len - i, shown, &width);
		fputs(shown, out);
	}
}

size_t term_width(const char *s, size_t len)
{
	char shown[SHOWN_MAX];
	size_t i = 0, total = 0;
	int width;

	while (i < len) {
		i += show(s + i, len - i, shown, &width);
		total += (size_t)width;
	}
	return total;
}

static size_t next_character(const char *s, size_t len, size_t at)
{
	unsigned int cp;

	return at + utf8_decode(s + at, len - at, &cp);
}

/* As much of the beginning as fits into @columns; @from moves behind it. */
static void take_head(char *text, const char *s, size_t len, size_t *from,
		      size_t columns)
{
	char shown[SHOWN_MAX];
	int width;
	size_t n;

	while (*from < len) {
		n = show(s + *from, len - *from, shown, &width);
		if ((size_t)width > columns)
			return;
		columns -= (size_t)width;
		*from += n;
		strcat(text, shown);
	}
}

char *term_shorten(const char *s, size_t columns)
{
	const char *gap = term_utf8() ? "\u2026" : "...";
	size_t len = strlen(s), gap_width = term_width(gap, strlen(gap)), at = 0;
	char *text = mem_zalloc(len + 2, SHOWN_MAX);

	if (columns <= gap_width || term_width(s, len) <= columns) {
		take_head(text, s, len, &at, columns);
		return text;
	}
	take_head(text, s, len, &at, (columns - gap_width) / 2);
	strcat(text, gap);
	columns -= term_width(text, strlen(text));
	while (at < len && term_width(s + at, len - at) > columns)
		at = next_character(s, len, at);
	take_head(text, s, len, &at, columns);
	return text;
}

void term_wrap(FILE *out, size_t used, size_t hang, size_t columns, const char *text)
{
	size_t len, width;
	bool first = true;
	char *fits;

	for (; *text; text += len + (text[len] == ' '), first = false) {
		char *word;

		len = strcspn(text, " ");
		word = mem_strndup(text, len);
		fits = term_shorten(word, columns - hang);
		width = term_width(word, len);
		width = width < columns - hang ? width : columns - hang;
		if (!first && used + 1 + width > columns) {
			if (used > hang)
				fprintf(out, "\n%*s", (int)hang, "");
			used = hang;
		} else if (!first) {
			putc(' ', out);
			used++;
		}
		fputs(fits, out);
		used += width;
		free(fits);
		free(word);
	}
	putc('\n', out);
}
