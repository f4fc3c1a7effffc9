// SPDX-License-Identifier: GPL-2.0
/*
 * The most that came over a rate, at any moment:
 *
 *	burst_watch DEVICE RATE PORT[-PORT]
 *
 * Looks at the UDP packets to these ports that come in by DEVICE, until a signal.  They
 * fill a bucket that leaks RATE bits per second; prints, on its end:
 *
 *	packets N bytes N most N
 *
 * In no interval came more than RATE times its length and "most" bytes.  Lengths
 * are those of Ethernet frames, times the kernel's of each packet.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

struct watch {
	unsigned int first, last;	/* ports */
	double rate;			/* bytes per second */
	double level, most;
	uint64_t at_ns;
	uint64_t packets, bytes;
};

static volatile sig_atomic_t ended;

static void on_signal(int number)
{
	(void)number;
	ended = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "burst_watch: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int must(int value, const char *what)
{
	if (value < 0)
		die(what);
	return value;
}

static int open_device(const char *name)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = (int)if_nametoindex(name),
	};
	int fd = must(socket(AF_PACKET, SOCK_RAW, htons(ETH_P_IP)), "socket");
	int on = 1, room = 64 << 20;

	if (!to.sll_ifindex)
		die(name);
	must(setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)), "timestamps");
	must(setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)), "room");
	must(bind(fd, (struct sockaddr *)&to, sizeof(to)), name);
	return fd;
}

static uint64_t time_of(struct msghdr *msg)
{
	struct cmsghdr *c = CMSG_FIRSTHDR(msg);
	struct timespec ts;

	if (!c || c->cmsg_type != SO_TIMESTAMPNS)
		die("a packet without its time");
	memcpy(&ts, CMSG_DATA(c), sizeof(ts));
	return (uint64_t)ts.tv_sec * 1000000000 + (uint64_t)ts.tv_nsec;
}

static int is_ours(const struct watch *w, const unsigned char *frame, size_t len)
{
	const struct iphdr *ip = (const void *)(frame + ETH_HLEN);
	const struct udphdr *udp = (const void *)(frame + ETH_HLEN + sizeof(*ip));

	return len >= ETH_HLEN + sizeof(*ip) + sizeof(*udp) &&
	       ip->protocol == IPPROTO_UDP && ip->ihl == 5 &&
	       ntohs(udp->dest) >= w->first && ntohs(udp->dest) <= w->last;
}

static void take(struct watch *w, size_t len, uint64_t now)
{
	if (w->packets)
		w->level -= w->rate * (double)(now - w->at_ns) / 1e9;
	if (w->level < 0)
		w->level = 0;
	w->level += (double)len;
	if (w->level > w->most)
		w->most = w->level;
	w->at_ns = now;
	w->packets++;
	w->bytes += len;
}

static void watch(struct watch *w, int fd)
{
	unsigned char frame[2048];
	char control[256];
	ssize_t n;

	while (!ended) {
		struct iovec iov = { frame, sizeof(frame) };
		struct msghdr msg = {
			.msg_iov = &iov, .msg_iovlen = 1,
			.msg_control = control, .msg_controllen = sizeof(control),
		};

		n = recvmsg(fd, &msg, MSG_TRUNC);
		if (n < 0 && errno != EINTR)
			die("receive");
		if (n > 0 && is_ours(w, frame, (size_t)n))
			take(w, (size_t)n, time_of(&msg));
	}
}

int main(int argc, char **argv)
{
	struct sigaction act = { .sa_handler = on_signal };
	struct watch w = { 0 };

	if (argc != 4 || sscanf(argv[3], "%u-%u", &w.first, &w.last) < 1) {
		fputs("usage: burst_watch DEVICE RATE PORT[-PORT]\n", stderr);
		return 2;
	}
	if (!w.last)
		w.last = w.first;
	w.rate = atof(argv[2]) / 8;
	sigaction(SIGTERM, &act, NULL);
	sigaction(SIGINT, &act, NULL);
	watch(&w, open_device(argv[1]));
	printf("packets %llu bytes %llu most %.0f\n", (unsigned long long)w.packets,
	       (unsigned long long)w.bytes, w.most);
	return 0;
}
