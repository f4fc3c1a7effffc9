// SPDX-License-Identifier: GPL-2.0
#include <limits.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "complete.h"
#include "suggest.h"
#include "term.h"
#include "verb.h"

static const struct verb verbs[] = {
	{ "check", "FILE", 1, 1, verb_check,
	  "report every mistake of a policy; touches nothing" },
	{ "plan", "FILE", 1, 1, verb_plan,
	  "say what apply would change, and with what packets" },
	{ "apply", "FILE", 1, 1, verb_apply,
	  "check a policy, then load it: all of it or nothing" },
	{ "confirm", "", 0, 0, verb_confirm,
	  "keep what \"apply --confirm\" loaded" },
	{ "rollback", "[N]", 0, 1, verb_rollback,
	  "take the last policy back, or load kept policy N" },
	{ "history", "[N]", 0, 1, verb_history,
	  "list the kept policies, or print policy N" },
	{ "diff", "FILE|N FILE|N", 2, 2, verb_diff,
	  "say what one policy has that the other has not" },
	{ "show", "[DEVICE]", 0, 1, verb_show,
	  "show the live classes: what they send, drop, hold" },
	{ "top", "[DEVICE]", 0, 1, verb_top,
	  "likewise, live: sorted, zoomed into, the last minute" },
	{ "monitor", "[DEVICE]", 0, 1, verb_monitor,
	  "tell what happens, as it does: changes, drops, links" },
	{ "explain", "[FILE] PACKET", 1, INT_MAX, verb_explain,
	  "say which class a packet goes to, and why" },
	{ "export", "[DEVICE...]", 0, INT_MAX, verb_export,
	  "print a policy that makes the live trees, both ways" },
	{ "import", "[DEVICE...]", 0, INT_MAX, verb_import,
	  "print a policy made of the live trees of other qdiscs" },
	{ "element", "add|delete", 0, INT_MAX, verb_element,
	  "say which flows are an app's, which addresses a host's" },
	{ "remove", "DEVICE", 1, 1, verb_remove,
	  "take the trees off a device, its ingress too" },
	{ "preset", "[NAME]", 0, 1, verb_preset,
	  "list the presets that a policy may name, or print one" },
};

#define N_VERBS	(sizeof(verbs) / sizeof(*verbs))

static void usage(FILE *out)
{
	size_t i;

	fputs("Usage: optqctl [-j] VERB [ARGUMENT]\n\n", out);
	for (i = 0; i < N_VERBS; i++)
		fprintf(out, "  %-9s%-14s%s\n", verbs[i].name, verbs[i].args,
			verbs[i].help);
	fputs("  help                   this text\n\n", out);
	options_help(out);
	fputs("  -j, --json             print JSON\n"
	      "  -V, --version          print the version\n"
	      "  -h, --help             this text\n\n"
	      "Exit status: 0 done, 1 failed, 2 wrong usage; of plan: 3 changes to make.\n"
	      "FILE may be - for standard input.  PACKET is in the words of a match:\n"
	      "  optqctl explain branch.yaml src 10.1.2.3 udp dport 53 dscp ef\n"
	      "  optqctl explain --dev eth0 src 10.1.2.3 udp dport 53 dscp ef\n"
	      "The policy language: optq-policy(5), policy.md\n", out);
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

static const struct verb *find_verb(const char *name)
{
	size_t i;

	for (i = 0; i < N_VERBS; i++)
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	return NULL;
}

static enum exit_code run_verb(struct options *opt)
{
	const struct verb *verb = find_verb(opt->argv[0]);

	if (!verb)
		return unknown_verb(opt->argv[0]);
	if (!options_fit(opt, verb->name))
		return EXIT_USAGE;
	opt->argc--;
	opt->argv++;
	if (opt->argc >= verb->min_args && opt->argc <= verb->max_args)
		return verb->run(opt);
	fprintf(stderr, "Usage: optqctl [-j] %s %s\n", verb->name, verb->args);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	struct options opt;

	setlocale(LC_CTYPE, "");
	/* Before the options are read: those to complete are not ours. */
	if (argc > 1 && !strcmp(argv[1], "complete")) {
		complete(stdout, verbs, N_VERBS, argv + 2, argc - 2);
		return finish_output(EXIT_DONE);
	}
	if (!options_read(&opt, argc, argv)) {
		usage(stderr);
		return (int)EXIT_USAGE;
	}
	if (opt.version) {
		puts("optqctl " OPTQCTL_VERSION);
		return finish_output(EXIT_DONE);
	}
	if (opt.help || (opt.argc && !strcmp(opt.argv[0], "help"))) {
		usage(stdout);
		return finish_output(EXIT_DONE);
	}
	if (!opt.argc) {
		usage(stderr);
		return (int)EXIT_USAGE;
	}
	return finish_output(run_verb(&opt));
}
