// SPDX-License-Identifier: GPL-2.0
/*
 * Changes the whole policy of a device over and over: random trees with rules, each
 * a TREE_SET, and elements in between.
 *
 *	policy_storm [-s SEED] [-i MS] [-t SECONDS] [-c CLASSES] DEV
 *		MS from one change to the next (100), at most CLASSES a tree (60)
 *
 * Every ten seconds and at the end prints, of all until then,
 *	storm seconds N changes N refused N elements N classes N worst_ms N
 * and exits with 1 if a change was refused that the kernel should have taken: it may
 * refuse delays that cannot all be kept, and to let go of a class that tc holds.
 */
#include <errno.h>
#include <linux/optq.h>
#include <net/if.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifndef SOL_NETLINK
#define SOL_NETLINK	270
#endif

#define IDS		100
#define DEPTH		5
#define RULES		40
#define PORT_FIRST	6000
#define PORTS		10
#define MESSAGE_MAX	(1 << 20)

struct node {
	uint32_t parent;
	unsigned int depth;
	bool there, inner;
};

static struct {
	struct nl_sock *sk;
	int family;
	uint32_t ifindex;
	uint64_t random;
	unsigned long changes, refused, elements, classes, failed;
	unsigned int delays;	/* in the tree that is made */
	double worst_ms;
} storm;

static void die(const char *what, const char *why)
{
	fprintf(stderr, "policy_storm: %s: %s\n", what, why);
	exit(2);
}

/* xorshift64*, Vigna 2016: from 0 to below - 1. */
static uint32_t any(uint32_t below)
{
	storm.random ^= storm.random >> 12;
	storm.random ^= storm.random << 25;
	storm.random ^= storm.random >> 27;
	return (storm.random * 0x2545f4914f6cdd1dULL >> 32) % below;
}

static bool once_in(uint32_t n) { return any(n) == 0; }

/* Of every order of size from low on, up to 2^octaves times that. */
static uint64_t magnitude(uint64_t low, unsigned int octaves)
{
	uint64_t v = low << any(octaves);

	return v + any(v < UINT32_MAX ? v : UINT32_MAX);
}

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e3 + ts.tv_nsec / 1e6;
}

static struct nl_msg *request(int cmd)
{
	struct nl_msg *msg = nlmsg_alloc_size(MESSAGE_MAX);

	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, storm.family, 0,
				 NLM_F_ACK, cmd, OPTQ_GENL_VERSION))
		die("message", "no memory");
	nla_put_u32(msg, OPTQ_A_IFINDEX, storm.ifindex);
	return msg;
}

/* The kernel's reason for a refusal, in what it acknowledged with. */
static const char *reason_in(struct nlmsghdr *nlh)
{
	struct nlmsgerr *err = nlmsg_data(nlh);
	/* NETLINK_CAP_ACK: of the request only its header comes back. */
	struct nlattr *attr = (struct nlattr *)(err + 1);
	int rest = nlmsg_datalen(nlh) - sizeof(*err);

	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		for (; nla_ok(attr, rest); attr = nla_next(attr, &rest))
			if (nla_type(attr) == NLMSGERR_ATTR_MSG)
				return nla_data(attr);
	return "";
}

/* Returns: 0, or errno of a refusal; reason is filled in. */
static int acknowledged(char *reason, size_t size)
{
	struct sockaddr_nl from;
	unsigned char *answer;
	struct nlmsghdr *nlh;
	int len, err;

	len = nl_recv(storm.sk, &from, &answer, NULL);
	nlh = (struct nlmsghdr *)answer;
	if (len <= 0 || !nlmsg_ok(nlh, len) || nlh->nlmsg_type != NLMSG_ERROR)
		die("answer", "no acknowledgement");
	err = -((struct nlmsgerr *)nlmsg_data(nlh))->error;
	snprintf(reason, size, "%s", reason_in(nlh));
	free(answer);
	return err;
}

/* What a random tree may be refused for: delays that cannot all be kept, classes that tc holds. */
static bool may_be_refused(int err, bool tree)
{
	return tree ? err == EBUSY || (err == ERANGE && storm.delays) : err == ENOENT;
}

static void send_it(struct nl_msg *msg, bool tree)
{
	double begin = now_ms(), took;
	char reason[128];
	int err;

	if (nl_send_auto(storm.sk, msg) < 0)
		die("send", strerror(errno));
	nlmsg_free(msg);
	err = acknowledged(reason, sizeof(reason));
	took = now_ms() - begin;
	if (took > storm.worst_ms)
		storm.worst_ms = took;
	if (!err)
		return;
	storm.refused++;
	if (may_be_refused(err, tree))
		return;
	storm.failed++;
	printf("refused: %s: %s\n", strerror(err), reason);
}

static void grow(struct node *nodes, unsigned int most)
{
	unsigned int n = 1 + any(most), i;

	memset(nodes, 0, IDS * sizeof(*nodes));
	for (i = 0; i < n; i++) {
		uint32_t id = 1 + any(IDS - 1), up = any(IDS);

		if (nodes[id].there)
			continue;
		if (up == id || !nodes[up].there || nodes[up].depth == DEPTH)
			up = 0;
		nodes[id] = (struct node){ up, nodes[up].depth + 1, true, false };
		nodes[up].inner = true;
	}
}

/* A leaf, or 0 when the tree has none with an id from first on. */
static uint32_t leaf_from(const struct node *nodes, uint32_t first)
{
	uint32_t id;

	for (id = first; id < IDS; id++)
		if (nodes[id].there && !nodes[id].inner)
			return id;
	return 0;
}

static uint32_t some_leaf(const struct node *nodes)
{
	uint32_t id = leaf_from(nodes, 1 + any(IDS - 1));

	return id ? id : leaf_from(nodes, 1);
}

static void put_police(struct nl_msg *msg, int type)
{
	struct nlattr *nest = nla_nest_start(msg, type);

	nla_put_u64(msg, OPTQ_POLICE_A_CIR, magnitude(10000, 14));
	if (once_in(2))
		nla_put_u64(msg, OPTQ_POLICE_A_EIR, magnitude(10000, 14));
	if (once_in(3)) {
		nla_put_u8(msg, OPTQ_POLICE_A_EACH, 1 + any(2));
		nla_put_u32(msg, OPTQ_POLICE_A_ENTRIES, 1 + any(500));
	}
	nla_nest_end(msg, nest);
}

static void put_rates(struct nl_msg *msg, bool leaf)
{
	uint64_t rate = magnitude(1000, 16);

	if (once_in(4))
		rate = 0;
	nla_put_u64(msg, OPTQ_CLASS_A_RATE, rate);
	if (once_in(2))
		nla_put_u64(msg, OPTQ_CLASS_A_CEIL, rate + magnitude(10000, 14));
	if (leaf && rate && once_in(30)) {
		nla_put_u64(msg, OPTQ_CLASS_A_DELAY, magnitude(1000000, 12));
		storm.delays++;
	}
	if (once_in(4))
		nla_put_u32(msg, OPTQ_CLASS_A_BURST, magnitude(1000, 10));
	if (once_in(3))
		nla_put_u32(msg, OPTQ_CLASS_A_WEIGHT, magnitude(1, 12));
	nla_put_u32(msg, OPTQ_CLASS_A_PRIO, any(OPTQ_PRIO_MAX + 1));
	nla_put_u8(msg, OPTQ_CLASS_A_OVERSUBSCRIBE, 1);
}

static void put_queue(struct nl_msg *msg)
{
	if (once_in(4))
		nla_put_u32(msg, OPTQ_CLASS_A_LIMIT, magnitude(1, 12));
	if (once_in(4))
		nla_put_u32(msg, OPTQ_CLASS_A_QUANTUM, magnitude(256, 8));
	if (once_in(4))
		nla_put_u64(msg, OPTQ_CLASS_A_TARGET, magnitude(10000, 12));
	if (once_in(4)) {
		nla_put_u8(msg, OPTQ_CLASS_A_L4S, 0);
		nla_put_u8(msg, OPTQ_CLASS_A_ECN, any(2));
	}
	nla_put_u8(msg, OPTQ_CLASS_A_ISOLATE, once_in(2) ? any(OPTQ_ISOLATE_MAX + 1) : 0);
	nla_put_u8(msg, OPTQ_CLASS_A_ACK_FILTER, any(OPTQ_ACK_FILTER_AGGRESSIVE + 1));
	nla_put_u8(msg, OPTQ_CLASS_A_DSCP, once_in(4) ? any(64) : OPTQ_DSCP_INHERIT);
	if (once_in(6))
		nla_put_u8(msg, OPTQ_CLASS_A_NAT, 1);
}

static void put_class(struct nl_msg *msg, const struct node *nodes, uint32_t id)
{
	struct nlattr *nest = nla_nest_start(msg, OPTQ_A_CLASS);
	char name[OPTQ_NAME_MAX];

	nla_put_u32(msg, OPTQ_CLASS_A_ID, id);
	nla_put_u32(msg, OPTQ_CLASS_A_PARENT, nodes[id].parent);
	if (once_in(2)) {
		snprintf(name, sizeof(name), "class%u", id);
		nla_put_string(msg, OPTQ_CLASS_A_NAME, name);
	}
	put_rates(msg, !nodes[id].inner);
	put_queue(msg);
	if (once_in(8))
		put_police(msg, OPTQ_CLASS_A_POLICE);
	nla_nest_end(msg, nest);
}

/* From the top: a class stands behind its parent. */
static void put_classes(struct nl_msg *msg, const struct node *nodes)
{
	unsigned int depth;
	uint32_t id;

	for (depth = 1; depth <= DEPTH; depth++)
		for (id = 1; id < IDS; id++)
			if (nodes[id].there && nodes[id].depth == depth) {
				put_class(msg, nodes, id);
				storm.classes++;
			}
}

static void put_link(struct nl_msg *msg, const struct node *nodes)
{
	struct nlattr *nest = nla_nest_start(msg, OPTQ_A_LINK);

	nla_put_u32(msg, OPTQ_LINK_A_DEFAULT, once_in(8) ? 0 : some_leaf(nodes));
	nla_put_u64(msg, OPTQ_LINK_A_RATE, once_in(4) ? 0 : magnitude(100000, 14));
	nla_put_u8(msg, OPTQ_LINK_A_OVERSUBSCRIBE, 1);
	nla_put_u8(msg, OPTQ_LINK_A_SYSFS, once_in(3));
	if (once_in(3))
		nla_put_u32(msg, OPTQ_LINK_A_LIMIT, magnitude(1, 14));
	if (once_in(3))
		nla_put_u32(msg, OPTQ_LINK_A_MEMORY, magnitude(OPTQ_MEMORY_MIN, 8));
	if (once_in(3)) {
		nla_put_u8(msg, OPTQ_LINK_A_LAYER, 1 + any(OPTQ_WIRE_RAW_PTM));
		nla_put_s32(msg, OPTQ_LINK_A_OVERHEAD, any(64));
	}
	if (once_in(8))
		put_police(msg, OPTQ_LINK_A_POLICE);
	nla_nest_end(msg, nest);
}

static void put_dim(struct nl_msg *msg, uint8_t field, uint32_t param)
{
	struct nlattr *nest = nla_nest_start(msg, OPTQ_A_DIM);

	nla_put_u8(msg, OPTQ_DIM_A_FIELD, field);
	nla_put_u32(msg, OPTQ_DIM_A_PARAM, param);
	nla_nest_end(msg, nest);
}

static void put_set(struct nl_msg *msg, uint32_t low, uint32_t high)
{
	struct nlattr *nest = nla_nest_start(msg, OPTQ_A_SET);
	uint32_t range[2] = { low, high };

	nla_put_u8(msg, OPTQ_SET_A_WORDS, 1);
	nla_put(msg, OPTQ_SET_A_RANGES, sizeof(range), range);
	nla_nest_end(msg, nest);
}

/* Of ports, DSCPs, and names of hosts and applications: a set a rule. */
static void put_rules(struct nl_msg *msg, const struct node *nodes)
{
	static const struct { uint8_t field; uint32_t low, n; } dims[] = {
		{ OPTQ_FIELD_DPORT, PORT_FIRST, PORTS }, { OPTQ_FIELD_DSCP, 0, 64 },
		{ OPTQ_FIELD_HOST, 1, 8 }, { OPTQ_FIELD_APP, 1, 8 },
	};
	unsigned int n = any(RULES), i, of[RULES];

	for (i = 0; i < 4; i++)
		put_dim(msg, dims[i].field, 0);
	for (i = 0; i < n; i++) {
		uint32_t low, span;

		of[i] = any(4);
		low = any(dims[of[i]].n);
		span = any(dims[of[i]].n - low);
		put_set(msg, dims[of[i]].low + low, dims[of[i]].low + low + span);
	}
	for (i = 0; i < n; i++) {
		struct nlattr *nest = nla_nest_start(msg, OPTQ_A_RULE);
		struct optq_term term = { .set = i, .dim = of[i], .negate = once_in(16) };

		nla_put_u32(msg, OPTQ_RULE_A_CLASS, some_leaf(nodes));
		nla_put(msg, OPTQ_RULE_A_CONJUNCT, sizeof(term), &term);
		nla_nest_end(msg, nest);
	}
}

static void change(unsigned int most)
{
	struct nl_msg *msg = request(OPTQ_CMD_TREE_SET);
	struct node nodes[IDS];

	storm.delays = 0;
	grow(nodes, most);
	put_link(msg, nodes);
	put_classes(msg, nodes);
	if (!once_in(4))
		put_rules(msg, nodes);
	send_it(msg, true);
	storm.changes++;
}

static void put_address(struct nl_msg *msg, int type, uint8_t last)
{
	/* ::ffff:10.77.0.last */
	uint8_t a[16] = { [10] = 0xff, [11] = 0xff, [12] = 10, [13] = 77, [15] = last };

	nla_put(msg, type, sizeof(a), a);
}

static void name_something(void)
{
	struct nl_msg *msg = request(once_in(4) ? OPTQ_CMD_ELEM_DEL : OPTQ_CMD_ELEM_SET);
	unsigned int n = 1 + any(20);

	for (storm.elements += n; n; n--) {
		struct nlattr *nest = nla_nest_start(msg, OPTQ_A_ELEM);
		bool host = once_in(2);

		nla_put_u8(msg, OPTQ_ELEM_A_FIELD, host ? OPTQ_FIELD_HOST : OPTQ_FIELD_APP);
		nla_put_u32(msg, OPTQ_ELEM_A_ID, 1 + any(8));
		put_address(msg, OPTQ_ELEM_A_SRC, 1);
		if (!host) {
			put_address(msg, OPTQ_ELEM_A_DST, 2);
			nla_put_u8(msg, OPTQ_ELEM_A_PROTO, 17);
			nla_put_u16(msg, OPTQ_ELEM_A_SPORT, 1024 + any(60000));
			nla_put_u16(msg, OPTQ_ELEM_A_DPORT, PORT_FIRST + any(PORTS));
		}
		if (once_in(2))
			nla_put_u32(msg, OPTQ_ELEM_A_TIMEOUT, magnitude(1, 14));
		nla_nest_end(msg, nest);
	}
	send_it(msg, false);
}

static void tell(double began)
{
	printf("storm seconds %.0f changes %lu refused %lu elements %lu classes %lu worst_ms %.0f\n",
	       (now_ms() - began) / 1e3, storm.changes, storm.refused,
	       storm.elements, storm.classes, storm.worst_ms);
	fflush(stdout);
}

static void connect_to(const char *dev)
{
	int room = 4 * MESSAGE_MAX, on = 1;

	storm.sk = nl_socket_alloc();
	if (!storm.sk || genl_connect(storm.sk))
		die("socket", strerror(errno));
	nl_socket_set_buffer_size(storm.sk, 0, room);
	setsockopt(nl_socket_get_fd(storm.sk), SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(nl_socket_get_fd(storm.sk), SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	storm.family = genl_ctrl_resolve(storm.sk, OPTQ_GENL_NAME);
	if (storm.family < 0)
		die("no generic netlink family", OPTQ_GENL_NAME);
	storm.ifindex = if_nametoindex(dev);
	if (!storm.ifindex)
		die("no such device", dev);
}

/* Changes that took their time are not made up for. */
static void blow(double interval, double seconds, unsigned int most)
{
	double began = now_ms(), told = began, next = began, left;

	while (now_ms() - began < seconds * 1e3) {
		change(most);
		if (once_in(3))
			name_something();
		if (now_ms() - told >= 10e3) {
			told = now_ms();
			tell(began);
		}
		next += interval;
		left = next - now_ms();
		if (left > 0)
			usleep(left * 1e3);
		else
			next -= left;
	}
	tell(began);
}

int main(int argc, char **argv)
{
	double interval = 100, seconds = 10;
	unsigned int most = 60;
	int option;

	storm.random = 1;
	while ((option = getopt(argc, argv, "s:i:t:c:")) != -1) {
		switch (option) {
		case 's':
			/* 0 would stay 0. */
			storm.random = strtoull(optarg, NULL, 0) * 2 + 1;
			break;
		case 'i':
			interval = atof(optarg);
			break;
		case 't':
			seconds = atof(optarg);
			break;
		case 'c':
			most = strtoul(optarg, NULL, 0);
			break;
		default:
			die("usage", "[-s SEED] [-i MS] [-t SECONDS] [-c CLASSES] DEV");
		}
	}
	if (optind + 1 != argc || !most || seconds <= 0)
		die("usage", "[-s SEED] [-i MS] [-t SECONDS] [-c CLASSES] DEV");
	connect_to(argv[optind]);
	blow(interval, seconds, most);
	return storm.failed != 0;
}
