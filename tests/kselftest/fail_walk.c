// SPDX-License-Identifier: GPL-2.0
/*
 * Every allocation of an operation fails once: the first, the second, and so on until
 * there are no more.  Of fault injection (/proc/self/fail-nth) it takes
 *
 *	one	that allocation alone
 *	rest	it and all after it, so that what has another way loses that too; for
 *		which failslab and fail_page_alloc are to fail always, by task-filter
 *
 *	fail_walk DEV SECOND ADDRESS one|rest [WORD]	the operations of fail_walk_ops.h
 *				whose name begins with WORD; packets to ADDRESS cross DEV
 *
 * After each failure the state is what it was, to the byte, and packets pass; what is done
 * all the same is as when nothing fails.  A line an operation, and what was wrong; exit 1.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "fail_walk_ops.h"
#include "optq_nl_lines.h"
#include "tree_text.h"

#define NTH_MAX		5000	/* more are none of ours */
#define ANSWER_MAX	(1 << 20)
#define PATIENCE_MS	5000

static int fd_nth, fd_fail;
static bool fail_rest;
static unsigned int ifindex[2];
static const char *dev;
static int family, group, udp;
static struct sockaddr_in peer = { .sin_family = AF_INET, .sin_port = 6000 };

/* ---- messages ---- */

static void put_classes(struct nl_msg *msg, const char *line)
{
	unsigned int from, to;
	char text[32];

	if (sscanf(line, "classes %u %u", &from, &to) != 2)
		die("line", line);
	for (; from <= to; from++) {
		snprintf(text, sizeof(text), "class id=%u", from);
		put_line(msg, text);
	}
}

static void put_lines(struct nl_msg *msg, const char *text)
{
	char buf[4096], *line, *rest = buf;

	snprintf(buf, sizeof(buf), text, ifindex[0], ifindex[1]);
	while ((line = strsep(&rest, "\n"))) {
		if (strncmp(line, "classes ", 8))
			put_line(msg, line);
		else
			put_classes(msg, line);
	}
}

static void put_tc(struct nl_msg *msg, const struct step *s)
{
	bool filter = s->type >= RTM_NEWTFILTER && s->type <= RTM_GETTFILTER;
	struct tcmsg tcm = {
		.tcm_ifindex = ifindex[s->second],
		.tcm_parent = s->parent,
		.tcm_handle = filter ? 0 : s->handle,
		.tcm_info = filter && s->handle ?
			    TC_H_MAKE(s->handle << 16, htons(0x0003)) : 0,
	};
	char words[256];

	if (nlmsg_append(msg, &tcm, sizeof(tcm), NLMSG_ALIGNTO))
		die("message", "too long");
	if (s->kind)
		put(msg, TCA_KIND, strlen(s->kind) + 1, s->kind);
	if (!s->text)
		return;
	snprintf(words, sizeof(words), "%s", s->text);
	put_nest(msg, TCA_OPTIONS, s->type == RTM_NEWQDISC ? link_keys : class_keys,
		 words);
}

static bool is_tc(const struct step *s) { return s->type >= RTM_BASE; }

static struct nl_msg *message(const struct step *s)
{
	struct nl_msg *msg = nlmsg_alloc_size(65536);
	int flags = NLM_F_REQUEST | NLM_F_ACK | s->flags;

	if (!msg)
		die("message", "no memory");
	if (is_tc(s)) {
		if (!nlmsg_put(msg, 0, 1, s->type, 0, flags))
			die("message", "too long");
		put_tc(msg, s);
	} else {
		if (!genlmsg_put(msg, 0, 1, family, 0, flags, s->type, OPTQ_GENL_VERSION))
			die("message", "too long");
		put_lines(msg, s->text);
	}
	return msg;
}

/* ---- the one exchange ---- */

static char answer[ANSWER_MAX];	/* none is to be allocated while allocations fail */
static size_t answer_len;

enum outcome {
	DONE,
	REFUSED,
	SILENT,		/* not even the answer could be told */
};

static void write_number(int fd, unsigned int n)
{
	char text[16];

	snprintf(text, sizeof(text), "%u", n);
	if (pwrite(fd, text, strlen(text), 0) < 0)
		die("fault injection", strerror(errno));
}

static unsigned int read_number(int fd)
{
	char text[16] = "";

	if (pread(fd, text, sizeof(text) - 1, 0) < 0)
		die("fault injection", strerror(errno));
	return strtoul(text, NULL, 10);
}

/* nth 0: none fails.  True: one did. */
static void faults_begin(unsigned int nth)
{
	if (!nth)
		return;
	if (fail_rest)
		write_number(fd_fail, 1);
	write_number(fd_nth, nth);
}

static bool faults_end(unsigned int nth)
{
	bool met;

	if (!nth)
		return false;
	if (fail_rest)
		write_number(fd_fail, 0);
	met = !read_number(fd_nth);
	write_number(fd_nth, 0);
	return met;
}

/* What ends an exchange; 0: there is more to come. */
static bool is_end(const struct nlmsghdr *nlh, int *err)
{
	if (nlh->nlmsg_type != NLMSG_ERROR && nlh->nlmsg_type != NLMSG_DONE)
		return false;
	*err = nlh->nlmsg_len >= NLMSG_LENGTH(sizeof(int)) ? *(int *)NLMSG_DATA(nlh) : 0;
	return true;
}

static enum outcome receive(int fd, int *err)
{
	answer_len = 0;
	for (;;) {
		ssize_t n = recv(fd, answer + answer_len, ANSWER_MAX - answer_len, MSG_DONTWAIT);
		struct nlmsghdr *nlh = (void *)(answer + answer_len);
		size_t rest = n;

		if (n < 0) {
			*err = -errno;
			return SILENT;
		}
		answer_len += n;
		for (; NLMSG_OK(nlh, rest); nlh = NLMSG_NEXT(nlh, rest)) {
			if (is_end(nlh, err))
				return *err < 0 ? REFUSED : DONE;
		}
	}
}

static int open_socket(int protocol)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol), on = 1;

	if (fd < 0 || connect(fd, (void *)&(struct sockaddr_nl){ .nl_family = AF_NETLINK },
			      sizeof(struct sockaddr_nl)))
		die("socket", strerror(errno));
	setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on));
	setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
	return fd;
}

/* On a socket of its own: a dump that ends midway would stay in the next one's. */
static enum outcome act(const struct step *s, unsigned int nth, bool *met, int *err)
{
	struct nl_msg *msg = message(s);
	struct nlmsghdr *nlh = nlmsg_hdr(msg);
	int fd = open_socket(is_tc(s) ? NETLINK_ROUTE : NETLINK_GENERIC);
	enum outcome outcome = REFUSED;

	faults_begin(nth);
	*err = send(fd, nlh, nlh->nlmsg_len, 0) < 0 ? -errno : 0;
	if (!*err)
		outcome = receive(fd, err);
	*met = faults_end(nth);
	close(fd);
	nlmsg_free(msg);
	return outcome;
}

/* ---- states ---- */

static void print_answer(FILE *to, bool tc, bool figures)
{
	struct nlmsghdr *nlh = (void *)answer;
	size_t rest = answer_len;

	for (; NLMSG_OK(nlh, rest); nlh = NLMSG_NEXT(nlh, rest))
		print_message(to, nlh, tc, figures);
}

struct state {
	char *full;
	char *conf;		/* without figures */
};

static void state_free(struct state *st)
{
	free(st->full);
	free(st->conf);
	*st = (struct state){ NULL, NULL };
}

/* All that tc and the family tell of both devices. */
static struct state look(void)
{
	static const struct step asks[] = {
		TC(GETQDISC, NLM_F_DUMP, 0, 0, NULL, NULL),
		TC(GETTCLASS, NLM_F_DUMP, 0, 0, NULL, NULL),
		TC_SECOND(GETTCLASS, NLM_F_DUMP, 0, 0, NULL, NULL),
		TC(GETTFILTER, NLM_F_DUMP, 0, 0, NULL, NULL),
		TC(GETTFILTER, NLM_F_DUMP, 0, UPPER, NULL, NULL),
		NL(TREE_GET, 0, "ifindex %1$u\n"), NL(TREE_GET, 0, "ifindex %2$u\n"),
		NL(CLASS_GET, NLM_F_DUMP, "ifindex %1$u\n"),
		NL(CLASS_GET, NLM_F_DUMP, "ifindex %2$u\n"),
		NL(RULE_GET, NLM_F_DUMP, "ifindex %1$u\n"),
	};
	struct state st;
	size_t n_full, n_conf, i;
	FILE *full = open_memstream(&st.full, &n_full);
	FILE *conf = open_memstream(&st.conf, &n_conf);
	bool met;
	int err;

	if (!full || !conf)
		die("state", "no memory");
	for (i = 0; i < sizeof(asks) / sizeof(*asks); i++) {
		if (act(&asks[i], 0, &met, &err) == SILENT)
			die("state", strerror(-err));
		fprintf(full, "%zu: %d\n", i, err);
		fprintf(conf, "%zu: %d\n", i, err);
		print_answer(full, is_tc(&asks[i]), true);
		print_answer(conf, is_tc(&asks[i]), false);
	}
	fclose(full);
	fclose(conf);
	return st;
}

static char *reply_text(const struct step *s)
{
	size_t size;
	char *text;
	FILE *to = open_memstream(&text, &size);

	if (!to)
		die("reply", "no memory");
	print_answer(to, is_tc(s), false);
	fclose(to);
	return text;
}

static void lay(const struct operation *op)
{
	static const struct step gone[] = {
		TC(DELQDISC, 0, 0, ROOT, NULL, NULL), TC_SECOND(DELQDISC, 0, 0, ROOT, NULL, NULL),
	};
	const struct step *s;
	bool met;
	int err;

	act(&gone[0], 0, &met, &err);
	act(&gone[1], 0, &met, &err);
	for (s = op->before; s->type; s++) {
		if (act(s, 0, &met, &err) != DONE)
			die(op->name, strerror(-err));
	}
}

static unsigned long sent_by_device(void)
{
	char path[96];
	unsigned long n;
	FILE *f;

	snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/tx_packets", dev);
	f = fopen(path, "r");
	if (!f || fscanf(f, "%lu", &n) != 1)
		die(path, strerror(errno));
	fclose(f);
	return n;
}

/* One that has just come may leave them to another processor. */
static bool packets_pass(void)
{
	unsigned long want = sent_by_device() + 2;
	int i;

	for (i = 0; i < 2; i++) {
		if (sendto(udp, "packet", 6, 0, (void *)&peer, sizeof(peer)) != 6)
			return false;
	}
	for (i = 0; i < PATIENCE_MS && sent_by_device() != want; i++)
		usleep(1000);
	return i < PATIENCE_MS;
}

/* Of the link's directory, and of each class's in it, which all have the same. */
struct files {
	unsigned int dirs;
	unsigned int of_link;
	unsigned int of_class;	/* the least and the most */
	unsigned int of_class_most;
};

static unsigned int count_entries(const char *path, struct files *sum)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	char sub[512];
	unsigned int n = 0;

	while (dir && (e = readdir(dir))) {
		if (*e->d_name == '.')
			continue;
		if (!sum || e->d_type != DT_DIR) {
			n++;
			continue;
		}
		snprintf(sub, sizeof(sub), "%s/%s", path, e->d_name);
		sum->dirs++;
		sum->of_class_most = count_entries(sub, NULL);
		if (!sum->of_class || sum->of_class_most < sum->of_class)
			sum->of_class = sum->of_class_most;
	}
	if (dir)
		closedir(dir);
	return n;
}

static struct files look_files(void)
{
	struct files f = { 0 };
	char path[64];

	snprintf(path, sizeof(path), "/sys/class/net/%s/optq", dev);
	f.of_link = count_entries(path, &f);
	return f;
}

/* A directory is there with all its files, or not at all. */
static bool files_are_whole(const struct files *f, const struct files *want)
{
	if (f->of_link && f->of_link != want->of_link)
		return false;
	return !f->of_class || !want->of_class || f->of_class == want->of_class;
}

static int open_listener(void)
{
	int fd = open_socket(NETLINK_GENERIC);

	if (setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		die("listener", strerror(errno));
	return fd;
}

/* Of the change, or of one that was missed. */
static bool was_told(int fd)
{
	static char buf[65536];

	return recv(fd, buf, sizeof(buf), MSG_DONTWAIT) > 0 || errno == ENOBUFS;
}

/* ---- the walk ---- */

struct walk {
	const struct operation *op;
	struct state want;
	char *want_reply;
	struct files want_files;
	unsigned int n, met, refused, done, silent;
	bool broken;
};

static void complain(struct walk *w, const char *what, const char *was, const char *is)
{
	w->broken = true;
	printf("%s, allocation %u: %s\n", w->op->name, w->n, what);
	while (was && *was && *was == *is) {
		was++;
		is++;
	}
	if (was)
		printf("  there was: %.300s\n  there is: %.300s\n", was, is);
}

static void compare(struct walk *w, const char *what, const char *was, const char *is)
{
	if (strcmp(was, is))
		complain(w, what, was, is);
}

/* A qdisc cannot say why a class has no place for a filter. */
static bool is_clean(const struct operation *op, int err)
{
	return err == -ENOMEM || err == -ENOBUFS ||
	       (err == -EMSGSIZE && op->flags & LOOSE) ||
	       (err == -EINVAL && op->step.type == RTM_NEWTFILTER);
}

/* True: what was there before must be laid anew.  Elements are in no answer. */
static bool check(struct walk *w, enum outcome outcome, int err, const struct state *before)
{
	bool reads = w->op->flags & READS;
	struct state after = look();
	bool changed = strcmp(before->full, after.full);

	if (outcome == REFUSED || reads)
		compare(w, outcome == REFUSED ? "refused, and changed" : "read, and changed",
			before->full, after.full);
	else if (outcome == DONE || changed)
		compare(w, "neither as before nor as asked for", w->want.conf, after.conf);
	if (outcome == REFUSED && !is_clean(w->op, err))
		complain(w, strerror(-err), NULL, NULL);
	state_free(&after);
	return changed || outcome != REFUSED;
}

static void count(struct walk *w, enum outcome outcome, bool met)
{
	w->met += met;
	w->refused += outcome == REFUSED;
	w->done += outcome == DONE;
	w->silent += outcome == SILENT;
}

static bool step(struct walk *w, const struct state *before)
{
	bool tells = w->op->flags & TELLS, met, again;
	int err, listener = tells ? open_listener() : -1;
	enum outcome outcome = act(&w->op->step, w->n, &met, &err);
	char *reply = reply_text(&w->op->step);
	struct files files;

	count(w, outcome, met);
	if (outcome == REFUSED && !met)
		complain(w, "refused without a failure", strerror(-err), "");
	if (outcome == DONE && (w->op->flags & (READS | LOOSE)) == READS)
		compare(w, "another answer", w->want_reply, reply);
	free(reply);
	if (tells && outcome != SILENT && was_told(listener) != (outcome == DONE))
		complain(w, outcome == DONE ? "nobody is told" : "refused, and told", NULL, NULL);
	if (tells)
		close(listener);
	again = check(w, outcome, err, before);
	if (w->op->flags & FILES) {
		files = look_files();
		if (!files_are_whole(&files, &w->want_files))
			complain(w, "a directory without all its files", NULL, NULL);
	}
	if (!packets_pass())
		complain(w, "packets do not pass", NULL, NULL);
	if (again)
		lay(w->op);
	return met;
}

/* What the operation comes to when nothing fails. */
static void rehearse(struct walk *w)
{
	bool met;
	int err;

	lay(w->op);
	if (act(&w->op->step, 0, &met, &err) != DONE)
		die(w->op->name, strerror(-err));
	w->want_reply = reply_text(&w->op->step);
	w->want = look();
	w->want_files = look_files();
	lay(w->op);
}

static bool walk(const struct operation *op)
{
	struct walk w = { .op = op };
	struct state before;
	bool met = true;

	rehearse(&w);
	for (w.n = 1; met && !w.broken && w.n < NTH_MAX; w.n++) {
		before = look();
		met = step(&w, &before);
		state_free(&before);
	}
	if (met && !w.broken)
		complain(&w, "no end", NULL, NULL);
	if (!w.broken && w.refused + (fail_rest ? w.silent : 0) < op->own)
		complain(&w, "these are few refusals: does it reach the module?", NULL, NULL);
	printf("%s: %u failed, %u refused, %u done, %u without an answer\n",
	       op->name, w.met, w.refused, w.done, w.silent);
	state_free(&w.want);
	free(w.want_reply);
	return !w.broken;
}

static void resolve(void)
{
	struct nl_sock *sk = nl_socket_alloc();

	if (!sk || genl_connect(sk))
		die("socket", "generic netlink");
	family = genl_ctrl_resolve(sk, OPTQ_GENL_NAME);
	group = genl_ctrl_resolve_grp(sk, OPTQ_GENL_NAME, OPTQ_MCGRP_EVENTS);
	if (family < 0 || group < 0)
		die("no generic netlink family", OPTQ_GENL_NAME);
	nl_socket_free(sk);
}

static void open_faults(void)
{
	fd_nth = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	fd_fail = open("/proc/thread-self/make-it-fail", O_RDWR | O_CLOEXEC);
	if (fd_nth < 0 || fd_fail < 0)
		die("fault injection", strerror(errno));
}

/* Not connected: that nobody reads them is no error. */
static void open_udp(const char *address)
{
	udp = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (udp < 0 || inet_pton(AF_INET, address, &peer.sin_addr) != 1)
		die(address, "cannot be sent to");
}

int main(int argc, char **argv)
{
	const char *word = argc > 5 ? argv[5] : "";
	bool good = true;
	size_t i;

	if (argc < 5) {
		fprintf(stderr, "usage: fail_walk DEV SECOND ADDRESS one|rest [WORD]\n");
		return 2;
	}
	dev = argv[1];
	ifindex[0] = if_nametoindex(argv[1]);
	ifindex[1] = if_nametoindex(argv[2]);
	fail_rest = !strcmp(argv[4], "rest");
	setvbuf(stdout, NULL, _IOLBF, 0);
	resolve();
	open_faults();
	open_udp(argv[3]);
	memset(answer, 1, sizeof(answer));
	mlockall(MCL_CURRENT | MCL_FUTURE);
	for (i = 0; i < OPERATIONS; i++) {
		if (!strncmp(operations[i].name, word, strlen(word)))
			good &= walk(&operations[i]);
	}
	return !good;
}
