// SPDX-License-Identifier: GPL-2.0
#include <linux/optq.h>
#include <string.h>

#include "ack_text.h"
#include "mem.h"
#include "suggest.h"

#define N_NAMES	(sizeof(names) / sizeof(*names))

static const char *const names[] = {
	[OPTQ_ACK_FILTER_OFF] = "off",
	[OPTQ_ACK_FILTER_CONSERVATIVE] = "conservative",
	[OPTQ_ACK_FILTER_AGGRESSIVE] = "aggressive",
};

char *ack_filter_parse(const char *text, uint8_t *filter)
{
	struct suggestion best;
	uint8_t i;

	suggest_begin(&best, text);
	for (i = OPTQ_ACK_FILTER_OFF; i < N_NAMES; i++) {
		suggest_offer(&best, names[i]);
		if (strcmp(names[i], text))
			continue;
		*filter = i;
		return NULL;
	}
	if (suggest_end(&best))
		return mem_printf("unknown filter \"%s\": did you mean \"%s\"?", text,
				  suggest_end(&best));
	return mem_printf("unknown filter \"%s\": conservative, aggressive or off is needed",
			  text);
}

const char *ack_filter_text(uint8_t filter)
{
	return filter < N_NAMES ? names[filter] : NULL;
}
