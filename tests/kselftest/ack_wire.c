// SPDX-License-Identifier: GPL-2.0
/*
 * Segments of TCP on the wire as they are asked for, for the kernel tests.
 *
 *	ack_wire send DEV 4|6 SEGMENT...
 *		each is a list of letters with numbers, a,100,w,9: of those below
 *	ack_wire recv DEV SECONDS COUNT
 *		prints the place in its command line of each such frame that comes, after
 *		a line, when it is ready, listening
 *
 *	a N acknowledgement	s N sequence number	w N window
 *	f N flags, 12 bits	p N source port		d N bytes of data
 *	t N timestamp		e N its echo		o N an option of this kind, 4 bytes
 *	k N beginning of a SACK block, and l N its end
 *	q N traffic class	v N VLAN tags in the frame
 *	x N what the IP header says else: 1 a fragment, 2 options in IPv4 or an
 *		extension header in IPv6, 3 another length
 *	h N the TCP header's length in words, whatever it is
 *	c N bytes of the IP packet, the rest is cut off
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

#define FRAME_MAX	256
#define ACK		0x10

enum { EXTRA_NONE, EXTRA_FRAGMENT, EXTRA_OPTIONS, EXTRA_LENGTH };

/* What tells these frames from others; the place stands behind it. */
static const uint8_t sender[ETH_ALEN - 1] = { 2, 'o', 'p', 't', 'q' };

struct segment {
	uint32_t v[128];	/* by letter */
	uint8_t options[40];
	size_t n_options;
};

static void die(const char *what)
{
	perror(what);
	exit(1);
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

static uint8_t *put16(uint8_t *p, uint32_t value)
{
	*p++ = (uint8_t)(value >> 8);
	*p++ = (uint8_t)value;
	return p;
}

static uint8_t *put32(uint8_t *p, uint32_t value)
{
	return put16(put16(p, value >> 16), value);
}

/* Each padded to whole words, as Linux does. */
static void add_option(struct segment *s, uint8_t kind, size_t numbers,
		       uint32_t a, uint32_t b)
{
	uint8_t *p = s->options + s->n_options;

	if (s->n_options + 12 > sizeof(s->options))
		exit(2);
	p[0] = 1;
	p[1] = 1;
	p[2] = kind;
	p[3] = (uint8_t)(2 + numbers * 4);
	if (numbers)
		put32(put32(p + 4, a), b);
	s->n_options += 4 + numbers * 4;
}

/* One more block in the option that stands last. */
static void add_block(struct segment *s, uint32_t from, uint32_t to)
{
	static size_t at;

	if (!s->v['B']++) {
		at = s->n_options;
		add_option(s, 5, 2, from, to);
		return;
	}
	if (s->n_options + 8 > sizeof(s->options))
		exit(2);
	put32(put32(s->options + s->n_options, from), to);
	s->n_options += 8;
	s->options[at + 3] += 8;
}

static void read_segment(char *text, struct segment *s)
{
	char *letter, *number, *at = NULL;

	memset(s, 0, sizeof(*s));
	s->v['f'] = ACK;
	s->v['p'] = 5001;
	for (letter = strtok_r(text, ",", &at); letter;
	     letter = strtok_r(NULL, ",", &at)) {
		number = strtok_r(NULL, ",", &at);
		if (!number)
			exit(2);
		s->v[letter[0] & 127] = (uint32_t)strtoul(number, NULL, 0);
		if (letter[0] == 'o')
			add_option(s, (uint8_t)s->v['o'], 0, 0, 0);
		if (letter[0] == 'e')
			add_option(s, 8, 2, s->v['t'], s->v['e']);
		if (letter[0] == 'l')
			add_block(s, s->v['k'], s->v['l']);
	}
}

static uint8_t *put_ipv4(uint8_t *p, const struct segment *s, uint32_t len)
{
	uint32_t extra = s->v['x'], words = extra == EXTRA_OPTIONS ? 6 : 5;

	memset(p, 0, 24);
	p[0] = (uint8_t)(0x40 | words);
	p[1] = (uint8_t)s->v['q'];
	put16(p + 2, words * 4 + len + (extra == EXTRA_LENGTH));
	put16(p + 6, extra == EXTRA_FRAGMENT ? 0x2000 : 0);
	p[8] = 64;
	p[9] = 6;
	memcpy(p + 12, "\xc0\x00\x02\x01\xc0\x00\x02\x02\x01\x01\x01", 11);
	return p + words * 4;
}

static uint8_t *put_ipv6(uint8_t *p, const struct segment *s, uint32_t len)
{
	uint32_t extra = s->v['x'];

	memset(p, 0, 48);
	p[0] = (uint8_t)(0x60 | s->v['q'] >> 4);
	p[1] = (uint8_t)(s->v['q'] << 4);
	put16(p + 4, len + (extra == EXTRA_OPTIONS) * 8 + (extra == EXTRA_LENGTH));
	p[6] = extra == EXTRA_OPTIONS ? 60 : extra == EXTRA_FRAGMENT ? 44 : 6;
	p[7] = 64;
	memcpy(p + 8, "\x20\x01\x0d\xb8", 4);
	memcpy(p + 24, "\x20\x01\x0d\xb8\xff", 5);
	p[40] = 6;
	p[42] = 1;	/* PadN */
	p[43] = 4;
	return p + (extra == EXTRA_OPTIONS ? 48 : 40);
}

static size_t make_frame(uint8_t *frame, int place, int family,
			 const struct segment *s)
{
	uint32_t words = 5 + (uint32_t)s->n_options / 4, tags = s->v['v'];
	uint32_t len = words * 4 + s->v['d'];
	uint8_t *p = frame, *ip;

	memset(p, 0xff, ETH_ALEN);
	memcpy(p + ETH_ALEN, sender, sizeof(sender));
	p[2 * ETH_ALEN - 1] = (uint8_t)place;
	for (p += 2 * ETH_ALEN; tags; tags--)
		p = put16(put16(p, ETH_P_8021Q), 5);
	ip = put16(p, family == 6 ? ETH_P_IPV6 : ETH_P_IP);
	p = family == 6 ? put_ipv6(ip, s, len) : put_ipv4(ip, s, len);
	p = put16(put16(p, s->v['p']), 80);
	p = put32(put32(p, s->v['s']), s->v['a']);
	p = put16(p, (s->v['h'] ? s->v['h'] : words) << 12 | s->v['f']);
	p = put32(put16(p, s->v['w']), 0);
	memcpy(p, s->options, s->n_options);
	p += s->n_options;
	memset(p, 0xa5, s->v['d']);
	p += s->v['d'];
	return s->v['c'] ? (size_t)(ip - frame) + s->v['c'] : (size_t)(p - frame);
}

static int do_send(char **argv)
{
	int family = atoi(argv[1]), place = 1;
	struct sockaddr_ll to;
	int fd = open_device(argv[0], &to);
	uint8_t frame[FRAME_MAX];
	struct segment s;
	size_t len;

	for (argv += 2; *argv; argv++) {
		read_segment(*argv, &s);
		if (s.v['d'] > 64)
			return 2;
		len = make_frame(frame, place++, family, &s);
		if (sendto(fd, frame, len, 0, (struct sockaddr *)&to,
			   sizeof(to)) != (ssize_t)len)
			die("sendto");
	}
	return 0;
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
	int fd = open_device(argv[0], &at);
	struct pollfd wait = { fd, POLLIN, 0 };
	uint8_t frame[FRAME_MAX];

	at.sll_protocol = htons(ETH_P_ALL);
	if (bind(fd, (struct sockaddr *)&at, sizeof(at)))
		die("bind");
	puts("listening");
	fflush(stdout);
	while (count > 0 && now_ms() < end) {
		if (poll(&wait, 1, (int)(end - now_ms())) <= 0 ||
		    recv(fd, frame, sizeof(frame), 0) < ETH_HLEN ||
		    memcmp(frame + ETH_ALEN, sender, sizeof(sender)))
			continue;
		printf("%d\n", frame[2 * ETH_ALEN - 1]);
		count--;
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 4 && !strcmp(argv[1], "send"))
		return do_send(argv + 2);
	if (argc == 5 && !strcmp(argv[1], "recv"))
		return do_recv(argv + 2);
	fputs("usage: ack_wire send DEV 4|6 SEGMENT...\n"
	      "       ack_wire recv DEV SECONDS COUNT\n", stderr);
	return 2;
}
