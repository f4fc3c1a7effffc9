/* SPDX-License-Identifier: GPL-2.0 */
/* Addresses, prefixes and ranges of them as they are written. */
#ifndef OPTQCTL_MATCH_ADDRESS_H
#define OPTQCTL_MATCH_ADDRESS_H

#include "rset.h"

/* Adds what @word is: NULL, or what is wrong with it, to be freed. */
char *match_address_parse(const char *word, struct ranges *ranges);

/* As it would be written; the shortest prefix or range that a reader knows. */
#define ADDRESS_TEXT_MAX	96
const char *match_address_text(const struct range *range,
			       char buf[ADDRESS_TEXT_MAX]);

#endif
