// SPDX-License-Identifier: GPL-2.0
/*
 * IP packets of any DSCP on the wire, for the kernel tests.
 *
 *	dscp_wire send DEV 4|6|other TAGS CUT TOS...
 *		a frame for each TOS (traffic class) byte, with TAGS VLAN tags in
 *		the frame, the IP header cut to CUT bytes unless 0; other is IPv4's
 *		header under another protocol
 *	dscp_wire recv DEV SECONDS COUNT
 *		prints COUNT such frames as they come, less when time runs out:
 *	ip 4 tags N tos N csum good|bad		a whole one, IPv6 without csum
 *	other HEX				the bytes behind the protocol
 *		and at first, when it is ready, listening
 *
 * Tags that the kernel has taken out of a frame count as well.
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define FRAME_MAX	256
#define PAYLOAD		32
#define IPV4		20
#define IPV6		40
#define P_OTHER		0x88b5		/* IEEE 802, for experiments */

/* What tells these frames from others. */
static const uint8_t sender[ETH_ALEN] = { 2, 'o', 'p', 't', 'q', 1 };

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static uint16_t sum_of(const uint8_t *header, size_t len)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < len; i += 2)
		sum += (uint32_t)(header[i] << 8 | header[i + 1]);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static int open_device(const char *name, struct sockaddr_ll *at)
{
	int fd = socket(AF_PACKET, SOCK_RAW, 0), room = 16 << 20;

	if (fd < 0)
		die("socket");
	/* All that is sent may come before it is read. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)))
		die("SO_RCVBUFFORCE");
	memset(at, 0, sizeof(*at));
	at->sll_family = AF_PACKET;
	at->sll_ifindex = (int)if_nametoindex(name);
	if (!at->sll_ifindex)
		die(name);
	return fd;
}

static uint8_t *put16(uint8_t *p, unsigned int value)
{
	*p++ = (uint8_t)(value >> 8);
	*p++ = (uint8_t)value;
	return p;
}

static uint8_t *put_ipv4(uint8_t *p, uint8_t tos)
{
	memset(p, 0, IPV4);
	p[0] = 0x45;
	p[1] = tos;
	put16(p + 2, IPV4 + PAYLOAD);
	p[8] = 64;
	p[9] = 253;	/* RFC 3692: for experiments */
	memcpy(p + 12, "\xc0\x00\x02\x01\xc0\x00\x02\x02", 8);
	put16(p + 10, sum_of(p, IPV4));
	return p + IPV4;
}

static uint8_t *put_ipv6(uint8_t *p, uint8_t tos)
{
	memset(p, 0, IPV6);
	p[0] = (uint8_t)(0x60 | tos >> 4);
	p[1] = (uint8_t)(tos << 4 | 5);		/* and a flow label */
	put16(p + 4, PAYLOAD);
	p[6] = 253;
	p[7] = 64;
	memcpy(p + 8, "\x20\x01\x0d\xb8", 4);
	memcpy(p + 24, "\x20\x01\x0d\xb8\xff", 5);
	return p + IPV6;
}

static size_t make_frame(uint8_t *frame, unsigned int proto, int tags,
			 size_t cut, uint8_t tos)
{
	uint8_t *p = frame, *ip;

	memset(p, 0xff, ETH_ALEN);
	memcpy(p + ETH_ALEN, sender, ETH_ALEN);
	p += 2 * ETH_ALEN;
	for (; tags; tags--) {
		p = put16(p, ETH_P_8021Q);
		/* Looks like the first bytes of an IPv4 header. */
		p = put16(p, 0x4500 | (unsigned int)tags);
	}
	ip = put16(p, proto);
	p = proto == ETH_P_IPV6 ? put_ipv6(ip, tos) : put_ipv4(ip, tos);
	memset(p, 0xa5, PAYLOAD);
	return cut ? (size_t)(ip - frame) + cut :
		     (size_t)(p - frame) + PAYLOAD;
}

static int do_send(char **argv)
{
	unsigned int proto = !strcmp(argv[1], "6") ? ETH_P_IPV6 :
			     !strcmp(argv[1], "4") ? ETH_P_IP : P_OTHER;
	struct sockaddr_ll to;
	int fd = open_device(argv[0], &to), tags = atoi(argv[2]);
	size_t cut = strtoul(argv[3], NULL, 0), len;
	uint8_t frame[FRAME_MAX];

	for (argv += 4; *argv; argv++) {
		len = make_frame(frame, proto, tags, cut,
				 (uint8_t)strtoul(*argv, NULL, 0));
		if (sendto(fd, frame, len, 0, (struct sockaddr *)&to,
			   sizeof(to)) != (ssize_t)len)
			die("sendto");
	}
	close(fd);
	return 0;
}

static void print_other(const uint8_t *p, size_t len)
{
	fputs("other ", stdout);
	for (; len; len--)
		printf("%02x", *p++);
	putchar('\n');
}

static void print_frame(const uint8_t *frame, size_t len, int tags)
{
	const uint8_t *p = frame + 2 * ETH_ALEN, *end = frame + len;
	int proto;

	for (; end - p >= 4 && (p[0] << 8 | p[1]) == ETH_P_8021Q; p += 4)
		tags++;
	proto = p[0] << 8 | p[1];
	p += 2;
	if (proto == ETH_P_IP && end - p == IPV4 + PAYLOAD && p[0] == 0x45)
		printf("ip 4 tags %d tos %d csum %s\n", tags, p[1],
		       sum_of(p, IPV4) ? "bad" : "good");
	else if (proto == ETH_P_IPV6 && end - p == IPV6 + PAYLOAD && p[0] >> 4 == 6 &&
		 (p[1] & 15) == 5)
		printf("ip 6 tags %d tos %d\n", tags, (p[0] << 4 & 0xf0) | p[1] >> 4);
	else
		print_other(p, (size_t)(end - p));
}

/* The frame's length; *tags: 1 if the kernel has taken one out. */
static ssize_t take(int fd, uint8_t *frame, int *tags)
{
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(struct tpacket_auxdata))];
	} control;
	struct iovec iov = { frame, FRAME_MAX };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	struct tpacket_auxdata aux;
	struct cmsghdr *c;
	ssize_t len = recvmsg(fd, &msg, 0);

	*tags = 0;
	for (c = len < 0 ? NULL : CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
			continue;
		memcpy(&aux, CMSG_DATA(c), sizeof(aux));
		*tags = !!(aux.tp_status & TP_STATUS_VLAN_VALID);
	}
	return len;
}

static long long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static int do_recv(char **argv)
{
	long long end = now_ms() + atoi(argv[1]) * 1000LL;
	long count = atol(argv[2]);
	struct sockaddr_ll at;
	int fd = open_device(argv[0], &at), one = 1, tags;
	struct pollfd wait = { fd, POLLIN, 0 };
	uint8_t frame[FRAME_MAX];
	ssize_t len;

	at.sll_protocol = htons(ETH_P_ALL);
	if (setsockopt(fd, SOL_PACKET, PACKET_AUXDATA, &one, sizeof(one)) ||
	    bind(fd, (struct sockaddr *)&at, sizeof(at)))
		die("bind");
	puts("listening");
	fflush(stdout);
	while (count > 0 && now_ms() < end) {
		if (poll(&wait, 1, (int)(end - now_ms())) <= 0)
			continue;
		len = take(fd, frame, &tags);
		if (len < ETH_HLEN || memcmp(frame + ETH_ALEN, sender, ETH_ALEN))
			continue;
		print_frame(frame, (size_t)len, tags);
		count--;
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 6 && !strcmp(argv[1], "send"))
		return do_send(argv + 2);
	if (argc == 5 && !strcmp(argv[1], "recv"))
		return do_recv(argv + 2);
	fputs("usage: dscp_wire send DEV 4|6|other TAGS CUT TOS...\n"
	      "       dscp_wire recv DEV SECONDS COUNT\n", stderr);
	return 2;
}
