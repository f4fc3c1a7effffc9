// SPDX-License-Identifier: GPL-2.0
/*
 * UDP senders and a receiver for the kernel tests.
 *
 *	udp_load send [OPTION...] ADDRESS PORT
 *		-n COUNT	packets (default: until -t or a signal)
 *		-t SECONDS	at most this long
 *		-l BYTES	payload, 16 at least (default 1472)
 *		-r PPS		packets a second (default: as many as are taken)
 *		-p PRIORITY	SO_PRIORITY, a tc handle such as 1:10 allowed
 *		-f FLOWS	sockets, that is flows, served in turn
 *		-g SEGMENTS	packets of -l bytes in one super-packet
 *		-q TOS		TOS or traffic class byte
 *		-b BYTES	SO_SNDBUF: what one flow may keep queued
 *		-z		nothing is copied: fast, but what waits is stamped anew
 *	prints: sent PACKETS bytes PAYLOAD refused PACKETS
 *
 *	udp_load recv [-t SECONDS] [-i SECONDS] [-s SECONDS] ADDRESS PORT[-PORT]...
 *		until -t, nothing came for -i after the first, or a signal, after
 *		which what has come is still read; prints for each port that got
 *		something:
 *	port P received N lost N twice N late N corrupt N ce N
 *		dscp OF-THE-LAST delay_us MIN AVG P99 MAX first_us DELAY
 *		p50_us DELAY
 *		and a last line, end; with -s also, as each so many seconds end,
 *	at SECONDS port P received N
 *		of the time since it began, and those that came in it
 *
 * Delays are one-way, by the machine's monotonic clock: both ends are on it.
 * "refused" counts what sendto() did not take (ENOBUFS and the like).
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/udp.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT	103
#endif

#ifndef SO_ZEROCOPY
#define SO_ZEROCOPY	60
#endif
#ifndef MSG_ZEROCOPY
#define MSG_ZEROCOPY	0x4000000
#endif

#define FLOWS_MAX	1024
#define PORTS_MAX	1024
#define PAYLOAD_MAX	65000
#define MAGIC		0x6f707471u
#define DELAYS_MAX	(1u << 20)

struct stamp {
	uint32_t magic;
	uint32_t seq;
	uint64_t sent_ns;
};

static volatile sig_atomic_t stopped;

static void on_signal(int sig)
{
	(void)sig;
	stopped = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "udp_load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void usage(void)
{
	fprintf(stderr,
		"usage: udp_load send [-n N] [-t S] [-l BYTES] [-r PPS] [-p PRIO] [-f FLOWS] [-g SEGS] [-q TOS] [-b BYTES] [-z] ADDRESS PORT\n"
		"       udp_load recv [-t S] [-i S] [-s S] ADDRESS PORT[-PORT]...\n");
	exit(2);
}

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static socklen_t parse_address(const char *text, uint16_t port,
			       struct sockaddr_storage *ss)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;
	struct sockaddr_in *in = (struct sockaddr_in *)ss;

	memset(ss, 0, sizeof(*ss));
	if (inet_pton(AF_INET, text, &in->sin_addr) == 1) {
		in->sin_family = AF_INET;
		in->sin_port = htons(port);
		return sizeof(*in);
	}
	if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		return sizeof(*in6);
	}
	usage();
	return 0;
}

static void set_option(int fd, int level, int name, int value, const char *what)
{
	if (setsockopt(fd, level, name, &value, sizeof(value)))
		die(what);
}

/* ---- sending ---- */

struct sender {
	uint64_t count;
	uint64_t pps;
	double seconds;
	uint32_t len;
	uint32_t segments;
	uint32_t flows;
	uint32_t priority;
	int tos;
	int sndbuf;
	bool zerocopy;
	uint64_t sent;
	uint64_t refused;
	int fd[FLOWS_MAX];
};

/* A plain number, or a tc handle MAJOR:MINOR, whose parts are hexadecimal. */
static uint32_t parse_priority(const char *text)
{
	const char *colon = strchr(text, ':');

	if (!colon)
		return strtoul(text, NULL, 0);
	return strtoul(text, NULL, 16) << 16 | strtoul(colon + 1, NULL, 16);
}

static int open_flow(const struct sender *s, const struct sockaddr_storage *to,
		     socklen_t to_len)
{
	int fd = socket(to->ss_family, SOCK_DGRAM, 0);

	if (fd < 0)
		die("socket");
	if (s->sndbuf)
		set_option(fd, SOL_SOCKET, SO_SNDBUFFORCE, s->sndbuf, "SO_SNDBUF");
	if (s->segments > 1)
		set_option(fd, IPPROTO_UDP, UDP_SEGMENT, s->len, "UDP_SEGMENT");
	if (s->zerocopy)
		set_option(fd, SOL_SOCKET, SO_ZEROCOPY, 1, "SO_ZEROCOPY");
	if (s->tos && to->ss_family == AF_INET)
		set_option(fd, IPPROTO_IP, IP_TOS, s->tos, "IP_TOS");
	if (s->tos && to->ss_family == AF_INET6)
		set_option(fd, IPPROTO_IPV6, IPV6_TCLASS, s->tos, "IPV6_TCLASS");
	/* After the TOS, which sets a priority of its own. */
	if (s->priority)
		set_option(fd, SOL_SOCKET, SO_PRIORITY, s->priority, "SO_PRIORITY");
	if (connect(fd, (const struct sockaddr *)to, to_len))
		die("connect");
	return fd;
}

/* What follows the stamp is told by its place, so that damage shows. */
static void fill_payload(unsigned char *buf, uint32_t len)
{
	uint32_t i;

	for (i = sizeof(struct stamp); i < len; i++)
		buf[i] = i * 7;
}

static void wait_until(uint64_t when)
{
	struct timespec ts = {
		.tv_sec = when / 1000000000,
		.tv_nsec = when % 1000000000,
	};

	while (!stopped &&
	       clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR)
		;
}

static bool send_one(const struct sender *s, int fd, const void *buf, size_t len)
{
	struct msghdr done = { 0 };

	if (!s->zerocopy)
		return send(fd, buf, len, 0) == (ssize_t)len;
	/* What the kernel has done with counts against the socket until it is read. */
	if (send(fd, buf, len, MSG_ZEROCOPY) == (ssize_t)len)
		return true;
	if (errno == ENOBUFS)
		while (recvmsg(fd, &done, MSG_ERRQUEUE) >= 0)
			;
	return false;
}

static void send_all(struct sender *s)
{
	static unsigned char buf[PAYLOAD_MAX];
	uint64_t start = now_ns(), end = UINT64_MAX, turn;
	size_t step = s->len, total = step * s->segments;
	uint32_t seq[FLOWS_MAX] = { 0 }, i;

	if (s->seconds > 0)
		end = start + (uint64_t)(s->seconds * 1e9);
	for (i = 0; i < s->segments; i++)
		fill_payload(buf + i * step, s->len);
	for (turn = 0; !stopped && s->sent + s->refused < s->count; turn++) {
		uint32_t flow = turn % s->flows;
		struct stamp st = { .magic = MAGIC };

		if (s->pps)
			wait_until(start + turn * s->segments * 1000000000 / s->pps);
		st.sent_ns = now_ns();
		if (st.sent_ns >= end)
			break;
		for (i = 0; i < s->segments; i++) {
			st.seq = seq[flow] + i;
			memcpy(buf + i * step, &st, sizeof(st));
		}
		if (send_one(s, s->fd[flow], buf, total)) {
			s->sent += s->segments;
			seq[flow] += s->segments;
		} else if (errno != EINTR && errno != ECONNREFUSED) {
			s->refused += s->segments;
		}
	}
}

static int do_send(int argc, char **argv)
{
	static struct sender s = {
		.count = UINT64_MAX, .len = 1472, .segments = 1, .flows = 1,
	};
	struct sockaddr_storage to;
	socklen_t to_len;
	uint32_t i;
	int opt;

	while ((opt = getopt(argc, argv, "n:t:l:r:p:f:g:q:b:z")) != -1) {
		switch (opt) {
		case 'n': s.count = strtoull(optarg, NULL, 0); break;
		case 't': s.seconds = atof(optarg); break;
		case 'l': s.len = strtoul(optarg, NULL, 0); break;
		case 'r': s.pps = strtoull(optarg, NULL, 0); break;
		case 'p': s.priority = parse_priority(optarg); break;
		case 'f': s.flows = strtoul(optarg, NULL, 0); break;
		case 'g': s.segments = strtoul(optarg, NULL, 0); break;
		case 'q': s.tos = strtoul(optarg, NULL, 0); break;
		case 'b': s.sndbuf = strtoul(optarg, NULL, 0); break;
		case 'z': s.zerocopy = true; break;
		default: usage();
		}
	}
	if (argc - optind != 2 || !s.flows || s.flows > FLOWS_MAX ||
	    s.len < sizeof(struct stamp) || !s.segments ||
	    (uint64_t)s.len * s.segments > PAYLOAD_MAX)
		usage();
	to_len = parse_address(argv[optind], atoi(argv[optind + 1]), &to);
	for (i = 0; i < s.flows; i++)
		s.fd[i] = open_flow(&s, &to, to_len);
	send_all(&s);
	printf("sent %llu bytes %llu refused %llu\n",
	       (unsigned long long)s.sent,
	       (unsigned long long)s.sent * s.len,
	       (unsigned long long)s.refused);
	return 0;
}

/* ---- receiving ---- */

struct flow {
	struct sockaddr_storage from;
	uint32_t next;			/* sequence number expected */
	uint32_t port;			/* index */
};

struct port {
	uint16_t number;
	uint64_t received, lost, twice, late, corrupt, ce;
	uint64_t told;			/* of those received */
	int tos;			/* of the last packet */
	uint64_t delay_min, delay_max, delay_sum, delay_first;
	uint32_t *delays;
	uint32_t n_delays;
};

struct receiver {
	struct port port[PORTS_MAX];
	struct pollfd poll[PORTS_MAX];
	struct flow flow[FLOWS_MAX];
	uint32_t n_ports, n_flows;
};

static void open_port(struct receiver *r, const char *address, uint16_t number)
{
	struct sockaddr_storage at;
	socklen_t len = parse_address(address, number, &at);
	int fd = socket(at.ss_family, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	if (fd < 0)
		die("socket");
	if (r->n_ports == PORTS_MAX)
		usage();
	set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, 32 << 20, "SO_RCVBUF");
	if (at.ss_family == AF_INET)
		set_option(fd, IPPROTO_IP, IP_RECVTOS, 1, "IP_RECVTOS");
	else
		set_option(fd, IPPROTO_IPV6, IPV6_RECVTCLASS, 1, "IPV6_RECVTCLASS");
	if (bind(fd, (struct sockaddr *)&at, len))
		die("bind");
	r->port[r->n_ports].number = number;
	r->port[r->n_ports].delays = malloc(DELAYS_MAX * sizeof(uint32_t));
	if (!r->port[r->n_ports].delays)
		die("memory");
	r->poll[r->n_ports++] = (struct pollfd){ .fd = fd, .events = POLLIN };
}

static struct flow *find_flow(struct receiver *r, uint32_t port,
			      const struct sockaddr_storage *from, socklen_t len)
{
	uint32_t i;

	for (i = 0; i < r->n_flows; i++) {
		if (r->flow[i].port == port &&
		    !memcmp(&r->flow[i].from, from, len))
			return &r->flow[i];
	}
	if (r->n_flows == FLOWS_MAX) {
		fprintf(stderr, "udp_load: too many flows\n");
		exit(1);
	}
	r->flow[i].from = *from;
	r->flow[i].port = port;
	r->n_flows++;
	return &r->flow[i];
}

/* A gap counts as lost until what is missing comes late. */
static void take_seq(struct port *p, struct flow *f, uint32_t seq)
{
	int32_t ahead = (int32_t)(seq - f->next);

	if (ahead >= 0) {
		p->lost += ahead;
		f->next = seq + 1;
	} else if (ahead == -1) {
		p->twice++;
	} else {
		p->late++;
		if (p->lost)
			p->lost--;
	}
}

static void take_delay(struct port *p, uint64_t delay)
{
	if (!p->received)
		p->delay_first = delay;
	if (!p->received || delay < p->delay_min)
		p->delay_min = delay;
	if (delay > p->delay_max)
		p->delay_max = delay;
	p->delay_sum += delay;
	if (p->n_delays < DELAYS_MAX)
		p->delays[p->n_delays++] = delay / 1000;
}

static bool payload_intact(const unsigned char *buf, size_t len)
{
	size_t i;

	for (i = sizeof(struct stamp); i < len; i++) {
		if (buf[i] != (unsigned char)(i * 7))
			return false;
	}
	return true;
}

static int cmsg_tos(struct msghdr *msg)
{
	struct cmsghdr *c;

	for (c = CMSG_FIRSTHDR(msg); c; c = CMSG_NXTHDR(msg, c)) {
		if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_TOS)
			return *(unsigned char *)CMSG_DATA(c);
		if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_TCLASS)
			return *(int *)CMSG_DATA(c);
	}
	return 0;
}

/* One packet off a socket; false when none waits. */
static bool take_packet(struct receiver *r, uint32_t port)
{
	static unsigned char buf[PAYLOAD_MAX];
	char control[64];
	struct sockaddr_storage from = { 0 };
	struct iovec iov = { buf, sizeof(buf) };
	struct msghdr msg = {
		.msg_name = &from, .msg_namelen = sizeof(from),
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct port *p = &r->port[port];
	struct stamp st;
	ssize_t len = recvmsg(r->poll[port].fd, &msg, 0);

	if (len < 0)
		return false;
	memcpy(&st, buf, sizeof(st));
	if (len < (ssize_t)sizeof(st) || st.magic != MAGIC ||
	    !payload_intact(buf, len)) {
		p->corrupt++;
		return true;
	}
	take_delay(p, now_ns() - st.sent_ns);
	p->received++;
	p->tos = cmsg_tos(&msg);
	if ((p->tos & 3) == 3)
		p->ce++;
	take_seq(p, find_flow(r, port, &from, msg.msg_namelen), st.seq);
	return true;
}

static int compare_u32(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void print_port(struct port *p)
{
	uint32_t p50 = 0, p99 = 0;

	if (!p->received && !p->corrupt)
		return;
	qsort(p->delays, p->n_delays, sizeof(uint32_t), compare_u32);
	if (p->n_delays) {
		p50 = p->delays[p->n_delays / 2];
		p99 = p->delays[(uint64_t)p->n_delays * 99 / 100];
	}
	printf("port %u received %llu lost %llu twice %llu late %llu corrupt %llu ce %llu",
	       p->number, (unsigned long long)p->received,
	       (unsigned long long)p->lost, (unsigned long long)p->twice,
	       (unsigned long long)p->late, (unsigned long long)p->corrupt,
	       (unsigned long long)p->ce);
	printf(" dscp %d delay_us %llu %llu %u %llu first_us %llu p50_us %u\n", p->tos >> 2,
	       (unsigned long long)p->delay_min / 1000,
	       (unsigned long long)(p->received ? p->delay_sum / p->received / 1000 : 0),
	       p99, (unsigned long long)p->delay_max / 1000,
	       (unsigned long long)p->delay_first / 1000, p50);
}

/* What came since it was told last. */
static void tell_progress(struct receiver *r, double seconds)
{
	uint32_t i;

	for (i = 0; i < r->n_ports; i++) {
		struct port *p = &r->port[i];

		if (p->received)
			printf("at %.3f port %u received %llu\n", seconds, p->number,
			       (unsigned long long)(p->received - p->told));
		p->told = p->received;
	}
}

static void receive_all(struct receiver *r, double idle, double most, double step)
{
	uint64_t start = now_ns(), last = 0, now;
	uint64_t tell = step > 0 ? start + step * 1e9 : UINT64_MAX;
	uint32_t i;

	while (!stopped) {
		now = now_ns();
		if (most > 0 && now - start > most * 1e9)
			break;
		if (idle > 0 && last && now - last > idle * 1e9)
			break;
		if (now >= tell) {
			tell_progress(r, (now - start) / 1e9);
			tell += step * 1e9;
		}
		if (poll(r->poll, r->n_ports, 50) <= 0)
			continue;
		for (i = 0; i < r->n_ports; i++) {
			if (!(r->poll[i].revents & POLLIN))
				continue;
			while (!stopped && take_packet(r, i))
				last = now_ns();
		}
	}
	for (i = 0; i < r->n_ports; i++) {
		while (take_packet(r, i))
			;
	}
}

static int do_recv(int argc, char **argv)
{
	static struct receiver r;
	double idle = 0, most = 0, step = 0;
	uint32_t port;
	int opt, i;

	while ((opt = getopt(argc, argv, "t:i:s:")) != -1) {
		switch (opt) {
		case 't': most = atof(optarg); break;
		case 'i': idle = atof(optarg); break;
		case 's': step = atof(optarg); break;
		default: usage();
		}
	}
	if (argc - optind < 2)
		usage();
	for (i = optind + 1; i < argc; i++) {
		char *dash = strchr(argv[i], '-');
		uint32_t last = atoi(dash ? dash + 1 : argv[i]);

		for (port = atoi(argv[i]); port <= last; port++)
			open_port(&r, argv[optind], port);
	}
	receive_all(&r, idle, most, step);
	for (port = 0; port < r.n_ports; port++)
		print_port(&r.port[port]);
	puts("end");
	return 0;
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	if (argc < 2)
		usage();
	if (!strcmp(argv[1], "send"))
		return do_send(argc - 1, argv + 1);
	if (!strcmp(argv[1], "recv"))
		return do_recv(argc - 1, argv + 1);
	usage();
	return 2;
}
