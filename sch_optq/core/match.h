/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Which packet belongs to which class: rules, compiled.
 *
 * A rule is a list of conjuncts, any of which may hold; a conjunct is a list of
 * terms, all of which must.  A term says that the packet's value in a dimension is in
 * a set, or that it is not.  The first rule that holds gives its number.
 *
 * Dimension by dimension a search finds the class of values that all sets treat
 * alike, and for it the conjuncts that are still possible, as bits with summary words
 * (aggregated bit vectors: Lakshman and Stiliadis, SIGCOMM 1998; Baboescu and
 * Varghese, SIGCOMM 2001).  Unlike there, a bit's place is not the rule's in the order:
 * conjuncts that ask for the same stand together (match_order.c), so that few words
 * are possible in all dimensions, and the first of their rules is the answer.
 *
 * A lookup reads a few cache lines and two or three words for each dimension, however
 * many rules there are.  At worst, of d dimensions, r ranges and n conjuncts, those
 * that match all or are mixed up on purpose, it is
 *
 *	d * 4 * log16(2 * r)			lines, to search
 *	(1 + d) * (3 * n / 64 + 2)		words
 *
 * and memory 24 * r bytes (88 of IPv6) and 3 * n / 8 for each class of values,
 * of which what is alike is kept once; the caller bounds it.
 *
 * Values are in host order, most significant word first.  An IPv4 address is that of
 * IPv6 which it is mapped to, ::ffff:a.b.c.d.
 */
#ifndef OPTQ_MATCH_H
#define OPTQ_MATCH_H

#include "env.h"
#include "../uapi/linux/optq.h"

#define OPTQ_MATCH_NONE		(~0U)	/* no rule, no conjunct */
#define OPTQ_MATCH_WORDS	4	/* of the widest value */

/* The first words of an IPv4 address: 0, 0 and this. */
#define OPTQ_MATCH_V4		0x0000ffffU

/*
 * What of a packet is looked at: a field (enum optq_field, which says what param
 * is).  No two dimensions are alike.
 */
struct optq_match_dim {
	u8 field;
	u32 param;		/* 0 where the field has none */
};

/*
 * Values, in ranges that are sorted, disjoint and inclusive.  A range is its lowest
 * and its highest value, of words words each: 2 * words numbers.  Ranges may touch.
 * One set may stand for several dimensions of the same width.
 */
struct optq_match_set {
	u8 words;		/* 1, 2 or 4: optq_field_words() */
	bool absent;		/* so is a packet that has no such field */
	u32 n;			/* ranges */
	u32 n_v4;
	const u32 *range;
	/*
	 * Of 4 words only: IPv4 addresses without the words before them, 2 numbers a
	 * range.  They stand here or in range, but not in both places.
	 */
	const u32 *range_v4;
};

/*
 * The value is in the set; negate: it is not.  A packet without the field is in the
 * set when set->absent says so, and negate turns that round too: with absent false a
 * term is false of such a packet, and its negation true.
 */
struct optq_match_term {
	u32 set;		/* index */
	u8 dim;			/* index */
	bool negate;
};

/* No term: any packet.  No two terms of a conjunct are of the same dimension. */
struct optq_match_conjunct {
	u32 n_terms;		/* that follow those of the conjunct before */
};

struct optq_match_rule {
	u32 class_id;		/* the caller's; not looked at */
	u32 n_conjuncts;	/* likewise; 0: never holds */
};

/*
 * All of them, in the order in which they are tried.  The memory is the caller's, and
 * is needed no more once they are built.
 */
struct optq_match_rules {
	const struct optq_match_dim *dims;
	const struct optq_match_set *sets;
	const struct optq_match_term *terms;
	const struct optq_match_conjunct *conjuncts;
	const struct optq_match_rule *rules;
	u32 n_dims;		/* at most OPTQ_DIMS_MAX */
	u32 n_sets;		/* OPTQ_SETS_MAX, of OPTQ_RANGES_MAX in all */
	u32 n_terms;
	u32 n_conjuncts;	/* OPTQ_CONJUNCTS_MAX */
	u32 n_rules;		/* OPTQ_RULES_MAX */
};

/*
 * What a packet is, by dimension.  A value is as wide as its field says; the words
 * after that are not read, nor is the value of what is not present.
 */
struct optq_match_key {
	u32 present;		/* bit i: dimension i has a value */
	u32 value[OPTQ_DIMS_MAX][OPTQ_MATCH_WORDS];
};

/* Where memory comes from, and how much of it may be held at once. */
struct optq_match_mem {
	/* Aligned for any type, not cleared; NULL: there is none. */
	void *(*alloc)(void *arg, size_t bytes);
	void (*free)(void *arg, void *mem);	/* never of NULL */
	/* Called now and then where work is long; may be NULL. */
	void (*pause)(void *arg);
	void *arg;
	u64 limit;		/* bytes, what is being built on included */
};

enum optq_match_fault {
	OPTQ_MATCH_OK,
	OPTQ_MATCH_NO_MEMORY,	/* alloc had none */
	OPTQ_MATCH_TOO_BIG,	/* past the limit: at says of which dimension */
	OPTQ_MATCH_DIMS,	/* more than OPTQ_DIMS_MAX */
	OPTQ_MATCH_DIM_FIELD,	/* at: dimension; there is no such field */
	OPTQ_MATCH_DIM_PARAM,	/* a param that the field does not have */
	OPTQ_MATCH_DIM_TWICE,
	OPTQ_MATCH_SETS,
	OPTQ_MATCH_RANGES,
	OPTQ_MATCH_SET_WORDS,	/* at: set */
	OPTQ_MATCH_SET_ORDER,	/* not sorted, not disjoint, or upside down */
	OPTQ_MATCH_SET_V4,	/* an IPv4 address in range and others in range_v4 */
	OPTQ_MATCH_RULES,
	OPTQ_MATCH_CONJUNCTS,	/* too many in all */
	OPTQ_MATCH_RULE_SIZE,	/* at: rule; it has more than OPTQ_RULE_CONJUNCTS_MAX */
	OPTQ_MATCH_COUNTS,	/* those of rules and conjuncts do not add up */
	OPTQ_MATCH_TERM_DIM,	/* at: conjunct; there is no such dimension */
	OPTQ_MATCH_TERM_SET,	/* there is no such set */
	OPTQ_MATCH_TERM_WIDTH,	/* a set of another width, or with values beyond it */
	OPTQ_MATCH_TERM_TWICE,	/* two of one dimension */
};

struct optq_match_error {
	enum optq_match_fault fault;
	u32 at;			/* index of what it is about, see there */
};

struct optq_match;

/* In words, for a user; never NULL. */
const char *optq_match_fault_text(enum optq_match_fault fault);

/* Whether there is such a field. */
bool optq_field_valid(u8 field);
/* Words of a field's value: 1, 2 or 4. */
u32 optq_field_words(u8 field);
/* The greatest value of a field of one word. */
u32 optq_field_max(u8 field);

/*
 * Compiles rules; NULL with *why when they are not valid, or do not fit into memory.
 * Sleeps where mem->alloc and mem->pause do.
 */
struct optq_match *optq_match_build(const struct optq_match_rules *rules,
				    const struct optq_match_mem *mem,
				    struct optq_match_error *why);

/* By what is in mem of optq_match_build(); NULL: nothing. */
void optq_match_free(struct optq_match *m);

/* Bytes that it holds. */
u64 optq_match_bytes(const struct optq_match *m);

/* The first rule that holds, its index; OPTQ_MATCH_NONE: none does. */
u32 optq_match_find(const struct optq_match *m,
		    const struct optq_match_key *key);

/*
 * The first conjunct, from number from on, that does not fail by what is known of a
 * packet: bit i of known says that what key tells of dimension i counts, be it that
 * it is absent.  OPTQ_MATCH_NONE: none is left.  Among what this gives, a
 * conjunct whose terms are all of known dimensions holds; of others it is open.
 */
u32 optq_match_next(const struct optq_match *m,
		    const struct optq_match_key *key, u32 known, u32 from);

/*
 * One conjunct held against what is known of a packet, as above.  Bits of dimensions:
 * *differs are those whose value it excludes, *open those that it asks for and that are not
 * known.  Neither: it holds.
 */
void optq_match_tell(const struct optq_match *m,
		     const struct optq_match_key *key, u32 known, u32 conjunct,
		     u32 *differs, u32 *open);

/* Conjuncts of all rules; and, of each, the dimensions that it has terms of, as bits. */
u32 optq_match_conjuncts(const struct optq_match *m);
u32 optq_match_conjunct_dims(const struct optq_match *m, u32 conjunct);
/* The rule that it is of: they stand in the order of the rules. */
u32 optq_match_rule_of(const struct optq_match *m, u32 conjunct);

#endif /* OPTQ_MATCH_H */
