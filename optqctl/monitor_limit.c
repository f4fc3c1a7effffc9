// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "monitor_limit.h"
#include "units.h"

static char *parse_percent(const char *s, struct drops_limit *limit)
{
	struct rate_value share;
	char *why = parse_rate(s, &share);

	limit->unit = DROPS_SHARE;
	limit->value = share.value;
	return why;
}

char *drops_limit_parse(const char *s, struct drops_limit *limit)
{
	size_t len = strlen(s);
	bool per_second = len > 2 && !strcmp(s + len - 2, "/s");
	char *number, *why;

	if (len && s[len - 1] == '%') {
		why = parse_percent(s, limit);
	} else {
		limit->unit = per_second ? DROPS_PER_SECOND : DROPS_PER_SAMPLE;
		number = mem_strndup(s, per_second ? len - 2 : len);
		why = parse_number(number, &limit->value);
		free(number);
	}
	if (!why)
		return NULL;
	free(why);
	return mem_printf("\"%s\" is no threshold: packets an interval as in 100, a second as in 100/s, or a share up to 100%% of a class's packets as in 0.5%%",
			  s);
}
