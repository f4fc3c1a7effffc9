// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "dscp_names.h"
#include "match_values.h"
#include "mem.h"
#include "suggest.h"

#define APPEND(set, value) do {						\
	(set)->v = mem_grow((set)->v, &(set)->room, (set)->n + 1,	\
			    sizeof(*(set)->v));				\
	(set)->v[(set)->n++] = (value);					\
} while (0)

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

/* Decimal or 0x hexadecimal; no sign, no octal. False: not a number up to @max. */
static bool whole_number(const char *s, size_t len, uint64_t max, uint64_t *value)
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
	size_t i;

	for (i = 0; i < ARRAY_SIZE(protocols); i++)
		if (protocols[i].number == proto)
			return protocols[i].name;
	return NULL;
}

bool match_proto_has_ports(uint8_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP ||
	       proto == IPPROTO_SCTP || proto == IPPROTO_DCCP ||
	       proto == IPPROTO_UDPLITE;
}

char *match_add_proto(struct match *m, const char *word)
{
	uint64_t number;
	uint8_t proto;

	if (!find_named(protocols, ARRAY_SIZE(protocols), word, &proto)) {
		if (!whole_number(word, strlen(word), 255, &number))
			return unknown_named(protocols, ARRAY_SIZE(protocols),
					     "protocol", word,
					     "a name such as tcp or ospf, or a number 0..255, is needed");
		proto = (uint8_t)number;
	}
	APPEND(&m->proto, proto);
	return NULL;
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
	if (!whole_number(word, strlen(word), 63, &number)) {
		if (suggest_end(&best))
			return mem_printf("unknown code point \"%s\": did you mean \"%s\"?",
					  word, suggest_end(&best));
		return mem_printf("unknown code point \"%s\": %s", word, right);
	}
	*dscp = (uint8_t)number;
	return NULL;
}

char *match_add_dscp(struct match *m, const char *word)
{
	uint8_t dscp;
	char *why = code_point_parse(word, &dscp, NULL, 0,
				     "cs0..cs7, af11..af43, ef, va, le or a number 0..63 is needed");

	if (!why)
		APPEND(&m->dscp, dscp);
	return why;
}

char *match_add_mark(struct match *m, const char *word)
{
	size_t len = strcspn(word, "/");
	uint64_t value, mask = UINT32_MAX;
	struct mark mark;

	if (!whole_number(word, len, UINT32_MAX, &value) ||
	    (word[len] && !whole_number(word + len + 1, strlen(word + len + 1),
					UINT32_MAX, &mask)))
		return mem_printf("\"%s\" is no mark: a number up to 0xffffffff, with a mask as in 0x10/0xff, is needed",
				  word);
	if (value & ~mask)
		return mem_printf("the mark 0x%llx has bits outside its mask 0x%llx: it can never match",
				  (unsigned long long)value,
				  (unsigned long long)mask);
	mark.value = (uint32_t)value;
	mark.mask = (uint32_t)mask;
	APPEND(&m->mark, mark);
	return NULL;
}

/* Clears the bits behind the prefix; true when there were some. */
static bool clear_host_bits(struct address *a)
{
	size_t n = a->family == 4 ? 4 : 16, i;
	bool had = false;
	uint8_t keep;

	for (i = 0; i < n; i++) {
		keep = i < a->prefix_len / 8u ? 0xff : i > a->prefix_len / 8u ?
		       0 : (uint8_t)(0xff00 >> (a->prefix_len % 8));
		had |= a->bytes[i] & ~keep;
		a->bytes[i] &= keep;
	}
	return had;
}

static char *host_bits_error(const struct address *a, const char *word)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(a->family == 4 ? AF_INET : AF_INET6, a->bytes, text,
		  sizeof(text));
	return mem_printf("\"%s\" has bits set behind its prefix: did you mean \"%s/%d\"?",
			  word, text, a->prefix_len);
}

/* "192.168.0.0/255.255.0.0", as routers write it: the length, or -1. */
static int netmask_length(const char *word)
{
	uint8_t bytes[4];
	uint32_t mask;

	if (inet_pton(AF_INET, word, bytes) != 1)
		return -1;
	mask = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 |
	       (uint32_t)bytes[2] << 8 | bytes[3];
	/* Ones from the left, then zeros. */
	return ~mask & (~mask + 1) ? -1 : __builtin_popcount(mask);
}

static char *prefix_error(const struct address *a, const char *word, size_t len)
{
	int mask = a->family == 4 ? netmask_length(word + len + 1) : -1;

	if (mask >= 0)
		return mem_printf("\"%s\" is no prefix: did you mean \"%.*s/%d\"?",
				  word, (int)len, word, mask);
	return mem_printf("\"%s\" is no prefix: its length is 0 to %d", word,
			  a->family == 4 ? 32 : 128);
}

char *match_add_address(struct address_set *set, const char *word)
{
	size_t len = strcspn(word, "/");
	struct address a = { 0 };
	uint64_t prefix_len;
	char *host;

	host = mem_strndup(word, len);
	if (inet_pton(AF_INET, host, a.bytes) == 1)
		a.family = 4;
	else if (inet_pton(AF_INET6, host, a.bytes) == 1)
		a.family = 6;
	free(host);
	if (!a.family)
		return mem_printf("\"%s\" is no address: 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32 is needed",
				  word);
	prefix_len = a.family == 4 ? 32 : 128;
	if (word[len] && (word[len + 1] == '\0' ||
			  strspn(word + len + 1, "0123456789") !=
			  strlen(word + len + 1) ||
			  !whole_number(word + len + 1, strlen(word + len + 1),
					prefix_len, &prefix_len)))
		return prefix_error(&a, word, len);
	a.prefix_len = (uint8_t)prefix_len;
	if (clear_host_bits(&a))
		return host_bits_error(&a, word);
	APPEND(set, a);
	return NULL;
}

char *match_add_ports(struct port_set *set, const char *word)
{
	size_t len = strcspn(word, "-");
	struct port_range range = { .set = true };
	uint64_t min, max;

	if (!whole_number(word, len, 65535, &min))
		goto bad;
	max = min;
	if (word[len] && !whole_number(word + len + 1, strlen(word + len + 1),
				       65535, &max))
		goto bad;
	if (max < min)
		return mem_printf("the range %s runs backwards: did you mean %llu-%llu?",
				  word, (unsigned long long)max,
				  (unsigned long long)min);
	range.min = (uint16_t)min;
	range.max = (uint16_t)max;
	APPEND(set, range);
	return NULL;
bad:
	return mem_printf("\"%s\" is no port: a number 0..65535 or a range such as 5000-5999 is needed",
			  word);
}
