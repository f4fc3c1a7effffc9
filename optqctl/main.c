// SPDX-License-Identifier: GPL-2.0
#include <getopt.h>
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "suggest.h"
#include "term.h"
#include "verb.h"

static const struct verb {
	const char *name;
	const char *args;
	int min_args, max_args;
	enum exit_code (*run)(const struct options *opt);
	const char *help;
} verbs[] = {
	{ "check", "FILE", 1, 1, verb_check,
	  "read a policy and report every mistake; touches nothing" },
	{ "apply", "FILE", 1, 1, verb_apply,
	  "check a policy, then load it: all of a link or nothing" },
	{ "show", "[DEVICE]", 0, 1, verb_show,
	  "show the live classes and what they sent, dropped and hold" },
	{ "explain", "[FILE] PACKET", 1, INT_MAX, verb_explain,
	  "say which class a packet goes to, by which match, and why" },
	{ "element", "add|delete", 0, INT_MAX, verb_element,
	  "say which flows are of an app, which addresses of a host" },
	{ "remove", "DEVICE", 1, 1, verb_remove,
	  "take the trees off a device, and what led its ingress there" },
	{ "preset", "[NAME]", 0, 1, verb_preset,
	  "list the presets that a policy may name, or print one" },
};

#define N_VERBS	(sizeof(verbs) / sizeof(*verbs))

static void usage(FILE *out)
{
	size_t i;

	fputs("Usage: optqctl [-j] VERB [ARGUMENT]\n\n", out);
	for (i = 0; i < N_VERBS; i++)
		fprintf(out, "  %-7s %-13s %s\n", verbs[i].name, verbs[i].args,
			verbs[i].help);
	fputs("  help                  this text\n\n"
	      "  --dev DEVICE        of explain: the link, if the policy has several; without a\n"
	      "                      policy the kernel is asked, by the rules in force there\n"
	      "  --flows             of show: the flows of each class instead\n"
	      "  --rules             of show: the matches and how many packets each took\n"
	      "  --strict            of check: warn of matches that overlap as well\n"
	      "  -j, --json          print JSON\n"
	      "  -V, --version       print the version\n"
	      "  -h, --help          this text\n\n"
	      "Exit status: 0 done, 1 failed, 2 wrong usage.\n"
	      "FILE may be - for standard input.  PACKET is in the words of a match:\n"
	      "  optqctl explain branch.yaml src 10.1.2.3 udp dport 53 dscp ef\n"
	      "  optqctl explain --dev eth0 src 10.1.2.3 udp dport 53 dscp ef\n"
	      "The policy language: optqctl(8), policy.md\n", out);
}

static int finish_output(enum exit_code code)
{
	if (!fflush(stdout) && !ferror(stdout))
		return (int)code;
	perror("optqctl: standard output");
	return (int)EXIT_FAILED;
}

/* Words that people look for it by. */
static bool means_removal(const char *name)
{
	static const char *const words[] = {
		"clear", "del", "delete", "flush", "rm", "stop", "uninstall",
		"unload"
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (!strcmp(name, words[i]))
			return true;
	return false;
}

static enum exit_code unknown_verb(const char *name)
{
	struct suggestion near;
	size_t i;

	suggest_begin(&near, name);
	for (i = 0; i < N_VERBS; i++)
		suggest_offer(&near, verbs[i].name);
	fputs("optqctl: unknown verb \"", stderr);
	term_print(stderr, name, strlen(name));
	if (means_removal(name))
		fputs("\": to take the tree off a device, \"optqctl remove DEVICE\"\n",
		      stderr);
	else if (suggest_end(&near))
		fprintf(stderr, "\": did you mean \"%s\"?\n", suggest_end(&near));
	else
		fputs("\": see optqctl help\n", stderr);
	return EXIT_USAGE;
}

static enum exit_code run_verb(const char *name, const struct options *opt)
{
	const struct verb *verb = NULL;
	size_t i;

	for (i = 0; i < N_VERBS; i++)
		if (!strcmp(verbs[i].name, name))
			verb = &verbs[i];
	if (!verb)
		return unknown_verb(name);
	if (opt->flows && verb->run != verb_show) {
		fputs("optqctl: --flows goes with show\n", stderr);
		return EXIT_USAGE;
	}
	if (opt->rules && (verb->run != verb_show || opt->flows)) {
		fputs("optqctl: --rules goes with show, without --flows\n", stderr);
		return EXIT_USAGE;
	}
	if (opt->device && verb->run != verb_explain) {
		fputs("optqctl: --dev goes with explain\n", stderr);
		return EXIT_USAGE;
	}
	if (opt->strict && verb->run != verb_check) {
		fputs("optqctl: --strict goes with check\n", stderr);
		return EXIT_USAGE;
	}
	if (opt->argc >= verb->min_args && opt->argc <= verb->max_args)
		return verb->run(opt);
	fprintf(stderr, "Usage: optqctl [-j] %s %s\n", verb->name, verb->args);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	static const struct option longs[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "dev", required_argument, NULL, 'd' },
		{ "flows", no_argument, NULL, 'f' },
		{ "rules", no_argument, NULL, 'r' },
		{ "strict", no_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'V' },
		{ NULL, 0, NULL, 0 }
	};
	struct options opt = { 0 };
	int c;

	setlocale(LC_CTYPE, "");
	while ((c = getopt_long(argc, argv, "jhV", longs, NULL)) != -1) {
		switch (c) {
		case 'j':
			opt.json = true;
			break;
		case 'f':
			opt.flows = true;
			break;
		case 'r':
			opt.rules = true;
			break;
		case 'd':
			opt.device = optarg;
			break;
		case 's':
			opt.strict = true;
			break;
		case 'h':
			usage(stdout);
			return finish_output(EXIT_DONE);
		case 'V':
			puts("optqctl " OPTQCTL_VERSION);
			return finish_output(EXIT_DONE);
		default:
			usage(stderr);
			return (int)EXIT_USAGE;
		}
	}
	if (optind == argc) {
		usage(stderr);
		return (int)EXIT_USAGE;
	}
	if (!strcmp(argv[optind], "help")) {
		usage(stdout);
		return finish_output(EXIT_DONE);
	}
	opt.argc = argc - optind - 1;
	opt.argv = argv + optind + 1;
	return finish_output(run_verb(argv[optind], &opt));
}
