/* SPDX-License-Identifier: GPL-2.0 */
/* Words that stand for numbers in matches and in views. */
#ifndef OPTQCTL_MATCH_VALUES_H
#define OPTQCTL_MATCH_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Protocols that are a term by themselves: "tcp". NULL ends the list. */
const char *const *match_proto_words(void);
bool match_proto_word(const char *word, uint8_t *proto);
/* A name or a number; NULL, or what is wrong, to be freed. */
char *match_proto_parse(const char *word, uint8_t *proto);
/* NULL: it has only its number. */
const char *match_proto_name(uint8_t proto);
bool match_proto_has_ports(uint8_t proto);

/* Likewise for ICMP's types of IPv4 or, with @v6, of IPv6; ranges are taken elsewhere. */
bool match_icmp_type(const char *word, bool v6, uint8_t *type);
char *match_icmp_type_unknown(const char *word, bool v6);
const char *match_icmp_type_name(uint8_t type, bool v6);

bool match_ecn(const char *word, uint8_t *ecn);
char *match_ecn_unknown(const char *word);
const char *match_ecn_name(uint8_t ecn);

/*
 * The code point of a name or number; NULL, or what is wrong, to be freed.  @more
 * are words that the caller takes besides, @right says what is possible.
 */
char *code_point_parse(const char *word, uint8_t *dscp,
		       const char *const *more, size_t n_more,
		       const char *right);

/* Decimal or 0x hexadecimal; no sign, no octal.  False: not a number up to @max. */
bool match_number(const char *s, size_t len, uint64_t max, uint64_t *value);

#endif
