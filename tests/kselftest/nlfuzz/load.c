// SPDX-License-Identifier: GPL-2.0
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/optq.h>
#include <linux/rtnetlink.h>
#include <linux/virtio_net.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "devices.h"
#include "grammar.h"
#include "load.h"
#include "sock.h"

#define SENDERS		2
#define PER_REQUEST	4	/* packets of each sender */
#define PER_DUMP	4	/* requests */
#define FRAME_MAX	8192

static struct sender {
	pthread_t thread;
	struct rnd r;
	int cpu;
	uint64_t sent, refused;
} senders[SENDERS];

static pthread_t dumper;
static uint64_t dumps, events;
static atomic_bool stopped;
static _Atomic uint64_t requests;

/* At the pace of the requests, or a slow machine would do little else. */
static bool wait_for(uint64_t n)
{
	while (requests < n && !stopped)
		usleep(500);
	return !stopped;
}

void load_step(void) { requests++; }

/* ---- packets ---- */

struct frame {
	struct virtio_net_hdr gso;
	uint8_t data[FRAME_MAX];
	uint32_t len;
};

static uint8_t *push(struct frame *f, const void *data, uint32_t len)
{
	uint8_t *at = f->data + f->len;

	memcpy(at, data, len);
	f->len += len;
	return at;
}

static void push_ethernet(struct frame *f, struct rnd *r, uint16_t proto)
{
	static const uint8_t ends[12] = { 2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2 };
	uint8_t tag[4] = { 0x81, 0, (uint8_t)below(r, 256), (uint8_t)below(r, 8) };
	uint8_t type[2] = { (uint8_t)(proto >> 8), (uint8_t)proto };

	push(f, ends, sizeof(ends));
	if (one_in(r, 8))
		push(f, tag, sizeof(tag));
	push(f, type, sizeof(type));
}

static void put_be16(uint8_t *at, uint32_t v)
{
	at[0] = (uint8_t)(v >> 8);
	at[1] = (uint8_t)v;
}

static void push_ipv4(struct frame *f, struct rnd *r, uint8_t proto, uint32_t payload)
{
	uint8_t ip[20] = { 0x45, (uint8_t)rnd64(r), 0, 0, 0, 0, 0, 0, 64, proto };

	put_be16(ip + 2, sizeof(ip) + payload);
	if (one_in(r, 16))
		put_be16(ip + 6, 0x2000 | below(r, 100));
	ip[12] = ip[16] = 10;
	ip[15] = (uint8_t)below(r, 32);
	ip[19] = (uint8_t)below(r, 4);
	push(f, ip, sizeof(ip));
}

static void push_ipv6(struct frame *f, struct rnd *r, uint8_t proto, uint32_t payload)
{
	uint8_t ip[40] = { 0x60, (uint8_t)rnd64(r), 0, 0, 0, 0, proto, 64, 0xfd };

	put_be16(ip + 4, payload);
	ip[23] = (uint8_t)below(r, 32);
	ip[24] = 0xfd;
	push(f, ip, sizeof(ip));
}

static void push_tcp(struct frame *f, struct rnd *r)
{
	uint8_t tcp[20] = { 0x17, (uint8_t)(0x70 + below(r, 8)), 0x17, 0x70,
			    0, 0, 0, 1, 0, 0, 0, 0, 0x50, 0x10, 1, 0 };

	put_be16(tcp + 10, below(r, 65536));
	push(f, tcp, sizeof(tcp));
}

static void push_udp(struct frame *f, struct rnd *r, uint32_t payload)
{
	uint8_t udp[8] = { 0x17, (uint8_t)(0x70 + below(r, 8)), 0x17, 0x70 };

	put_be16(udp + 4, sizeof(udp) + payload);
	push(f, udp, sizeof(udp));
}

/* A super-packet of TCP, to be cut into segments. */
static void make_super(struct frame *f, struct rnd *r)
{
	uint32_t payload = 3000 + below(r, 4000), head;

	push_ethernet(f, r, ETH_P_IP);
	head = f->len + 20;
	push_ipv4(f, r, IPPROTO_TCP, 20 + payload);
	push_tcp(f, r);
	f->gso = (struct virtio_net_hdr){
		.flags = VIRTIO_NET_HDR_F_NEEDS_CSUM,
		.gso_type = VIRTIO_NET_HDR_GSO_TCPV4,
		.hdr_len = (uint16_t)f->len,
		.gso_size = (uint16_t)(400 + below(r, 1000)),
		.csum_start = (uint16_t)head,
		.csum_offset = 16,
	};
	f->len += payload;
}

static void make_frame(struct frame *f, struct rnd *r)
{
	uint32_t payload = one_in(r, 3) ? 1400 : below(r, 200);

	memset(f, 0, sizeof(*f));
	if (one_in(r, 16)) {
		make_super(f, r);
	} else if (one_in(r, 4)) {
		push_ethernet(f, r, ETH_P_IP);
		push_ipv4(f, r, IPPROTO_TCP, 20);
		push_tcp(f, r);
	} else if (one_in(r, 3)) {
		push_ethernet(f, r, ETH_P_IPV6);
		push_ipv6(f, r, IPPROTO_UDP, 8 + payload);
		push_udp(f, r, payload);
		f->len += payload;
	} else {
		push_ethernet(f, r, one_in(r, 16) ? (uint16_t)rnd64(r) : ETH_P_IP);
		push_ipv4(f, r, one_in(r, 16) ? (uint8_t)rnd64(r) : IPPROTO_UDP, 8 + payload);
		push_udp(f, r, payload);
		/* Some end too soon. */
		f->len += one_in(r, 16) ? 0 : payload;
	}
}

static void send_one(struct sender *s, int fd)
{
	struct sockaddr_ll to = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(ETH_P_IP),
		.sll_ifindex = (int)own_ifindex(&s->r),
		.sll_halen = ETH_ALEN,
	};
	uint32_t priority = one_in(&s->r, 2) ? HANDLE_OPTQ | below(&s->r, IDS + 1) : 0;
	uint32_t mark = below(&s->r, 16);
	static __thread struct frame f;
	struct iovec parts[2] = { { &f.gso, sizeof(f.gso) } };
	struct msghdr msg = {
		.msg_name = &to, .msg_namelen = sizeof(to),
		.msg_iov = parts, .msg_iovlen = 2,
	};

	make_frame(&f, &s->r);
	parts[1] = (struct iovec){ f.data, f.len };
	setsockopt(fd, SOL_SOCKET, SO_PRIORITY, &priority, sizeof(priority));
	setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof(mark));
	if (sendmsg(fd, &msg, MSG_DONTWAIT) < 0)
		s->refused++;
	else
		s->sent++;
}

static void *send_all(void *arg)
{
	int fd = socket(AF_PACKET, SOCK_RAW, 0), on = 1, size = 1 << 22;
	struct sender *s = arg;
	cpu_set_t set;

	if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof(on)))
		die("packet socket", errno);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size));
	CPU_ZERO(&set);
	CPU_SET(s->cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
	while (wait_for((s->sent + s->refused) / PER_REQUEST + 1))
		send_one(s, fd);
	close(fd);
	return NULL;
}

/* ---- dumps ---- */

static void make_dump(struct request *q, uint32_t n)
{
	static const uint8_t cmds[] = {
		OPTQ_CMD_CLASS_GET, OPTQ_CMD_RULE_GET, OPTQ_CMD_FLOW_GET, OPTQ_CMD_EXPLAIN,
	};
	static const uint16_t types[] = {
		RTM_GETQDISC, RTM_GETTCLASS, RTM_GETTFILTER, RTM_GETTCLASS,
	};
	uint32_t ifindex;

	request_init(q, 0, n);
	ifindex = own_ifindex(&q->r);
	q->genl = n % 2;
	if (q->genl) {
		q->head[0] = cmds[below(&q->r, 4)];
		q->head[1] = OPTQ_GENL_VERSION;
		q->head_len = 4;
		put_u32(q, OPTQ_A_IFINDEX, ifindex);
	} else {
		tc_head(q, types[below(&q->r, 4)], 0, ifindex, 0,
			one_in(&q->r, 2) ? HANDLE_OPTQ : 0);
	}
	q->flags |= NLM_F_DUMP;
	/* Some are left in their middle, and end with their socket. */
	if (one_in(&q->r, 4))
		q->reads = 1;
}

static void count_events(struct sock *s)
{
	static char buf[1 << 16];

	while (recv(s->fd, buf, sizeof(buf), MSG_DONTWAIT) >= 0 || errno == ENOBUFS)
		events++;
}

static void *dump_all(void *arg)
{
	static struct sock rtnl, genl, listener;
	static struct request q;
	uint32_t n = 0;

	(void)arg;
	sock_open(&listener, NETLINK_GENERIC);
	sock_listen(&listener);
	while (wait_for(dumps * PER_DUMP + 1)) {
		if (n % 16 == 0) {
			sock_open(&rtnl, NETLINK_ROUTE);
			sock_open(&genl, NETLINK_GENERIC);
		}
		make_dump(&q, n++);
		sock_ask(q.genl ? &genl : &rtnl, &q);
		dumps++;
		if (n % 16 == 0) {
			sock_close(&rtnl);
			sock_close(&genl);
		}
		count_events(&listener);
	}
	return NULL;
}

/* ---- both ---- */

void load_start(void)
{
	int i, err = pthread_create(&dumper, NULL, dump_all, NULL);

	for (i = 0; i < SENDERS && !err; i++) {
		senders[i].cpu = i;
		senders[i].r.state = (uint64_t)i;
		err = pthread_create(&senders[i].thread, NULL, send_all, &senders[i]);
	}
	if (err)
		die("thread", err);
}

void load_stop(struct load_counts *counts)
{
	int i;

	stopped = true;
	pthread_join(dumper, NULL);
	memset(counts, 0, sizeof(*counts));
	for (i = 0; i < SENDERS; i++) {
		pthread_join(senders[i].thread, NULL);
		counts->packets += senders[i].sent;
		counts->refused += senders[i].refused;
	}
	counts->dumps = dumps;
	counts->events = events;
}
