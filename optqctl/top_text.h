/* SPDX-License-Identifier: GPL-2.0 */
/* Top without a screen: a frame of 80 columns, or a line of JSON, each interval. */
#ifndef OPTQCTL_TOP_TEXT_H
#define OPTQCTL_TOP_TEXT_H

#include <stdio.h>

#include "top.h"

/* "18.3mbit of 20mbit, 91%"; to be freed. */
char *top_usage_text(const struct sampler *s);
/* "(1.5k packets/s, 3 drops/s, 15.1k bytes wait)"; to be freed. */
char *top_load_text(const struct sampler *s);
/* "wan0: generation 3, 4 classes, 2 rules"; to be freed. */
char *top_title_text(const struct sampler *s);
/* "in office, by rate, reversed, idle left out"; to be freed. */
char *top_choice_text(const struct top *t);

void top_print_frame(FILE *out, const struct top *t);
void top_print_json(FILE *out, const struct top *t);

#endif
