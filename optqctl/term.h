/* SPDX-License-Identifier: GPL-2.0 */
/* Text for people: colours where they are wanted, nothing that a policy
 * could use to play with the terminal.
 */
#ifndef OPTQCTL_TERM_H
#define OPTQCTL_TERM_H

#include <stdbool.h>
#include <stdio.h>

#define TERM_BOLD	"1"
#define TERM_RED	"1;31"
#define TERM_YELLOW	"1;35"
#define TERM_GREEN	"1;32"
#define TERM_CYAN	"1;36"
#define TERM_PLAIN_YELLOW	"33"

/* The locale's characters are UTF-8. */
bool term_utf8(void);

/* A terminal, and NO_COLOR (no-color.org) is not set. */
bool term_wants_color(FILE *out);
void term_color(FILE *out, bool color, const char *code);
void term_color_end(FILE *out, bool color);

/* Prints printable text as it is, the rest as \x1b or \u{202e}. */
void term_print(FILE *out, const char *s, size_t len);
/* Columns that term_print takes for it. */
size_t term_width(const char *s, size_t len);
/* What term_print prints, without its middle where it is wider; to be freed. */
char *term_shorten(const char *s, size_t columns);
/*
 * The rest of a line of which @used columns are printed, broken at spaces where it is
 * longer; further lines are indented by @hang.
 */
void term_wrap(FILE *out, size_t used, size_t hang, size_t columns, const char *text);

#endif
