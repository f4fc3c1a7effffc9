// SPDX-License-Identifier: GPL-2.0
/* The kernel's rules know no sets: one rule for each combination of values. */
#include <netinet/in.h>
#include <string.h>

#include "match.h"
#include "mem.h"

#define CONFLICT	0xff

static uint8_t both_families(uint8_t a, uint8_t b)
{
	if (!a || a == b)
		return b;
	return b ? CONFLICT : a;
}

static uint8_t proto_family(const struct match *m, size_t i)
{
	if (i >= m->proto.n)
		return 0;
	return m->proto.v[i] == IPPROTO_ICMP ? 4 :
	       m->proto.v[i] == IPPROTO_ICMPV6 ? 6 : 0;
}

static size_t choices(size_t n)
{
	return n ? n : 1;
}

/* Ports: a set that holds for either side is tried on each. */
static size_t port_choices(const struct match *m)
{
	if (m->port.n)
		return 2 * m->port.n;
	return choices(m->sport.n) * choices(m->dport.n);
}

size_t match_count(const struct match *m)
{
	const size_t n[] = {
		choices(m->proto.n), choices(m->dscp.n), choices(m->src.n),
		choices(m->dst.n), port_choices(m), choices(m->mark.n),
	};
	size_t total = 1, i;

	for (i = 0; i < sizeof(n) / sizeof(*n); i++)
		if (__builtin_mul_overflow(total, n[i], &total))
			return SIZE_MAX;
	return total;
}

static void set_ports(const struct match *m, size_t i, struct rule *rule)
{
	if (m->port.n && i < m->port.n)
		rule->sport = m->port.v[i];
	else if (m->port.n)
		rule->dport = m->port.v[i - m->port.n];
	if (m->sport.n)
		rule->sport = m->sport.v[i % m->sport.n];
	if (m->dport.n)
		rule->dport = m->dport.v[i / choices(m->sport.n)];
}

static void set_addresses(const struct match *m, size_t src, size_t dst,
			  struct rule *rule)
{
	if (m->src.n)
		rule->src = m->src.v[src];
	if (m->dst.n)
		rule->dst = m->dst.v[dst];
}

/* Combination number @i, counted as digits of mixed base. */
static bool combination(const struct match *m, size_t i, struct rule *rule)
{
	size_t proto, src, dst, dscp, mark;

	proto = i % choices(m->proto.n);
	i /= choices(m->proto.n);
	src = i % choices(m->src.n);
	i /= choices(m->src.n);
	dst = i % choices(m->dst.n);
	i /= choices(m->dst.n);
	dscp = i % choices(m->dscp.n);
	i /= choices(m->dscp.n);
	mark = i % choices(m->mark.n);
	i /= choices(m->mark.n);

	set_addresses(m, src, dst, rule);
	rule->family = both_families(both_families(m->family,
						   proto_family(m, proto)),
				     both_families(rule->src.family,
						   rule->dst.family));
	rule->proto = m->proto.n ? m->proto.v[proto] : -1;
	rule->dscp = m->dscp.n ? (int8_t)m->dscp.v[dscp] : -1;
	rule->has_mark = m->mark.n > 0;
	if (m->mark.n) {
		rule->mark = m->mark.v[mark].value;
		rule->mark_mask = m->mark.v[mark].mask;
	}
	set_ports(m, i, rule);
	return rule->family != CONFLICT;
}

#define MAY_BE_4	1
#define MAY_BE_6	2
#define MAY_BE_BOTH	(MAY_BE_4 | MAY_BE_6)

static unsigned int may_be(uint8_t family)
{
	return family == 4 ? MAY_BE_4 : family == 6 ? MAY_BE_6 : MAY_BE_BOTH;
}

static unsigned int addresses_may_be(const struct address_set *set)
{
	unsigned int families = set->n ? 0 : MAY_BE_BOTH;
	size_t i;

	for (i = 0; i < set->n; i++)
		families |= may_be(set->v[i].family);
	return families;
}

bool match_possible(const struct match *m)
{
	unsigned int protos = m->proto.n ? 0 : MAY_BE_BOTH;
	size_t i;

	for (i = 0; i < m->proto.n; i++)
		protos |= may_be(proto_family(m, i));
	return protos & may_be(m->family) & addresses_may_be(&m->src) &
	       addresses_may_be(&m->dst);
}

void match_expand(const struct match *m, struct link *link,
		  uint32_t class_index)
{
	size_t count = match_count(m), i;

	for (i = 0; i < count; i++) {
		struct rule rule = { .class_index = class_index };

		if (!combination(m, i, &rule))
			continue;
		link->rules = mem_grow(link->rules, &link->rules_room,
				       link->n_rules + 1, sizeof(*link->rules));
		link->rules[link->n_rules++] = rule;
	}
}
