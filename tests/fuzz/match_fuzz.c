// SPDX-License-Identifier: GPL-2.0
/*
 * Any text as a match expression.  What is accepted means the same as a tree and in its
 * normal form; what is refused has a reason and a place.
 */
#include <stdlib.h>
#include <string.h>

#include "ctl_random.h"
#include "match_imply.h"
#include "match_never.h"
#include "mem.h"

#define PACKETS		16

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct match *m, const struct conjuncts *any,
		  struct match_names *names, struct random_source *random)
{
	struct conjunct meant;
	struct packet p;
	size_t i;

	if (any->n > OPTQ_RULE_CONJUNCTS_MAX)
		abort();
	for (i = 0; i < PACKETS; i++) {
		p = random_packet(random, names);
		if (packet_meets(&p, m->root) != packet_meets_any(&p, any))
			abort();
	}
	for (i = 0; i < any->n; i++) {
		meant = conjunct_copy(&any->v[i]);
		conjunct_imply(&meant, names, NULL);
		conjunct_free(&meant);
	}
}

static void find_nevers(const struct match *m, const struct match_names *names)
{
	size_t from = 0;
	char *why;

	while (match_never(m->root, &from, names, &why)) {
		if (!why)
			abort();
		free(why);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_strndup((const char *)data, size);
	struct random_source random = { size + 1 };
	struct match_names names = { 0 };
	struct match_error err;
	struct conjuncts any;
	struct match m;
	bool good;

	good = match_parse(text, &names, NULL, &m, &err);
	if (good) {
		find_nevers(&m, &names);
		good = match_lower(m.root, &any, &err);
		if (good)
			check(&m, &any, &names, &random);
		conjuncts_free(&any);
	}
	if (!good && (!err.text || err.at.off > strlen(text)))
		abort();
	if (!good)
		free(err.text);
	match_free(&m);
	match_names_free(&names);
	free(text);
	return 0;
}
