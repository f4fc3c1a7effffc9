// SPDX-License-Identifier: GPL-2.0
#include <stdlib.h>

#include "entry_arg.h"
#include "mem.h"
#include "output.h"
#include "units.h"

struct entry *entry_of_arg(struct history *h, const char *arg)
{
	struct entry *e = NULL;
	uint64_t number = 0;
	char *why = parse_number(arg, &number);

	if (!why && number <= UINT32_MAX)
		e = history_find(h, (unsigned int)number);
	if (!why && !e && h->n)
		why = mem_printf("there is no policy %s: the history has %u to %u", arg,
				 h->list[0].number, h->list[h->n - 1].number);
	else if (!why && !e)
		why = mem_printf("there is no policy %s: none has been loaded yet", arg);
	if (why)
		complain(NULL, why);
	free(why);
	return e;
}
