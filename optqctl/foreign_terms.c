// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <linux/in.h>
#include <stdlib.h>
#include <string.h>

#include "dscp_text.h"
#include "foreign_terms.h"
#include "match_values.h"
#include "mem.h"

/* A set of more ranges than that is not what somebody meant. */
#define RANGES_MAX	64

void terms_family(struct foreign_filter *f, uint16_t protocol)
{
	if (protocol == PROTOCOL_IP)
		foreign_add_term(f, "ip");
	else if (protocol == PROTOCOL_IPV6)
		foreign_add_term(f, "ip6");
	else if (protocol == PROTOCOL_VLAN || protocol == PROTOCOL_QINQ)
		foreign_add_term(f, "vlan");
	else if (protocol != PROTOCOL_ALL)
		foreign_lacks(f, "the protocol 0x%04x, which is not IP", protocol);
}

void terms_proto(struct foreign_filter *f, uint8_t proto)
{
	const char *name = match_proto_name(proto);
	uint8_t number;

	if (name && match_proto_word(name, &number))
		foreign_add_term(f, "%s", name);
	else if (name)
		foreign_add_term(f, "proto %s", name);
	else
		foreign_add_term(f, "proto %u", proto);
}

/* "80", "80-95", to be freed; a DSCP by its name. */
static char *range_text(const char *field, uint32_t from, uint32_t to)
{
	if (from != to)
		return mem_printf("%u-%u", from, to);
	if (!strcmp(field, "dscp"))
		return mem_printf("%s", from ? dscp_text((uint8_t)(from + 1)) : "cs0");
	return mem_printf("%u", from);
}

void terms_values(struct foreign_filter *f, const char *field, uint32_t value,
		  uint32_t mask, unsigned int bits)
{
	uint32_t all = bits < 32 ? (1U << bits) - 1 : UINT32_MAX, low, high, n = 0;
	char *list = NULL, *one, *longer;

	mask &= all;
	if (!mask)
		return;
	low = (mask & -mask) - 1;
	/* Bits above the lowest that is asked for, and not asked for themselves. */
	high = all & ~mask & ~low;
	if (__builtin_popcount(high) > 6) {
		foreign_lacks(f, "%s under a mask of 0x%x", field, mask);
		return;
	}
	for (uint32_t free_bits = 0; n <= RANGES_MAX; ) {
		one = range_text(field, (value & mask) | free_bits,
				 (value & mask) | free_bits | low);
		longer = list ? mem_printf("%s, %s", list, one) : mem_printf("%s", one);
		free(one);
		free(list);
		list = longer;
		n++;
		/* The next number in the free bits. */
		free_bits = ((free_bits | ~high) + 1) & high;
		if (!free_bits)
			break;
	}
	foreign_add_term(f, n > 1 ? "%s { %s }" : "%s %s", field, list);
	free(list);
}

void terms_tos(struct foreign_filter *f, uint8_t value, uint8_t mask)
{
	static const char *const names[] = { "not-ect", "ect1", "ect0", "ce" };

	terms_values(f, "dscp", value >> 2, mask >> 2, 6);
	if ((mask & 3) == 3)
		foreign_add_term(f, "ecn %s", names[value & 3]);
	else if (mask & 3)
		terms_values(f, "ecn", value & 3, mask & 3, 2);
}

/* Bits of a prefix, or -1: the mask has gaps. */
static int prefix_length(const uint32_t *mask, size_t words)
{
	int prefix = 0;
	size_t i;

	for (i = 0; i < words; i++) {
		int here = mask[i] ? __builtin_clz(~mask[i] ? ~mask[i] : 1) : 0;

		if (mask[i] == UINT32_MAX)
			here = 32;
		if ((here < 32 && (mask[i] << here)) || (here && prefix < (int)i * 32))
			return -1;
		prefix += here;
	}
	return prefix;
}

void terms_address(struct foreign_filter *f, const char *field, bool v6,
		   const uint32_t *value, const uint32_t *mask)
{
	size_t words = v6 ? 4 : 1, i;
	int prefix = prefix_length(mask, words);
	char text[INET6_ADDRSTRLEN];
	uint32_t address[4];

	if (!prefix)
		return;
	if (prefix < 0) {
		foreign_lacks(f, "an address under a mask with gaps");
		return;
	}
	for (i = 0; i < words; i++)
		address[i] = htonl(value[i] & mask[i]);
	inet_ntop(v6 ? AF_INET6 : AF_INET, address, text, sizeof(text));
	if (prefix == (int)words * 32)
		foreign_add_term(f, "%s %s", field, text);
	else
		foreign_add_term(f, "%s %s/%d", field, text, prefix);
}

void terms_mark(struct foreign_filter *f, const char *field, uint32_t value, uint32_t mask)
{
	if (mask == UINT32_MAX)
		foreign_add_term(f, "%s 0x%x", field, value);
	else if (mask)
		foreign_add_term(f, "%s 0x%x/0x%x", field, value & mask, mask);
}

/* The fields that keys are of; values and masks. */
struct fields {
	uint32_t src[4], src_mask[4], dst[4], dst_mask[4];
	uint32_t ports, ports_mask;
	uint32_t proto, proto_mask, tos, tos_mask;
	bool unfragmented;
};

static void lacks_bits(struct foreign_filter *f, uint32_t mask, const char *what)
{
	if (mask)
		foreign_lacks(f, "%s", what);
}

/* Version and header's length are what the family says, and what ports need. */
static void first_word(struct foreign_filter *f, const struct foreign_key *k, bool v6,
		       struct fields *to)
{
	uint32_t version = v6 ? 0x60000000 : 0x40000000;

	if ((k->value ^ version) & k->mask & 0xf0000000)
		foreign_lacks(f, "another version of IP than its protocol's");
	if (v6) {
		to->tos = k->value >> 20 & 0xff;
		to->tos_mask = k->mask >> 20 & 0xff;
		lacks_bits(f, k->mask & 0xfffff, "the flow label");
		return;
	}
	if ((k->value ^ 0x05000000) & k->mask & 0x0f000000)
		foreign_lacks(f, "the length of the IP header");
	to->tos = k->value >> 16 & 0xff;
	to->tos_mask = k->mask >> 16 & 0xff;
	lacks_bits(f, k->mask & 0xffff, "the length of the packet");
}

static void ipv4_key(struct foreign_filter *f, const struct foreign_key *k,
		     struct fields *to)
{
	switch (k->off) {
	case 0:
		first_word(f, k, false, to);
		break;
	case 4:
		if ((k->mask & 0xffffc000) || (k->value & k->mask))
			foreign_lacks(f, "fragments and flags of the IP header");
		to->unfragmented = true;
		break;
	case 8:
		to->proto = k->value >> 16 & 0xff;
		to->proto_mask = k->mask >> 16 & 0xff;
		lacks_bits(f, k->mask & 0xff000000, "the time to live");
		lacks_bits(f, k->mask & 0xffff, "the checksum");
		break;
	case 12:
		to->src[0] = k->value;
		to->src_mask[0] = k->mask;
		break;
	case 16:
		to->dst[0] = k->value;
		to->dst_mask[0] = k->mask;
		break;
	default:
		foreign_lacks(f, "bytes at %d of the packet", k->off);
	}
}

static void ipv6_key(struct foreign_filter *f, const struct foreign_key *k,
		     struct fields *to)
{
	if (!k->off) {
		first_word(f, k, true, to);
	} else if (k->off == 4) {
		to->proto = k->value >> 8 & 0xff;
		to->proto_mask = k->mask >> 8 & 0xff;
		lacks_bits(f, k->mask & 0xffff0000, "the length of the packet");
		lacks_bits(f, k->mask & 0xff, "the hop limit");
	} else if (k->off >= 8 && k->off < 24) {
		to->src[(k->off - 8) / 4] = k->value;
		to->src_mask[(k->off - 8) / 4] = k->mask;
	} else if (k->off >= 24 && k->off < 40) {
		to->dst[(k->off - 24) / 4] = k->value;
		to->dst_mask[(k->off - 24) / 4] = k->mask;
	} else {
		foreign_lacks(f, "bytes at %d of the packet", k->off);
	}
}

static void transport_key(struct foreign_filter *f, const struct foreign_key *k,
			  int32_t off, struct fields *to)
{
	if (off) {
		foreign_lacks(f, off == 12 ? "TCP's flags" : "bytes at %d of the transport header",
			      off);
		return;
	}
	to->ports = k->value;
	to->ports_mask = k->mask;
}

/* Without a protocol the addresses and offsets are IPv4's, unless they reach further. */
static bool keys_are_ipv6(const struct foreign_filter *f)
{
	size_t i;

	if (f->protocol != PROTOCOL_ALL)
		return f->protocol == PROTOCOL_IPV6;
	for (i = 0; i < f->n_keys; i++)
		if (!f->keys[i].nexthdr && f->keys[i].mask &&
		    ((!f->keys[i].off && (f->keys[i].mask & 0xf0000000) == 0xf0000000 &&
		      f->keys[i].value >> 28 == 6) || f->keys[i].off >= 24))
			return true;
	return false;
}

static void add_ports(struct foreign_filter *f, const struct fields *to, bool v6)
{
	uint32_t icmp = v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;

	if (to->proto_mask == 0xff && to->proto == icmp) {
		terms_values(f, v6 ? "icmp6 type" : "icmp type", to->ports >> 24,
			     to->ports_mask >> 24, 8);
		lacks_bits(f, to->ports_mask & 0xffffff, "the code of ICMP");
		return;
	}
	terms_values(f, "sport", to->ports >> 16, to->ports_mask >> 16, 16);
	terms_values(f, "dport", to->ports & 0xffff, to->ports_mask & 0xffff, 16);
}

void terms_keys(struct foreign_filter *f)
{
	bool v6 = keys_are_ipv6(f), any = false;
	struct fields to = { 0 };
	size_t i;

	for (i = 0; i < f->n_keys; i++) {
		const struct foreign_key *k = &f->keys[i];

		if (!k->mask)
			continue;
		any = true;
		if (k->nexthdr || k->off >= (v6 ? 40 : 20))
			transport_key(f, k, k->nexthdr ? k->off : k->off - (v6 ? 40 : 20), &to);
		else if (v6)
			ipv6_key(f, k, &to);
		else
			ipv4_key(f, k, &to);
	}
	terms_family(f, any && f->protocol == PROTOCOL_ALL ?
		     (v6 ? PROTOCOL_IPV6 : PROTOCOL_IP) : f->protocol);
	if (to.proto_mask == 0xff)
		terms_proto(f, (uint8_t)to.proto);
	else if (to.proto_mask)
		foreign_lacks(f, "a protocol under a mask");
	terms_address(f, "src", v6, to.src, to.src_mask);
	terms_address(f, "dst", v6, to.dst, to.dst_mask);
	add_ports(f, &to, v6);
	terms_tos(f, (uint8_t)to.tos, (uint8_t)to.tos_mask);
	if (to.unfragmented && !to.ports_mask)
		foreign_lacks(f, "fragments and flags of the IP header");
}

void terms_settle(struct foreign_filter *f)
{
	if (!strcmp(f->name, "u32"))
		terms_keys(f);
	else if (!strcmp(f->name, "fw") || !strcmp(f->name, "matchall"))
		terms_family(f, f->protocol);
	if (f->has_mark)
		terms_mark(f, "mark", f->mark, f->mark_mask);
}
