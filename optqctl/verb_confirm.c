// SPDX-License-Identifier: GPL-2.0
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>

#include "json_add.h"
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

enum exit_code verb_confirm(const struct options *opt)
{
	struct session s;
	char *why = session_open(&s);
	unsigned int number = why ? 0 : s.pending.number;

	if (number) {
		pending_clear(s.dir);
		tell(number, opt->json);
	} else {
		complain(NULL, why ? why : "nothing waits to be confirmed");
	}
	free(why);
	session_close(&s);
	return number ? EXIT_DONE : EXIT_FAILED;
}
