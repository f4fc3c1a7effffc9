// SPDX-License-Identifier: GPL-2.0
#include <linux/optq.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dscp_names.h"
#include "dscp_text.h"
#include "match_values.h"
#include "mem.h"

char *dscp_parse(const char *text, uint8_t *dscp)
{
	static const char *const more[] = { "wash", "keep" };
	uint8_t value = 0;
	char *why;

	if (!strcmp(text, "keep"))
		value = OPTQ_DSCP_KEEP;
	why = value || !strcmp(text, "wash") ? NULL :
	      code_point_parse(text, &value, more, 2,
			       "cs0..cs7, af11..af43, ef, va, le, 0..63, wash or keep is needed");
	if (!why)
		*dscp = (uint8_t)(value + 1);
	return why;
}

const char *dscp_text(uint8_t dscp)
{
	static char number[8];
	unsigned int value = dscp - 1U;
	size_t i;

	if (!dscp)
		return NULL;
	if (value == OPTQ_DSCP_KEEP)
		return "keep";
	if (!value)
		return "wash";
	for (i = 0; i < N_DSCP_NAMES; i++)
		if (dscp_names[i].number == value)
			return dscp_names[i].name;
	snprintf(number, sizeof(number), "%u", value & 0xff);
	return number;
}
