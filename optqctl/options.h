/* SPDX-License-Identifier: GPL-2.0 */
/* The options of the command line, and which verb each goes with. */
#ifndef OPTQCTL_OPTIONS_H
#define OPTQCTL_OPTIONS_H

#include <stdbool.h>
#include <stdio.h>

enum option_id {
	OPTION_CONFIRM,
	OPTION_COUNT,
	OPTION_DEV,
	OPTION_DROPS,
	OPTION_FLOWS,
	OPTION_INTERVAL,
	OPTION_LET,
	OPTION_PRESENT,
	OPTION_RULES,
	OPTION_SCRIPT,
	OPTION_SETS_FROM,
	OPTION_SORT,
	OPTION_STRICT,
	N_OPTIONS
};

struct option_row {
	const char *name;
	const char *value;	/* what it takes, in the help text; NULL: nothing */
	const char *verbs;	/* that it goes with, each between spaces */
	const char *help;	/* "\n": a new line, indented as the first */
};

struct options {
	bool json, help, version;
	const char *given[N_OPTIONS];	/* NULL: not given; "" of one without a value */
	const char **lets;			/* each --let, ended by NULL */
	int argc;			/* verb and arguments, without the options */
	char **argv;
};

/* False with a message: there is no such option. */
bool options_read(struct options *opt, int argc, char **argv);
/* Whether all that are given go with @verb; false with a message. */
bool options_fit(const struct options *opt, const char *verb);
const struct option_row *options_row(enum option_id id);
bool option_goes_with(const struct option_row *row, const char *verb);
/* A line or more for each, for the help text. */
void options_help(FILE *out);

#endif
