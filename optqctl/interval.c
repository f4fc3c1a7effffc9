// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "interval.h"
#include "mem.h"
#include "term.h"
#include "units.h"

#define NS_PER_S	1000000000ULL
#define INTERVAL_MIN_NS	100000000ULL
#define INTERVAL_MAX_NS	(3600 * NS_PER_S)

bool interval_read(const struct options *opt, uint64_t *ns)
{
	const char *text = opt->given[OPTION_INTERVAL];
	char *why;

	if (!text)
		return true;
	why = parse_long_time(text, ns);
	if (!why && (*ns < INTERVAL_MIN_NS || *ns > INTERVAL_MAX_NS))
		why = mem_printf("from 100ms to 1h is needed");
	if (!why)
		return true;
	fputs("optqctl: --interval ", stderr);
	term_print(stderr, text, strlen(text));
	fprintf(stderr, ": %s\n", why);
	free(why);
	return false;
}

uint64_t monotonic_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}
