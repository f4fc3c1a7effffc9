/* SPDX-License-Identifier: GPL-2.0 */
/* tc's grammar, of one command, as an import reads it. */
#ifndef OPTQCTL_IMPORT_TC_H
#define OPTQCTL_IMPORT_TC_H

#include "foreign.h"
#include "import_notes.h"
#include "shell.h"

struct tc {
	const struct shell_command *cmd;
	size_t i;			/* the next word */
	struct foreign *f;
	struct import_notes *notes;
};

/* Reads what follows "tc". */
void tc_command(struct tc *tc);
void tc_qdisc_options(struct tc *tc, struct foreign_qdisc *q);
void tc_class_options(struct tc *tc, struct foreign_class *c);
void tc_filter_options(struct tc *tc, struct foreign_filter *f);
void tc_flower_options(struct tc *tc, struct foreign_filter *f);
void tc_basic_options(struct tc *tc, struct foreign_filter *f);
void tc_u32_options(struct tc *tc, struct foreign_filter *f);
/* "police ...", "action ..." or what else all filters take; false: it is none. */
bool tc_filter_common(struct tc *tc, struct foreign_filter *f);

/* NULL at the end. */
const char *tc_word(const struct tc *tc);
/* Whether that is the next word; then it is passed. */
bool tc_is(struct tc *tc, const char *word);
/* The word behind @key; NULL, and it is noted, when there is none. */
const char *tc_value(struct tc *tc, const char *key);
/* Of the word before the next one, or of the command. */
struct span tc_at(const struct tc *tc);
/* The whole command. */
struct span tc_span(const struct tc *tc);
/* Notes that the next word is not known, and passes it. */
void tc_unknown(struct tc *tc, const char *what);
void tc_note(struct tc *tc, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Each reads the word behind @key; false, and it is noted, when it is no such value. */
bool tc_rate(struct tc *tc, const char *key, uint64_t *rate);
bool tc_size(struct tc *tc, const char *key, uint32_t *bytes);
bool tc_time(struct tc *tc, const char *key, uint64_t *ns);
bool tc_number(struct tc *tc, const char *key, uint32_t max, uint32_t *number);
bool tc_id(struct tc *tc, const char *key, bool handle, uint32_t *id);

enum tc_option_kind {
	TC_RATE,	/* uint64_t */
	TC_SIZE,	/* uint32_t */
	TC_TIME,	/* uint64_t */
	TC_NUMBER,	/* uint32_t */
	TC_HEX,		/* uint32_t */
	TC_FLAG,	/* bool: true */
	TC_SET,		/* uint32_t: value */
	TC_QUIET,	/* a value that changes nothing here */
	TC_QUIET_FLAG,	/* a word that changes nothing */
	TC_LOST,	/* a value that has no counterpart */
	TC_LOST_FLAG,
};

struct tc_option {
	const char *name;
	enum tc_option_kind kind;
	size_t field;
	uint32_t value;
};

/* Reads the next word, an option of @what, into @object; false: it is none. */
bool tc_option(struct tc *tc, const struct tc_option *options, const char *what,
	       void *object);

#endif
