/* SPDX-License-Identifier: GPL-2.0 */
/* The names of DSCPs, for optqctl and the tc plugin alike. */
#ifndef OPTQ_DSCP_NAMES_H
#define OPTQ_DSCP_NAMES_H

/* What a value is called in print comes before its other names. */
static const struct { const char *name; unsigned char number; } dscp_names[] = {
	/* RFC 2474, class selectors and the default */
	{ "cs0", 0 }, { "cs1", 8 }, { "cs2", 16 }, { "cs3", 24 },
	{ "cs4", 32 }, { "cs5", 40 }, { "cs6", 48 }, { "cs7", 56 },
	{ "be", 0 }, { "df", 0 }, { "default", 0 },
	/* RFC 8622, 2597, 5865, 3246 */
	{ "le", 1 },
	{ "af11", 10 }, { "af12", 12 }, { "af13", 14 },
	{ "af21", 18 }, { "af22", 20 }, { "af23", 22 },
	{ "af31", 26 }, { "af32", 28 }, { "af33", 30 },
	{ "af41", 34 }, { "af42", 36 }, { "af43", 38 },
	{ "va", 44 }, { "ef", 46 },
};

#define N_DSCP_NAMES	(sizeof(dscp_names) / sizeof(*dscp_names))

#endif
