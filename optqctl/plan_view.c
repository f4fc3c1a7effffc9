// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "delta_view.h"
#include "diag_view.h"
#include "mem.h"
#include "plan_view.h"

bool plan_has_changes(const struct plan_link *pl)
{
	return pl->compared && (!delta_empty(&pl->delta) || pl->lead ||
				plan_retired_ifb(pl));
}

const char *plan_retired_ifb(const struct plan_link *pl)
{
	const struct apply_link *al = pl->al;

	return !al->link->ingress && al->in.ifindex ? al->in.ifb : NULL;
}

static char *prefix_text(const struct apply_link *al)
{
	const char *kind = *al->replaced ? al->replaced : "the default qdisc";

	if (!al->create)
		return NULL;
	if (al->replaced_waiting)
		return mem_printf("optq in place of %s, which loses %u packet%s:",
				  kind, al->replaced_waiting,
				  al->replaced_waiting == 1 ? "" : "s");
	if (*al->replaced)
		return mem_printf("optq in place of %s:", kind);
	return mem_printf(al->link->ingress && !al->in.ifindex ?
			  "a new ifb with optq:" : "optq, which is not there yet:");
}

static void print_retired(const struct plan_link *pl)
{
	const char *ifb = plan_retired_ifb(pl);

	if (!ifb)
		return;
	printf("%s ingress: to remove, with %s", pl->al->link->device, ifb);
	if (pl->retired)
		printf("; %llu packet%s in it %s lost",
		       (unsigned long long)pl->retired,
		       pl->retired == 1 ? "" : "s",
		       pl->retired == 1 ? "is" : "are");
	putchar('\n');
}

static void print_link(const struct plan_link *pl)
{
	char *prefix;

	if (!pl->compared)
		return;
	prefix = prefix_text(pl->al);
	if (!delta_empty(&pl->delta) || !pl->lead)
		delta_print_summary(stdout, pl->al->link->title, prefix,
				    &pl->delta, true);
	free(prefix);
	if (pl->lead)
		printf("%s: what comes in is to be led to %s: its filter is missing\n",
		       pl->al->link->title, pl->al->in.ifb);
	delta_print(stdout, &pl->delta);
	print_retired(pl);
}

void plan_print(const struct source *src, const struct diags *d,
		const struct plan_link *links, size_t n)
{
	size_t i;

	for (i = 0; links && i < n; i++)
		print_link(&links[i]);
	/* Behind what led to it. */
	fflush(stdout);
	diags_print(stderr, src, d);
}
