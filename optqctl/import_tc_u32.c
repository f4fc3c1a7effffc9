// SPDX-License-Identifier: GPL-2.0
/* The selectors of u32: each is bits of a word of the packet. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "import_tc.h"
#include "match_values.h"

/* A value and a mask of a field of @bytes at @off. */
struct selector {
	const char *name;
	int off, bytes;
};

static const struct selector ip_selectors[] = {
	{ "tos", 1, 1 }, { "dsfield", 1, 1 }, { "precedence", 1, 1 }, { "ihl", 0, 1 },
	{ "protocol", 9, 1 }, { "sport", 20, 2 }, { "dport", 22, 2 },
	{ "icmp_type", 20, 1 }, { "icmp_code", 21, 1 }, { NULL }
};

static const struct selector ip6_selectors[] = {
	{ "protocol", 6, 1 }, { "sport", 40, 2 }, { "dport", 42, 2 },
	{ "icmp_type", 40, 1 }, { "icmp_code", 41, 1 }, { NULL }
};

static const struct selector port_selectors[] = {
	{ "src", 0, 2 }, { "dst", 2, 2 }, { NULL }
};

static const struct selector icmp_selectors[] = {
	{ "type", 0, 1 }, { "code", 1, 1 }, { NULL }
};

static void add_key(struct foreign_filter *f, struct foreign_key key)
{
	if (!foreign_add_key(f, key))
		foreign_lacks(f, "what contradicts itself: no packet can have both values");
}

/* Left of the bytes that follow in the same word. */
static void add_bytes(struct foreign_filter *f, uint32_t value,
		      uint32_t mask, int off, int bytes, bool nexthdr)
{
	int shift = 8 * (4 - bytes - (off & 3));

	if (shift < 0) {
		foreign_lacks(f, "a value across two words, at %d", off);
		return;
	}
	add_key(f, (struct foreign_key){ value << shift, mask << shift, off & ~3,
					     nexthdr });
}

/* tc reads masks as hexadecimal, with 0x and without. */
static bool read_mask(struct tc *tc, uint32_t *mask)
{
	const char *word = tc_value(tc, "match");
	char *end;

	if (!word)
		return false;
	*mask = (uint32_t)strtoul(word, &end, 16);
	if (!*end && *word)
		return true;
	tc_note(tc, "match: \"%s\" is no mask, a hexadecimal number is needed", word);
	return false;
}

static bool read_pair(struct tc *tc, uint32_t *value, uint32_t *mask)
{
	return tc_number(tc, "match", UINT32_MAX, value) && read_mask(tc, mask);
}

/* A selector of a table; false: it is none. */
static bool read_selector(struct tc *tc, struct foreign_filter *f,
			  const struct selector *selectors, bool nexthdr, bool *good)
{
	uint32_t value, mask;

	for (; selectors->name; selectors++) {
		if (!tc_is(tc, selectors->name))
			continue;
		*good = read_pair(tc, &value, &mask);
		if (*good)
			add_bytes(f, value, mask, selectors->off, selectors->bytes,
				  nexthdr);
		return true;
	}
	return false;
}

static bool read_address(struct tc *tc, struct foreign_filter *f, int family, int off)
{
	const char *word = tc_value(tc, "match");
	unsigned int bits = family == AF_INET ? 32 : 128, prefix = bits, i;
	uint32_t words[4];
	uint64_t number;
	size_t len;
	char text[64];

	if (!word)
		return false;
	len = strcspn(word, "/");
	if (word[len] && match_number(word + len + 1, strlen(word + len + 1), bits, &number))
		prefix = (unsigned int)number;
	else if (word[len])
		len = sizeof(text);
	if (len < sizeof(text)) {
		memcpy(text, word, len);
		text[len] = '\0';
	}
	if (len >= sizeof(text) || inet_pton(family, text, words) != 1) {
		tc_note(tc, "match: \"%s\" is no address of that family with a prefix", word);
		return false;
	}
	for (i = 0; i < bits / 32; i++, off += 4) {
		unsigned int here = prefix <= 32 * i ? 0 : prefix >= 32 * i + 32 ? 32 :
				    prefix - 32 * i;
		uint32_t mask = here ? ~0U << (32 - here) : 0;

		/* An IPv6 word that nothing is asked of is no key. */
		if (mask || family == AF_INET)
			add_key(f, (struct foreign_key){ ntohl(words[i]), mask, off,
							     false });
	}
	return true;
}

static bool read_fragment(struct tc *tc, struct foreign_filter *f)
{
	static const struct { const char *name; uint32_t value, mask; } words[] = {
		{ "nofrag", 0, 0x3fff }, { "firstfrag", 0, 0x1fff },
		{ "df", 0x4000, 0x4000 }, { "mf", 0x2000, 0x2000 },
	};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (!tc_is(tc, words[i].name))
			continue;
		add_bytes(f, words[i].value, words[i].mask, 6, 2, false);
		return true;
	}
	return false;
}

static bool read_ip(struct tc *tc, struct foreign_filter *f, bool v6)
{
	uint32_t value, mask;
	bool good = true;

	if (tc_is(tc, "src"))
		return read_address(tc, f, v6 ? AF_INET6 : AF_INET, v6 ? 8 : 12);
	if (tc_is(tc, "dst"))
		return read_address(tc, f, v6 ? AF_INET6 : AF_INET, v6 ? 24 : 16);
	if (v6 && (tc_is(tc, "priority") || tc_is(tc, "class"))) {
		good = read_pair(tc, &value, &mask);
		if (good)
			add_key(f, (struct foreign_key){ (value & 0xff) << 20,
							     (mask & 0xff) << 20, 0, false });
		return good;
	}
	if (v6 && tc_is(tc, "flowlabel")) {
		good = read_pair(tc, &value, &mask);
		if (good)
			add_key(f, (struct foreign_key){ value & 0xfffff,
							     mask & 0xfffff, 0, false });
		return good;
	}
	if (!v6 && read_fragment(tc, f))
		return true;
	if (!read_selector(tc, f, v6 ? ip6_selectors : ip_selectors, false, &good)) {
		tc_unknown(tc, "match ip");
		return false;
	}
	return good;
}

static bool read_raw(struct tc *tc, struct foreign_filter *f, int bytes)
{
	uint32_t value, mask;
	bool nexthdr = false;
	const char *word;
	char *end;
	long off = 0;

	if (!tc_word(tc))
		return false;
	/* tc reads both as hexadecimal where they have 0x; a value without is decimal. */
	if (!read_pair(tc, &value, &mask))
		return false;
	if (tc_is(tc, "at")) {
		word = tc_value(tc, "at");
		nexthdr = word && !strncmp(word, "nexthdr+", 8);
		off = word ? strtol(nexthdr ? word + 8 : word, &end, 0) : 0;
		if (!word || *end || off < -64 || off > 1024) {
			tc_note(tc, "at: \"%s\" is no offset", word ? word : "");
			return false;
		}
	}
	add_bytes(f, value, mask, (int)off, bytes, nexthdr);
	return true;
}

static bool read_mark(struct tc *tc, struct foreign_filter *f)
{
	f->has_mark = read_pair(tc, &f->mark, &f->mark_mask);
	f->mark &= f->mark_mask;
	return f->has_mark;
}

static bool read_match(struct tc *tc, struct foreign_filter *f)
{
	bool good = true;

	if (tc_is(tc, "ip"))
		return read_ip(tc, f, false);
	if (tc_is(tc, "ip6"))
		return read_ip(tc, f, true);
	if (tc_is(tc, "u8"))
		return read_raw(tc, f, 1);
	if (tc_is(tc, "u16"))
		return read_raw(tc, f, 2);
	if (tc_is(tc, "u32"))
		return read_raw(tc, f, 4);
	if (tc_is(tc, "mark"))
		return read_mark(tc, f);
	if (tc_is(tc, "tcp") || tc_is(tc, "udp")) {
		if (read_selector(tc, f, port_selectors, true, &good))
			return good;
	} else if (tc_is(tc, "icmp")) {
		if (read_selector(tc, f, icmp_selectors, true, &good))
			return good;
	}
	tc_unknown(tc, "match");
	return false;
}

/* "mask 0x000000ff at 16" */
static void read_hashkey(struct tc *tc, struct foreign_filter *f)
{
	const char *word;

	if (!tc_is(tc, "mask") || !read_mask(tc, &f->hash_mask))
		return;
	if (tc_is(tc, "at")) {
		word = tc_value(tc, "at");
		f->hash_off = word ? atoi(word) : 0;
	}
}

static uint32_t read_table(struct tc *tc, const char *key)
{
	const char *word = tc_value(tc, key), *bucket;
	uint32_t table;

	if (!word)
		return 0;
	table = (uint32_t)strtoul(word, NULL, 16) << 20;
	bucket = strchr(word, ':');
	if (bucket)
		table |= ((uint32_t)strtoul(bucket + 1, NULL, 16) & 0xff) << 12;
	return table;
}

static void skip_offset(struct tc *tc, struct foreign_filter *f)
{
	static const struct tc_option options[] = {
		{ "plus", TC_QUIET }, { "at", TC_QUIET }, { "mask", TC_QUIET },
		{ "shift", TC_QUIET }, { "eat", TC_QUIET_FLAG }, { NULL }
	};

	do {
		/* Then what follows counts from the end of the header. */
		if (tc_word(tc) && !strcmp(tc_word(tc), "eat"))
			f->offset = true;
	} while (tc_word(tc) && tc_option(tc, options, "offset", f));
}

void tc_u32_options(struct tc *tc, struct foreign_filter *f)
{
	const char *word;

	while ((word = tc_word(tc))) {
		if (tc_filter_common(tc, f))
			continue;
		tc->i++;
		if (!strcmp(word, "match")) {
			if (!read_match(tc, f))
				foreign_lacks(f, "what could not be read");
		} else if (!strcmp(word, "ht")) {
			f->handle |= read_table(tc, "ht");
		} else if (!strcmp(word, "link")) {
			f->link = read_table(tc, "link");
		} else if (!strcmp(word, "divisor")) {
			tc_number(tc, "divisor", 256, &f->divisor);
		} else if (!strcmp(word, "hashkey")) {
			read_hashkey(tc, f);
		} else if (!strcmp(word, "offset")) {
			skip_offset(tc, f);
		} else if (!strcmp(word, "order") || !strcmp(word, "sample")) {
			tc_value(tc, word);
			foreign_lacks(f, "\"%s\"", word);
		} else if (!strcmp(word, "indev") && tc_word(tc)) {
			foreign_add_term(f, "iif \"%s\"", tc_value(tc, word));
		} else {
			tc->i--;
			tc_unknown(tc, "u32");
		}
	}
}
