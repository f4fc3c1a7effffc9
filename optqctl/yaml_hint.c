// SPDX-License-Identifier: GPL-2.0
/*
 * The library's messages tell what its grammar wanted, and differ between its
 * versions.  What people do wrong is few things, seen in the text itself.
 */
#include <ctype.h>
#include <string.h>

#include "mem.h"
#include "yaml_hint.h"

static bool has_tab(const struct source *src, size_t off)
{
	size_t start, len, end;
	const char *line = source_line(src, off, &start, &len);

	end = start + len + 1;
	return memchr(line, '\t', len) ||
	       (end < src->len && src->text[end] == '\t');
}

/* "rate:500mbit" is one word to YAML. */
static bool blank_is_missing(const char *text)
{
	size_t n = 0;

	while (islower((unsigned char)text[n]))
		n++;
	return n && text[n] == ':' && isgraph((unsigned char)text[n + 1]);
}

static char *bracket_hint(const struct source *src, size_t off, size_t open)
{
	size_t line = source_position(src, open).line;
	char close = src->text[open] == '[' ? ']' : '}';

	if (open == off)
		return mem_printf(": its \"%c\" is missing", close);
	if (line == source_position(src, off).line)
		return NULL;
	return mem_printf(": is a \"%c\" missing above, in line %zu?", close,
			  line);
}

char *yaml_hint(const struct source *src, struct span at, const char *msg,
		size_t open)
{
	const char *text = src->text + at.off;
	char *hint;

	if (has_tab(src, at.off))
		return mem_printf(": indent with blanks, not with tabs");
	if (blank_is_missing(text))
		return mem_printf(": a blank goes behind the colon, as in \"rate: 20mbit\"");
	if (*text == '{' && open < at.off && text[-1] == '$')
		return mem_printf(": quote what has ${ } in it, as in rate: \"${rate}\"");
	if (*text == '{' && open < at.off)
		return mem_printf(": quote a match that has { } in it, as in match: \"tcp port { 80, 443 }\"");
	if (strchr("\"'", *text) && *text && strstr(msg, "quoted"))
		return mem_printf(": is the closing quote missing?");
	hint = open == NO_BRACKET ? NULL : bracket_hint(src, at.off, open);
	if (hint)
		return hint;
	if (text[0] == '-' && text[1] == ' ')
		return mem_printf(": \"- \" begins an item of a list, here stand keys with values: is it indented as it should be?");
	if (strstr(msg, "block sequence"))
		return mem_printf(": each item of a list begins with \"- \"");
	if (strstr(msg, "cannot start with"))
		return mem_printf(": put it in quotes");
	if (strstr(msg, "plain key") || strstr(msg, "indentation"))
		return mem_printf(": is a colon missing, or a line indented otherwise than its neighbours?");
	return mem_strndup("", 0);
}
