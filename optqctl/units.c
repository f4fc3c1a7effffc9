// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "mem.h"
#include "suggest.h"
#include "units.h"

#define KILO	1000ULL
#define KIBI	1024ULL

struct unit {
	const char *name;
	uint64_t scale;
};

/* tc's units of rate, in bits; case does not count. */
static const struct unit rate_units[] = {
	{ "bit", 1 },
	{ "kibit", KIBI }, { "kbit", KILO },
	{ "mibit", KIBI * KIBI }, { "mbit", KILO * KILO },
	{ "gibit", KIBI * KIBI * KIBI }, { "gbit", KILO * KILO * KILO },
	{ "tibit", KIBI * KIBI * KIBI * KIBI },
	{ "tbit", KILO * KILO * KILO * KILO },
	{ "bps", 8 },
	{ "kibps", 8 * KIBI }, { "kbps", 8 * KILO },
	{ "mibps", 8 * KIBI * KIBI }, { "mbps", 8 * KILO * KILO },
	{ "gibps", 8 * KIBI * KIBI * KIBI }, { "gbps", 8 * KILO * KILO * KILO },
	{ "tibps", 8 * KIBI * KIBI * KIBI * KIBI },
	{ "tbps", 8 * KILO * KILO * KILO * KILO },
	{ NULL, 0 }
};

/* tc's units of size, in bits: it counts k and m by 1024. */
static const struct unit size_units[] = {
	{ "", 8 }, { "b", 8 },
	{ "k", 8 * KIBI }, { "kb", 8 * KIBI },
	{ "m", 8 * KIBI * KIBI }, { "mb", 8 * KIBI * KIBI },
	{ "g", 8 * KIBI * KIBI * KIBI }, { "gb", 8 * KIBI * KIBI * KIBI },
	{ "kbit", KIBI }, { "mbit", KIBI * KIBI }, { "gbit", KIBI * KIBI * KIBI },
	{ NULL, 0 }
};

/* Those of nft first, which tc does not know. */
#define LONG_UNITS	3
static const struct unit long_time_units[] = {
	{ "min", 60 * KILO * KILO * KILO }, { "h", 3600 * KILO * KILO * KILO },
	{ "d", 86400 * KILO * KILO * KILO },
	{ "ns", 1 }, { "nsec", 1 }, { "nsecs", 1 },
	{ "us", KILO }, { "usec", KILO }, { "usecs", KILO },
	{ "ms", KILO * KILO }, { "msec", KILO * KILO }, { "msecs", KILO * KILO },
	{ "s", KILO * KILO * KILO }, { "sec", KILO * KILO * KILO },
	{ "secs", KILO * KILO * KILO },
	{ NULL, 0 }
};

static const struct unit percent_unit[] = { { "%", PERCENT }, { NULL, 0 } };

/* A decimal number: whole and millionths. */
struct decimal {
	uint64_t whole;
	uint64_t millionths;
};

#define MILLION		1000000ULL
#define WHOLE_MAX	1000000000000000ULL

static char *take_fraction(const char **s, struct decimal *d)
{
	uint64_t weight = MILLION / 10;

	if (!isdigit((unsigned char)**s))
		return mem_printf("a digit must follow the point");
	for (; isdigit((unsigned char)**s); (*s)++, weight /= 10) {
		if (!weight)
			return mem_printf("at most six digits may follow the point");
		d->millionths += weight * (uint64_t)(**s - '0');
	}
	return NULL;
}

static char *take_decimal(const char **s, struct decimal *d)
{
	const char *p = *s;

	memset(d, 0, sizeof(*d));
	if (*p == '-' || *p == '+')
		return mem_printf("a number is written without a sign");
	if (!isdigit((unsigned char)*p))
		return mem_printf("a number must come first");
	if (p[0] == '0' && (p[1] == 'x' || p[1] == 'X'))
		return mem_printf("a number is written in decimal");
	for (; isdigit((unsigned char)*p); p++) {
		d->whole = d->whole * 10 + (uint64_t)(*p - '0');
		if (d->whole > WHOLE_MAX)
			return mem_printf("the number is too large");
	}
	*s = p;
	if (*p != '.')
		return NULL;
	(*s)++;
	return take_fraction(s, d);
}

static const struct unit *find_unit(const struct unit *units, const char *name)
{
	for (; units->name; units++)
		if (!strcasecmp(units->name, name))
			return units;
	return NULL;
}

/* "mbps": megabytes, in tc's words. */
static bool counts_bytes(const char *unit)
{
	size_t len = strlen(unit);

	return len >= 3 && !strcasecmp(unit + len - 3, "bps");
}

static const char *nearest_unit(const struct unit *units, const char *name)
{
	struct suggestion best;

	suggest_begin(&best, name);
	/* Bytes where bits were meant are worse than no suggestion. */
	for (; units->name; units++)
		if (*units->name && !counts_bytes(units->name))
			suggest_offer(&best, units->name);
	return suggest_end(&best);
}

static char *unknown_unit(const struct unit *units, const char *name,
			  const char *example)
{
	const char *near;

	if (!*name)
		return mem_printf("a unit is missing: write for example %s",
				  example);
	if (isspace((unsigned char)*name))
		return mem_printf("no blank goes between number and unit: write for example %s",
				  example);
	if ((*name == 'e' || *name == 'E') &&
	    (isdigit((unsigned char)name[1]) || name[1] == '+' || name[1] == '-'))
		return mem_printf("exponents are not accepted: write for example %s",
				  example);
	near = nearest_unit(units, name);
	if (near)
		return mem_printf("unknown unit \"%s\": did you mean \"%s\"?",
				  name, near);
	return mem_printf("unknown unit \"%s\": write for example %s", name,
			  example);
}

/* "Mb/s", "M", "Mbits" are megabits to those who write them, "MB/s" is bytes. */
static const struct unit *meant_rate_unit(const char *name, bool *bytes)
{
	static const char *const endings[] = {
		"", "b", "b/s", "bits", "bit/s", "bits/s", "bitps", "byte/s",
		"bytes/s"
	};
	size_t prefix = *name && strchr("kmgtKMGT", *name) ? 1 : 0, i;
	const struct unit *unit = NULL;
	char *wanted;

	if (prefix && (name[1] == 'i' || name[1] == 'I'))
		prefix++;
	for (i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		if (strcasecmp(name + prefix, endings[i]))
			continue;
		*bytes = !strcmp(name + prefix, "B/s") ||
			 !strncasecmp(name + prefix, "byte", 4);
		wanted = mem_printf("%.*sbit", (int)prefix, name);
		unit = find_unit(rate_units, wanted);
		free(wanted);
	}
	return unit;
}

/* Multiplies exactly and rounds down, as tc does. */
static char *scale(const struct decimal *d, uint64_t by, uint64_t *result)
{
	uint64_t whole;

	if (__builtin_mul_overflow(d->whole, by, &whole) ||
	    __builtin_add_overflow(whole, d->millionths * by / MILLION, result))
		return mem_printf("the number is too large");
	return NULL;
}

/* "1,5mbit" is one and a half, "1,000mbit" may be a thousand. */
static char *comma_in_number(const char *number, const char *comma)
{
	size_t before = (size_t)(comma - number);
	const char *rest = comma + 1;

	if (strspn(rest, "0123456789") == 3 || rest[strcspn(rest, ",.")])
		return mem_printf("a number has no commas: 1.5 is one and a half, 1500 is a thousand and a half");
	return mem_printf("decimals have a point, not a comma: did you mean \"%.*s.%s\"?",
			  (int)before, number, rest);
}

static char *parse_with_unit(const char *s, const struct unit *units,
			     const char *example, uint64_t *value)
{
	const struct unit *unit;
	const char *number = s;
	struct decimal d;
	char *why;

	why = take_decimal(&s, &d);
	if (why)
		return why;
	if (s[0] == ',' && isdigit((unsigned char)s[1]))
		return comma_in_number(number, s);
	unit = find_unit(units, s);
	if (unit)
		return scale(&d, unit->scale, value);
	*value = 0;
	/* "0" is wrong for another reason than its missing unit. */
	if (!*s && !d.whole && !d.millionths)
		return NULL;
	return unknown_unit(units, s, example);
}

static char *parse_share(const char *s, struct rate_value *rate)
{
	char *why = parse_with_unit(s, percent_unit, "50%", &rate->value);

	if (!why && rate->value > 100 * PERCENT)
		why = mem_printf("a share is at most 100%%");
	if (!why && !rate->value)
		why = mem_printf("a share of 0%% is no rate: leave the key out");
	rate->is_share = true;
	return why;
}

/* "500MB/s", "500Mb/s": the rate that is meant; NULL when none can be told. */
static char *meant_rate(const char *s)
{
	const char *name = s;
	const struct unit *unit;
	bool bytes = false;
	struct decimal d;
	uint64_t bits = 0;
	char *why;

	why = take_decimal(&name, &d);
	unit = why || !*name ? NULL : meant_rate_unit(name, &bytes);
	if (unit && !bytes)
		return mem_printf("%.*s%s", (int)(name - s), s, unit->name);
	if (unit)
		why = scale(&d, unit->scale * 8, &bits);
	if (unit && !why)
		return rate_text(bits / 8);
	free(why);
	return NULL;
}

/* A better text than @why, which it frees, for a unit that others write. */
static char *rate_unit_error(const char *s, char *why)
{
	char *meant = meant_rate(s), *text;

	if (!meant)
		return why;
	text = mem_printf("unknown unit \"%s\": did you mean \"%s\"?",
			  s + strspn(s, "0123456789."), meant);
	free(meant);
	free(why);
	return text;
}

char *parse_rate(const char *s, struct rate_value *rate)
{
	size_t len = strlen(s);
	char *why;

	rate->is_share = false;
	rate->in_bytes = counts_bytes(s);
	if (len && s[len - 1] == '%')
		return parse_share(s, rate);
	why = parse_with_unit(s, rate_units, "20mbit", &rate->value);
	if (why)
		return rate_unit_error(s, why);
	if (!rate->value)
		return mem_printf("a rate of 0 sends nothing: leave the key out");
	rate->value /= 8;
	if (!rate->value)
		return mem_printf("the smallest rate is 8bit");
	return NULL;
}

char *parse_size(const char *s, uint64_t *bytes)
{
	char *why = parse_with_unit(s, size_units, "15kb", bytes);

	if (!why)
		*bytes /= 8;
	return why;
}

char *parse_time(const char *s, uint64_t *ns)
{
	return parse_with_unit(s, long_time_units + LONG_UNITS, "5ms", ns);
}

char *parse_long_time(const char *s, uint64_t *ns)
{
	return parse_with_unit(s, long_time_units, "60s", ns);
}

char *parse_number(const char *s, uint64_t *number)
{
	struct decimal d;
	char *why = take_decimal(&s, &d);

	if (why)
		return why;
	*number = d.whole;
	if (d.millionths || *s)
		return mem_printf("a whole number is needed");
	return NULL;
}

char *parse_bool(const char *s, bool *value)
{
	*value = !strcmp(s, "yes") || !strcmp(s, "true");
	if (*value || !strcmp(s, "no") || !strcmp(s, "false"))
		return NULL;
	return mem_printf("yes or no is needed");
}

uint64_t share_of(uint64_t rate, uint64_t share)
{
	uint64_t whole = 100 * PERCENT;

	/* In two parts: rate * share may not fit into 64 bits. */
	return rate / whole * share + rate % whole * share / whole;
}

static char *exact_text(uint64_t value, const struct unit *units)
{
	const struct unit *best = units;

	for (; units->name; units++)
		if (value >= units->scale && !(value % units->scale))
			best = units;
	return mem_printf("%llu%s", (unsigned long long)(value / best->scale),
			  best->name);
}

char *rate_text(uint64_t bytes_per_second)
{
	static const struct unit units[] = {
		{ "bit", 1 }, { "kbit", KILO }, { "mbit", KILO * KILO },
		{ "gbit", KILO * KILO * KILO },
		{ "tbit", KILO * KILO * KILO * KILO }, { NULL, 0 }
	};

	if (bytes_per_second > UINT64_MAX / 8)
		return mem_printf("more than %llubit",
				  (unsigned long long)UINT64_MAX);
	return exact_text(bytes_per_second * 8, units);
}

char *size_text(uint64_t bytes)
{
	static const struct unit units[] = {
		{ "b", 1 }, { "kb", KIBI }, { "mb", KIBI * KIBI },
		{ "gb", KIBI * KIBI * KIBI }, { NULL, 0 }
	};

	return exact_text(bytes, units);
}

char *time_text(uint64_t ns)
{
	static const struct unit units[] = {
		{ "ns", 1 }, { "us", KILO }, { "ms", KILO * KILO },
		{ "s", KILO * KILO * KILO }, { NULL, 0 }
	};

	return exact_text(ns, units);
}

/* @digits that matter, without trailing zeros: 1.544mbit, 12.3k. */
static const char *short_text(uint64_t value, int digits,
			      const char *const suffix[], size_t n,
			      char buf[SHORT_TEXT_MAX])
{
	/* What would be rounded up to 1000 is 1 of the next unit. */
	double limit = digits == 3 ? 999.5 : 999.95;
	double scaled = (double)value;
	size_t i = 0;

	while (i + 1 < n && scaled >= limit) {
		scaled /= 1000;
		i++;
	}
	snprintf(buf, SHORT_TEXT_MAX, "%.*g%s", digits, scaled, suffix[i]);
	return buf;
}

const char *rate_short(uint64_t bytes_per_second, char buf[SHORT_TEXT_MAX])
{
	static const char *const suffix[] = {
		"bit", "kbit", "mbit", "gbit", "tbit", "pbit", "ebit"
	};

	if (bytes_per_second > UINT64_MAX / 8)
		bytes_per_second = UINT64_MAX / 8;
	return short_text(bytes_per_second * 8, 4, suffix, 7, buf);
}

const char *count_short(uint64_t count, char buf[SHORT_TEXT_MAX])
{
	static const char *const suffix[] = { "", "k", "M", "G", "T", "P", "E" };

	return short_text(count, 3, suffix, 7, buf);
}

const char *time_short(uint64_t ns, char buf[SHORT_TEXT_MAX])
{
	static const char *const suffix[] = { "ns", "us", "ms", "s" };

	return short_text(ns, 3, suffix, 4, buf);
}

const char *age_short(uint64_t ns, char buf[SHORT_TEXT_MAX])
{
	static const struct unit units[] = {
		{ "ns", 1 }, { "us", KILO }, { "ms", KILO * KILO },
		{ "s", KILO * KILO * KILO }, { "min", 60 * KILO * KILO * KILO },
		{ "h", 3600 * KILO * KILO * KILO },
		{ "d", 86400 * KILO * KILO * KILO },
	};
	size_t i = sizeof(units) / sizeof(*units) - 1;
	uint32_t whole, tenth;

	while (i && ns < units[i].scale)
		i--;
	/* All of 64 bits are 213503 days. */
	whole = (uint32_t)(ns / units[i].scale);
	tenth = i ? (uint32_t)(ns % units[i].scale / (units[i].scale / 10)) : 0;
	if (whole < 10 && tenth)
		snprintf(buf, SHORT_TEXT_MAX, "%u.%u%s", whole, tenth % 10,
			 units[i].name);
	else
		snprintf(buf, SHORT_TEXT_MAX, "%u%s", whole, units[i].name);
	return buf;
}
