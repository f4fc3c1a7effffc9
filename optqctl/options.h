/* SPDX-License-Identifier: GPL-2.0 */
/* The options of the command line, and which verb each goes with. */
#ifndef OPTQCTL_OPTIONS_H
#define OPTQCTL_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

enum option_id {
	OPTION_COUNT,
	OPTION_DEV,
	OPTION_FLOWS,
	OPTION_INTERVAL,
	OPTION_PRESENT,
	OPTION_RULES,
	OPTION_SORT,
	OPTION_STRICT,
	N_OPTIONS
};

struct options {
	bool json, help, version;
	const char *given[N_OPTIONS];	/* NULL: not given; "" of one without a value */
	int argc;			/* verb and arguments, without the options */
	char **argv;
};

/* False with a message: there is no such option. */
bool options_read(struct options *opt, int argc, char **argv);
/* Whether all that are given go with @verb; false with a message. */
bool options_fit(const struct options *opt, const char *verb);
/* A line or more for each, for the help text. */
void options_help(FILE *out);

#endif
