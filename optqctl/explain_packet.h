/* SPDX-License-Identifier: GPL-2.0 */
/* A packet that is described: what is known of it, field by field. */
#ifndef OPTQCTL_EXPLAIN_PACKET_H
#define OPTQCTL_EXPLAIN_PACKET_H

#include "model.h"

/*
 * @text is in the words of a match; what is wrong with it is reported to @d, whose source it
 * is.  conjunct_free() when true.
 */
bool packet_read(struct policy *policy, const struct link *link,
		 const char *text, struct diags *d, struct conjunct *packet);

/* Adds what follows from what is said. */
void packet_conclude(struct conjunct *packet, const struct link *link,
		     const struct match_names *names);

/* One value, or for sure none; NULL: nothing is said. */
bool packet_value_known(const struct rset *set);

/* @packet with one value, or none, in each dimension of @link. */
struct conjunct packet_complete(const struct conjunct *packet,
				const struct link *link,
				const struct match_names *names);

#endif
