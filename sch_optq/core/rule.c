// SPDX-License-Identifier: GPL-2.0
#include "rule.h"

static bool prefix_matches(const u8 *a, const u8 *prefix, u32 bits)
{
	u32 bytes = bits / 8, rest = bits % 8;

	if (memcmp(a, prefix, bytes))
		return false;
	return !rest || !((a[bytes] ^ prefix[bytes]) >> (8 - rest));
}

static bool ports_match(const struct optq_rule *r, const struct optq_key *k)
{
	if (!(r->fields & (OPTQ_RULE_SPORT | OPTQ_RULE_DPORT)))
		return true;
	if (!k->has_ports)
		return false;
	if ((r->fields & OPTQ_RULE_SPORT) &&
	    (k->sport < r->sport_min || k->sport > r->sport_max))
		return false;
	return !(r->fields & OPTQ_RULE_DPORT) ||
	       (k->dport >= r->dport_min && k->dport <= r->dport_max);
}

static bool addresses_match(const struct optq_rule *r,
			    const struct optq_key *k)
{
	if ((r->fields & OPTQ_RULE_SRC) &&
	    !prefix_matches(k->src, r->src, r->src_len))
		return false;
	return !(r->fields & OPTQ_RULE_DST) ||
	       prefix_matches(k->dst, r->dst, r->dst_len);
}

bool optq_rule_matches(const struct optq_rule *r, const struct optq_key *k)
{
	if ((r->fields & OPTQ_RULE_MARK) &&
	    (k->mark & r->mark_mask) != r->mark)
		return false;
	if (r->fields == OPTQ_RULE_MARK || !r->fields)
		return true;
	/* All that is left is asked of an IP packet. */
	if (!k->family)
		return false;
	if ((r->fields & OPTQ_RULE_FAMILY) && k->family != r->family)
		return false;
	if ((r->fields & OPTQ_RULE_PROTO) && k->proto != r->proto)
		return false;
	if ((r->fields & OPTQ_RULE_DSCP) && k->dscp != r->dscp)
		return false;
	return ports_match(r, k) && addresses_match(r, k);
}
