// SPDX-License-Identifier: GPL-2.0
/*
 * A flood of small UDP packets over IPv4, each few of them a flow of their own: as
 * frames, so that neither a route nor a socket is looked up for each.
 *
 *	flow_flood [OPTION...] DEVICE MAC ADDRESS
 *		-t SECONDS	(default: until a signal)
 *		-r PPS		packets a second (default 10000)
 *		-n PACKETS	of a flow, one after the other (default 1)
 *		-p PRIORITY	SO_PRIORITY, a tc handle such as 1:10 allowed
 *		-q TOS		TOS byte
 *	prints: sent PACKETS refused PACKETS
 *
 * Frames of 64 bytes to ADDRESS, from random ports of random addresses of 10.0.0.0/8.
 * What falls due within a millisecond goes at once.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
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
#include <unistd.h>

#define LENGTH	(64 - ETH_HLEN)
#define BATCH	64
#define STEP_NS	1000000

struct packet {
	struct iphdr ip;
	struct udphdr udp;
	unsigned char rest[LENGTH - sizeof(struct iphdr) - sizeof(struct udphdr)];
};

struct flood {
	double seconds;
	uint64_t pps;
	uint32_t per_flow;
	uint32_t priority;
	int tos;
	int fd;
	struct sockaddr_ll to;
	in_addr_t address;
	uint64_t seed;
	uint64_t sent, refused;
	struct packet packet[BATCH];
	struct iovec iov[BATCH];
	struct mmsghdr msg[BATCH];
};

static volatile sig_atomic_t stopped;

static void on_signal(int sig)
{
	(void)sig;
	stopped = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "flow_flood: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void usage(void)
{
	fprintf(stderr,
		"usage: flow_flood [-t S] [-r PPS] [-n PACKETS] [-p PRIO] [-q TOS] DEVICE MAC ADDRESS\n");
	exit(2);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

/* splitmix64 (Steele, Lea, Flood 2014); the same at each run. */
static uint64_t rnd(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15ULL);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

static uint16_t ip_checksum(const struct iphdr *ip)
{
	const uint16_t *word = (const uint16_t *)(const void *)ip;
	uint32_t sum = 0;
	int i;

	for (i = 0; i < 10; i++)
		sum += word[i];
	sum = (sum & 0xffff) + (sum >> 16);
	return ~(sum + (sum >> 16));
}

static void new_flow(struct flood *f, struct packet *p)
{
	uint64_t r = rnd(&f->seed);

	p->ip.saddr = htonl(10U << 24 | (r & 0xffffff));
	p->udp.source = htons(1024 + (r >> 24) % 64512);
	p->ip.check = 0;
	p->ip.check = ip_checksum(&p->ip);
}

static void prepare(struct flood *f)
{
	int i;

	for (i = 0; i < BATCH; i++) {
		struct packet *p = &f->packet[i];

		p->ip.version = 4;
		p->ip.ihl = 5;
		p->ip.tos = f->tos;
		p->ip.tot_len = htons(sizeof(*p));
		p->ip.ttl = 64;
		p->ip.protocol = IPPROTO_UDP;
		p->ip.daddr = f->address;
		p->udp.dest = htons(9);
		p->udp.len = htons(sizeof(*p) - sizeof(p->ip));
		f->iov[i] = (struct iovec){ p, sizeof(*p) };
		f->msg[i].msg_hdr = (struct msghdr){
			.msg_name = &f->to, .msg_namelen = sizeof(f->to),
			.msg_iov = &f->iov[i], .msg_iovlen = 1,
		};
	}
}

/* What is refused is the first that was not sent: the others are still to go. */
static void send_batch(struct flood *f, uint32_t n)
{
	uint32_t at = 0;

	while (at < n) {
		int sent = sendmmsg(f->fd, f->msg + at, n - at, 0);

		if (sent > 0) {
			f->sent += sent;
			at += sent;
		} else if (errno == EINTR) {
			if (stopped)
				return;
		} else {
			f->refused++;
			at++;
		}
	}
}

static void send_due(struct flood *f, uint64_t due)
{
	uint64_t done = f->sent + f->refused;

	while (done < due && !stopped) {
		uint32_t n = due - done < BATCH ? due - done : BATCH, i;

		for (i = 0; i < n; i++) {
			if ((done + i) % f->per_flow == 0 || !i)
				new_flow(f, &f->packet[i]);
			else
				f->packet[i] = f->packet[i - 1];
		}
		send_batch(f, n);
		done = f->sent + f->refused;
	}
}

static void run(struct flood *f)
{
	uint64_t start = now_ns(), now = start;
	uint64_t end = f->seconds > 0 ? start + f->seconds * 1e9 : UINT64_MAX;
	struct timespec ts = { .tv_nsec = STEP_NS };

	while (!stopped && now < end) {
		send_due(f, (now - start) / 1000 * f->pps / 1000000);
		nanosleep(&ts, NULL);
		now = now_ns();
	}
	printf("sent %llu refused %llu\n", (unsigned long long)f->sent,
	       (unsigned long long)f->refused);
}

/* A plain number, or a tc handle MAJOR:MINOR, whose parts are hexadecimal. */
static uint32_t parse_priority(const char *text)
{
	const char *colon = strchr(text, ':');

	if (!colon)
		return strtoul(text, NULL, 0);
	return strtoul(text, NULL, 16) << 16 | strtoul(colon + 1, NULL, 16);
}

static void open_socket(struct flood *f, const char *device, const char *mac)
{
	unsigned char *a = f->to.sll_addr;
	int room = 64 << 20;

	f->to.sll_family = AF_PACKET;
	f->to.sll_protocol = htons(ETH_P_IP);
	f->to.sll_halen = ETH_ALEN;
	f->to.sll_ifindex = if_nametoindex(device);
	if (!f->to.sll_ifindex)
		die(device);
	if (sscanf(mac, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx",
		   a, a + 1, a + 2, a + 3, a + 4, a + 5) != 6)
		usage();
	/* Protocol 0: it hears nothing. */
	f->fd = socket(AF_PACKET, SOCK_DGRAM, 0);
	if (f->fd < 0)
		die("socket");
	if (setsockopt(f->fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)) ||
	    setsockopt(f->fd, SOL_SOCKET, SO_PRIORITY, &f->priority, sizeof(f->priority)))
		die("setsockopt");
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = on_signal };
	static struct flood f = { .pps = 10000, .per_flow = 1, .seed = 1 };
	int opt;

	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	while ((opt = getopt(argc, argv, "t:r:n:p:q:")) != -1) {
		switch (opt) {
		case 't': f.seconds = atof(optarg); break;
		case 'r': f.pps = strtoull(optarg, NULL, 0); break;
		case 'n': f.per_flow = strtoul(optarg, NULL, 0); break;
		case 'p': f.priority = parse_priority(optarg); break;
		case 'q': f.tos = strtoul(optarg, NULL, 0); break;
		default: usage();
		}
	}
	if (argc - optind != 3 || !f.pps || !f.per_flow ||
	    inet_pton(AF_INET, argv[optind + 2], &f.address) != 1)
		usage();
	open_socket(&f, argv[optind], argv[optind + 1]);
	prepare(&f);
	run(&f);
	return 0;
}
