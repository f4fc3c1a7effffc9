// SPDX-License-Identifier: GPL-2.0
#include <linux/tcp.h>
#include <linux/udp.h>

#include "wire.h"

/* Headers that each segment of a super-packet gets, from the network header on. */
static u32 gso_headers(const struct sk_buff *skb, u32 network)
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
	if (transport < (int)network)
		return 0;
	if (!(skb_shinfo(skb)->gso_type & (SKB_GSO_TCPV4 | SKB_GSO_TCPV6)))
		return transport - network + sizeof(struct udphdr);
	/* What a guest sends need not have its headers where they belong. */
	th = skb_header_pointer(skb, transport, sizeof(buf), &buf);
	return th ? transport - network + __tcp_hdrlen(th) : 0;
}

u32 optq_wire_skb_len(const struct sk_buff *skb, const struct optq_wire *w)
{
	int offset = skb_network_offset(skb);
	u32 network = offset > 0 && offset < skb->len ? offset : 0;
	u32 len = skb->len - network, headers;

	if (!skb_is_gso(skb))
		return optq_wire_len(w, len);
	headers = gso_headers(skb, network);
	if (!headers || headers >= len)
		return optq_wire_len(w, len);
	return optq_wire_super_len(w, headers, len - headers,
				   skb_shinfo(skb)->gso_size);
}
