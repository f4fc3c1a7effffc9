/* SPDX-License-Identifier: GPL-2.0 */
/* The values of match terms. Adders return NULL or what is wrong. */
#ifndef OPTQCTL_MATCH_VALUES_H
#define OPTQCTL_MATCH_VALUES_H

#include "match.h"

char *match_add_proto(struct match *m, const char *word);
char *match_add_dscp(struct match *m, const char *word);
char *match_add_mark(struct match *m, const char *word);
char *match_add_address(struct address_set *set, const char *word);
char *match_add_ports(struct port_set *set, const char *word);

/* Protocols that are a term by themselves: "tcp". NULL ends the list. */
const char *const *match_proto_words(void);
bool match_proto_word(const char *word, uint8_t *proto);
/* NULL: it has only its number. */
const char *match_proto_name(uint8_t proto);
bool match_proto_has_ports(uint8_t proto);

/*
 * The code point of a name or number; NULL, or what is wrong, to be freed.  @more
 * are words that the caller takes besides, @right says what is possible.
 */
char *code_point_parse(const char *word, uint8_t *dscp,
		       const char *const *more, size_t n_more,
		       const char *right);

#endif
