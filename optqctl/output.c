// SPDX-License-Identifier: GPL-2.0
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nl.h"
#include "output.h"
#include "term.h"

void complain(const char *device, const char *text)
{
	fputs("optqctl: ", stderr);
	if (device) {
		term_print(stderr, device, strlen(device));
		fputs(": ", stderr);
	}
	term_print(stderr, text, strlen(text));
	fputc('\n', stderr);
}

void complain_of_answer(const char *device, struct nl_answer *answer)
{
	char *text = nl_answer_text(answer);

	complain(device, text);
	free(text);
	nl_answer_free(answer);
}

void print_json(struct json_object *o)
{
	puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PRETTY |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(o);
}
