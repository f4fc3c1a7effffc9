/* SPDX-License-Identifier: GPL-2.0 */
/* What a leaf tells apart, in words. */
#ifndef OPTQCTL_ISOLATE_TEXT_H
#define OPTQCTL_ISOLATE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/* NULL: a kernel newer than this program has one that has no name here. */
const char *isolate_text(uint8_t isolate);
bool isolate_parse(const char *text, uint8_t *isolate);
/* The word that is like text, or that CAKE calls so; NULL: there is none. */
const char *isolate_suggest(const char *text);

#endif
