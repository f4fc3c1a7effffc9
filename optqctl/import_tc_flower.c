// SPDX-License-Identifier: GPL-2.0
/* The keys of flower. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "foreign_terms.h"
#include "import_tc.h"
#include "match_values.h"
#include "mem.h"

/* "10.0.0.0/8" or "10.0.0.0/255.0.0.0"; false: it is no address. */
static bool read_address(struct foreign_filter *f, const char *field, const char *word)
{
	uint32_t value[4] = { 0 }, mask[4] = { 0 };
	bool v6 = strchr(word, ':');
	int family = v6 ? AF_INET6 : AF_INET;
	size_t len = strcspn(word, "/"), words = v6 ? 4 : 1, i;
	uint64_t prefix = 32 * words;
	char *address = mem_strndup(word, len);
	bool good = inet_pton(family, address, value) == 1, dotted = false;

	free(address);
	if (good && word[len])
		dotted = inet_pton(family, word + len + 1, mask) == 1;
	if (good && word[len] && !dotted)
		good = match_number(word + len + 1, strlen(word + len + 1), 32 * words, &prefix);
	for (i = 0; i < words; i++) {
		value[i] = ntohl(value[i]);
		mask[i] = ntohl(mask[i]);
		if (!dotted)
			mask[i] = prefix >= 32 * i + 32 ? UINT32_MAX : prefix <= 32 * i ? 0 :
				  ~0U << (32 * i + 32 - prefix);
	}
	if (good)
		terms_address(f, field, v6, value, mask);
	return good;
}

/* "V" or "V/M", numbers up to @max. */
static bool value_and_mask(const char *word, uint32_t max, uint32_t *value, uint32_t *mask)
{
	size_t len = strcspn(word, "/");
	uint64_t v, m = max;

	if (!match_number(word, len, max, &v) ||
	    (word[len] && !match_number(word + len + 1, strlen(word + len + 1), max, &m)))
		return false;
	*value = (uint32_t)v;
	*mask = (uint32_t)m;
	return true;
}

static bool read_port(struct foreign_filter *f, const char *field, const char *word)
{
	uint64_t from, to;
	uint32_t value, mask;
	size_t len = strcspn(word, "-");

	if (value_and_mask(word, 0xffff, &value, &mask))
		terms_values(f, field, value, mask, 16);
	else if (word[len] && match_number(word, len, 0xffff, &from) &&
		 match_number(word + len + 1, strlen(word + len + 1), 0xffff, &to))
		foreign_add_term(f, "%s %u-%u", field, (unsigned int)from, (unsigned int)to);
	else
		return false;
	return true;
}

static bool read_proto(struct foreign_filter *f, const char *word)
{
	uint8_t proto;
	char *why = match_proto_parse(!strcmp(word, "icmpv6") ? "icmp6" : word, &proto);

	if (!why)
		terms_proto(f, proto);
	free(why);
	return !why;
}

static bool read_tos(struct foreign_filter *f, const char *word)
{
	size_t len = strcspn(word, "/");
	unsigned long mask = word[len] ? strtoul(word + len + 1, NULL, 16) : 0xff;
	uint64_t value;

	/* As tc: decimal if it can be, else hexadecimal, and the mask always. */
	if (!match_number(word, len, 0xff, &value))
		value = strtoul(word, NULL, 16);
	if (value > 0xff || mask > 0xff)
		return false;
	terms_tos(f, (uint8_t)value, (uint8_t)mask);
	return true;
}

static bool read_ethertype(struct foreign_filter *f, const char *word)
{
	if (!strcmp(word, "ip") || !strcmp(word, "ipv4"))
		terms_family(f, PROTOCOL_IP);
	else if (!strcmp(word, "ipv6"))
		terms_family(f, PROTOCOL_IPV6);
	else
		foreign_lacks(f, "the protocol %s behind a VLAN tag", word);
	return true;
}

static bool read_key(struct foreign_filter *f, const char *key, const char *word)
{
	bool v6 = f->protocol == PROTOCOL_IPV6;
	uint32_t value, mask;

	if (!strcmp(key, "src_ip") || !strcmp(key, "dst_ip"))
		return read_address(f, *key == 's' ? "src" : "dst", word);
	if (!strcmp(key, "src_port") || !strcmp(key, "dst_port"))
		return read_port(f, *key == 's' ? "sport" : "dport", word);
	if (!strcmp(key, "ip_proto"))
		return read_proto(f, word);
	if (!strcmp(key, "ip_tos"))
		return read_tos(f, word);
	if (!strcmp(key, "vlan_ethtype"))
		return read_ethertype(f, word);
	if (!strcmp(key, "indev"))
		foreign_add_term(f, "iif \"%s\"", word);
	else if (!strcmp(key, "vlan_id") && value_and_mask(word, 4095, &value, &mask))
		terms_values(f, "vlan", value, mask, 12);
	else if (!strcmp(key, "vlan_prio") && value_and_mask(word, 7, &value, &mask))
		terms_values(f, "pcp", value, mask, 3);
	else if (!strcmp(key, "type") && value_and_mask(word, 255, &value, &mask))
		terms_values(f, v6 ? "icmp6 type" : "icmp type", value, mask, 8);
	else if (!strcmp(key, "ct_mark") && value_and_mask(word, UINT32_MAX, &value, &mask))
		terms_mark(f, "ctmark", value, mask);
	else
		return false;
	return true;
}

static bool is_known(const char *key)
{
	static const char *const keys[] = {
		"src_ip", "dst_ip", "src_port", "dst_port", "ip_proto", "ip_tos", "indev",
		"vlan_ethtype", "vlan_id", "vlan_prio", "type", "ct_mark"
	};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (!strcmp(key, keys[i]))
			return true;
	return false;
}

void tc_flower_options(struct tc *tc, struct foreign_filter *f)
{
	const char *key, *word;

	terms_family(f, f->protocol);
	while ((key = tc_word(tc))) {
		if (tc_filter_common(tc, f))
			continue;
		tc->i++;
		if (!strcmp(key, "verbose"))
			continue;
		word = tc_value(tc, key);
		if (!is_known(key)) {
			foreign_lacks(f, "\"%s\"", key);
		} else if (!word || !read_key(f, key, word)) {
			tc_note(tc, "%s: \"%s\" is no value for it", key, word ? word : "");
			foreign_lacks(f, "what could not be read");
		}
	}
}
