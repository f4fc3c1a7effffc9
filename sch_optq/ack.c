// SPDX-License-Identifier: GPL-2.0
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/inet_ecn.h>
#include <net/tcp.h>

#include "ack.h"
#include "core/ack.h"
#include "dscp.h"

/* Of TCP's bytes 12 and 13: AE, CWR and ECE, and all flags, reserved ones too. */
#define ACK_ECN_BITS	0x01c0
#define ACK_FLAG_BITS	0x0fff
#define ACK_BIT		0x0010

/* What stands in front of TCP. */
struct ack_place {
	int offset;		/* of TCP's header */
	int len;		/* of that and what follows it */
	bool marked;		/* by a router: what is told by it is told once */
};

static u16 be16_at(const u8 *p)
{
	return p[0] << 8 | p[1];
}

static u32 be32_at(const u8 *p)
{
	return (u32)be16_at(p) << 16 | be16_at(p + 2);
}

static bool ack_ipv4(const struct sk_buff *skb, int offset,
		     struct ack_place *at, struct optq_ack *ack)
{
	struct iphdr buf, *ip;

	ip = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!ip || ip->version != 4 || ip->ihl < 5 ||
	    ip->protocol != IPPROTO_TCP ||
	    (ip->frag_off & htons(IP_MF | IP_OFFSET)))
		return false;
	at->offset = offset + ip->ihl * 4;
	at->len = ntohs(ip->tot_len) - ip->ihl * 4;
	at->marked = INET_ECN_is_ce(ip->tos);
	ack->family = 4;
	memcpy(ack->conn, &ip->saddr, sizeof(ip->saddr));
	memcpy(ack->conn + 1, &ip->daddr, sizeof(ip->daddr));
	return true;
}

static bool ack_ipv6(const struct sk_buff *skb, int offset,
		     struct ack_place *at, struct optq_ack *ack)
{
	struct ipv6hdr buf, *ip6;

	ip6 = skb_header_pointer(skb, offset, sizeof(buf), &buf);
	if (!ip6 || ip6->version != 6 || ip6->nexthdr != IPPROTO_TCP)
		return false;
	at->offset = offset + sizeof(*ip6);
	at->len = ntohs(ip6->payload_len);
	at->marked = INET_ECN_is_ce(ipv6_get_dsfield(ip6));
	ack->family = 6;
	memcpy(ack->conn, &ip6->saddr, sizeof(ip6->saddr));
	memcpy(ack->conn + 4, &ip6->daddr, sizeof(ip6->daddr));
	return true;
}

static bool read_sacks(const u8 *opt, int len, struct optq_ack *ack)
{
	int i, n = (len - TCPOLEN_SACK_BASE) / TCPOLEN_SACK_PERBLOCK;

	if (ack->n_sacks || !n || n > OPTQ_ACK_SACKS ||
	    len != TCPOLEN_SACK_BASE + n * TCPOLEN_SACK_PERBLOCK)
		return false;
	for (i = 0; i < n; i++) {
		ack->sack[i].from = be32_at(opt + 2 + i * 8);
		ack->sack[i].to = be32_at(opt + 6 + i * 8);
	}
	ack->n_sacks = n;
	return true;
}

static bool read_timestamp(const u8 *opt, int len, struct optq_ack *ack)
{
	if (ack->has_ts || len != TCPOLEN_TIMESTAMP)
		return false;
	ack->has_ts = true;
	ack->ts_val = be32_at(opt + 2);
	ack->ts_ecr = be32_at(opt + 6);
	return true;
}

/* False: there is one that says something else, or no sense in them. */
static bool read_options(const u8 *opt, int len, struct optq_ack *ack)
{
	while (len > 0 && *opt != TCPOPT_EOL) {
		int size = 1;
		bool known = true;

		if (*opt != TCPOPT_NOP) {
			size = len > 1 ? opt[1] : 0;
			if (size < 2 || size > len)
				return false;
			known = *opt == TCPOPT_SACK ? read_sacks(opt, size, ack) :
				*opt == TCPOPT_TIMESTAMP &&
				read_timestamp(opt, size, ack);
		}
		if (!known)
			return false;
		opt += size;
		len -= size;
	}
	return true;
}

static bool ack_tcp(const struct sk_buff *skb, const struct ack_place *at,
		    struct optq_ack *ack)
{
	u8 buf[15 * 4];
	struct tcphdr *th;
	u16 flags;
	int len;

	th = skb_header_pointer(skb, at->offset, sizeof(*th), buf);
	if (!th)
		return false;
	len = th->doff * 4;
	memcpy(&ack->conn[ARRAY_SIZE(ack->conn) - 1], th, 4);
	ack->seq = ntohl(th->seq);
	ack->ack = ntohl(th->ack_seq);
	ack->window = ntohs(th->window);
	flags = be16_at((u8 *)th + 12) & ACK_FLAG_BITS;
	ack->ecn = (flags & ACK_ECN_BITS) >> 6;
	if ((flags & ~ACK_ECN_BITS) != ACK_BIT || at->marked ||
	    len < (int)sizeof(*th) || len != at->len)
		return true;
	th = skb_header_pointer(skb, at->offset, len, buf);
	ack->pure = th && read_options((u8 *)(th + 1), len - sizeof(*th), ack);
	return true;
}

bool optq_ack_read(const struct optq_pkt *pkt, struct optq_ack *ack)
{
	const struct sk_buff *skb = optq_skb((struct optq_pkt *)pkt);
	struct ack_place at;
	__be16 proto;
	int offset = optq_l3_offset(skb, &proto);

	memset(ack, 0, sizeof(*ack));
	switch (proto) {
	case htons(ETH_P_IP):
		return ack_ipv4(skb, offset, &at, ack) && ack_tcp(skb, &at, ack);
	case htons(ETH_P_IPV6):
		return ack_ipv6(skb, offset, &at, ack) && ack_tcp(skb, &at, ack);
	}
	return false;
}
