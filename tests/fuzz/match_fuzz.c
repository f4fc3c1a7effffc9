// SPDX-License-Identifier: GPL-2.0
/* libFuzzer: any text as a match expression. */
#include <stdlib.h>
#include <string.h>

#include "match.h"
#include "mem.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_strndup((const char *)data, size);
	struct match_error err = { { 0, 0 }, NULL };
	struct link link = { 0 };
	size_t count, i;
	struct match m;

	if (match_parse(text, &m, &err)) {
		count = match_count(&m);
		if (count <= 4096) {
			match_expand(&m, &link, 0);
			/* What was called possible has a rule. */
			if (!link.n_rules || link.n_rules > count)
				abort();
		}
		for (i = 0; i < link.n_rules; i++)
			if (link.rules[i].family != 0 && link.rules[i].family != 4 &&
			    link.rules[i].family != 6)
				abort();
	} else if (!err.text || err.at.off > strlen(text)) {
		abort();
	}
	free(err.text);
	free(link.rules);
	match_free(&m);
	free(text);
	return 0;
}
