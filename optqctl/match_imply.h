/* SPDX-License-Identifier: GPL-2.0 */
/* What conditions on one field of a packet say of its other fields. */
#ifndef OPTQCTL_MATCH_IMPLY_H
#define OPTQCTL_MATCH_IMPLY_H

#include "match_lower.h"

/*
 * Narrows @c to what packets have together: one with a port has a protocol that has
 * ports, one with an address of IPv6 is no IPv4.  False when no packet is left: then
 * @why, if it is not NULL, says why, to be freed.
 */
bool conjunct_imply(struct conjunct *c, const struct match_names *names,
		    char **why);

/*
 * Adds what @c, a packet, tells of the @n dimensions that it does not speak of itself: its
 * mark under other masks, the cgroups above its own.
 */
void conjunct_tell(struct conjunct *c, const struct match_names *names,
		   const struct dim *dims, size_t n);

#endif
