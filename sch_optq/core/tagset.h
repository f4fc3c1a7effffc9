/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Members with a start tag and a finish tag on one clock, and which of those
 * that have started finishes first: in constant time.
 *
 * Members whose tags are about as far apart stand in one group, as in QFQ
 * (Checconi, Rizzo, Valente, IEEE/ACM ToN 2013).  Within a group the order of the
 * start tags is that of the finish tags, to an eighth of a packet, and a member
 * that was served goes to the end.  So a pick looks at the heads of the groups:
 * as many as there are spans that differ by more than an eighth, never as many
 * as there are members.
 *
 * What the clock is, and who moves it, is the caller's: virtual time (wfq.h) or
 * real time (edf.h).  Clocks may wrap; tags of one set are within half their range.
 */
#ifndef OPTQ_TAGSET_H
#define OPTQ_TAGSET_H

#include "list.h"

struct optq_tag_group {
	struct optq_tag_group *next;	/* of the same set */
	struct optq_tagged *head;	/* member with the least start */
	struct optq_list joined;	/* came when the clock was their start */
	struct optq_list served;	/* start where their last packet ended */
};

struct optq_tagged {
	struct optq_list link;		/* joined or served of its group */
	u64 start;			/* tag of the next packet */
	u64 span;			/* from there to its finish */
	u16 code;			/* eighth of an octave of the span */
	bool owner;			/* its group is kept in the following */
	u32 clock;			/* the caller's: whose clock start is of */
	struct optq_tag_group own;
};

struct optq_tagset {
	struct optq_tag_group *groups;
};

/* Octave of a span and eighth within it. */
static inline u16 optq_tag_code(u64 span)
{
	u32 top = (u32)fls64(span);

	return (u16)(top << 3 | ((top > 4 ? span >> (top - 4) : span) & 7));
}

/* The least span of the same code: members with such spans are in exact order. */
static inline u64 optq_tag_floor(u64 span)
{
	u32 top = (u32)fls64(span), shift = top > 4 ? top - 4 : 0;

	return span >> shift << shift;
}

static inline u64 optq_tag_ceil(u64 span)
{
	u64 least = optq_tag_floor(span);
	u32 top = (u32)fls64(span);

	return least == span ? span : least + (1ULL << (top - 4));
}

void optq_tagged_init(struct optq_tagged *n);

static inline bool optq_tagged_linked(const struct optq_tagged *n)
{
	return !optq_list_empty(&n->link);
}

static inline bool optq_tagset_empty(const struct optq_tagset *s)
{
	return !s->groups;
}

/* Adds n, off every set, its tags set; clock: what it shows now. */
void optq_tagset_add(struct optq_tagset *s, struct optq_tagged *n, u64 clock);

/* Takes n, a member, out. */
void optq_tagset_del(struct optq_tagset *s, struct optq_tagged *n);

/* Gives n another span; a member is ordered anew. */
void optq_tagset_set_span(struct optq_tagset *s, struct optq_tagged *n,
			  u64 span, u64 clock);

/*
 * Of the members whose start is not after clock the one with the least finish;
 * when there is none, the one with the least start.  NULL: s is empty.
 */
struct optq_tagged *optq_tagset_first(const struct optq_tagset *s, u64 clock);

/* The least start tag of s, which is not empty. */
u64 optq_tagset_start(const struct optq_tagset *s);

#endif /* OPTQ_TAGSET_H */
