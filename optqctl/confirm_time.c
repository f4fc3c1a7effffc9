// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "confirm_time.h"
#include "mem.h"
#include "output.h"
#include "units.h"

#define SECOND_NS	1000000000ULL
#define CONFIRM_MAX_NS	(86400 * SECOND_NS)

bool read_confirm(const struct options *opt, uint64_t *ns)
{
	const char *text = opt->given[OPTION_CONFIRM];
	char *why;
	bool good;

	*ns = 0;
	if (!text)
		return true;
	why = parse_long_time(text, ns);
	if (!why && (*ns < SECOND_NS || *ns > CONFIRM_MAX_NS))
		why = mem_printf("\"%s\" is not between 1s and 24h", text);
	if (why)
		complain("--confirm", why);
	good = !why;
	free(why);
	return good;
}
