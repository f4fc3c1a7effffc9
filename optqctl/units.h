/* SPDX-License-Identifier: GPL-2.0 */
/* Numbers with units, as tc writes them. */
#ifndef OPTQCTL_UNITS_H
#define OPTQCTL_UNITS_H

#include <stdbool.h>
#include <stdint.h>

/* "50%": a share in millionths of a percent, so that 12.5% is exact. */
#define PERCENT		1000000ULL

struct rate_value {
	bool is_share;
	bool in_bytes;		/* written as mbps: bytes, not bits */
	uint64_t value;		/* bytes per second, or a share */
};

/* Each returns NULL, or what is wrong with @s, to be freed. */
char *parse_rate(const char *s, struct rate_value *rate);
char *parse_size(const char *s, uint64_t *bytes);
char *parse_time(const char *s, uint64_t *ns);
/* Minutes, hours and days too: "1h". */
char *parse_long_time(const char *s, uint64_t *ns);
char *parse_number(const char *s, uint64_t *number);
char *parse_bool(const char *s, bool *value);

uint64_t share_of(uint64_t rate, uint64_t share);

/* Exact, in the unit that needs the fewest digits: for diagnostics and policies. */
char *rate_text(uint64_t bytes_per_second);
char *size_text(uint64_t bytes);
char *time_text(uint64_t ns);
/* Rounded, for tables: rates to four digits, the others to three. */
#define SHORT_TEXT_MAX	16
const char *rate_short(uint64_t bytes_per_second, char buf[SHORT_TEXT_MAX]);
const char *count_short(uint64_t count, char buf[SHORT_TEXT_MAX]);
const char *time_short(uint64_t ns, char buf[SHORT_TEXT_MAX]);
/* Rounded down: "3.2s", "17min", "20d". */
const char *age_short(uint64_t ns, char buf[SHORT_TEXT_MAX]);

#endif
