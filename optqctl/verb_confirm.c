// SPDX-License-Identifier: GPL-2.0
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "json_add.h"
#include "mem.h"
#include "output.h"
#include "session.h"
#include "verb.h"

static void tell(unsigned int number, bool json)
{
	struct json_object *o;

	if (!json) {
		printf("policy %u stays\n", number);
		return;
	}
	o = json_object_new_object();
	add_number(o, "number", number);
	print_json(o);
}

/* Whoever loaded it may have been ended before it could say so. */
static char *stays(struct session *s, unsigned int number)
{
	struct entry *e = history_find(&s->history, number);
	char *why = NULL;

	if (e && e->state == ENTRY_LOADING) {
		e->state = ENTRY_APPLIED;
		why = history_update(&s->history, e);
	}
	return why ? why : pending_clear(s->dir);
}

enum exit_code verb_confirm(const struct options *opt)
{
	struct session s;
	char *why = session_open(&s);
	unsigned int number = why ? 0 : s.pending.number;

	if (!why && !number)
		why = mem_printf("nothing waits to be confirmed");
	if (!why)
		why = stays(&s, number);
	session_unlock(&s);
	if (why)
		complain(NULL, why);
	else
		tell(number, opt->json);
	number = why ? 0 : number;
	free(why);
	session_close(&s);
	return number ? EXIT_DONE : EXIT_FAILED;
}
