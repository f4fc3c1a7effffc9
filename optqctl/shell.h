/* SPDX-License-Identifier: GPL-2.0 */
/* The commands of a shell script, as far as they are known without running it. */
#ifndef OPTQCTL_SHELL_H
#define OPTQCTL_SHELL_H

#include "source.h"
#include "diag.h"

struct shell_word {
	char *text;
	struct span at;
	bool unknown;		/* holds a variable or a command whose value is not known */
	bool assigns;		/* NAME=VALUE */
};

struct shell_command {
	struct shell_word *v;
	size_t n, room;
};

struct shell_variable {
	char *name, *value;
};

struct shell {
	const struct source *src;
	size_t pos;
	struct shell_variable *variables;
	size_t n, room;
	char *here_end;		/* what ends a here-document; NULL: none is open */
};

void shell_begin(struct shell *sh, const struct source *src);
void shell_end(struct shell *sh);
/*
 * The next command without comments and redirections, its assignments taken out and made.
 * False at the end of the script.
 */
bool shell_next(struct shell *sh, struct shell_command *cmd);
void shell_command_free(struct shell_command *cmd);

#endif
