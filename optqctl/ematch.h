/* SPDX-License-Identifier: GPL-2.0 */
/* Expressions of the filter "basic", in the words of a match. */
#ifndef OPTQCTL_EMATCH_H
#define OPTQCTL_EMATCH_H

#include "foreign.h"

/* A term or more; text NULL: no match can say that, and the filter lacks it. */
struct ematch {
	char *text;
	bool is_or;		/* an "or" is what holds it together */
};

enum ematch_operator { EMATCH_EQUAL, EMATCH_GREATER, EMATCH_LESS };

/* Bits of a word, as a u32 has them. */
struct ematch ematch_key(struct foreign_filter *f, const struct foreign_key *key);
/* Of a value of @bytes at @off that is compared. */
struct ematch ematch_compare(struct foreign_filter *f, int bytes, int off, bool nexthdr,
			     uint32_t mask, enum ematch_operator op, uint32_t value);
struct ematch ematch_mark(struct foreign_filter *f, uint32_t mask, enum ematch_operator op,
			  uint32_t value);
/* Each takes what it is given over. */
struct ematch ematch_not(struct ematch e);
struct ematch ematch_join(struct ematch a, bool is_or, struct ematch b);
/* The filter's words then. */
void ematch_done(struct foreign_filter *f, struct ematch e);

#endif
