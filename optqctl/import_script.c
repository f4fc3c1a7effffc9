// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "import_script.h"
#include "import_tc.h"
#include "mem.h"
#include "shell.h"

static bool is_one_of(const char *word, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(word, *words))
			return true;
	return false;
}

/* What may stand before a command and does not change what it sets up. */
static bool is_prefix(const char *word)
{
	static const char *const words[] = {
		"sudo", "command", "exec", "then", "else", "do", "{", "(", "!", NULL
	};

	return is_one_of(word, words);
}

/* Ends of what was noted where it began. */
static bool is_end(const char *word)
{
	static const char *const words[] = {
		"fi", "done", "esac", "}", ")", "{", "(", "then", "else", "do", NULL
	};

	return is_one_of(word, words);
}

static bool is_control(const char *word)
{
	static const char *const words[] = {
		"if", "elif", "for", "while", "until", "case", "function", NULL
	};
	size_t len = strlen(word);

	return is_one_of(word, words) || (len > 2 && !strcmp(word + len - 2, "()"));
}

/* "tc", "/sbin/tc", and "$TC" though nobody said what that is. */
static bool is_tc(const struct shell_word *word)
{
	static const char *const names[] = { "tc", "$TC", "${TC}", "$tc", "${tc}", NULL };
	size_t len = strlen(word->text);

	return is_one_of(word->text, names) ||
	       (!word->unknown && len > 3 && !strcmp(word->text + len - 3, "/tc"));
}

/* A line of a file for "tc -batch". */
static bool is_batch(const char *word)
{
	static const char *const objects[] = { "qdisc", "class", "filter", NULL };

	return is_one_of(word, objects);
}

static void skipped(struct import_notes *notes, const struct shell_word *word)
{
	if (is_end(word->text))
		return;
	if (is_control(word->text))
		import_note(notes, word->at, NULL,
			    "\"%s\": nothing is run here: what follows is read once, as it stands",
			    word->text);
	else
		import_note(notes, word->at, NULL, "\"%s\" is no tc command: it is skipped",
			    word->text);
}

void import_script(const struct source *src, struct foreign *f, struct import_notes *notes)
{
	struct shell_command cmd = { 0 };
	struct shell sh;

	shell_begin(&sh, src);
	while (shell_next(&sh, &cmd)) {
		struct tc tc = { .cmd = &cmd, .f = f, .notes = notes };

		while (tc.i + 1 < cmd.n && is_prefix(cmd.v[tc.i].text))
			tc.i++;
		if (is_tc(&cmd.v[tc.i]))
			tc.i++;
		else if (!is_batch(cmd.v[tc.i].text)) {
			skipped(notes, &cmd.v[tc.i]);
			continue;
		}
		tc_command(&tc);
	}
	shell_command_free(&cmd);
	shell_end(&sh);
	foreign_settle(f);
}
