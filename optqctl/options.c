// SPDX-License-Identifier: GPL-2.0
#include <getopt.h>
#include <string.h>

#include "options.h"

/* What getopt_long() gives for the first of them; the others follow. */
#define FIRST_LONG	256

static const struct {
	const char *name;
	const char *value;	/* what it takes, in the help text; NULL: nothing */
	const char *verbs;	/* that it goes with, each between spaces */
	const char *help;	/* "\n": a new line, indented as the first */
} table[N_OPTIONS] = {
	[OPTION_COUNT] = { "count", "N", " top ",
		"of top: end after so many intervals" },
	[OPTION_DEV] = { "dev", "DEVICE", " apply explain ",
		"of apply: this link alone; of explain: the link, if the\n"
		"policy has several; without a policy the kernel is asked,\n"
		"by the rules in force there" },
	[OPTION_FLOWS] = { "flows", NULL, " show ",
		"of show: the flows of each class instead" },
	[OPTION_INTERVAL] = { "interval", "TIME", " show top ",
		"of show and top: the time that rates are taken over" },
	[OPTION_PRESENT] = { "present", NULL, " apply ",
		"of apply: links whose device is not there are left out" },
	[OPTION_RULES] = { "rules", NULL, " show ",
		"of show: the matches and how many packets each took" },
	[OPTION_SORT] = { "sort", "KEY", " top ",
		"of top: rate, backlog, drops, p99, name or tree" },
	[OPTION_STRICT] = { "strict", NULL, " check ",
		"of check: warn of matches that overlap as well" },
};

static void fill_longs(struct option *longs)
{
	size_t i;

	for (i = 0; i < N_OPTIONS; i++) {
		longs[i].name = table[i].name;
		longs[i].has_arg = table[i].value ? required_argument : no_argument;
		longs[i].val = FIRST_LONG + (int)i;
	}
	longs[i++] = (struct option){ "json", no_argument, NULL, 'j' };
	longs[i++] = (struct option){ "help", no_argument, NULL, 'h' };
	longs[i] = (struct option){ "version", no_argument, NULL, 'V' };
}

bool options_read(struct options *opt, int argc, char **argv)
{
	struct option longs[N_OPTIONS + 4] = { 0 };
	int c;

	memset(opt, 0, sizeof(*opt));
	fill_longs(longs);
	while ((c = getopt_long(argc, argv, "jhV", longs, NULL)) != -1) {
		if (c >= FIRST_LONG)
			opt->given[c - FIRST_LONG] = optarg ? optarg : "";
		else if (c == 'j')
			opt->json = true;
		else if (c == 'h')
			opt->help = true;
		else if (c == 'V')
			opt->version = true;
		else
			return false;
	}
	opt->argc = argc - optind;
	opt->argv = argv + optind;
	return true;
}

static bool goes_with(const char *verbs, const char *verb)
{
	size_t len = strlen(verb);
	const char *at;

	for (at = verbs; (at = strstr(at, verb)); at += len)
		if (at[-1] == ' ' && at[len] == ' ')
			return true;
	return false;
}

bool options_fit(const struct options *opt, const char *verb)
{
	size_t i;

	for (i = 0; i < N_OPTIONS; i++) {
		if (!opt->given[i] || goes_with(table[i].verbs, verb))
			continue;
		fprintf(stderr, "optqctl: --%s goes with%.*s\n", table[i].name,
			(int)strlen(table[i].verbs) - 1, table[i].verbs);
		return false;
	}
	return true;
}

static void print_help(FILE *out, const char *text)
{
	for (; *text; text++) {
		putc(*text, out);
		if (*text == '\n')
			fprintf(out, "%25s", "");
	}
	putc('\n', out);
}

void options_help(FILE *out)
{
	const char *value;
	size_t i;

	for (i = 0; i < N_OPTIONS; i++) {
		value = table[i].value ? table[i].value : "";
		fprintf(out, "  --%s %-*s", table[i].name,
			20 - (int)strlen(table[i].name), value);
		print_help(out, table[i].help);
	}
}
