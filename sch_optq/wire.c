// SPDX-License-Identifier: GPL-2.0
#include <linux/tcp.h>
#include <linux/udp.h>

#include "wire.h"

/* Headers that each segment of a super-packet gets, without the first from bytes. */
static u32 gso_headers(const struct sk_buff *skb, u32 from)
{
	struct tcphdr buf;
	const struct tcphdr *th;
	int transport;

	if (skb->encapsulation)
		transport = skb_inner_transport_offset(skb);
	else if (skb_transport_header_was_set(skb))
		transport = skb_transport_offset(skb);
	else
		return 0;
	if (transport < (int)from)
		return 0;
	if (!(skb_shinfo(skb)->gso_type & (SKB_GSO_TCPV4 | SKB_GSO_TCPV6)))
		return transport - from + sizeof(struct udphdr);
	/* What a guest sends need not have its headers where they belong. */
	th = skb_header_pointer(skb, transport, sizeof(buf), &buf);
	return th ? transport - from + __tcp_hdrlen(th) : 0;
}

/* What the packet says of itself, unless it cannot be so: a guest may have sent it. */
static u32 gso_segments(const struct sk_buff *skb, u32 payload)
{
	u32 size = skb_shinfo(skb)->gso_size, segs = skb_shinfo(skb)->gso_segs;

	if (likely(segs && (u64)segs * size >= payload &&
		   (u64)(segs - 1) * size < payload))
		return segs;
	return DIV_ROUND_UP(payload, size);
}

u32 optq_wire_skb_len(const struct sk_buff *skb, const struct optq_wire *w)
{
	int offset = optq_wire_raw(w) ? 0 : skb_network_offset(skb);
	u32 from = offset > 0 && offset < skb->len ? offset : 0;
	u32 len = skb->len - from, headers;

	if (!skb_is_gso(skb))
		return optq_wire_len(w, len);
	headers = gso_headers(skb, from);
	if (!headers || headers >= len)
		return optq_wire_len(w, len);
	return optq_wire_super_len(w, headers, len - headers,
				   skb_shinfo(skb)->gso_size,
				   gso_segments(skb, len - headers));
}
