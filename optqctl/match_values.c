// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <netinet/in.h>
#include <string.h>

#include "dscp_names.h"
#include "match_values.h"
#include "mem.h"
#include "suggest.h"

struct named_number {
	const char *name;
	uint8_t number;
};

/* The first ones are terms by themselves, the others need "proto". */
static const struct named_number protocols[] = {
	{ "tcp", IPPROTO_TCP }, { "udp", IPPROTO_UDP },
	{ "sctp", IPPROTO_SCTP }, { "dccp", IPPROTO_DCCP },
	{ "udplite", IPPROTO_UDPLITE }, { "icmp", IPPROTO_ICMP },
	{ "icmp6", IPPROTO_ICMPV6 }, { "gre", IPPROTO_GRE },
	{ "esp", IPPROTO_ESP }, { "ah", IPPROTO_AH },
	{ "igmp", IPPROTO_IGMP }, { "ipip", IPPROTO_IPIP },
	{ "ipv6", IPPROTO_IPV6 }, { "eigrp", 88 }, { "ospf", 89 },
	{ "pim", IPPROTO_PIM }, { "vrrp", 112 }, { "l2tp", 115 },
};

#define TERM_PROTOCOLS	10

/* As nft has them; RFC 792, 950, 1256. */
static const struct named_number icmp_types[] = {
	{ "echo-reply", 0 }, { "destination-unreachable", 3 },
	{ "source-quench", 4 }, { "redirect", 5 }, { "echo-request", 8 },
	{ "router-advertisement", 9 }, { "router-solicitation", 10 },
	{ "time-exceeded", 11 }, { "parameter-problem", 12 },
	{ "timestamp-request", 13 }, { "timestamp-reply", 14 },
	{ "info-request", 15 }, { "info-reply", 16 },
	{ "address-mask-request", 17 }, { "address-mask-reply", 18 },
};

/* RFC 4443, 2710, 4861, 2894, 3122, 3810. */
static const struct named_number icmp6_types[] = {
	{ "destination-unreachable", 1 }, { "packet-too-big", 2 },
	{ "time-exceeded", 3 }, { "parameter-problem", 4 },
	{ "echo-request", 128 }, { "echo-reply", 129 },
	{ "mld-listener-query", 130 }, { "mld-listener-report", 131 },
	{ "mld-listener-done", 132 }, { "nd-router-solicit", 133 },
	{ "nd-router-advert", 134 }, { "nd-neighbor-solicit", 135 },
	{ "nd-neighbor-advert", 136 }, { "nd-redirect", 137 },
	{ "router-renumbering", 138 }, { "ind-neighbor-solicit", 141 },
	{ "ind-neighbor-advert", 142 }, { "mld2-listener-report", 143 },
};

/* RFC 3168 */
static const struct named_number ecns[] = {
	{ "not-ect", 0 }, { "ect1", 1 }, { "ect0", 2 }, { "ce", 3 },
};

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof(*(a)))

static bool find_named(const struct named_number *list, size_t n,
		       const char *word, uint8_t *number)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (strcmp(list[i].name, word))
			continue;
		*number = list[i].number;
		return true;
	}
	return false;
}

static const char *name_of(const struct named_number *list, size_t n,
			   uint8_t number)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (list[i].number == number)
			return list[i].name;
	return NULL;
}

static char *unknown_named(const struct named_number *list, size_t n,
			   const char *what, const char *word, const char *right)
{
	struct suggestion best;
	size_t i;

	suggest_begin(&best, word);
	for (i = 0; i < n; i++)
		suggest_offer(&best, list[i].name);
	if (suggest_end(&best))
		return mem_printf("unknown %s \"%s\": did you mean \"%s\"?",
				  what, word, suggest_end(&best));
	return mem_printf("unknown %s \"%s\": %s", what, word, right);
}

bool match_number(const char *s, size_t len, uint64_t max, uint64_t *value)
{
	unsigned int base = 10, digit;
	size_t i = 0;

	if (len > 2 && s[0] == '0' && (s[1] == 'x' || s[1] == 'X')) {
		base = 16;
		i = 2;
	}
	if (i == len)
		return false;
	for (*value = 0; i < len; i++) {
		if (isdigit((unsigned char)s[i]))
			digit = (unsigned int)(s[i] - '0');
		else if (isxdigit((unsigned char)s[i]))
			digit = (unsigned int)(tolower((unsigned char)s[i]) - 'a' + 10);
		else
			return false;
		if (digit >= base)
			return false;
		*value = *value * base + digit;
		if (*value > max)
			return false;
	}
	return true;
}

const char *const *match_proto_words(void)
{
	static const char *words[TERM_PROTOCOLS + 1];
	size_t i;

	for (i = 0; i < TERM_PROTOCOLS; i++)
		words[i] = protocols[i].name;
	return words;
}

bool match_proto_word(const char *word, uint8_t *proto)
{
	return find_named(protocols, TERM_PROTOCOLS, word, proto);
}

const char *match_proto_name(uint8_t proto)
{
	return name_of(protocols, ARRAY_SIZE(protocols), proto);
}

bool match_proto_has_ports(uint8_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP ||
	       proto == IPPROTO_SCTP || proto == IPPROTO_DCCP ||
	       proto == IPPROTO_UDPLITE;
}

char *match_proto_parse(const char *word, uint8_t *proto)
{
	uint64_t number;

	if (find_named(protocols, ARRAY_SIZE(protocols), word, proto))
		return NULL;
	if (!match_number(word, strlen(word), 255, &number))
		return unknown_named(protocols, ARRAY_SIZE(protocols),
				     "protocol", word,
				     "a name such as tcp or ospf, or a number 0..255, is needed");
	*proto = (uint8_t)number;
	return NULL;
}

bool match_icmp_type(const char *word, bool v6, uint8_t *type)
{
	return v6 ? find_named(icmp6_types, ARRAY_SIZE(icmp6_types), word, type) :
		    find_named(icmp_types, ARRAY_SIZE(icmp_types), word, type);
}

char *match_icmp_type_unknown(const char *word, bool v6)
{
	static const char right[] = "a name such as echo-request or a number 0..255 is needed";

	return v6 ? unknown_named(icmp6_types, ARRAY_SIZE(icmp6_types),
				  "ICMPv6 type", word, right) :
		    unknown_named(icmp_types, ARRAY_SIZE(icmp_types),
				  "ICMP type", word, right);
}

const char *match_icmp_type_name(uint8_t type, bool v6)
{
	return v6 ? name_of(icmp6_types, ARRAY_SIZE(icmp6_types), type) :
		    name_of(icmp_types, ARRAY_SIZE(icmp_types), type);
}

bool match_ecn(const char *word, uint8_t *ecn)
{
	return find_named(ecns, ARRAY_SIZE(ecns), word, ecn);
}

char *match_ecn_unknown(const char *word)
{
	return unknown_named(ecns, ARRAY_SIZE(ecns), "ECN field", word,
			     "not-ect, ect0, ect1, ce or a number 0..3 is needed");
}

const char *match_ecn_name(uint8_t ecn)
{
	return name_of(ecns, ARRAY_SIZE(ecns), ecn);
}

char *code_point_parse(const char *word, uint8_t *dscp,
		       const char *const *more, size_t n_more, const char *right)
{
	struct suggestion best;
	uint64_t number;
	size_t i;

	suggest_begin(&best, word);
	for (i = 0; i < N_DSCP_NAMES; i++) {
		suggest_offer(&best, dscp_names[i].name);
		if (strcmp(dscp_names[i].name, word))
			continue;
		*dscp = dscp_names[i].number;
		return NULL;
	}
	for (i = 0; i < n_more; i++)
		suggest_offer(&best, more[i]);
	if (!match_number(word, strlen(word), 63, &number)) {
		if (suggest_end(&best))
			return mem_printf("unknown code point \"%s\": did you mean \"%s\"?",
					  word, suggest_end(&best));
		return mem_printf("unknown code point \"%s\": %s", word, right);
	}
	*dscp = (uint8_t)number;
	return NULL;
}
