// SPDX-License-Identifier: GPL-2.0
#define _XOPEN_SOURCE 700
#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <wchar.h>

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
