// SPDX-License-Identifier: GPL-2.0
/*
 * Generic netlink to sch_optq, message by message: what optqctl never sends, and
 * figures read at known times.  What LINES are stands in optq_nl_keys.h.
 *
 *	optq_nl set DEV < LINES		one TREE_SET; "ok", or on failure
 *					"refused ERRNO: REASON", exit 1
 *	optq_nl try DEV < LINES		the same for a tree that is to be refused: one
 *					line more, "changed", if the answers of `dump`
 *					before and after differ
 *	optq_nl timed DEV		set, and "us N": from sending it to the answer
 *	optq_nl echo DEV		set with NLM_F_ECHO: its answer too, in hex
 *	optq_nl elem|noelem|explain DEV < LINES	likewise one ELEM_SET, ELEM_DEL, EXPLAIN
 *	optq_nl get|classes|rules DEV	TREE_GET, CLASS_GET, RULE_GET: every attribute of
 *					the answer, in hex; dump: all three
 *	optq_nl count DEV		CLASS_GET, read and not looked at: how many
 *	optq_nl held DEV COMMAND...	the same, and COMMAND is run once the first has come
 *	optq_nl rate DEV SECONDS	for each class that sent (the link is class 0): id,
 *					bytes, packets, ns between the two reads
 */
#include <errno.h>
#include <linux/optq.h>
#include <net/if.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <netlink/netlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "optq_nl_lines.h"

#define MESSAGE_MAX	(64 << 20)

/* ---- the socket ---- */

struct conn {
	struct nl_sock *sk;
	int family;
	int error;		/* of the last request, errno */
	char reason[256];
	bool done;
	bool interrupted;	/* a dump during which the tree changed */
	void (*take)(struct nlattr **tb, void *arg);
	void *arg;
	char **meanwhile;	/* a command, until it has been run */
	struct timespec sent, answered;	/* of the last TREE_SET */
};

static void take_texts(struct conn *c, struct nlmsghdr *nlh, size_t skip)
{
	struct nlattr *attr;
	int rest;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS) ||
	    skip > (size_t)nlmsg_datalen(nlh))
		return;
	attr = (struct nlattr *)((char *)nlmsg_data(nlh) + skip);
	rest = nlmsg_datalen(nlh) - skip;
	for (; nla_ok(attr, rest); attr = nla_next(attr, &rest)) {
		if (nla_type(attr) == NLMSGERR_ATTR_MSG)
			snprintf(c->reason, sizeof(c->reason), "%s",
				 (char *)nla_data(attr));
	}
}

static void take_reason(struct conn *c, struct nlmsghdr *nlh)
{
	size_t skip = NLMSG_ALIGN(sizeof(struct nlmsgerr));
	struct nlmsgerr *err = nlmsg_data(nlh);

	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += NLMSG_ALIGN(err->msg.nlmsg_len) - sizeof(err->msg);
	take_texts(c, nlh, skip);
}

static int on_error(struct sockaddr_nl *who, struct nlmsgerr *err, void *arg)
{
	struct conn *c = arg;

	(void)who;
	c->error = -err->error;
	c->done = true;
	take_reason(c, (struct nlmsghdr *)((char *)err - NLMSG_HDRLEN));
	return NL_STOP;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	struct conn *c = arg;

	c->done = true;
	take_reason(c, nlmsg_hdr(msg));
	return NL_STOP;
}

/* A dump that fails tells it in its last message. */
static int on_finish(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	struct conn *c = arg;

	c->done = true;
	if (nlh->nlmsg_flags & NLM_F_DUMP_INTR)
		c->interrupted = true;
	if (nlmsg_datalen(nlh) < (int)sizeof(int) || *(int *)nlmsg_data(nlh) >= 0)
		return NL_STOP;
	c->error = -*(int *)nlmsg_data(nlh);
	take_texts(c, nlh, sizeof(int));
	return NL_STOP;
}

static void run_meanwhile(struct conn *c)
{
	char **command = c->meanwhile;
	int status;
	pid_t pid;

	c->meanwhile = NULL;
	pid = fork();
	if (!pid) {
		execvp(command[0], command);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		die("failed", command[0]);
}

static int on_valid(struct nl_msg *msg, void *arg)
{
	struct nlattr *tb[OPTQ_A_MAX + 1];
	struct conn *c = arg;

	if (nlmsg_hdr(msg)->nlmsg_flags & NLM_F_DUMP_INTR)
		c->interrupted = true;
	if (genlmsg_parse(nlmsg_hdr(msg), 0, tb, OPTQ_A_MAX, NULL))
		die("answer", "not as optq.h says");
	c->take(tb, c->arg);
	if (c->meanwhile)
		run_meanwhile(c);
	return NL_OK;
}

static void conn_open(struct conn *c)
{
	int on = 1;

	c->sk = nl_socket_alloc();
	if (!c->sk || genl_connect(c->sk))
		die("socket", strerror(errno));
	c->family = genl_ctrl_resolve(c->sk, OPTQ_GENL_NAME);
	if (c->family < 0)
		die("no generic netlink family", OPTQ_GENL_NAME);
	setsockopt(nl_socket_get_fd(c->sk), SOL_NETLINK, NETLINK_EXT_ACK, &on,
		   sizeof(on));
	/* A refused request of megabytes is not to come back. */
	setsockopt(nl_socket_get_fd(c->sk), SOL_NETLINK, NETLINK_CAP_ACK, &on,
		   sizeof(on));
	nl_socket_enable_msg_peek(c->sk);
	nl_cb_err(nl_socket_get_cb(c->sk), NL_CB_CUSTOM, on_error, c);
	nl_socket_modify_cb(c->sk, NL_CB_ACK, NL_CB_CUSTOM, on_ack, c);
	nl_socket_modify_cb(c->sk, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, c);
	nl_socket_modify_cb(c->sk, NL_CB_VALID, NL_CB_CUSTOM, on_valid, c);
}

static struct nl_msg *request(struct conn *c, int cmd, int flags, size_t size)
{
	struct nl_msg *msg = nlmsg_alloc_size(size);

	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, c->family, 0,
				 flags, cmd, OPTQ_GENL_VERSION))
		die("message", "no memory");
	return msg;
}

/* Sends and reads until the end: an acknowledgement, an error, a dump's end. */
static int transact(struct conn *c, struct nl_msg *msg)
{
	int room = nlmsg_hdr(msg)->nlmsg_len * 2 + 65536, rc;

	/* The root of a namespace has what anybody may have. */
	if (setsockopt(nl_socket_get_fd(c->sk), SOL_SOCKET, SO_SNDBUFFORCE, &room,
		       sizeof(room)))
		setsockopt(nl_socket_get_fd(c->sk), SOL_SOCKET, SO_SNDBUF, &room,
			   sizeof(room));
	c->error = 0;
	c->reason[0] = '\0';
	c->done = false;
	c->interrupted = false;
	rc = nl_send_auto(c->sk, msg);
	nlmsg_free(msg);
	if (rc < 0)
		die("send", nl_geterror(rc));
	while (!c->done) {
		rc = nl_recvmsgs_default(c->sk);
		if (rc < 0 && !c->done)
			die("receive", nl_geterror(rc));
	}
	return c->error;
}

static int report(const struct conn *c)
{
	if (c->interrupted)
		printf("interrupted\n");
	if (!c->error)
		return 0;
	printf("refused %s: %s\n", strerrorname_np(c->error), c->reason);
	return 1;
}

/* ---- verbs ---- */

static uint32_t ifindex_of(const char *dev)
{
	uint32_t index = if_nametoindex(dev);

	if (!index)
		die("no such device", dev);
	return index;
}

/* Where answers go. */
static FILE *out;

static void print_attr(const struct nlattr *attr, const char *sep)
{
	const unsigned char *data = nla_data(attr);
	int i;

	fprintf(out, "%s%d=", sep, nla_type(attr));
	for (i = 0; i < nla_len(attr); i++)
		fprintf(out, "%02x", data[i]);
}

static void print_answer(struct nlattr **tb, void *arg)
{
	struct nlattr *attr;
	int i, rest;

	(void)arg;
	for (i = 1; i <= OPTQ_A_MAX; i++) {
		if (!tb[i])
			continue;
		if (i != OPTQ_A_LINK && i != OPTQ_A_CLASS && i != OPTQ_A_RULE) {
			print_attr(tb[i], " ");
			continue;
		}
		fprintf(out, " %d={", i);
		nla_for_each_nested(attr, tb[i], rest)
			print_attr(attr, " ");
		fprintf(out, " }");
	}
	fprintf(out, "\n");
}

static int ask(struct conn *c, const char *dev, int cmd)
{
	int flags = cmd == OPTQ_CMD_TREE_GET ? NLM_F_ACK : NLM_F_DUMP;
	struct nl_msg *msg = request(c, cmd, flags, 4096);

	nla_put_u32(msg, OPTQ_A_IFINDEX, ifindex_of(dev));
	return transact(c, msg);
}

static int do_show(struct conn *c, const char *dev, int cmd)
{
	c->take = print_answer;
	ask(c, dev, cmd);
	return report(c);
}

static void count_answer(struct nlattr **tb, void *arg)
{
	*(unsigned int *)arg += !!tb[OPTQ_A_CLASS];
}

static int do_count(struct conn *c, const char *dev)
{
	unsigned int classes = 0;

	c->take = count_answer;
	c->arg = &classes;
	ask(c, dev, OPTQ_CMD_CLASS_GET);
	fprintf(out, "%u\n", classes);
	return report(c);
}

static int do_dump(struct conn *c, const char *dev)
{
	return do_show(c, dev, OPTQ_CMD_TREE_GET) |
	       do_show(c, dev, OPTQ_CMD_CLASS_GET) |
	       do_show(c, dev, OPTQ_CMD_RULE_GET);
}

static char *dump_text(struct conn *c, const char *dev)
{
	char *text = NULL;
	size_t size;

	out = open_memstream(&text, &size);
	if (!out)
		die("dump", "no memory");
	if (do_dump(c, dev))
		die("dump", c->reason);
	fclose(out);
	out = stdout;
	return text;
}

static int do_set(struct conn *c, const char *dev, int cmd, int flags)
{
	struct nl_msg *msg = request(c, cmd, NLM_F_ACK | flags,
				     MESSAGE_MAX);
	bool index_given = !strcmp(dev, "-");
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, stdin) > 0)
		index_given |= put_line(msg, line);
	free(line);
	if (!index_given)
		nla_put_u32(msg, OPTQ_A_IFINDEX, ifindex_of(dev));
	c->take = print_answer;
	clock_gettime(CLOCK_MONOTONIC, &c->sent);
	transact(c, msg);
	clock_gettime(CLOCK_MONOTONIC, &c->answered);
	if (!c->error)
		printf("ok%s%s\n", c->reason[0] ? ": " : "", c->reason);
	return report(c);
}

static int do_timed(struct conn *c, const char *dev)
{
	int rc = do_set(c, dev, OPTQ_CMD_TREE_SET, 0);

	printf("us %lld\n", (c->answered.tv_sec - c->sent.tv_sec) * 1000000LL +
	       (c->answered.tv_nsec - c->sent.tv_nsec) / 1000);
	return rc;
}

static int do_try(struct conn *c, const char *dev)
{
	char *before = dump_text(c, dev), *after;
	int rc = do_set(c, dev, OPTQ_CMD_TREE_SET, 0);

	after = dump_text(c, dev);
	if (strcmp(before, after))
		printf("changed\n");
	free(before);
	free(after);
	return rc;
}

struct reading {
	uint32_t id;
	uint64_t bytes, packets;
	uint64_t t_ns;
};

struct readings {
	struct reading *r;
	size_t n;
	uint64_t t_ns;
};

static void take_stats(struct nlattr **tb, void *arg)
{
	struct nlattr *cls[OPTQ_CLASS_A_MAX + 1];
	struct readings *all = arg;
	struct optq_stats st = { 0 };
	struct reading *r;

	if (!tb[OPTQ_A_CLASS] ||
	    nla_parse_nested(cls, OPTQ_CLASS_A_MAX, tb[OPTQ_A_CLASS], NULL) ||
	    !cls[OPTQ_CLASS_A_ID] || !cls[OPTQ_CLASS_A_STATS])
		die("answer", "a class without id or statistics");
	all->r = realloc(all->r, (all->n + 1) * sizeof(*all->r));
	if (!all->r)
		die("readings", "no memory");
	r = &all->r[all->n++];
	memcpy(&st, nla_data(cls[OPTQ_CLASS_A_STATS]), sizeof(st));
	r->id = nla_get_u32(cls[OPTQ_CLASS_A_ID]);
	r->bytes = st.bytes;
	r->packets = st.packets;
}

static void read_all(struct conn *c, const char *dev, struct readings *all)
{
	struct timespec ts;

	c->take = take_stats;
	c->arg = all;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	if (ask(c, dev, OPTQ_CMD_CLASS_GET) || c->interrupted)
		die("dump", c->interrupted ? "interrupted" : c->reason);
	all->t_ns = ts.tv_sec * 1000000000ULL + ts.tv_nsec;
}

static int do_rate(struct conn *c, const char *dev, const char *seconds)
{
	struct readings a = { 0 }, b = { 0 };
	double s = atof(seconds);
	struct timespec ts = { (time_t)s, (long)((s - (time_t)s) * 1e9) };
	size_t i;

	/* A first answer warms what the later ones take: same time for both. */
	read_all(c, dev, &a);
	a.n = 0;
	read_all(c, dev, &a);
	nanosleep(&ts, NULL);
	read_all(c, dev, &b);
	for (i = 0; i < a.n && i < b.n; i++) {
		if (a.r[i].id != b.r[i].id)
			die("dump", "the classes changed meanwhile");
		if (a.r[i].packets != b.r[i].packets)
			printf("%u %llu %llu %llu\n", a.r[i].id,
			       (unsigned long long)(b.r[i].bytes - a.r[i].bytes),
			       (unsigned long long)(b.r[i].packets - a.r[i].packets),
			       (unsigned long long)(b.t_ns - a.t_ns));
	}
	return 0;
}

int main(int argc, char **argv)
{
	static const struct { const char *verb; int cmd, flags; } sends[] = {
		{ "set", OPTQ_CMD_TREE_SET, 0 }, { "echo", OPTQ_CMD_TREE_SET, NLM_F_ECHO },
		{ "elem", OPTQ_CMD_ELEM_SET, 0 }, { "noelem", OPTQ_CMD_ELEM_DEL, 0 },
		{ "explain", OPTQ_CMD_EXPLAIN, NLM_F_DUMP },
	}, shows[] = {
		{ "get", OPTQ_CMD_TREE_GET, 0 }, { "classes", OPTQ_CMD_CLASS_GET, 0 },
		{ "rules", OPTQ_CMD_RULE_GET, 0 },
	};
	struct conn c = { 0 };
	const char *verb = argc > 2 ? argv[1] : "";
	size_t i;

	out = stdout;
	conn_open(&c);
	if (!strcmp(verb, "timed"))
		return do_timed(&c, argv[2]);
	for (i = 0; i < sizeof(sends) / sizeof(sends[0]); i++)
		if (!strcmp(verb, sends[i].verb))
			return do_set(&c, argv[2], sends[i].cmd, sends[i].flags);
	if (!strcmp(verb, "try"))
		return do_try(&c, argv[2]);
	for (i = 0; i < sizeof(shows) / sizeof(shows[0]); i++)
		if (!strcmp(verb, shows[i].verb))
			return do_show(&c, argv[2], shows[i].cmd);
	if (!strcmp(verb, "dump"))
		return do_dump(&c, argv[2]);
	if (!strcmp(verb, "count"))
		return do_count(&c, argv[2]);
	if (!strcmp(verb, "held") && argc > 3) {
		c.meanwhile = argv + 3;
		return do_count(&c, argv[2]);
	}
	if (!strcmp(verb, "rate") && argc == 4)
		return do_rate(&c, argv[2], argv[3]);
	fprintf(stderr, "usage: optq_nl set|timed|echo|try|elem|noelem|explain|get|classes|rules|dump|count DEV | held DEV COMMAND... | rate DEV SECONDS\n");
	return 2;
}
