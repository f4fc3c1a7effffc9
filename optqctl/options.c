// SPDX-License-Identifier: GPL-2.0
#include <getopt.h>
#include <string.h>

#include "mem.h"
#include "options.h"
#include "term.h"

/* What getopt_long() gives for the first of them; the others follow. */
#define FIRST_LONG	256

static const struct option_row table[N_OPTIONS] = {
	[OPTION_CONFIRM] = { "confirm", "TIME", " apply rollback ",
		"of apply and rollback: taken back after TIME, 1s to\n"
		"24h, unless \"optqctl confirm\" comes before" },
	[OPTION_COUNT] = { "count", "N", " monitor top ",
		"of monitor: end after so many events; of top: intervals" },
	[OPTION_DEV] = { "dev", "DEVICE", " apply explain ",
		"of apply: this link alone; of explain: the link, if\n"
		"the policy has several; without a policy the kernel\n"
		"is asked, by the rules in force there" },
	[OPTION_DROPS] = { "drops", "N|N/s|N%", " monitor ",
		"of monitor: more drops of a class are an event; 1% of\n"
		"its packets if left out" },
	[OPTION_FLOWS] = { "flows", NULL, " show ",
		"of show: the flows of each class instead" },
	[OPTION_LET] = { "let", "NAME=VALUE", " check plan apply diff explain export ",
		"of what reads a policy: the value of a variable,\n"
		"whatever the policy gives it; may be given again" },
	[OPTION_INTERVAL] = { "interval", "TIME", " monitor show top ",
		"of monitor: the time between looks, 1s if left out; of\n"
		"show and top: the time that rates are taken over" },
	[OPTION_PRESENT] = { "present", NULL, " apply ",
		"of apply: links whose device is not there are left out" },
	[OPTION_RULES] = { "rules", NULL, " show ",
		"of show: the matches and how many packets each took" },
	[OPTION_SETS_FROM] = { "sets-from", "FILE", " export ",
		"of export: a policy with the sets that matches name" },
	[OPTION_SCRIPT] = { "script", "FILE", " import ",
		"of import: a script of tc commands, or a file for\n"
		"tc -batch, in place of the kernel" },
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

static bool add_let(struct options *opt, size_t *n)
{
	const char *equals = strchr(optarg, '=');

	if (!equals || equals == optarg) {
		fputs("optqctl: --let ", stderr);
		term_print(stderr, optarg, strlen(optarg));
		fputs(": a name and its value are needed, as in --let rate=50mbit\n",
		      stderr);
		return false;
	}
	opt->lets[(*n)++] = optarg;
	return true;
}

bool options_read(struct options *opt, int argc, char **argv)
{
	struct option longs[N_OPTIONS + 4] = { 0 };
	size_t n_lets = 0;
	int c;

	memset(opt, 0, sizeof(*opt));
	/* No more than there are words. */
	opt->lets = mem_zalloc((size_t)argc + 1, sizeof(*opt->lets));
	fill_longs(longs);
	while ((c = getopt_long(argc, argv, "jhV", longs, NULL)) != -1) {
		if (c >= FIRST_LONG) {
			opt->given[c - FIRST_LONG] = optarg ? optarg : "";
			if (c == FIRST_LONG + OPTION_LET && !add_let(opt, &n_lets))
				return false;
		} else if (c == 'j') {
			opt->json = true;
		} else if (c == 'h') {
			opt->help = true;
		} else if (c == 'V') {
			opt->version = true;
		} else {
			return false;
		}
	}
	opt->argc = argc - optind;
	opt->argv = argv + optind;
	return true;
}

const struct option_row *options_row(enum option_id id)
{
	return &table[id];
}

bool option_goes_with(const struct option_row *row, const char *verb)
{
	size_t len = strlen(verb);
	const char *at;

	for (at = row->verbs; (at = strstr(at, verb)); at += len)
		if (at[-1] == ' ' && at[len] == ' ')
			return true;
	return false;
}

bool options_fit(const struct options *opt, const char *verb)
{
	size_t i;

	for (i = 0; i < N_OPTIONS; i++) {
		if (!opt->given[i] || option_goes_with(&table[i], verb))
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
