// SPDX-License-Identifier: GPL-2.0
#include <string.h>

#include "isolate_names.h"
#include "isolate_text.h"
#include "suggest.h"

const char *isolate_text(uint8_t isolate)
{
	return isolate < N_ISOLATE_NAMES ? isolate_names[isolate].name : NULL;
}

bool isolate_parse(const char *text, uint8_t *isolate)
{
	uint8_t i;

	for (i = 0; i < N_ISOLATE_NAMES; i++) {
		if (strcmp(text, isolate_names[i].name))
			continue;
		*isolate = i;
		return true;
	}
	return false;
}

const char *isolate_suggest(const char *text)
{
	struct suggestion near;
	size_t i;

	suggest_begin(&near, text);
	for (i = 0; i < N_ISOLATE_NAMES; i++) {
		if (!strcmp(text, isolate_names[i].cake))
			return isolate_names[i].name;
		suggest_offer(&near, isolate_names[i].name);
	}
	return suggest_end(&near);
}
