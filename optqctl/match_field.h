/* SPDX-License-Identifier: GPL-2.0 */
/* What a match can ask of a packet: fields, their words, and their values. */
#ifndef OPTQCTL_MATCH_FIELD_H
#define OPTQCTL_MATCH_FIELD_H

#include <linux/optq.h>

#include "names.h"
#include "rset.h"

/*
 * A field and what is needed to read it: the mask of a mark, the level of a cgroup, the
 * side of a host.
 */
struct dim {
	enum optq_field field;
	uint32_t param;
};

/* Numbers of names, for the fields that have names. */
struct match_names {
	struct names of[OPTQ_FIELD_MAX + 1];	/* most are empty */
};

void match_names_free(struct match_names *names);

/* Values as they are read, those of each parameter apart. */
struct values {
	struct values_of {
		uint32_t param;
		struct ranges ranges;
	} *v;
	size_t n, room;
};

/* Past so many parameters a set cannot be used. */
#define VALUES_PARAMS_MAX	24

/* How a word of the language takes values. */
struct field_word {
	const char *word;
	enum optq_field field;
	uint32_t param;		/* of OPTQ_FIELD_HOST: 0 its source, 1 its destination */
	bool either_side;	/* the destination's will do as well */
	const char *needs;	/* what follows it, with an example */
};

/* In no particular order; a NULL word ends the list. */
extern const struct field_word field_words[];
/* "icmp type" and "icmp6 type"; else NULL. */
const struct field_word *field_icmp_type(const char *word);

/*
 * Reads @word, a value of @field, into @values: NULL, or what is wrong with it, to be
 * freed.
 */
char *field_value(enum optq_field field, const char *word, struct match_names *names,
		  struct values *values);
void values_free(struct values *values);
/* Fields that take the same values in the same words, such as src and dst. */
enum optq_field field_values_as(enum optq_field field);

/* The greatest value. */
struct value dim_max(struct dim dim);
bool dim_same(struct dim a, struct dim b);
/* Its values are names, known by their numbers. */
bool field_has_names(enum optq_field field);
/* Some packets have no such field. */
bool field_may_be_absent(enum optq_field field);
/* "the destination port", for what is said of it. */
const char *field_text(enum optq_field field);
/* "mark/0xff": a short name, to be freed. */
char *dim_name(struct dim dim);

/* The block of IPv6 in which IPv4 stands. */
extern const struct range field_ipv4;

#endif
