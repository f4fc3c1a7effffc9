/* SPDX-License-Identifier: GPL-2.0 */
/* What optqctl's tests share. */
#ifndef CTL_HELP_H
#define CTL_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "live.h"
#include "policy.h"

/* A policy read from text, with what was found wrong. */
struct reading {
	struct source src;
	struct policy policy;
	struct diags d;
	bool good;
};

void read_text(struct reading *r, const char *text);
/* A link of 20mbit whose "classes:" are @classes, default @leaf. */
void read_classes_text(struct reading *r, const char *leaf, const char *classes);
void reading_free(struct reading *r);
/* Gives a tree without classes a leaf below the link, number 1; for live_free(). */
void add_leaf(struct live_tree *tree);
/* Everything it prints, to be freed. */
char *printed_diags(const struct source *src, const struct diags *d);

/* The first diagnostic stands at @line:@column and holds @text. */
void assert_first(const struct reading *r, size_t line, size_t column,
		  const char *text);
void assert_good(const struct reading *r);

/* read_classes_text() of these fails, and the first diagnostic is as above. */
void wrong(const char *leaf, const char *classes, size_t line, size_t column,
	   const char *why);
/* Likewise they are good, and that is the one warning. */
void warned(const char *leaf, const char *classes, size_t line, size_t column,
	    const char *why);

#endif
