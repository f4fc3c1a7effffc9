/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of comparisons share. */
#ifndef CTL_DELTA_H
#define CTL_DELTA_H

#include <stdio.h>

#include "ctl_help.h"
#include "delta_view.h"

#define HEAD	"optq: 1\nlinks:\n  wan0:\n    egress:\n"
#define OFFICE	HEAD \
	"      rate: 20mbit\n      default: office/other\n      classes:\n" \
	"        voice: {rate: 1mbit, delay: 10ms, prio: 0, match: dscp ef}\n" \
	"        office:\n          rate: 10mbit\n          classes:\n" \
	"            web: {rate: 6mbit, ceil: 15mbit, match: \"tcp port { 80, 443 }\"}\n" \
	"            other: {weight: 3000, limit: 500}\n"

static inline char *printed(const struct delta *d, bool planned)
{
	char *text = NULL;
	size_t n = 0;
	FILE *out = open_memstream(&text, &n);

	assert_non_null(out);
	delta_print_summary(out, "wan0", NULL, d, planned);
	delta_print(out, d);
	fclose(out);
	return text;
}

static inline void assert_printed(const struct delta *d, bool planned, const char *want)
{
	char *text = printed(d, planned);

	assert_string_equal(text, want);
	free(text);
}

#endif
