/* SPDX-License-Identifier: GPL-2.0 */
/* What a leaf tells apart, in our words and CAKE's, for optqctl and the tc plugin alike. */
#ifndef OPTQ_ISOLATE_NAMES_H
#define OPTQ_ISOLATE_NAMES_H

#include <linux/optq.h>

static const struct {
	const char *name, *cake;
} isolate_names[] = {
	[OPTQ_ISOLATE_FLOW] = { "flow", "flows" },
	[OPTQ_ISOLATE_SRC_HOST] = { "src-host", "srchost" },
	[OPTQ_ISOLATE_DST_HOST] = { "dst-host", "dsthost" },
	[OPTQ_ISOLATE_DUAL_SRC] = { "dual-src", "dual-srchost" },
	[OPTQ_ISOLATE_DUAL_DST] = { "dual-dst", "dual-dsthost" },
	[OPTQ_ISOLATE_TRIPLE] = { "triple", "triple-isolate" },
};

#define N_ISOLATE_NAMES	(sizeof(isolate_names) / sizeof(*isolate_names))

_Static_assert(N_ISOLATE_NAMES == OPTQ_ISOLATE_MAX + 1, "isolate");

#endif
