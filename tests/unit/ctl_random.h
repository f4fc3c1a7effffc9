/* SPDX-License-Identifier: GPL-2.0 */
/* Random matches and random packets that meet some of them. */
#ifndef CTL_RANDOM_H
#define CTL_RANDOM_H

#include "ctl_packet.h"

struct random_source {
	uint64_t state;		/* not 0 */
};

uint32_t random_below(struct random_source *r, uint32_t n);
/* Writes a match of up to @depth nested parentheses; it fits into @size. */
void random_match(struct random_source *r, char *text, size_t size, int depth);
/*
 * A packet as there are: with ports only if its protocol has some, and so on.
 * @names are those of the matches.
 */
struct packet random_packet(struct random_source *r, struct match_names *names);

#endif
