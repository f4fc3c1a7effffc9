// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "match_address.h"
#include "match_field.h"
#include "match_values.h"
#include "mem.h"

/* RFC 4291, 2.5.5.2 */
#define MAPPED		(0xffffULL << 32)

const struct range field_ipv4 = {
	{ 0, MAPPED }, { 0, MAPPED | UINT32_MAX }
};

struct address {
	bool v4;
	struct value value;
};

static uint64_t be64(const uint8_t *b)
{
	uint64_t v = 0;
	int i;

	for (i = 0; i < 8; i++)
		v = v << 8 | b[i];
	return v;
}

static bool read_address(const char *s, size_t len, struct address *a)
{
	char text[INET6_ADDRSTRLEN];
	uint8_t b[16];

	if (len >= sizeof(text))
		return false;
	memcpy(text, s, len);
	text[len] = '\0';
	if (inet_pton(AF_INET, text, b) == 1) {
		a->v4 = true;
		a->value = value_of(MAPPED | (uint64_t)b[0] << 24 |
				    (uint64_t)b[1] << 16 | (uint64_t)b[2] << 8 |
				    b[3]);
		return true;
	}
	a->v4 = false;
	if (inet_pton(AF_INET6, text, b) != 1)
		return false;
	a->value = (struct value){ be64(b), be64(b + 8) };
	return true;
}

static void put_be64(uint8_t *b, uint64_t v)
{
	int i;

	for (i = 7; i >= 0; i--, v >>= 8)
		b[i] = (uint8_t)v;
}

static bool is_ipv4(struct value v)
{
	return !v.hi && v.lo >> 32 == 0xffff;
}

static const char *address_text(struct value v, char buf[INET6_ADDRSTRLEN])
{
	uint8_t b[16];

	put_be64(b, v.hi);
	put_be64(b + 8, v.lo);
	if (is_ipv4(v))
		return inet_ntop(AF_INET, b + 12, buf, INET6_ADDRSTRLEN);
	return inet_ntop(AF_INET6, b, buf, INET6_ADDRSTRLEN);
}

/* The bits behind a prefix of @len bits of 128. */
static struct value behind(unsigned int len)
{
	return len ? value_max(128 - len) : value_max(128);
}

static void add(struct ranges *ranges, struct value min, struct value max)
{
	/* A prefix of IPv6 such as ::/0 means no IPv4. */
	if (value_compare(min, field_ipv4.min) < 0 &&
	    value_compare(max, field_ipv4.max) > 0) {
		ranges_add(ranges, min, value_before(field_ipv4.min));
		min = value_next(field_ipv4.max);
	}
	ranges_add(ranges, min, max);
}

/* "192.168.0.0/255.255.0.0", as routers write it: the length, or -1. */
static int netmask_length(const char *word)
{
	struct address a;
	uint32_t mask;

	if (!read_address(word, strlen(word), &a) || !a.v4)
		return -1;
	mask = (uint32_t)a.value.lo;
	/* Ones from the left, then zeros. */
	return ~mask & (~mask + 1) ? -1 : __builtin_popcount(mask);
}

static char *prefix_error(bool v4, const char *word, size_t len)
{
	int mask = v4 ? netmask_length(word + len + 1) : -1;

	if (mask >= 0)
		return mem_printf("\"%s\" is no prefix: did you mean \"%.*s/%d\"?",
				  word, (int)len, word, mask);
	return mem_printf("\"%s\" is no prefix: its length is 0 to %d", word,
			  v4 ? 32 : 128);
}

static char *add_prefix(const struct address *a, const char *word, size_t len,
			struct ranges *ranges)
{
	const char *length = word + len + 1;
	unsigned int bits = a->v4 ? 32 : 128;
	struct value rest, first;
	char text[INET6_ADDRSTRLEN];
	uint64_t n;

	if (!*length || strspn(length, "0123456789") != strlen(length) ||
	    !match_number(length, strlen(length), bits, &n))
		return prefix_error(a->v4, word, len);
	rest = n == bits ? value_of(0) : behind((unsigned int)n + 128 - bits);
	first.hi = a->value.hi & ~rest.hi;
	first.lo = a->value.lo & ~rest.lo;
	if (value_compare(first, a->value))
		return mem_printf("\"%s\" has bits set behind its prefix: did you mean \"%s/%llu\"?",
				  word, address_text(first, text),
				  (unsigned long long)n);
	add(ranges, first, (struct value){ first.hi | rest.hi, first.lo | rest.lo });
	return NULL;
}

static char *add_range(const struct address *a, const char *word, size_t len,
		       struct ranges *ranges)
{
	struct address b;

	if (!read_address(word + len + 1, strlen(word + len + 1), &b) ||
	    a->v4 != b.v4)
		return mem_printf("\"%s\" is no range: two addresses of one family are needed, as in 192.0.2.5-192.0.2.9",
				  word);
	if (value_compare(a->value, b.value) > 0)
		return mem_printf("the range %s runs backwards: did you mean %s-%.*s?",
				  word, word + len + 1, (int)len, word);
	add(ranges, a->value, b.value);
	return NULL;
}

char *match_address_parse(const char *word, struct ranges *ranges)
{
	size_t len = strcspn(word, "/-");
	struct address a;

	if (!read_address(word, len, &a))
		return mem_printf("\"%s\" is no address: 192.0.2.1, 192.0.2.0/24 or 2001:db8::/32 is needed",
				  word);
	if (word[len] == '/')
		return add_prefix(&a, word, len, ranges);
	if (word[len])
		return add_range(&a, word, len, ranges);
	add(ranges, a.value, a.value);
	return NULL;
}

/* Its length in bits of 128, or -1 when the range is no prefix. */
static int prefix_length(const struct range *r)
{
	struct value differ = { r->min.hi ^ r->max.hi, r->min.lo ^ r->max.lo };
	int bits = differ.hi ? 128 - __builtin_clzll(differ.hi) :
		   differ.lo ? 64 - __builtin_clzll(differ.lo) : 0;
	struct value all = bits ? value_max((unsigned int)bits) : value_of(0);

	if (differ.hi != all.hi || differ.lo != all.lo ||
	    (r->min.hi & all.hi) || (r->min.lo & all.lo))
		return -1;
	return 128 - bits;
}

const char *match_address_text(const struct range *range,
			       char buf[ADDRESS_TEXT_MAX])
{
	int length = prefix_length(range), whole = 128;
	char min[INET6_ADDRSTRLEN], max[INET6_ADDRSTRLEN];

	if (is_ipv4(range->min) && is_ipv4(range->max) && length >= 0) {
		length -= 96;
		whole = 32;
	}
	address_text(range->min, min);
	if (length == whole)
		snprintf(buf, ADDRESS_TEXT_MAX, "%s", min);
	else if (length >= 0)
		snprintf(buf, ADDRESS_TEXT_MAX, "%s/%d", min, length);
	else
		snprintf(buf, ADDRESS_TEXT_MAX, "%s-%s", min,
			 address_text(range->max, max));
	return buf;
}
