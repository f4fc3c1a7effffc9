/* SPDX-License-Identifier: GPL-2.0 */
#ifndef OPTQ_TUPLE_H
#define OPTQ_TUPLE_H

#include <linux/skbuff.h>

#define OPTQ_ADDR_WORDS		4

/* Two IPv6 addresses and the ports. */
#define OPTQ_TUPLE_WORDS	(2 * OPTQ_ADDR_WORDS + 1)

/* Who talks to whom, as in the packet.  Its first words are what is hashed. */
struct optq_tuple {
	u32 src[OPTQ_ADDR_WORDS];	/* IPv4: the first word */
	u32 dst[OPTQ_ADDR_WORDS];
	union {
		__be16 port[2];	/* source, destination */
		u32 ports;	/* or what takes their place; 0: nothing does */
	};
	u8 family;		/* 4, 6, or 0: neither */
	u8 proto;
	bool inner;		/* of what is in a tunnel */
	bool error;		/* of what an ICMP error is about, on its way back */
	u32 from[OPTQ_ADDR_WORDS]; /* then: who sent the error */
};

/*
 * Reads it from a packet of any kind:
 *   fragment		all of a datagram alike, without ports
 *   ICMP error		as the flow whose packets go its way, where it goes to
 *			who sent what it is about
 *   IP in IP, GRE	the inner packet's, as far as the kernel's flow dissector goes
 *   what has no ports	addresses, protocol and, if there is one, GRE's key
 * nat: both ends by their own addresses, as connection tracking knows them.
 */
void optq_tuple_read(const struct sk_buff *skb, bool nat, struct optq_tuple *t);

/*
 * Reads no more than family, protocol, source and destination, and of the packet as it
 * is: of a tunnel its ends, of an ICMP error who sent it.  Who pays for a packet is
 * not for its payload to say.
 */
void optq_tuple_read_ends(const struct sk_buff *skb, bool nat,
			  struct optq_tuple *t);

/* Whether those are ports, and not what takes their place. */
bool optq_tuple_has_ports(const struct optq_tuple *t);

#endif /* OPTQ_TUPLE_H */
