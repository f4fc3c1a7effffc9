// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "import_tc.h"
#include "match_values.h"
#include "mem.h"
#include "units.h"

const char *tc_word(const struct tc *tc)
{
	return tc->i < tc->cmd->n ? tc->cmd->v[tc->i].text : NULL;
}

bool tc_is(struct tc *tc, const char *word)
{
	const char *have = tc_word(tc);

	if (!have || strcmp(have, word))
		return false;
	tc->i++;
	return true;
}

struct span tc_span(const struct tc *tc)
{
	const struct shell_word *first = &tc->cmd->v[0], *last = &tc->cmd->v[tc->cmd->n - 1];
	size_t end = last->at.off + last->at.len;

	return (struct span){ first->at.off, end > first->at.off ? end - first->at.off : 1 };
}

struct span tc_at(const struct tc *tc)
{
	return tc->i && tc->i <= tc->cmd->n ? tc->cmd->v[tc->i - 1].at : tc_span(tc);
}

void tc_note(struct tc *tc, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = mem_vprintf(fmt, ap);
	va_end(ap);
	import_note(tc->notes, tc_at(tc), NULL, "%s", text);
	free(text);
}

void tc_unknown(struct tc *tc, const char *what)
{
	const char *word = tc_word(tc);

	tc->i++;
	tc_note(tc, "unknown word \"%s\" of %s: it is left out", word, what);
}

const char *tc_value(struct tc *tc, const char *key)
{
	const char *value = tc_word(tc);

	if (value)
		tc->i++;
	else
		tc_note(tc, "%s: its value is missing", key);
	return value;
}

static bool bare_number(const char *s)
{
	return *s && strspn(s, "0123456789.") == strlen(s);
}

/* Notes why, which it frees; true: there was no reason. */
static bool good_value(struct tc *tc, const char *key, char *why)
{
	if (!why)
		return true;
	tc_note(tc, "%s: %s", key, why);
	free(why);
	return false;
}

/* tc takes a number without a unit too: bits of a rate, microseconds of a time. */
static char *with_unit(const char *word, const char *unit)
{
	return mem_printf("%s%s", word, bare_number(word) ? unit : "");
}

bool tc_rate(struct tc *tc, const char *key, uint64_t *rate)
{
	const char *word = tc_value(tc, key);
	struct rate_value value = { 0 };
	char *text, *why;

	if (!word)
		return false;
	/* A slope of nothing, where one may be. */
	if (*word == '0' && !strpbrk(word, "123456789")) {
		*rate = 0;
		return true;
	}
	text = with_unit(word, "bit");
	why = parse_rate(text, &value);
	if (!why && value.is_share)
		why = mem_printf("a share of the device's speed is not known here");
	free(text);
	if (!good_value(tc, key, why))
		return false;
	*rate = value.value;
	return true;
}

bool tc_size(struct tc *tc, const char *key, uint32_t *bytes)
{
	const char *word = tc_value(tc, key);
	uint64_t value = 0;
	char *text;
	bool good;

	if (!word)
		return false;
	/* "15k/8": the cell, of which nothing is left in today's kernels. */
	text = mem_strndup(word, strcspn(word, "/"));
	good = good_value(tc, key, parse_size(text, &value));
	free(text);
	if (good && value > UINT32_MAX)
		good = good_value(tc, key, mem_printf("the number is too large"));
	if (good)
		*bytes = (uint32_t)value;
	return good;
}

bool tc_time(struct tc *tc, const char *key, uint64_t *ns)
{
	const char *word = tc_value(tc, key);
	char *text;
	bool good;

	if (!word)
		return false;
	text = with_unit(word, "us");
	good = good_value(tc, key, parse_time(text, ns));
	free(text);
	return good;
}

bool tc_number(struct tc *tc, const char *key, uint32_t max, uint32_t *number)
{
	const char *word = tc_value(tc, key);
	uint64_t value;

	if (!word)
		return false;
	if (!match_number(word, strlen(word), max, &value)) {
		tc_note(tc, "%s: \"%s\" is no number up to %u", key, word, max);
		return false;
	}
	*number = (uint32_t)value;
	return true;
}

static bool hex(const char *s, size_t len, uint32_t *value)
{
	size_t i;

	*value = 0;
	if (len > 2 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X'))
		s += 2, len -= 2;
	for (i = 0; i < len && i < 5; i++) {
		if (!isxdigit((unsigned char)s[i]))
			return false;
		*value = *value * 16 + (uint32_t)(isdigit((unsigned char)s[i]) ? s[i] - '0' :
			tolower((unsigned char)s[i]) - 'a' + 10);
	}
	return len && i == len && *value <= 0xffff;
}

/* "1:10", "1:", ":10"; a handle may be "1", which is "1:". */
static bool parse_id(const char *word, bool handle, uint32_t *id)
{
	size_t len = strcspn(word, ":");
	uint32_t major = 0, minor = 0;

	if (!strcmp(word, "root")) {
		*id = TC_H_ROOT;
		return true;
	}
	if (len && !hex(word, len, &major))
		return false;
	if (!word[len]) {
		*id = handle ? major << 16 : major;
		return len > 0;
	}
	if (word[len + 1] && !hex(word + len + 1, strlen(word + len + 1), &minor))
		return false;
	*id = major << 16 | minor;
	return true;
}

bool tc_id(struct tc *tc, const char *key, bool handle, uint32_t *id)
{
	const char *word = tc_value(tc, key);

	if (!word)
		return false;
	if (parse_id(word, handle, id))
		return true;
	tc_note(tc, "%s: \"%s\" is no number of a qdisc or a class such as 1:10", key, word);
	return false;
}

static void read_option(struct tc *tc, const struct tc_option *option, const char *what,
			char *field)
{
	const char *word;

	switch (option->kind) {
	case TC_RATE:
		tc_rate(tc, option->name, (uint64_t *)field);
		break;
	case TC_SIZE:
		tc_size(tc, option->name, (uint32_t *)field);
		break;
	case TC_TIME:
		tc_time(tc, option->name, (uint64_t *)field);
		break;
	case TC_NUMBER:
		tc_number(tc, option->name, UINT32_MAX, (uint32_t *)field);
		break;
	case TC_HEX:
		word = tc_value(tc, option->name);
		if (word && !hex(word, strlen(word), (uint32_t *)field))
			tc_note(tc, "%s: \"%s\" is no hexadecimal number up to ffff",
				option->name, word);
		break;
	case TC_FLAG:
		*(bool *)field = true;
		break;
	case TC_SET:
		*(uint32_t *)field = option->value;
		break;
	case TC_QUIET:
	case TC_LOST:
		word = tc_value(tc, option->name);
		if (word && option->kind == TC_LOST)
			tc_note(tc, "%s of %s has no counterpart: it is left out",
				option->name, what);
		break;
	case TC_LOST_FLAG:
		tc_note(tc, "%s of %s has no counterpart: it is left out", option->name, what);
		break;
	case TC_QUIET_FLAG:
		break;
	}
}

bool tc_option(struct tc *tc, const struct tc_option *options, const char *what,
	       void *object)
{
	for (; options->name; options++) {
		if (!tc_is(tc, options->name))
			continue;
		read_option(tc, options, what, (char *)object + options->field);
		return true;
	}
	return false;
}
