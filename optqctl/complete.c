// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <net/if.h>
#include <string.h>

#include "complete.h"
#include "preset.h"
#include "term.h"

struct line {
	FILE *out;
	const struct verb *verb;	/* NULL: not there yet */
	int place;			/* arguments of it before the word */
	const struct option_row *value_of;	/* whose value the word is */
	const char *word;		/* as far as it has been typed */
	const char *before;		/* "--dev=", which is part of the word */
};

/* What follows the arguments that the help text has room for. */
static const struct {
	const char *verb, *args;
} longer[] = {
	{ "element", "add|delete DEVICE ingress|app|host" },
};

static const struct option_row common[] = {
	{ "json", NULL, NULL, "print JSON" },
	{ "help", NULL, NULL, "print a summary" },
	{ "version", NULL, NULL, "print the version" },
};

static void offer(const struct line *line, const char *before, const char *word,
		  size_t len, const char *help)
{
	size_t skip = strlen(before), typed = strlen(line->word);

	if (typed > skip + len ||
	    strncmp(line->word, before, typed < skip ? typed : skip) ||
	    (typed > skip && strncmp(line->word + skip, word, typed - skip)))
		return;
	fputs(before, line->out);
	term_print(line->out, word, len);
	putc('\t', line->out);
	for (; *help; help++)
		putc(*help == '\n' ? ' ' : *help, line->out);
	putc('\n', line->out);
}

static void offer_devices(const struct line *line)
{
	struct if_nameindex *list = if_nameindex(), *dev;

	for (dev = list; dev && dev->if_index; dev++)
		offer(line, line->before, dev->if_name, strlen(dev->if_name),
		      "device");
	if (list)
		if_freenameindex(list);
}

static void offer_presets(const struct line *line)
{
	size_t i;

	for (i = 0; preset_at(i)->name; i++)
		offer(line, line->before, preset_at(i)->name,
		      strlen(preset_at(i)->name), "preset");
}

/* Capitals are a kind of words, as in the help text; others stand for themselves. */
static void offer_kind(const struct line *line, const char *kind, size_t len)
{
	if (len == 4 && !strncmp(kind, "FILE", len))
		fputs("\tpolicy\n", line->out);
	else if (len == 6 && !strncmp(kind, "DEVICE", len))
		offer_devices(line);
	else if (len == 4 && !strncmp(kind, "NAME", len))
		offer_presets(line);
	else if (islower((unsigned char)*kind))
		offer(line, line->before, kind, len, "");
}

/* Of "[FILE] a|b" the one at that place. */
static void offer_argument(const struct line *line, const char *args, int place)
{
	size_t len;

	while (args += strspn(args, " []"), *args) {
		len = strcspn(args, " []|");
		if (!place)
			offer_kind(line, args, len);
		args += len;
		if (*args == '|')
			args++;
		else if (!place--)
			return;
	}
}

static const char *all_args(const struct verb *verb)
{
	size_t i;

	for (i = 0; i < sizeof(longer) / sizeof(*longer); i++)
		if (!strcmp(longer[i].verb, verb->name))
			return longer[i].args;
	return verb->args;
}

static void offer_options(const struct line *line)
{
	const struct option_row *row;
	size_t i;

	for (i = 0; line->verb && i < N_OPTIONS; i++) {
		row = options_row(i);
		if (option_goes_with(row, line->verb->name))
			offer(line, "--", row->name, strlen(row->name), row->help);
	}
	for (i = 0; i < sizeof(common) / sizeof(*common); i++)
		offer(line, "--", common[i].name, strlen(common[i].name),
		      common[i].help);
}

static void offer_verbs(const struct line *line, const struct verb *verbs,
			size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		offer(line, "", verbs[i].name, strlen(verbs[i].name),
		      verbs[i].help);
	offer(line, "", "help", strlen("help"), "print a summary");
}

/* The option with a value that @word begins with; "--dev=eth0" has it behind *@len. */
static const struct option_row *value_option(const char *word, size_t *len)
{
	const struct option_row *row;
	size_t i;

	if (strncmp(word, "--", 2))
		return NULL;
	*len = strcspn(word, "=");
	for (i = 0; i < N_OPTIONS; i++) {
		row = options_row(i);
		if (row->value && strlen(row->name) == *len - 2 &&
		    !strncmp(word + 2, row->name, *len - 2))
			return row;
	}
	return NULL;
}

/* Takes a word that stands before the one that is typed. */
static void pass(struct line *line, const struct verb *verbs, size_t n,
		 const char *word)
{
	size_t len, i;

	if (line->value_of) {
		line->value_of = NULL;
		return;
	}
	line->value_of = value_option(word, &len);
	if (line->value_of && word[len])
		line->value_of = NULL;
	if (*word == '-' && word[1])
		return;
	if (line->verb) {
		line->place++;
		return;
	}
	for (i = 0; i < n; i++)
		if (!strcmp(verbs[i].name, word))
			line->verb = &verbs[i];
	/* Of a word that is no verb nothing is known. */
	line->place = line->verb ? 0 : -1;
}

void complete(FILE *out, const struct verb *verbs, size_t n_verbs,
	      char **words, int n_words)
{
	struct line line = { .out = out, .before = "", .word = "" };
	char before[32] = "";
	size_t len = 0;
	int i;

	for (i = 0; i + 1 < n_words; i++)
		pass(&line, verbs, n_verbs, words[i]);
	if (n_words)
		line.word = words[n_words - 1];
	if (!line.value_of) {
		line.value_of = value_option(line.word, &len);
		if (line.value_of && line.word[len] && len + 2 < sizeof(before)) {
			memcpy(before, line.word, len + 1);
			line.before = before;
		} else {
			line.value_of = NULL;
		}
	}
	if (line.value_of)
		offer_argument(&line, line.value_of->value, 0);
	else if (*line.word == '-')
		offer_options(&line);
	else if (line.verb)
		offer_argument(&line, all_args(line.verb), line.place);
	else if (!line.place)
		offer_verbs(&line, verbs, n_verbs);
}
