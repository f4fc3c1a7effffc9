/* SPDX-License-Identifier: GPL-2.0 */
/* The words of policers: policy and views share them. */
#ifndef OPTQCTL_POLICE_TEXT_H
#define OPTQCTL_POLICE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

/* "src-host" or "dst-host", and back; enum optq_police_each. */
bool each_parse(const char *text, uint8_t *each);
const char *each_text(uint8_t each);	/* NULL: all together */

/* "below", "blind" or "aware", and back; enum optq_police_colour. */
bool colour_parse(const char *text, uint8_t *colour);
const char *colour_text(uint8_t colour);

/* "conform", "exceed", "violate": of green, yellow, red. */
const char *act_name(unsigned int colour);

/*
 * "pass", "drop" or "dscp af12 pcp 3 class bulk", to be freed.  dscp and pcp with 1 added;
 * class NULL: stays.
 */
char *act_text(bool drop, uint8_t dscp, uint8_t pcp, const char *class);

#endif
