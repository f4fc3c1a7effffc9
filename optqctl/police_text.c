// SPDX-License-Identifier: GPL-2.0
#include <linux/optq.h>
#include <stdlib.h>
#include <string.h>

#include "dscp_text.h"
#include "mem.h"
#include "police_text.h"

static const char *const each_names[] = {
	[OPTQ_POLICE_EACH_SRC] = "src-host", [OPTQ_POLICE_EACH_DST] = "dst-host",
};

static const char *const colour_names[] = {
	[OPTQ_POLICE_BELOW] = "below", [OPTQ_POLICE_BLIND] = "blind",
	[OPTQ_POLICE_AWARE] = "aware",
};

static bool find_name(const char *const *names, uint8_t most, const char *text,
		      uint8_t *value)
{
	uint8_t i;

	for (i = 0; i <= most; i++) {
		if (!names[i] || strcmp(names[i], text))
			continue;
		*value = i;
		return true;
	}
	return false;
}

bool each_parse(const char *text, uint8_t *each)
{
	return find_name(each_names, OPTQ_POLICE_EACH_MAX, text, each);
}

const char *each_text(uint8_t each)
{
	return each <= OPTQ_POLICE_EACH_MAX ? each_names[each] : "?";
}

bool colour_parse(const char *text, uint8_t *colour)
{
	return find_name(colour_names, OPTQ_POLICE_COLOUR_MAX, text, colour);
}

const char *colour_text(uint8_t colour)
{
	return colour <= OPTQ_POLICE_COLOUR_MAX ? colour_names[colour] : "?";
}

const char *act_name(unsigned int colour)
{
	static const char *const names[] = { "conform", "exceed", "violate" };

	return names[colour];
}

char *act_text(bool drop, uint8_t dscp, uint8_t pcp, const char *class)
{
	char *text = mem_strndup("", 0), *longer;

	if (drop || (!dscp && !pcp && !class)) {
		free(text);
		return mem_printf("%s", drop ? "drop" : "pass");
	}
	if (dscp) {
		longer = mem_printf("dscp %s", dscp_text(dscp));
		free(text);
		text = longer;
	}
	if (pcp) {
		longer = mem_printf("%s%spcp %u", text, *text ? " " : "", pcp - 1U);
		free(text);
		text = longer;
	}
	if (class) {
		longer = mem_printf("%s%sclass %s", text, *text ? " " : "", class);
		free(text);
		text = longer;
	}
	return text;
}
