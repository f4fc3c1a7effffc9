/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQCTL_SPARKLINE_H
#define OPTQCTL_SPARKLINE_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes that a line of so many columns may need. */
#define SPARKLINE_BYTES(columns) ((columns) * 3 + 1)

/*
 * Values in @columns columns, each as high as its share of the greatest.  A column
 * that stands for several values has their mean; more columns than values stay
 * blank at the left.
 */
void sparkline(const float *values, size_t n, size_t columns, bool utf8,
	       char *line);

#endif
