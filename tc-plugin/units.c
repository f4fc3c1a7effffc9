// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "tc_abi.h"
#include "units.h"

struct unit {
	const char *suffix;
	__u64 scale;
};

/*
 * tc's own print functions round (1234567bit becomes 1234Kbit), so a line of
 * `tc class show` would not restore the class it shows.
 */
static const char *exact_text(const struct unit *units, size_t n, __u64 value,
			      char buf[UNITS_BUF])
{
	size_t i = n;

	while (i-- > 1)
		if (value >= units[i].scale && value % units[i].scale == 0)
			break;
	/* the loop ends at 0, the unit itself, when none divides */
	snprintf(buf, UNITS_BUF, "%llu%s",
		 (unsigned long long)(value / units[i].scale),
		 units[i].suffix);
	return buf;
}

#define EXACT_TEXT(units, value, buf) \
	exact_text(units, sizeof(units) / sizeof((units)[0]), value, buf)

const char *rate_text(__u64 bytes_per_s, bool iec, char buf[UNITS_BUF])
{
	static const struct unit si[] = {
		{ "bit", 1 }, { "Kbit", 1000 }, { "Mbit", 1000000 },
		{ "Gbit", 1000000000 }, { "Tbit", 1000000000000 },
	};
	static const struct unit binary[] = {
		{ "bit", 1 }, { "Kibit", 1ULL << 10 }, { "Mibit", 1ULL << 20 },
		{ "Gibit", 1ULL << 30 }, { "Tibit", 1ULL << 40 },
	};

	if (iec)
		return EXACT_TEXT(binary, bytes_per_s * 8, buf);
	return EXACT_TEXT(si, bytes_per_s * 8, buf);
}

const char *size_text(__u64 bytes, char buf[UNITS_BUF])
{
	static const struct unit units[] = {
		{ "b", 1 }, { "Kb", 1 << 10 }, { "Mb", 1 << 20 },
		{ "Gb", 1 << 30 },
	};

	return EXACT_TEXT(units, bytes, buf);
}

const char *time_text(__u64 ns, char buf[UNITS_BUF])
{
	static const struct unit units[] = {
		{ "ns", 1 }, { "us", 1000 }, { "ms", 1000000 },
		{ "s", 1000000000 },
	};

	return EXACT_TEXT(units, ns, buf);
}

/* What is long ago need not be exact: "3.2s ago", "17min ago", rounded down. */
const char *ago_text(__u64 ns, char buf[UNITS_BUF])
{
	static const struct unit units[] = {
		{ "ns", 1 }, { "us", 1000 }, { "ms", 1000000 },
		{ "s", 1000000000 }, { "min", 60000000000 },
		{ "h", 3600000000000 }, { "d", 86400000000000 },
	};
	size_t i = sizeof(units) / sizeof(units[0]) - 1;
	unsigned long long whole, tenth;

	while (i && ns < units[i].scale)
		i--;
	whole = ns / units[i].scale;
	tenth = ns % units[i].scale / (units[i].scale / 10 ?: 1);
	if (whole < 10 && tenth)
		snprintf(buf, UNITS_BUF, "%llu.%llu%s ago", whole, tenth,
			 units[i].suffix);
	else
		snprintf(buf, UNITS_BUF, "%llu%s ago", whole, units[i].suffix);
	return buf;
}

/*
 * tc(8)'s units.  Not get_size(): it stores what does not fit 32 bits as some
 * other number, and get_size64() is missing before iproute2 6.18.
 */
int size_parse(const char *str, __u64 *bytes)
{
	static const struct unit units[] = {
		{ "", 1 }, { "b", 1 },
		{ "k", 1 << 10 }, { "kb", 1 << 10 },
		{ "m", 1 << 20 }, { "mb", 1 << 20 },
		{ "g", 1 << 30 }, { "gb", 1 << 30 },
		{ "kbit", (1 << 10) / 8 }, { "mbit", (1 << 20) / 8 },
		{ "gbit", (1 << 30) / 8 },
	};
	double value;
	char *end;
	size_t i;

	value = strtod(str, &end);
	if (end == str || !(value >= 0))
		return -1;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcasecmp(end, units[i].suffix))
			continue;
		value *= (double)units[i].scale;
		*bytes = value < (double)UINT64_MAX ? (__u64)value : UINT64_MAX;
		return 0;
	}
	return -1;
}

/* A bare number is microseconds, as tc(8) has it; get_time64() thinks ns. */
int time_parse(const char *str, __u64 *ns)
{
	char buf[UNITS_BUF + 2];
	__s64 value;

	if (strlen(str) >= UNITS_BUF || !*str)
		return -1;
	snprintf(buf, sizeof(buf), "%s%s", str,
		 strspn(str, "0123456789.") == strlen(str) ? "us" : "");
	if (get_time64(&value, buf))
		return -1;
	*ns = value < 0 ? UINT64_MAX : (__u64)value;
	return 0;
}
