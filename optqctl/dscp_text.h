/* SPDX-License-Identifier: GPL-2.0 */
/* The DSCP that packets leave with, in words: policy and views share them. */
#ifndef OPTQCTL_DSCP_TEXT_H
#define OPTQCTL_DSCP_TEXT_H

#include <stdint.h>

/*
 * A DSCP or OPTQ_DSCP_KEEP, and one, as in the core: 0 is not given.  Reads "ef",
 * "46", "wash" or "keep"; returns NULL, or what is wrong, to be freed.
 */
char *dscp_parse(const char *text, uint8_t *dscp);
/* "ef", "wash", "keep"; NULL when it is not given.  The next call overwrites it. */
const char *dscp_text(uint8_t dscp);

#endif
