// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <string.h>

#include "foreign_terms.h"
#include "import_live_attr.h"

#define WORDS	4

static void words_of(struct nlattr *attr, size_t n, uint32_t *words, uint32_t missing)
{
	size_t i;

	for (i = 0; i < n; i++)
		words[i] = missing;
	if (!attr || (size_t)nla_len(attr) < n * sizeof(*words))
		return;
	memcpy(words, nla_data(attr), n * sizeof(*words));
	for (i = 0; i < n; i++)
		words[i] = ntohl(words[i]);
}

static void add_address(struct foreign_filter *f, const char *field, bool v6,
			struct nlattr *value, struct nlattr *mask)
{
	uint32_t values[WORDS], masks[WORDS];

	if (!value)
		return;
	words_of(value, v6 ? WORDS : 1, values, 0);
	words_of(mask, v6 ? WORDS : 1, masks, UINT32_MAX);
	terms_address(f, field, v6, values, masks);
}

static uint16_t get_be16(struct nlattr *attr, uint16_t missing)
{
	return attr && nla_len(attr) >= 2 ? ntohs(nla_get_u16(attr)) : missing;
}

static void add_port(struct foreign_filter *f, const char *field, struct nlattr *value,
		     struct nlattr *mask)
{
	if (value)
		terms_values(f, field, get_be16(value, 0), get_be16(mask, 0xffff), 16);
}

static void add_ports(struct foreign_filter *f, struct nlattr **tb)
{
	static const int ports[][4] = {
		{ TCA_FLOWER_KEY_TCP_SRC, TCA_FLOWER_KEY_TCP_SRC_MASK,
		  TCA_FLOWER_KEY_TCP_DST, TCA_FLOWER_KEY_TCP_DST_MASK },
		{ TCA_FLOWER_KEY_UDP_SRC, TCA_FLOWER_KEY_UDP_SRC_MASK,
		  TCA_FLOWER_KEY_UDP_DST, TCA_FLOWER_KEY_UDP_DST_MASK },
		{ TCA_FLOWER_KEY_SCTP_SRC, TCA_FLOWER_KEY_SCTP_SRC_MASK,
		  TCA_FLOWER_KEY_SCTP_DST, TCA_FLOWER_KEY_SCTP_DST_MASK },
	};
	size_t i;

	for (i = 0; i < sizeof(ports) / sizeof(*ports); i++) {
		add_port(f, "sport", tb[ports[i][0]], tb[ports[i][1]]);
		add_port(f, "dport", tb[ports[i][2]], tb[ports[i][3]]);
	}
	if (tb[TCA_FLOWER_KEY_PORT_SRC_MIN])
		foreign_add_term(f, "sport %u-%u", get_be16(tb[TCA_FLOWER_KEY_PORT_SRC_MIN], 0),
				 get_be16(tb[TCA_FLOWER_KEY_PORT_SRC_MAX], 0xffff));
	if (tb[TCA_FLOWER_KEY_PORT_DST_MIN])
		foreign_add_term(f, "dport %u-%u", get_be16(tb[TCA_FLOWER_KEY_PORT_DST_MIN], 0),
				 get_be16(tb[TCA_FLOWER_KEY_PORT_DST_MAX], 0xffff));
}

static void add_vlan(struct foreign_filter *f, struct nlattr **tb)
{
	if (tb[TCA_FLOWER_KEY_VLAN_ID])
		terms_values(f, "vlan", nla_get_u16(tb[TCA_FLOWER_KEY_VLAN_ID]), 0xfff, 12);
	if (tb[TCA_FLOWER_KEY_VLAN_PRIO])
		terms_values(f, "pcp", get_u8(tb[TCA_FLOWER_KEY_VLAN_PRIO]), 7, 3);
	if (get_be16(tb[TCA_FLOWER_KEY_VLAN_ETH_TYPE], 0))
		terms_family(f, get_be16(tb[TCA_FLOWER_KEY_VLAN_ETH_TYPE], 0));
}

static void add_types(struct foreign_filter *f, struct nlattr **tb)
{
	struct nlattr *mask = tb[TCA_FLOWER_KEY_ICMPV4_TYPE_MASK];

	if (tb[TCA_FLOWER_KEY_ICMPV4_TYPE])
		terms_values(f, "icmp type", get_u8(tb[TCA_FLOWER_KEY_ICMPV4_TYPE]),
			     mask ? get_u8(mask) : 0xff, 8);
	mask = tb[TCA_FLOWER_KEY_ICMPV6_TYPE_MASK];
	if (tb[TCA_FLOWER_KEY_ICMPV6_TYPE])
		terms_values(f, "icmp6 type", get_u8(tb[TCA_FLOWER_KEY_ICMPV6_TYPE]),
			     mask ? get_u8(mask) : 0xff, 8);
}

/* What tc calls a key that no match has. */
static void lacks_keys(struct foreign_filter *f, struct nlattr **tb)
{
	static const struct { int type; const char *name; } keys[] = {
		{ TCA_FLOWER_KEY_ETH_DST, "dst_mac" }, { TCA_FLOWER_KEY_ETH_SRC, "src_mac" },
		{ TCA_FLOWER_KEY_TCP_FLAGS, "tcp_flags" }, { TCA_FLOWER_KEY_IP_TTL, "ip_ttl" },
		{ TCA_FLOWER_KEY_FLAGS, "ip_flags" }, { TCA_FLOWER_KEY_CT_STATE, "ct_state" },
		{ TCA_FLOWER_KEY_CT_ZONE, "ct_zone" }, { TCA_FLOWER_KEY_CT_LABELS, "ct_label" },
		{ TCA_FLOWER_KEY_ICMPV4_CODE, "code" }, { TCA_FLOWER_KEY_ICMPV6_CODE, "code" },
		{ TCA_FLOWER_KEY_CVLAN_ID, "cvlan_id" },
		{ TCA_FLOWER_KEY_CVLAN_PRIO, "cvlan_prio" },
		{ TCA_FLOWER_KEY_ENC_KEY_ID, "enc_key_id" },
		{ TCA_FLOWER_KEY_ENC_IPV4_SRC, "enc_src_ip" },
		{ TCA_FLOWER_KEY_ENC_IPV4_DST, "enc_dst_ip" },
		{ TCA_FLOWER_KEY_ENC_IPV6_SRC, "enc_src_ip" },
		{ TCA_FLOWER_KEY_ENC_IPV6_DST, "enc_dst_ip" },
		{ TCA_FLOWER_KEY_ENC_UDP_DST_PORT, "enc_dst_port" },
		{ TCA_FLOWER_KEY_MPLS_LABEL, "mpls_label" },
		{ TCA_FLOWER_KEY_ARP_OP, "arp_op" }, { TCA_FLOWER_KEY_ARP_SIP, "arp_sip" },
	};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (tb[keys[i].type])
			foreign_lacks(f, "\"%s\"", keys[i].name);
}

void live_flower_options(struct foreign_filter *f, struct nlattr *options)
{
	struct nlattr *tb[TCA_FLOWER_MAX + 1], *mask;

	if (nla_parse_nested(tb, TCA_FLOWER_MAX, options, NULL))
		return;
	terms_family(f, f->protocol);
	add_vlan(f, tb);
	lacks_keys(f, tb);
	if (tb[TCA_FLOWER_KEY_IP_PROTO])
		terms_proto(f, get_u8(tb[TCA_FLOWER_KEY_IP_PROTO]));
	add_address(f, "src", false, tb[TCA_FLOWER_KEY_IPV4_SRC],
		    tb[TCA_FLOWER_KEY_IPV4_SRC_MASK]);
	add_address(f, "src", true, tb[TCA_FLOWER_KEY_IPV6_SRC],
		    tb[TCA_FLOWER_KEY_IPV6_SRC_MASK]);
	add_address(f, "dst", false, tb[TCA_FLOWER_KEY_IPV4_DST],
		    tb[TCA_FLOWER_KEY_IPV4_DST_MASK]);
	add_address(f, "dst", true, tb[TCA_FLOWER_KEY_IPV6_DST],
		    tb[TCA_FLOWER_KEY_IPV6_DST_MASK]);
	add_ports(f, tb);
	add_types(f, tb);
	mask = tb[TCA_FLOWER_KEY_IP_TOS_MASK];
	if (tb[TCA_FLOWER_KEY_IP_TOS])
		terms_tos(f, get_u8(tb[TCA_FLOWER_KEY_IP_TOS]), mask ? get_u8(mask) : 0xff);
	mask = tb[TCA_FLOWER_KEY_CT_MARK_MASK];
	if (tb[TCA_FLOWER_KEY_CT_MARK])
		terms_mark(f, "ctmark", get_u32(tb[TCA_FLOWER_KEY_CT_MARK]),
			   mask ? get_u32(mask) : UINT32_MAX);
	if (tb[TCA_FLOWER_INDEV])
		foreign_add_term(f, "iif \"%s\"", nla_get_string(tb[TCA_FLOWER_INDEV]));
}
