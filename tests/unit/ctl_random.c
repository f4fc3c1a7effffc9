// SPDX-License-Identifier: GPL-2.0
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "ctl_random.h"

/* xorshift64* (Vigna) */
uint32_t random_below(struct random_source *r, uint32_t n)
{
	r->state ^= r->state >> 12;
	r->state ^= r->state << 25;
	r->state ^= r->state >> 27;
	return (uint32_t)((r->state * 0x2545f4914f6cdd1dULL) >> 33) % n;
}

/* Few values, so that terms and packets meet now and then. */
static const char *const terms[] = {
	"ip", "ip6", "tcp", "udp", "icmp", "icmp6", "proto { tcp, icmp }",
	"proto { udp, 58, gre }", "src 10.0.0.0/8", "src 10.1.0.0/16", "src 10.1.2.3",
	"src 2001:db8::/32", "src { 10.1.0.0/16, 2001:db8::/48, 192.0.2.1 }",
	"dst 10.1.2.3-192.0.2.1", "dst ::/0", "dst 0.0.0.0/0",
	"dst != 10.0.0.0/8", "sport 53", "dport 53", "dport 1-1023",
	"dport { 53, 80, 443, 5000-5999 }", "dport != { 80, 443 }", "port 53",
	"port != 80", "dscp ef", "dscp 0", "dscp 8-46", "dscp { cs1, ef }",
	"ecn ce", "ecn != not-ect", "vlan", "vlan 10", "vlan { 1-9, 20 }",
	"pcp 5", "pcp 0-4", "mark 0", "mark 1/3", "mark 2/7", "mark { 1, 2/6 }",
	"mark != 1", "ctmark 1", "ctmark 1/1", "iif lan0", "iif { lan0, lan1 }",
	"iif != lan0", "uid 0", "uid 1000-1999", "cgroup a", "cgroup a/b",
	"cgroup { a/b, c }", "icmp type 8", "icmp type { 0, 3-5 }",
	"icmp6 type 128", "app zoom", "app != zoom", "host example.com",
	"shost { example.com, example.net }", "dhost example.net",
};

static void put(char *text, size_t size, const char *what)
{
	size_t len = strlen(text);

	snprintf(text + len, size - len, "%s", what);
}

static void one_term(struct random_source *r, char *text, size_t size, int depth)
{
	bool not = !random_below(r, 4);

	if (not)
		put(text, size, "not ");
	/* Room for what a term and its parenthesis take. */
	if (depth && strlen(text) + 600 < size && !random_below(r, 3)) {
		put(text, size, "(");
		random_match(r, text, size, depth - 1);
		put(text, size, ")");
	} else {
		put(text, size, terms[random_below(r, sizeof(terms) /
						   sizeof(*terms))]);
	}
}

void random_match(struct random_source *r, char *text, size_t size, int depth)
{
	uint32_t n = 1 + random_below(r, 4), i;

	for (i = 0; i < n; i++) {
		if (i)
			put(text, size, random_below(r, 3) ? " and " : " or ");
		one_term(r, text, size, depth);
	}
}

static struct value address(struct random_source *r, bool v6)
{
	static const uint32_t v4[] = {
		0x0a000001, 0x0a010000, 0x0a010203, 0x0aff0000, 0xc0000201,
		0xc0000202, 0, 0xffffffff,
	};
	static const uint64_t high[] = {
		0x20010db800000000, 0x20010db800000001, 0x20010db8ffff0000, 0,
		0x2002000000000000,
	};

	if (v6)
		return (struct value){ high[random_below(r, 5)],
				       random_below(r, 3) };
	return value_of(0xffff00000000ULL | v4[random_below(r, 8)]);
}

static void put_ip(struct random_source *r, struct packet *p, bool v6)
{
	static const uint8_t protos[] = {
		IPPROTO_TCP, IPPROTO_TCP, IPPROTO_UDP, IPPROTO_SCTP, IPPROTO_GRE, 0
	};
	static const uint16_t ports[] = {
		0, 53, 80, 443, 1023, 1024, 5000, 5999, 6000, 65535
	};
	static const uint8_t types[] = { 0, 3, 5, 6, 8, 128 };
	uint8_t proto = protos[random_below(r, 6)];

	packet_put(p, OPTQ_FIELD_SRC, 0, address(r, v6));
	packet_put(p, OPTQ_FIELD_DST, 0, address(r, v6));
	packet_put(p, OPTQ_FIELD_DSCP, 0, value_of((uint64_t[]){
			   0, 7, 8, 46, 47, 63 }[random_below(r, 6)]));
	packet_put(p, OPTQ_FIELD_ECN, 0, value_of(random_below(r, 4)));
	/* It may end right here. */
	if (!random_below(r, 16))
		return;
	if (!proto)
		proto = v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	packet_put(p, OPTQ_FIELD_PROTO, 0, value_of(proto));
	if (!random_below(r, 16))
		return;
	if (proto == IPPROTO_ICMP || proto == IPPROTO_ICMPV6) {
		packet_put(p, v6 ? OPTQ_FIELD_ICMP6_TYPE : OPTQ_FIELD_ICMP_TYPE, 0,
			   value_of(types[random_below(r, 6)]));
	} else if (proto != IPPROTO_GRE) {
		packet_put(p, OPTQ_FIELD_SPORT, 0,
			   value_of(ports[random_below(r, 10)]));
		packet_put(p, OPTQ_FIELD_DPORT, 0,
			   value_of(ports[random_below(r, 10)]));
	}
}

/* A cgroup and those above it. */
static void put_cgroup(struct random_source *r, struct packet *p,
		       struct match_names *names)
{
	static const char *const paths[] = { "a", "a/b", "c", "d", "d/b" };
	struct names *known = &names->of[OPTQ_FIELD_CGROUP];
	const char *path = paths[random_below(r, 5)];
	char top[2] = { *path };

	packet_put(p, OPTQ_FIELD_CGROUP, 1, value_of(names_number(known, top)));
	if (path[1])
		packet_put(p, OPTQ_FIELD_CGROUP, 2,
			   value_of(names_number(known, path)));
}

static void put_name(struct random_source *r, struct packet *p,
		     struct match_names *names, enum optq_field field,
		     uint32_t param, const char *const some[3])
{
	uint32_t which = random_below(r, 4);

	if (which < 3)
		packet_put(p, field, param,
			   value_of(names_number(&names->of[field], some[which])));
}

struct packet random_packet(struct random_source *r, struct match_names *names)
{
	static const char *const iifs[] = { "lan0", "lan1", "lan2" };
	static const char *const apps[] = { "zoom", "teams", "meet" };
	static const char *const hosts[] = {
		"example.com", "example.net", "example.org"
	};
	static const uint8_t families[] = { 0, 4, 4, 4, 6, 6 };
	struct packet p = { .n = 0 };
	uint8_t family = families[random_below(r, 6)];

	packet_put(&p, OPTQ_FIELD_FAMILY, 0, value_of(family));
	packet_put(&p, OPTQ_FIELD_MARK, 0, value_of(random_below(r, 9)));
	if (family && random_below(r, 16))
		put_ip(r, &p, family == 6);
	if (!random_below(r, 3)) {
		packet_put(&p, OPTQ_FIELD_VLAN, 0, value_of(random_below(r, 22)));
		packet_put(&p, OPTQ_FIELD_PCP, 0, value_of(random_below(r, 8)));
	}
	if (random_below(r, 2))
		packet_put(&p, OPTQ_FIELD_CTMARK, 0, value_of(random_below(r, 4)));
	if (random_below(r, 2))
		packet_put(&p, OPTQ_FIELD_UID, 0, value_of(999 * random_below(r, 3)));
	if (random_below(r, 2))
		put_cgroup(r, &p, names);
	put_name(r, &p, names, OPTQ_FIELD_IIF, 0, iifs);
	put_name(r, &p, names, OPTQ_FIELD_APP, 0, apps);
	put_name(r, &p, names, OPTQ_FIELD_HOST, 0, hosts);
	put_name(r, &p, names, OPTQ_FIELD_HOST, 1, hosts);
	return p;
}
