// SPDX-License-Identifier: GPL-2.0
#include <linux/optq.h>
#include <string.h>

#include "isolate_text.h"
#include "suggest.h"

static const struct {
	const char *name, *cake;
} words[] = {
	[OPTQ_ISOLATE_FLOW] = { "flow", "flows" },
	[OPTQ_ISOLATE_SRC_HOST] = { "src-host", "srchost" },
	[OPTQ_ISOLATE_DST_HOST] = { "dst-host", "dsthost" },
	[OPTQ_ISOLATE_DUAL_SRC] = { "dual-src", "dual-srchost" },
	[OPTQ_ISOLATE_DUAL_DST] = { "dual-dst", "dual-dsthost" },
	[OPTQ_ISOLATE_TRIPLE] = { "triple", "triple-isolate" },
};

#define WORDS	(sizeof(words) / sizeof(*words))

const char *isolate_text(uint8_t isolate)
{
	return isolate < WORDS ? words[isolate].name : NULL;
}

bool isolate_parse(const char *text, uint8_t *isolate)
{
	uint8_t i;

	for (i = 0; i < WORDS; i++) {
		if (strcmp(text, words[i].name))
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
	for (i = 0; i < WORDS; i++) {
		if (!strcmp(text, words[i].cake))
			return words[i].name;
		suggest_offer(&near, words[i].name);
	}
	return suggest_end(&near);
}
