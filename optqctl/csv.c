// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "csv.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Bytes of the line's end at @off: 0, it goes on. */
static size_t line_end(const struct csv *csv, size_t off)
{
	if (off == csv->end || csv->text[off] == '\n')
		return 1;
	return csv->text[off] == '\r' &&
	       (off + 1 == csv->end || csv->text[off + 1] == '\n') ? 2 : 0;
}

static size_t skip_blanks(const struct csv *csv, size_t off)
{
	while (off < csv->end && is_blank(csv->text[off]))
		off++;
	return off;
}

static void step_over(struct csv *csv, size_t off, size_t len)
{
	csv->at = off + len < csv->end ? off + len : csv->end;
}

bool csv_row(struct csv *csv)
{
	size_t off, len;

	while (csv->at < csv->end) {
		off = skip_blanks(csv, csv->at);
		len = line_end(csv, off);
		if (!len)
			return true;
		step_over(csv, off, len);
	}
	return false;
}

static enum csv_result wrong(struct csv_cell *cell, size_t off, size_t len,
			     const char *text, const char **why)
{
	cell->at = (struct span){ off, len };
	*why = text;
	return CSV_WRONG;
}

/* From its first quote on; the offset behind its last, or 0. */
static size_t quoted_end(const struct csv *csv, size_t off)
{
	const char *quote;

	for (off++; off < csv->end; off += 2) {
		quote = memchr(csv->text + off, '"', csv->end - off);
		if (!quote)
			return 0;
		off = (size_t)(quote - csv->text);
		if (off + 1 == csv->end || quote[1] != '"')
			return off + 1;
	}
	return 0;
}

/* Of a cell without quotes: a comma, the line's end, or a quote all the same. */
static size_t plain_end(const struct csv *csv, size_t off)
{
	char c;

	for (; off < csv->end; off++) {
		c = csv->text[off];
		if (c == ',' || c == '\n' || c == '"' ||
		    (c == '\r' && line_end(csv, off)))
			break;
	}
	return off;
}

enum csv_result csv_next(struct csv *csv, struct csv_cell *cell, const char **why)
{
	size_t from = skip_blanks(csv, csv->at), to, off, len;

	cell->quoted = from < csv->end && csv->text[from] == '"';
	if (cell->quoted) {
		to = quoted_end(csv, from);
		if (!to)
			return wrong(cell, from, 1, "the closing quote is missing",
				     why);
		off = skip_blanks(csv, to);
		if (!line_end(csv, off) && csv->text[off] != ',')
			return wrong(cell, off, 1, "a comma or the line's end is needed behind a quoted cell: a quote inside it is doubled",
				     why);
	} else {
		off = plain_end(csv, from);
		if (off < csv->end && csv->text[off] == '"')
			return wrong(cell, off, 1, "a quote inside a cell: the cell as a whole is quoted, and quotes in it are doubled",
				     why);
		for (to = off; to > from && is_blank(csv->text[to - 1]); to--)
			;
	}
	cell->at = (struct span){ from, to - from };
	len = line_end(csv, off);
	step_over(csv, off, len ? len : 1);
	return len ? CSV_LAST : CSV_CELL;
}

size_t csv_value(const struct csv *csv, const struct csv_cell *cell, char *buf)
{
	const char *text = csv->text + cell->at.off;
	size_t n = 0, i;

	if (!cell->quoted) {
		memcpy(buf, text, cell->at.len);
		return cell->at.len;
	}
	for (i = 1; i + 1 < cell->at.len; i++) {
		buf[n++] = text[i];
		i += text[i] == '"';
	}
	return n;
}
